// Package browser lets a test use Roster's pages as a person does, in a real headless Chromium:
// by the names of buttons and fields, with and without JavaScript, at any width, light and dark.
// It fails the test when a page complains: a policy violated, a script's error, a request off this
// machine. It knows nothing of Roster's pages, and it never waits for a duration.
package browser

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// AxeVariable is the environment variable with the path of axe.min.js.
const AxeVariable = "ROSTER_AXE"

// patience bounds every wait for a condition; only a test that fails waits so long.
const patience = 20 * time.Second

// Browser is a running Chromium.
type Browser struct{ ctx context.Context }

// Start starts Chromium, and ends it with the test. Without Chromium the test fails.
func Start(t testing.TB) *Browser {
	t.Helper()
	b, end, err := Launch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return b
}

// Launch starts a Chromium for all tests of a package; call end after the last. Profiles of it are as
// apart from each other as those of two browsers.
func Launch() (b *Browser, end func(), err error) {
	path, err := program()
	if err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "en-GB"),
		// Pages live for seconds: compiling their scripts twice over, a process for drawing and one for the next page cost
		// more than they give. The first two features are off by chromedp's default, which this flag takes the place of.
		chromedp.Flag("js-flags", "--no-opt --no-maglev"),
		chromedp.Flag("in-process-gpu", true),
		chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,SpareRendererForSitePerProcess"),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, freed := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closed := chromedp.NewContext(allocator)
	end = func() {
		closed()
		freed()
	}
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, nil, fmt.Errorf("start Chromium: %w", err)
	}
	return &Browser{ctx}, end, nil
}

// program finds Chromium: its headless shell where there is one, which is the same engine without the windows, menus and
// settings around pages, and takes a third less time.
func program() (string, error) {
	path, err := exec.LookPath("chromium-headless-shell")
	if err != nil {
		path, err = exec.LookPath("chromium")
	}
	if err != nil {
		err = fmt.Errorf("the tests need Chromium, and `make test` installs it: %w", err)
	}
	return path, err
}

// Options tell how a person looks at pages. The zero value is a wide screen in daylight, with
// JavaScript.
type Options struct {
	NoScript bool
	Width    int // in CSS pixels; 0 for 1280
	Dark     bool
}

// Profile opens a page in a profile of its own: no cookie, no storage is shared with others. At the
// end of the test the page is closed, and the test fails if it complained (see Page.Forgive).
func (b *Browser) Profile(t testing.TB, o Options) *Page {
	t.Helper()
	if o.Width == 0 {
		o.Width = 1280
	}
	p := &Page{t: t, window: &window{options: o, downloads: t.TempDir()}}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.window.hear))
	p.window.ctx = ctx
	t.Cleanup(func() {
		p.complain()
		cancel()
	})
	p.prepare()
	return p
}

// Tab opens another page in the same profile: the same cookies and storage.
func (p *Page) Tab() *Page {
	p.t.Helper()
	q := &Page{t: p.t, window: &window{options: p.window.options, downloads: p.window.downloads}}
	ctx, cancel := chromedp.NewContext(p.window.ctx, chromedp.WithListener(q.window.hear))
	q.window.ctx = ctx
	p.t.Cleanup(func() {
		q.complain()
		cancel()
	})
	q.prepare()
	return q
}

func (p *Page) prepare() {
	p.t.Helper()
	w, o := p.window, p.window.options
	height := 800
	if o.Width < 600 {
		height = 740
	}
	p.must("start", chromedp.Do(w.ctx, chromedp.EmulateViewport(int64(o.Width), int64(height))))
	p.Scheme(o.Dark)
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: o.NoScript})
	call(p, network.Enable, network.EnableParams{})
	call(p, log.Enable, cdp.Empty{})
	call(p, page.Enable, page.EnableParams{})
	p.must("downloads", chromedp.ListenBrowser(w.ctx, w.loads))
	_, err := chromedp.CallBrowser(w.ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: w.downloads, EventsEnabled: new(true),
		BrowserContextID: chromedp.FromContext(w.ctx).BrowserContextID,
	})
	p.must("downloads", err)
	p.permit("clipboard-write") // as a browser with windows lets whoever pressed a button
}
