package browser_test

import (
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// focused is what the focus is on, by its name, whether a person sees it there and whether it is marked.
const focused = `(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return {name: "", seen: true, ringed: true};
  const clean = (s) => (s ?? "").replace(/\s+/g, " ").trim();
  const name = e.getAttribute("aria-label") || clean(e.labels?.[0]?.textContent) || clean(e.textContent) || e.name || "";
  const box = (e.type === "radio" || e.type === "checkbox") && e.labels?.[0] ? e.labels[0].getBoundingClientRect() : e.getBoundingClientRect();
  const [x, y] = [box.left + Math.min(box.width / 2, 60), box.top + box.height / 2];
  const hit = document.elementFromPoint(x, y);
  const own = hit && (e.contains(hit) || hit.contains(e) || e.labels?.[0]?.contains(hit));
  let ringed = false;
  for (let x = e; x && x !== document.body; x = x.parentElement) {
    const style = getComputedStyle(x);
    ringed ||= style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  }
  return {name, seen: !!own, ringed, field: e.matches("input, select, textarea")};
})()`

type focus struct {
	Name   string `json:"name"`
	Seen   bool   `json:"seen"`
	Ringed bool   `json:"ringed"`
	Field  bool   `json:"field"`
}

// tabTo presses Tab until the focus is on what has that name. Wherever it comes by, it must be seen.
func tabTo(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	var passed []string
	for range 80 {
		p.Press("Tab")
		f := browser.Eval[focus](p, focused)
		if !f.Seen {
			t.Errorf("the focus on %q is hidden", f.Name)
		}
		if strings.HasPrefix(f.Name, name) {
			return
		}
		passed = append(passed, f.Name)
	}
	t.Fatalf("Tab never comes to %q, only to %q", name, passed)
}

// typeIn types a text where the focus is, key by key.
func typeIn(p *browser.Page, text string) {
	for _, key := range text {
		p.Press(string(key))
	}
}

// at tells the test what has the focus.
func at(p *browser.Page) string { return browser.Eval[focus](p, focused).Name }

func TestEverythingIsDoneByKeyboardAlone(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		s.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
		p := s.visitor(browser.Options{})
		p.Open(s.url + "/sign-in")
		typeIn(p, "olga@example.com") // the first field has the focus when the page opens
		tabTo(t, p, "Password")
		typeIn(p, rostertest.Password)
		p.Press("Enter")
		p.WaitURL("/o/acme/team")

		p.Press("/")
		typeIn(p, "ann")
		p.WaitGone("olga@example.com")
		p.WaitURL("q=ann")
		p.Press("Escape")
		p.Press("j")
		if got := at(p); got != "Anna Berg" {
			t.Errorf("j leads to %q", got)
		}
		tabTo(t, p, "Actions for Anna Berg")
		p.Press("Enter")
		tabTo(t, p, "Block")
		p.Press("Enter")
		p.WaitText("Block Anna Berg?")
		if !strings.HasPrefix(at(p), "Reason") {
			t.Errorf("the dialog begins at %q", at(p))
		}
		for range 6 { // the focus stays inside
			p.Press("Tab")
			if !browser.Eval[bool](p, `document.activeElement === document.body || !!document.activeElement.closest("dialog")`) {
				t.Errorf("the focus left the dialog for %q", at(p))
			}
		}
		p.Press("Escape")
		p.WaitGone("Block Anna Berg?")
		if got := at(p); got != "Actions for Anna Berg" {
			t.Errorf("after Escape the focus is on %q", got)
		}

		p.Press("g")
		p.Press("h")
		p.WaitURL("/history")
		p.Press("g")
		p.Press("t")
		p.WaitURL("/team")
		tabTo(t, p, "Add user")
		p.Press("Enter")
		p.WaitURL("/team/add")
		tabTo(t, p, "E-mail")
		typeIn(p, "cara@example.com")
		tabTo(t, p, "First name")
		typeIn(p, "Cara")
		tabTo(t, p, "Last name")
		typeIn(p, "Roth")
		tabTo(t, p, "Member")
		p.Press("ArrowUp") // the roles are one group: arrows choose
		tabTo(t, p, "Send invitation")
		p.Press("Enter")
		p.WaitText("Cara Roth is invited.")
		p.WaitURL("/team/mem_")
		p.WaitText("Auditor")
		tabTo(t, p, "Resend invitation")
		p.Press("Enter")
		p.WaitText("Resend the invitation to Cara Roth?")
		p.Press("Escape")
		p.WaitGone("Resend the invitation to Cara Roth?")
		if got := at(p); got != "Resend invitation" {
			t.Errorf("after Escape the focus is on %q", got)
		}
		p.Press("g")
		p.Press("m")
		p.WaitURL("/me?in=acme")
		p.WaitText("Your profile")
		p.Press("g")
		p.Press("t")
		p.WaitURL("/o/acme/team")
		p.Press("?")
		p.WaitText("Use keyboard shortcuts in this browser")
	})
}
