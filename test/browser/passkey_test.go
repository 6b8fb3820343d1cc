package browser_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// TestAPasskeyFromTheFirstDayToItsLast is lived in one browser with a device that holds passkeys: it is added, asked for
// after the password, signs in alone, confirms, and is removed; and in one without scripts, where a recovery code helps.
func TestAPasskeyFromTheFirstDayToItsLast(t *testing.T) {
	s := serveAs(t, "localhost", filepath.Join(t.TempDir(), "roster.db"), postbox.StartTLS)
	s.found(roster.PlanUnlimited)
	p := s.signedIn(s.email, browser.Options{})
	p.Authenticator()
	p.Open(s.url + "/me/security")
	p.Click("Add a passkey")
	p.WaitText("by a finger, a face or a PIN")
	p.CheckAxe()
	p.Fill("Name", "")
	p.Click("Add passkey")
	p.WaitText("Fill this in.")
	p.Fill("Name", "Laptop")
	p.Click("Add passkey")
	p.WaitText("Your passkey is set up.")
	codes := recoveryCodes(t, p)
	p.Tick("I have stored the codes", true)
	p.Click("Go on")
	p.Open(s.url + "/me/security")
	p.WaitText("Lets you in without a password")
	p.Row("Laptop").Click("Rename")
	p.Fill("Name", "Work laptop")
	p.Click("Save name")
	p.WaitText("It is called Work laptop now.")
	p.CheckAxe()

	signOut(p)
	signIn(p, s.email)
	p.WaitText("Use your passkey or a code")
	p.CheckAxe()
	p.Click("Use a passkey")
	p.WaitURL("/o/" + s.Acme.Slug)

	signOut(p)
	p.WaitText("Sign in")
	p.Click("Sign in with a passkey")
	p.WaitURL("/o/" + s.Acme.Slug)
	s.clock.pass(11 * time.Minute)
	p.Open(s.url + "/me/recovery-codes")
	p.Click("Make new codes")
	p.WaitText("Confirm that it is you")
	p.Click("Confirm with a passkey")
	p.WaitText("Store these codes now")
	fresh := recoveryCodes(t, p)
	p.Tick("I have stored the codes", true)
	p.Click("Go on")

	plain := s.visitor(browser.Options{NoScript: true})
	plain.Open(s.at("sign-in"))
	plain.WaitText("Passkeys need JavaScript")
	plain.CheckAxe()
	signIn(plain, s.email)
	plain.WaitText("Use your passkey or a code")
	plain.Fill("Code", codes[0])
	plain.Click("Verify")
	plain.WaitText("was used already") // a code of those before
	plain.Fill("Code", fresh[0])
	plain.Click("Verify")
	plain.WaitURL("/o/" + s.Acme.Slug)

	p.Open(s.url + "/me/security")
	p.Row("Work laptop").Click("Remove")
	p.WaitText("This passkey lets nobody in any more.")
	p.Click("Remove Work laptop")
	p.WaitText("Work laptop was removed.")
	signOut(p)
	p.Click("Sign in with a passkey")
	p.WaitText("This passkey was not accepted")
	p.CheckAxe()
	s.Verified(roster.Installation)
}

// signOut sends the form of the menu, once the page that was gone to has it.
func signOut(p *browser.Page) {
	const sends = `(() => { const form = document.querySelector("form[action='/sign-out']"); form?.requestSubmit(); return form !== null })()`
	for end := time.Now().Add(20 * time.Second); !browser.Eval[bool](p, sends) && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	p.WaitText("You are signed out")
}

// recoveryCodes reads the codes that are shown this once.
func recoveryCodes(t *testing.T, p *browser.Page) []string {
	t.Helper()
	all := strings.Fields(browser.Eval[string](p, `document.getElementById("codes").textContent`))
	if len(all) != roster.RecoveryCodes {
		t.Fatalf("%d recovery codes", len(all))
	}
	return all
}
