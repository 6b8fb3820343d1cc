package history

import (
	"testing"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/words"
)

// TestWhatHappensInAnOrganisationCanBeAskedFor: everything that writes a line of its history is offered, and has its words
// as it stands alone and in a line.
func TestWhatHappensInAnOrganisationCanBeAskedFor(t *testing.T) {
	say, err := words.English()
	if err != nil {
		t.Fatal(err)
	}
	offered := map[act.Name]bool{}
	for _, k := range Kinds() {
		for _, a := range k.Actions {
			if offered[a] {
				t.Errorf("%s is offered twice", a)
			}
			offered[a] = true
		}
	}
	silent := map[act.Name]string{
		act.ViewSave: "bookkeeping", act.ViewEdit: "bookkeeping", act.ViewDelete: "bookkeeping", act.NotificationRead: "bookkeeping",
		act.ImportUpload: "nothing of it is done yet", act.ImportMap: "likewise", act.ImportCorrect: "likewise",
	}
	for _, a := range act.List() {
		if a.Kind != authz.Read && !a.Global && silent[a.Name] == "" && !offered[a.Name] {
			t.Errorf("%s writes lines, and nobody can ask for them", a.Name)
		}
		writes := a.Kind != authz.Read || offered[a.Name]
		if key := "history.did." + string(a.Name); writes && silent[a.Name] == "" && say.Say(key) == "["+key+"]" && !unseen(a.Name) {
			t.Errorf("%s has no words in a line", a.Name)
		}
	}
	for name := range offered {
		if key := "history.what." + string(name); say.Say(key) == "["+key+"]" {
			t.Errorf("%s has no words as it stands alone", name)
		}
	}
}

// unseen tells of what writes no line, or none that a page shows.
func unseen(name act.Name) bool { return name == act.PreferenceEdit || name == act.SessionConfirm }
