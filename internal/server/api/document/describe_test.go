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

// TestEveryCodeMeansSomething: a code that is said in one form means that; one of several forms has a meaning in general.
func TestEveryCodeMeansSomething(t *testing.T) {
	w := &writer{}
	if err := w.readCodes(); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range w.codes.table() {
		known[m.Code] = true
		if len(m.Text) == 0 {
			t.Errorf("%s is said in several forms: say in meanings.json what it means in general", m.Code)
		}
	}
	for code := range w.codes.General {
		if !known[code] {
			t.Errorf("meanings.json says what %s means, with which nothing is refused", code)
		}
	}
}

func TestWhatIsNeededIsSaidAsOneWouldSayIt(t *testing.T) {
	actions := map[act.Name]act.Action{}
	for _, a := range act.List() {
		actions[a.Name] = a
	}
	for name, want := range map[act.Name]string{
		act.MeShow:         "For every caller, about themselves.",
		act.PreferenceEdit: "For whoever is signed in, about themselves.",
		act.MemberList:     "Needs the permission `members.read`",
		act.WebhookCreate:  "Needs the permissions `webhooks.write` and `history.read`",
	} {
		if said := who(actions[name]); !strings.HasPrefix(said, want) {
			t.Errorf("%s: %q, want %q", name, said, want)
		}
	}
}
