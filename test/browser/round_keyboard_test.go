package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

func TestTheWaysInAreWalkedByKeyboardAlone(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.walked(t, func() hand {
			p := s.visitor(browser.Options{})
			p.Attend()
			return keys{p, t}
		})
	})
}

// keys is somebody who has a keyboard alone.
type keys struct {
	p *browser.Page
	t *testing.T
}

func (h keys) sees() *browser.Page { return h.p }

func (h keys) press(name string) {
	h.t.Helper()
	h.to(name, false)
	h.p.Press("Enter")
}

func (h keys) fill(label, text string) {
	h.t.Helper()
	h.to(label, true)
	h.p.Press("End") // what stands there goes, as by anybody who has no mouse
	h.p.Type(strings.Repeat("\b", browser.Eval[int](h.p, `document.activeElement.value.length`)) + text)
}

func (h keys) choose(label, option string) {
	h.t.Helper()
	h.to(label, true)
	h.p.Type(option)
	if got := browser.Eval[string](h.p, `document.activeElement.selectedOptions[0].label`); got != option {
		h.t.Fatalf("typing chooses %q, not %q", got, option)
	}
}

func (h keys) tick(label string) {
	h.t.Helper()
	h.to(label, true)
	h.p.Press(" ")
}

// to presses Tab until the focus is on the field, or on the link or button, of that name; there it must be seen and marked.
// How often is guessed first, so that not every stop has to be looked at: look did that.
func (h keys) to(name string, field bool) {
	h.t.Helper()
	var passed []string
	for n := range 120 {
		f := browser.Eval[focus](h.p, focused)
		if f.Field == field && (f.Name == name || strings.HasPrefix(f.Name, name+" ")) {
			if !f.Seen || !f.Ringed {
				h.t.Errorf("%s: the focus on %q is seen: %v, marked: %v", h.p.URL(), f.Name, f.Seen, f.Ringed)
			}
			return
		}
		passed = append(passed, f.Name)
		if n == 0 {
			h.p.Type(strings.Repeat("\t", browser.Eval[int](h.p, fmt.Sprintf("%s(%q, %v)", ahead, name, field))))
		} else {
			h.p.Press("Tab")
		}
	}
	h.t.Fatalf("%s: Tab never comes to %q, only to %q", h.p.URL(), name, passed)
}

// ahead guesses by how many Tabs the focus comes to what has a name.
const ahead = `((want, field) => {
  const root = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;
  const all = [...root.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")]
    .filter((e) => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}));
  const clean = (s) => (s ?? "").replace(/\s+/g, " ").trim();
  const named = (e) => (e.getAttribute("aria-label") || clean(e.labels?.[0]?.textContent) || clean(e.textContent) + " ").concat(" ").startsWith(want + " ");
  const here = all.indexOf(document.activeElement);
  const at = all.findIndex((e, i) => i > here && e.matches("input, select, textarea") === field && named(e));
  return at < 0 ? 1 : at - here;
})`

// look holds that Tab comes to all that the page offers, in the order in which it stands there, and that the focus is
// marked wherever it is.
func (h keys) look() {
	h.t.Helper()
	// Keys that are struck before a page has been drawn once are lost.
	browser.Eval[any](h.p, `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null))))`)
	n := browser.Eval[int](h.p, stops)
	h.p.Type(strings.Repeat("\t", n+3))
	for _, fault := range browser.Eval[[]string](h.p, `window.faults()`) {
		h.t.Errorf("%s: %s", h.p.URL(), fault)
	}
	browser.Eval[any](h.p, `document.activeElement.blur()`)
}

// stops begins to note where the focus goes, and gives how many places it should come to.
const stops = `(() => {
  const seen = (e) => e.checkVisibility({visibilityProperty: true}) || (e.labels?.length && [...e.labels].some((l) => l.checkVisibility({visibilityProperty: true})));
  const name = (e) => (e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent || e.name || e.outerHTML.slice(0, 80)).replace(/\s+/g, " ").trim();
  const group = (e) => e.type === "radio" ? (e.form?.action ?? "") + " " + e.name : e;
  const all = [...([...document.querySelectorAll("dialog:modal")].at(-1) ?? document).querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")]
    .filter((e) => !e.disabled && e.tabIndex >= 0 && seen(e));
  const wanted = new Set(all.map(group)), come = [], faults = [];
  let last = null;
  document.addEventListener("focusin", ({target: e}) => {
    if (come.includes(e)) return;
    come.push(e);
    let ring = false;
    for (let x = e; x && x !== document.body; x = x.parentElement) {
      const style = getComputedStyle(x);
      ring ||= style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    }
    if (!ring) faults.push("the focus on \"" + name(e) + "\" is not marked");
    if (e.tabIndex > 0) faults.push("\"" + name(e) + "\" stands out of the order");
    const main = !e.closest("[role=status]") && e.closest("main"), box = (e.labels?.[0] && /radio|checkbox/.test(e.type) ? e.labels[0] : e).getBoundingClientRect();
    const top = box.top + scrollY, bottom = box.bottom + scrollY;
    if (main && last && last.e.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING && bottom < last.top && box.left <= last.left) faults.push("the focus goes up from \"" + last.name + "\" to \"" + name(e) + "\"");
    last = main && {e, top, left: box.left, name: name(e)};
  });
  window.faults = () => {
    const groups = new Set(come.map(group));
    return faults.concat([...wanted].filter((e) => !groups.has(e)).map((e) => "Tab does not come to " + (e.nodeType ? "\"" + name(e) + "\"" : e)));
  };
  document.activeElement?.blur();
  return all.length;
})()`
