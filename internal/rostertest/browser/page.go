package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed page.js
var pageJS string

// Page is what a person has before them. Its verbs wait until they can be done, and fail the test
// with what the page shows when they cannot.
type Page struct {
	t      testing.TB
	window *window
	scope  []place
}

// place narrows a page down.
type place struct {
	CSS  string `json:"css,omitempty"`
	Text string `json:"text,omitempty"`
}

// In gives the page narrowed down to the one visible place that a CSS selector names.
func (p *Page) In(css string) *Page {
	return &Page{p.t, p.window, append(slices.Clone(p.scope), place{CSS: css})}
}

// Row gives the page narrowed down to the one innermost row, list item, article, section or field
// set that shows the text.
func (p *Page) Row(text string) *Page {
	return &Page{p.t, p.window, append(slices.Clone(p.scope), place{Text: text})}
}

// Open goes to an address and waits until it is loaded. It gives the answer's status.
func (p *Page) Open(url string) int {
	p.t.Helper()
	ctx, cancel := p.within(patience)
	defer cancel()
	p.must("open "+url, chromedp.Do(ctx, chromedp.Navigate(url)))
	return p.Status()
}

// Reload loads the page again, and gives the answer's status.
func (p *Page) Reload() int {
	p.t.Helper()
	ctx, cancel := p.within(patience)
	defer cancel()
	p.must("reload", chromedp.Do(ctx, chromedp.Reload()))
	return p.Status()
}

// Back goes one page back, which may come from the browser's memory without being loaded.
func (p *Page) Back() {
	p.t.Helper()
	was := call(p, page.GetNavigationHistory, cdp.Empty{})
	if was.CurrentIndex == 0 {
		p.fail("back: there is no page before this one")
	}
	before := was.Entries[was.CurrentIndex-1]
	call(p, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: before.ID})
	p.until("back", func() string {
		ctx, cancel := p.within(patience)
		defer cancel()
		// While a page comes back from memory none is active, and Chromium refuses to tell.
		switch now, err := chromedp.Call(ctx, page.GetNavigationHistory, cdp.Empty{}); {
		case err != nil:
			return err.Error()
		case now.CurrentIndex == was.CurrentIndex:
			return "still on the same page"
		}
		return ""
	})
	p.settle()
}

// Status gives the HTTP status of the document that was loaded last.
func (p *Page) Status() int {
	p.window.mu.Lock()
	defer p.window.mu.Unlock()
	return int(p.window.status)
}

// Click clicks the one link or button of that name, as a mouse does, and waits for the page it
// leads to, if it leads to one.
func (p *Page) Click(name string) {
	p.t.Helper()
	p.press(p.ask("click", name, nil))
}

// ClickAt clicks the first visible thing that a CSS selector names. Prefer Click.
func (p *Page) ClickAt(css string) {
	p.t.Helper()
	p.press(p.ask("aim", css, nil))
}

func (p *Page) press(at json.RawMessage) {
	p.t.Helper()
	var point struct{ X, Y float64 }
	p.must("click", json.Unmarshal(at, &point))
	ctx, cancel := p.within(patience)
	defer cancel()
	p.must("click", chromedp.Do(ctx, chromedp.MouseClickXY(point.X, point.Y)))
	p.settle()
}

// Fill replaces what is in the field of that label (or name) by a text, as typing does; a day is given as 2006-01-02.
func (p *Page) Fill(label, text string) {
	p.t.Helper()
	var kind string
	p.must("fill", json.Unmarshal(p.ask("focus", label, nil), &kind))
	switch kind {
	case "date":
		p.day(label, text)
		return
	case "time", "datetime-local":
		p.t.Fatalf("browser: the field %q is a %s; use Press for its parts", label, kind)
	}
	if text == "" {
		p.Press("Delete")
		return
	}
	call(p, input.InsertText, input.InsertTextParams{Text: text})
	p.settle()
}

// day types a day into the field that has the focus, part by part in the order of the browser's language.
func (p *Page) day(label, text string) {
	p.t.Helper()
	day, err := time.Parse(time.DateOnly, text)
	p.must("fill", err)
	p.Press(day.Format("01022006"))
	if got := p.Value(label); got != text {
		p.t.Fatalf("browser: the field %q became %q by typing %s", label, got, text)
	}
}

