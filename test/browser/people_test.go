package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// TestPeopleComeFromAFile: an Owner sends a file, sees what it would change and what is wrong with it, mends it, applies it
// and gets an API user's secret once; takes the present state along, and finds nothing left to do.
func TestPeopleComeFromAFile(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) { peopleStory(t, s, browser.Options{}) })
}

func TestPeopleComeFromAFileWithoutScripts(t *testing.T) {
	each(t, postbox.Implicit, func(t *testing.T, s *site) { peopleStory(t, s, browser.Options{NoScript: true}) })
}

func peopleStory(t *testing.T, s *site, o browser.Options) {
	s.found(roster.PlanUnlimited)
	s.Join("bob@example.com", "Bob", "One", roster.RoleMember)
	file := filepath.Join(t.TempDir(), "team.yaml")
	const text = `units: [{external_id: nordwind, name: Nordwind}]
members:
  - {email: bob@example.com, first_name: Robert, colour: red}
  - {email: ina@example.com, grants: [{role: auditor, unit: nordwind}]}
  - {kind: api, external_id: gateway, name: Gateway}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := s.signedIn("olga@example.com", o)
	p.In(".nav").Click("Team")
	p.Click("Export")
	p.Click("Plan and apply a file")
	p.WaitText("People as a file")
	p.CheckAxe()
	p.Attach("File", file)
	p.In("form[enctype]").Click("See the plan")
	p.WaitText("Line 3: There is no such field here.")
	if got := p.Value("File as text"); !strings.Contains(got, "colour: red") {
		t.Errorf("what was sent is lost: %q", got)
	}
	p.Fill("File as text", strings.Replace(text, ", colour: red", "", 1))
	p.Click("See the plan")
	p.WaitText("4 changes would be done.")
	p.WaitText("gains Auditor at Nordwind")
	p.CheckAxe()
	p.Click("Apply 4 changes")
	p.WaitText("4 changes are done.")
	p.WaitText("rsec_")
	p.CheckAxe()
	p.Click("Back to the team")
	p.WaitText("ina@example.com")
	p.WaitText("Robert One")
	p.Click("Export")
	p.Click("Plan and apply a file")
	p.WaitText("The present state")
	p.Click("YAML")
	name := "people-" + s.clock.now().Format("2006-01-02") + ".yaml"
	got := p.Downloaded(name)
	if !strings.Contains(string(got), "external_id: gateway") {
		t.Errorf("the present state is %s", got)
	}
	p.Fill("File as text", string(got))
	p.In(".people-text").Click("See the plan")
	p.WaitText("Everything is as the file says. There is nothing to apply.")
	p.In(".nav").Click("History")
	p.WaitText("exported the people to " + name)
	p.WaitText("applied the file")
	s.Verified(s.Acme.ID)
}
