package document

import (
	"strings"
	"testing"

	"roster/internal/act"
)

// TestWhoMayAskIsWhatTheGateAsks: what is open to product clients alone is not said to be every member's.
func TestWhoMayAskIsWhatTheGateAsks(t *testing.T) {
	alone := 0
	for _, a := range act.List() {
		if a.Who != act.RootOnly || a.Clients == "" {
			continue
		}
		alone++
		said, want := who(a), "For product clients alone, with the permission `"+a.Clients+"`."
		if !strings.HasPrefix(said, want) || strings.Contains(said, "member") {
			t.Errorf("%s: %q, want %q", a.Name, said, want)
		}
	}
	if alone == 0 {
		t.Error("no action is for product clients alone")
	}
}