// Choose takes an option, by its text, in the list of that label.
func (p *Page) Choose(label, option string) {
	p.t.Helper()
	p.ask("choose", label, option)
	p.settle()
}

// Tick sets or clears the check box of that label, or sets the radio button.
func (p *Page) Tick(label string, on bool) {
	p.t.Helper()
	if at := p.ask("tick", label, on); string(at) != "null" {
		p.press(at)
	}
}

// Attach puts a file into the field of that label, as choosing it in the browser's dialog does.
func (p *Page) Attach(label, file string) {
	p.t.Helper()
	p.ask("focus", label, nil)
	field := call(p, runtime.Evaluate, runtime.EvaluateParams{Expression: "document.activeElement"}).Result
	call(p, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file}, ObjectID: field.ObjectID})
	p.settle()
}

// Press presses a key where the focus is: "Enter", "Tab", "Escape", "Delete", "ArrowDown", "ArrowUp",
// "Backspace", " ", or a character.
func (p *Page) Press(key string) {
	p.t.Helper()
	named := map[string]string{
		"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape, "Delete": kb.Delete, "Backspace": kb.Backspace,
		"ArrowDown": kb.ArrowDown, "ArrowUp": kb.ArrowUp, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
		"Home": kb.Home, "End": kb.End,
	}
	if k, ok := named[key]; ok {
		key = k
	}
	for _, r := range key {
		p.strike(r)
	}
	p.settle()
}

// Attend gives the page the keyboard's focus for good, as to somebody who has it before them while others are open.
func (p *Page) Attend() {
	p.t.Helper()
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
}

// Type strikes the keys of a text where the focus is, one after the other; "\t" is Tab and "\b" Backspace. It waits once, at
// the end.
func (p *Page) Type(text string) {
	p.t.Helper()
	for _, r := range text {
		p.strike(r)
	}
	p.settle()
}

// strike sends a key as a keyboard does: its character is part of going down, so that a page that
// takes the key for itself keeps the character out of the field it moves to.
func (p *Page) strike(r rune) {
	p.t.Helper()
	events := kb.Encode(r)
	if len(events) == 3 {
		down := *events[0]
		down.Type, down.Text, down.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, events[1].Text, events[1].UnmodifiedText
		events = []*input.DispatchKeyEventParams{&down, events[2]}
	}
	for _, e := range events {
		call(p, input.DispatchKeyEvent, *e)
	}
}

// Value gives what is in the field of that label; of a check box, "true" or "false".
func (p *Page) Value(label string) string {
	p.t.Helper()
	var v string
	p.must("value", json.Unmarshal(p.ask("value", label, nil), &v))
	return v
}

// Text gives what the page shows, as a person would copy it.
func (p *Page) Text() string {
	p.t.Helper()
	var v string
	p.must("text", json.Unmarshal(p.ask("text", "", nil), &v))
	return v
}

// WaitText waits until the page shows the text.
func (p *Page) WaitText(text string) {
	p.t.Helper()
	p.ask("has", text, nil)
}

// WaitGone waits until the page does not show the text.
func (p *Page) WaitGone(text string) {
	p.t.Helper()
	p.ask("gone", text, nil)
}

// WaitOffer waits until the page offers a link or button of that name.
func (p *Page) WaitOffer(name string) {
	p.t.Helper()
	p.ask("offers", name, nil)
}

// Shows tells whether the page shows the text now.
func (p *Page) Shows(text string) bool {
	p.t.Helper()
	_, why := p.try("has", text, nil)
	return why == ""
}

// Offers tells whether the page offers a link or button of that name now.
func (p *Page) Offers(name string) bool {
	p.t.Helper()
	_, why := p.try("offers", name, nil)
	return why == ""
}

// WaitURL waits until the page's address contains part, and gives it.
func (p *Page) WaitURL(part string) string {
	p.t.Helper()
	var url string
	p.until("the address contains "+part, func() string {
		if url = p.URL(); strings.Contains(url, part) {
			return ""
		}
		return "the address is " + url
	})
	return url
}

// URL gives the page's address, with its fragment.
func (p *Page) URL() string {
	p.t.Helper()
	return Eval[string](p, `location.href`)
}

// Title gives the page's title.
func (p *Page) Title() string {
	p.t.Helper()
	return Eval[string](p, `document.title`)
}

// HTML gives the page's source as it stands now.
func (p *Page) HTML() string {
	p.t.Helper()
	return Eval[string](p, `document.documentElement.outerHTML`)
}

