package letters_test

import (
	"slices"
	"strings"
	"testing"

	"roster/internal/action/outbox"
	"roster/internal/action/signin"
	"roster/internal/action/signin/mailbox"
	"roster/internal/jobs/letters"
	"roster/internal/store/jobdb"
	"roster/internal/store/jobdb/letterdb"
)

// TestAdministratorsAreToldOfEveryKindOfLetter: each that is sent is an organisation's, which its administrators can ask for,
// or the installation's.
func TestAdministratorsAreToldOfEveryKindOfLetter(t *testing.T) {
	persons := []string{outbox.Trial, signin.Asked, mailbox.Job, jobdb.Told}
	sent := letters.Handlers(letters.Settings{Carrier: &carrier{}})
	for kind := range sent {
		if slices.Contains(persons, kind) == slices.Contains(letterdb.Kinds(), strings.TrimPrefix(kind, letterdb.Prefix)) {
			t.Errorf("is %s an organisation's letter, or the installation's?", kind)
		}
	}
	for _, kind := range letterdb.Kinds() {
		if sent[letterdb.Prefix+kind] == nil {
			t.Errorf("nobody sends a letter of the kind %s", kind)
		}
	}
}
