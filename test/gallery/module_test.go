package gallery

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/rostertest/browser"
)

// open gives a page of the gallery in a browser of its own.
func open(t *testing.T, o browser.Options, path string) *browser.Page {
	t.Helper()
	p := browser.Start(t).Profile(t, o)
	p.Open(serve(t, newMaker(t)) + path)
	return p
}

// wait waits until a JavaScript expression of the page is what is wanted.
func wait[T comparable](t *testing.T, p *browser.Page, expression string, want T) {
	t.Helper()
	var got T
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		if got = browser.Eval[T](p, expression); got == want {
			return
		}
	}
	t.Fatalf("%s is %v, not %v", expression, got, want)
}

// picture keeps what is seen where ROSTER_GALLERY says.
func picture(p *browser.Page, name string) {
	if dir := os.Getenv("ROSTER_GALLERY"); dir != "" {
		p.Screenshot(filepath.Join(dir, "moments", name+".png"))
	}
}

func TestSearchAsYouTypeReplacesTheListAndTheAddress(t *testing.T) {
	p := open(t, browser.Options{}, "/page/list")
	p.Fill("Search the team", "sil")
	p.WaitURL("/o/acme/team?q=sil")
	p.WaitText("3 in total")
	if got := p.Value("Search the team"); got != "sil" {
		t.Errorf("the field lost what was typed: %q", got)
	}
	wait(t, p, `document.querySelector("[data-live-status]").textContent`, "3 in total")
	p.Click("Status: Active , remove this filter")
	p.WaitText("3 in total")
	picture(p, "search")
}

func TestAQuestionOpensInADialogAndIsAskedOnAPageWithoutScripts(t *testing.T) {
	for _, plain := range []bool{false, true} {
		p := open(t, browser.Options{NoScript: plain}, "/page/list")
		p.Click("Actions for Bruno Costa")
		picture(p, "menu")
		p.In(".menu:popover-open").Click("Block")
		p.WaitText("Block Bruno Costa?")
		if modal := browser.Eval[bool](p, `!!document.querySelector("dialog:modal")`); modal == plain {
			t.Errorf("without scripts: %v, in a dialog: %v", plain, modal)
		}
		if plain {
			p.WaitURL("/block")
			continue
		}
		p.CheckAxe()
		picture(p, "dialog")
		p.Click("Cancel")
		p.WaitGone("Block Bruno Costa?")
		if strings.Contains(p.URL(), "block") {
			t.Error("the dialog changed the address")
		}
	}
}

func TestAToastIsShownForAWhileAndCanBeDismissed(t *testing.T) {
	p := open(t, browser.Options{}, "/page/list")
	p.WaitText("Bruno Costa is blocked.")
	p.WaitOffer("Undo")
	picture(p, "toast")
	p.Click("Dismiss")
	p.WaitGone("Bruno Costa is blocked.")
}

func TestShortcuts(t *testing.T) {
	p := open(t, browser.Options{}, "/page/list")
	focus := `(document.activeElement.name || document.activeElement.textContent).trim()`
	p.Press("/")
	wait(t, p, focus, "q")
	p.Press("Escape")
	wait(t, p, `document.activeElement === document.body`, true)
	p.Press("j")
	wait(t, p, focus, "Anna Silva")
	p.Press("j")
	wait(t, p, focus, "Bruno Costa")
	p.Press("k")
	wait(t, p, focus, "Anna Silva")
	p.Press("j")
	wait(t, p, focus, "Bruno Costa")
	p.Press("x")
	p.WaitText("1 chosen")
	wait(t, p, `document.querySelector("[data-row].at [data-pick]").checked`, true)
	p.Press("x")
	p.WaitGone("1 chosen")
	p.Press("?")
	p.WaitText("Keyboard shortcuts")
	picture(p, "shortcuts")
	p.CheckAxe()
	p.Tick("Use keyboard shortcuts in this browser", false)
	p.Press("Escape")
	p.Press("j")
	if got := browser.Eval[string](p, `document.activeElement.textContent`); strings.HasPrefix(got, "Chiara") {
		t.Error("switched off, and yet at work")
	}
}

func TestTheSecretIsCopiedDownloadedAndGuarded(t *testing.T) {
	p := open(t, browser.Options{}, "/page/secret")
	p.Click("Copy Client secret")
	p.WaitText("Client secret copied")
	if got := p.Clipboard(); !strings.HasPrefix(got, "rsk_") {
		t.Errorf("in the clipboard: %q", got)
	}
	p.Click("Download .env")
	if got := string(p.Downloaded("payroll-import.env")); !strings.Contains(got, "ROSTER_CLIENT_SECRET=rsk_") {
		t.Errorf("downloaded: %q", got)
	}
	p.Click("Close")
	if !strings.HasSuffix(p.URL(), "/page/secret") {
		t.Fatal("closed without the tick")
	}
	p.Tick("I have stored it", true)
	p.Click("Close")
	p.WaitURL("/o/acme/team/mem_")
	if asked := p.Dialogs(); len(asked) > 0 {
		t.Errorf("asked although it is stored: %v", asked)
	}
}

func TestLeavingTheSecretWithoutATickAsks(t *testing.T) {
	p := open(t, browser.Options{}, "/page/secret")
	p.Click("As text")
	picture(p, "secret")
	p.Reload()
	if len(p.Dialogs()) == 0 {
		t.Error("left without a question")
	}
}

func TestCriteriaTickWhileThePasswordIsTyped(t *testing.T) {
	p := open(t, browser.Options{}, "/page/landing")
	long := `document.querySelector("[data-key=length]").classList.contains("met")`
	p.Fill("Password", "correct horse battery staple")
	wait(t, p, long, true)
	p.Fill("Password", "short")
	wait(t, p, long, false)
	p.Fill("Password", "correct horse battery staple")
	p.WaitText("not be common or easy to guess (met)")
	picture(p, "criteria")
	p.ClickAt("[data-reveal=f-password]")
	wait(t, p, `document.getElementById("f-password").type`, "text")
}

func TestTheNavigationFoldsAndOpens(t *testing.T) {
	for _, plain := range []bool{false, true} {
		p := open(t, browser.Options{Width: 360, NoScript: plain}, "/page/list")
		if p.Offers("History") {
			t.Error("the navigation is open from the start")
		}
		p.Click("Open the menu")
		p.WaitOffer("History")
		picture(p, "navigation")
		p.Click("Organisation: Acme Logistics")
		p.WaitOffer("Harbour Lane")
		picture(p, "switcher")
	}
}

func TestTheKindChangesTheFormWithoutScripts(t *testing.T) {
	p := open(t, browser.Options{NoScript: true}, "/page/add")
	p.WaitText("First name")
	p.Tick("API user", true)
	p.WaitGone("First name")
	p.WaitText("What the program is")
	p.WaitOffer("Make API user")
	if p.Shows("Everything in the organisation.") {
		t.Error("an API user cannot be an Owner")
	}
}