// Eval gives what a JavaScript expression is, a promise awaited. It works without JavaScript too,
// for it is the test that asks, not the page.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	ctx, cancel := p.within(patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	p.must(expression, err)
	return v
}

// Requests gives every request that the page made so far.
func (p *Page) Requests() []Request {
	p.window.mu.Lock()
	defer p.window.mu.Unlock()
	return slices.Clone(p.window.requests)
}

// Dialogs gives what the browser asked in dialogs of its own, such as before leaving a page. Each
// is accepted at once.
func (p *Page) Dialogs() []string {
	p.window.mu.Lock()
	defer p.window.mu.Unlock()
	return slices.Clone(p.window.dialogs)
}

// Cookies gives the profile's cookies for the page's address.
func (p *Page) Cookies() []*network.Cookie {
	p.t.Helper()
	return call(p, network.GetCookies, network.GetCookiesParams{}).Cookies
}

// Downloaded waits until a file of that name was downloaded whole, and gives what is in it.
func (p *Page) Downloaded(name string) []byte {
	p.t.Helper()
	path := filepath.Join(p.window.downloads, name)
	p.until("download "+name, func() string {
		p.window.mu.Lock()
		defer p.window.mu.Unlock()
		if !slices.Contains(p.window.downloaded, path) { // it may be there already, and not yet whole
			return "not downloaded"
		}
		return ""
	})
	data, err := os.ReadFile(path)
	p.must("download "+name, err)
	return data
}

// ask asks the page until it can answer.
func (p *Page) ask(verb, what string, more any) json.RawMessage {
	p.t.Helper()
	var ok json.RawMessage
	p.until(fmt.Sprintf("%s %q", verb, what), func() (why string) {
		ok, why = p.try(verb, what, more)
		return why
	})
	return ok
}

// try asks the page once. why is empty when it answered.
func (p *Page) try(verb, what string, more any) (ok json.RawMessage, why string) {
	scope := append([]place{}, p.scope...) // an empty list, never null
	args, err := json.Marshal([]any{verb, scope, what, more})
	if err != nil {
		return nil, err.Error()
	}
	ctx, cancel := p.within(patience)
	defer cancel()
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte]("("+pageJS+")(..."+string(args)+")"))
	if err != nil {
		return nil, err.Error() // such as a page that is just being left
	}
	var answer struct {
		OK  json.RawMessage `json:"ok"`
		Why string          `json:"why"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, err.Error()
	}
	return answer.OK, answer.Why
}

// until waits until ready gives no reason to wait.
func (p *Page) until(what string, ready func() (why string)) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; {
		why := ready()
		if why == "" {
			return
		}
		if time.Now().After(end) {
			p.fail(fmt.Sprintf("%s: %s", what, why))
		}
		pause()
	}
}

// settle waits until the page is loaded, if what was just done makes it load another.
func (p *Page) settle() {
	p.t.Helper()
	// A form is sent by a task of its own; asking for two more lets it begin.
	for range 2 {
		p.try("text", "", nil)
	}
	p.until("load", func() string {
		if p.window.busy() {
			return "it does not end"
		}
		return ""
	})
}

// pause is the grain of waiting for a condition, not a wait by itself.
func pause() { time.Sleep(15 * time.Millisecond) }

func (p *Page) within(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.window.ctx, d)
}

func (p *Page) must(what string, err error) {
	p.t.Helper()
	if err != nil {
		p.fail(fmt.Sprintf("%s: %v", what, err))
	}
}

// fail ends the test with what the page shows, and a picture where -artifacts keeps it.
func (p *Page) fail(what string) {
	p.t.Helper()
	ctx, cancel := p.within(5 * time.Second)
	defer cancel()
	url, _ := chromedp.Run(ctx, chromedp.Location())
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	if picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err == nil {
		_ = os.WriteFile(filepath.Join(p.t.ArtifactDir(), "failure.png"), picture, 0o600)
	}
	if len(text) > 3000 {
		text = text[:3000] + "…"
	}
	p.t.Fatalf("browser: %s\nat %s the page shows:\n%s\ncomplaints: %q", what, url, text, p.window.open())
}

// call sends a command of the protocol.
func call[P, R any](p *Page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := p.within(patience)
	defer cancel()
	r, err := chromedp.Call(ctx, command, params)
	p.must(command.Method, err)
	return r
}
