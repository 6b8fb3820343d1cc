package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Screenshot writes a PNG of what is in view.
func (p *Page) Screenshot(file string) {
	p.t.Helper()
	p.picture(file, false)
}

// FullScreenshot writes a PNG of the whole page, however long.
func (p *Page) FullScreenshot(file string) {
	p.t.Helper()
	p.picture(file, true)
}

func (p *Page) picture(file string, whole bool) {
	p.t.Helper()
	png := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &whole}).Data
	p.must("screenshot", os.MkdirAll(filepath.Dir(file), 0o755))
	p.must("screenshot", os.WriteFile(file, png, 0o600))
}

// Resize makes the window wider or narrower.
func (p *Page) Resize(width int) {
	p.t.Helper()
	ctx, cancel := p.within(patience)
	defer cancel()
	p.must("resize", chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), 800)))
	p.window.options.Width = width
}

// Scheme makes the system's colours dark or light, and motion reduced.
func (p *Page) Scheme(dark bool) {
	p.t.Helper()
	scheme := "light"
	if p.window.options.Dark = dark; dark {
		scheme = "dark"
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// Overflow gives by how many pixels the page is wider than the window; a page that a phone would
// scroll sideways.
func (p *Page) Overflow() int {
	p.t.Helper()
	return Eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
}

// Clipboard gives the text in the clipboard.
func (p *Page) Clipboard() string {
	p.t.Helper()
	p.permit("clipboard-read")
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return Eval[string](p, `navigator.clipboard.readText()`)
}

// permit lets the profile's pages do something.
func (p *Page) permit(what string) {
	p.t.Helper()
	_, err := chromedp.CallBrowser(p.window.ctx, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
		Permission:       &cdpbrowser.PermissionDescriptor{Name: what},
		Setting:          cdpbrowser.PermissionSettingGranted,
		BrowserContextID: chromedp.FromContext(p.window.ctx).BrowserContextID,
	})
	p.must("permit "+what, err)
}

// Violation is a rule of accessibility that a page breaks.
type Violation struct {
	Rule   string   `json:"id"`
	Impact string   `json:"impact"` // "serious" or "critical"
	Help   string   `json:"help"`
	Places []string `json:"places"` // the elements at fault, as HTML
}

func (v Violation) String() string {
	return fmt.Sprintf("%s %s: %s\n    %s", v.Impact, v.Rule, v.Help, strings.Join(v.Places, "\n    "))
}

const axeRun = `axe.run(document, {resultTypes: ['violations']}).then(r => r.violations
  .filter(v => v.impact === 'serious' || v.impact === 'critical')
  .map(v => ({id: v.id, impact: v.impact, help: v.help, places: v.nodes.map(n => n.html.slice(0, 300) + ' — ' + (n.failureSummary ?? '').replace(/\s+/g, ' '))})))`

// Axe gives what axe-core finds serious or critical on the page. Without axe-core the test fails.
func (p *Page) Axe() []Violation {
	p.t.Helper()
	file := os.Getenv(AxeVariable)
	script, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatalf("axe-core is needed here; `make test` installs it and sets %s: %v", AxeVariable, err)
	}
	// axe needs promises and timers, which a page without JavaScript does not have. The page's own
	// scripts stay out: they were not loaded.
	if p.window.options.NoScript {
		call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
		defer call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	ctx, cancel := p.within(patience)
	defer cancel()
	p.must("axe", chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`window.axe || `+string(script)+`; 0`)))
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](axeRun, chromedp.EvalAwaitPromise))
	p.must("axe", err)
	var found []Violation
	p.must("axe", json.Unmarshal(raw, &found))
	return found
}

// CheckAxe fails the test when axe-core finds anything serious or critical, and lets it go on.
func (p *Page) CheckAxe() {
	p.t.Helper()
	for _, v := range p.Axe() {
		p.t.Errorf("%s (dark: %v, width: %d): %s", p.URL(), p.window.options.Dark, p.window.options.Width, v)
	}
}

// Complaints gives what the page complained of so far and was not forgiven: a policy violated, a
// script's error, a part that failed to load, a request to another machine.
func (p *Page) Complaints() []string {
	p.t.Helper()
	p.try("text", "", nil) // what was said before this was answered has been heard
	return p.window.open()
}

// Forgive lets the test pass in spite of complaints that contain a text. Say why at the call.
func (p *Page) Forgive(part string) {
	p.window.mu.Lock()
	defer p.window.mu.Unlock()
	p.window.forgiven = append(p.window.forgiven, part)
}

func (p *Page) complain() {
	p.t.Helper()
	complaints := p.Complaints()
	slices.Sort(complaints)
	for _, c := range slices.Compact(complaints) {
		p.t.Errorf("browser: the page complains: %s", c)
	}
}
