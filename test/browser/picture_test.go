package browser_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest/browser"
)

// TestPicturesOfTheReadme makes the README's pictures of the sample organisation. They are kept where
// ROSTER_PICTURES says; without it, only that they can be made is held.
func TestPicturesOfTheReadme(t *testing.T) {
	dir := os.Getenv("ROSTER_PICTURES")
	if dir == "" {
		dir = t.TempDir()
	}
	s := demo(t, filepath.Join(t.TempDir(), "roster.db"))
	take := func(p *browser.Page, name string, width int) {
		t.Helper()
		file := filepath.Join(dir, name+".png")
		p.Screenshot(file)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width != width {
			t.Errorf("%s is %d wide, not %d: %v", name, c.Width, width, err)
		}
	}

	p := s.signedIn(s.email, browser.Options{})
	p.WaitText("Amara Diallo")
	take(p, "team", 1280)

	p.In("header.head").Click("Add user")
	p.Fill("E-mail", "ada.moreau@example.com")
	p.Fill("First name", "Ada")
	p.Fill("Last name", "Moreau")
	p.Tick("Auditor", true)
	take(p, "add-user", 1280)

	p.Tick("API user", true)
	p.Fill("Name", "Route planner")
	p.Click("Make API user")
	p.WaitText("Route planner is ready")
	take(p, "secret", 1280)
	p.Tick("I have stored it", true)
	p.Click("Close")

	dark := s.signedIn(s.email, browser.Options{Dark: true})
	dark.In("table").Click("Pavel Novák")
	dark.WaitText("The mail server took the letter")
	take(dark, "member-dark", 1280)

	phone := s.signedIn(s.email, browser.Options{Width: 360})
	phone.WaitText("Amara Diallo")
	take(phone, "team-360", 360)
	if got := s.member(s.Owner.Member); got.Status != roster.Active {
		t.Error(got.Status)
	}
}
