package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// newcomers is a table with headings of somebody's own, an address and a role that are wrong, and somebody who is there.
const newcomers = `Vorname,Surname,E-mail,Roles,Shoe size
Anna,Berg,anna@example.com,Auditor,38
Bo,Ek,bo example.com,,44
Cy,Dahl,cy@example.com,Adminstrator,40
Robert,One,bob@example.com,,41
Dee,Falk,dee@example.com,,39
`

// TestATableOfPeopleComesIn: an Owner sends a spreadsheet, says what its columns mean, corrects a row, leaves one out, sees
// what would change, starts it and follows it to its end; takes the result along, and brings in who was left out.
func TestATableOfPeopleComesIn(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) { importStory(t, s, browser.Options{}) })
}

func TestATableOfPeopleComesInWithoutScripts(t *testing.T) {
	each(t, postbox.Implicit, func(t *testing.T, s *site) { importStory(t, s, browser.Options{NoScript: true}) })
}

func importStory(t *testing.T, s *site, o browser.Options) {
	s.found(roster.PlanPlayground)
	s.Join("bob@example.com", "Bob", "One", roster.RoleMember)
	p := s.signedIn("olga@example.com", o)
	p.In(".nav").Click("Team")
	p.Click("Import")
	p.WaitText("Import people")
	p.CheckAxe()
	p.Click("CSV")
	if got := string(p.Downloaded("template.csv")); !strings.Contains(got, "E-mail") {
		t.Errorf("the template is %q", got)
	}
	p.Click("Upload and go on")
	p.WaitText("The file is empty.")
	p.CheckAxe()
	s.sendsTable(t, p)
	p.WaitText("Columns of team.csv")
	p.WaitText("anna@example.com")
	p.CheckAxe()
	p.Choose("What Vorname means", "First name")
	p.Click("Save the columns")
	p.WaitText("The columns are saved, and the rows were checked.")
	p.WaitText("Left out, since nothing says what they mean: Shoe size.")
	s.correctsRows(p)
	p.Click("Preview")
	p.WaitText("Preview of team.csv")
	p.WaitText("There is no role \"Adminstrator\" here.")
	p.WaitText("2 invitations leave by e-mail")
	p.WaitText("People: 2 of 10 now, 4 afterwards")
	p.WaitText("gains Auditor")
	p.CheckAxe()
	p.Fill("Roles", "Auditor")
	p.Click("Save the row cy@example.com")
	p.WaitText("Row 4 is saved, and waits.")
	p.Click("Preview")
	p.WaitText("3 invitations leave by e-mail")
	p.Click("Start with 4 rows")
	s.seesItThrough(p)
	p.WaitText("5 rows · 4 done")
	p.WaitText("is invited")
	p.CheckAxe()
	p.Click("CSV")
	if got := string(p.Downloaded("team-result.csv")); strings.Count(got, ",changed,") != 4 || strings.Count(got, ",left_out,") != 1 {
		t.Errorf("the result is\n%s", got)
	}
	p.Click("Left out (1)")
	p.Click("Take it in again dee@example.com")
	p.WaitText("Row 6 is taken in again.")
	p.Click("Preview")
	p.Click("Start with 1 row")
	s.seesItThrough(p)
	p.WaitText("5 rows · 5 done")
	p.In(".head").Click("Import people")
	p.WaitText("Your imports")
	p.CheckAxe()
	p.In(".nav").Click("Team")
	p.WaitText("Robert One")
	p.WaitText("dee@example.com")
	p.In(".nav").Click("History")
	p.WaitText("started the import of team.csv")
	s.mail.Wait(t, "cy@example.com", 1)
	s.Verified(s.Acme.ID)
}

// sendsTable attaches the table and sends it.
func (s *site) sendsTable(t *testing.T, p *browser.Page) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "team.csv")
	if err := os.WriteFile(file, []byte(newcomers), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Attach("File", file)
	p.Click("Upload and go on")
}

// correctsRows corrects the row that is wrong and leaves one out, and takes that back, and leaves it out again.
func (s *site) correctsRows(p *browser.Page) {
	s.t.Helper()
	p.WaitText("This is not an e-mail address.")
	p.CheckAxe()
	p.Fill("E-mail", "bo@example")
	p.Click("Save the row bo example.com")
	p.WaitText("Row 3 is saved, but not right yet.")
	p.Fill("E-mail", "bo@example.com")
	p.Click("Save the row bo@example")
	p.WaitText("Row 3 is saved, and waits.")
	for range 2 {
		p.Click("Correct or leave out dee@example.com")
		p.Click("Leave it out dee@example.com")
		p.WaitText("Row 6 is left out.")
		p.CheckAxe()
		p.Click("Undo")
		p.WaitText("Row 6 is taken in again.")
	}
	p.Click("Correct or leave out dee@example.com")
	p.Click("Leave it out dee@example.com")
	p.WaitText("Row 6 is left out.")
}

// seesItThrough follows an import to its end: with scripts by itself, without them by looking again.
func (s *site) seesItThrough(p *browser.Page) {
	s.t.Helper()
	for end := time.Now().Add(30 * time.Second); !p.Shows("Result, row by row"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatal("it does not end")
		}
		if p.Offers("Look again") {
			p.Click("Look again")
		}
	}
}

// TestATableOfPeopleComesInByKeyboardAlone, but for the choice of the file, which the system asks for.
func TestATableOfPeopleComesInByKeyboardAlone(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		p := s.signedIn("olga@example.com", browser.Options{})
		tabTo(t, p, "Import")
		p.Press("Enter")
		p.WaitURL("/imports")
		file := filepath.Join(t.TempDir(), "team.csv")
		if err := os.WriteFile(file, []byte("Vorname,E-mail\nAnna,anna@example.com\nBo,bo example.com\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p.Attach("File", file)
		tabTo(t, p, "Upload and go on")
		p.Press("Enter")
		p.WaitURL("/columns")
		tabTo(t, p, "What Vorname means")
		p.Type("First name")
		tabTo(t, p, "Save the columns")
		p.Press("Enter")
		p.WaitText("The columns are saved, and the rows were checked.")
		tabTo(t, p, "E-mail")
		p.Press("End")
		p.Type(strings.Repeat("\b", len("bo example.com")) + "bo@example.com")
		p.Press("Enter")
		p.WaitText("Row 3 is saved, and waits.")
		tabTo(t, p, "Preview")
		p.Press("Enter")
		p.WaitText("Preview of team.csv")
		tabTo(t, p, "Start with 2 rows")
		p.Press("Enter")
		s.seesItThrough(p)
		p.WaitText("2 rows · 2 done")
		s.Verified(s.Acme.ID)
	})
}
