package browser_test

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roster/internal/rostertest/browser"
)

const form = `<!doctype html><html lang="en"><head><title>Form</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width"><style>:root{color-scheme:light dark}</style><script src="/app.js" defer></script></head><body>
<main><h1>Add</h1><p id="js">plain</p><noscript>no script</noscript>
<form method="post" action="/add"><label>E-mail address <input name="email" type="email"></label>
<label for="role">Role</label><select id="role" name="role"><option value="m">Member</option><option value="o">Owner</option></select>
<label><input type="checkbox" name="blocked"> Start blocked</label>
<button>Add</button><button hidden>Delete</button></form>
<ul><li>Ada <a href="/member/ada">Edit</a></li><li>Bob <a href="/member/bob">Edit</a></li></ul>
<a href="/file" download="secret.txt">Download</a>
<dialog id="d"><p>Sure?</p><form method="dialog"><button>Add</button></form></dialog></main></body></html>`

// site serves a few pages. The second answer to a visit comes late, as a slow server's would.
func site(t *testing.T) string {
	mux := http.NewServeMux()
	policy := func(w http.ResponseWriter) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		policy(w)
		http.SetCookie(w, &http.Cookie{Name: "__Host-s", Value: "1", Secure: true, Path: "/", HttpOnly: true})
		fmt.Fprint(w, form)
	})
	mux.HandleFunc("GET /app.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `document.getElementById('js').textContent = 'scripted';`)
	})
	mux.HandleFunc("POST /add", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/done?"+r.PostFormValue("email")+"+"+r.PostFormValue("role")+"+"+r.PostFormValue("blocked"), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /done", func(w http.ResponseWriter, r *http.Request) {
		policy(w)
		_, err := r.Cookie("__Host-s")
		fmt.Fprintf(w, `<html lang=en><title>Done</title><link rel=icon href="data:,"><p>Added %s, cookie %v`, html.EscapeString(r.URL.RawQuery), err == nil)
	})
	mux.HandleFunc("GET /member/{id}", func(w http.ResponseWriter, r *http.Request) {
		policy(w)
		fmt.Fprintf(w, `<html lang=en><title>Member</title><link rel=icon href="data:,"><p>Member %s`, html.EscapeString(r.PathValue("id")))
	})
	mux.HandleFunc("GET /file", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", "attachment; filename=secret.txt")
		fmt.Fprint(w, "s3cret")
	})
	mux.HandleFunc("GET /bad", func(w http.ResponseWriter, _ *http.Request) {
		policy(w)
		fmt.Fprint(w, `<html><title>Bad</title><link rel=icon href="data:,"><script>var inline</script><script src="/none.js"></script><img src="http://example.invalid/x.png"><input>`)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestAPersonUsesAPage(t *testing.T) {
	b, url := browser.Start(t), site(t)
	for _, o := range []browser.Options{{}, {NoScript: true}, {Width: 360, Dark: true}} {
		t.Run(fmt.Sprintf("%+v", o), func(t *testing.T) {
			p := b.Profile(t, o)
			if status := p.Open(url + "/"); status != http.StatusOK {
				t.Fatalf("status %d", status)
			}
			if o.NoScript != p.Shows("no script") || o.NoScript == p.Shows("scripted") {
				t.Errorf("scripts must run: %v; the page shows %s", !o.NoScript, p.Text())
			}
			if dark := browser.Eval[bool](p, `matchMedia('(prefers-color-scheme: dark)').matches`); dark != o.Dark {
				t.Errorf("dark: %v", dark)
			}
			if width := browser.Eval[int](p, `innerWidth`); width != cmp.Or(o.Width, 1280) {
				t.Errorf("width: %d", width)
			}
			p.Fill("E-mail address", "old@example.com")
			p.Fill("E-mail address", "ada+x@example.com")
			p.Choose("Role", "Owner")
			p.Tick("Start blocked", true)
			p.Tick("Start blocked", true)
			if p.Offers("Delete") {
				t.Error("a hidden button is offered")
			}
			p.Click("Add")
			p.WaitText("Added ada+x@example.com+o+on, cookie true")
			p.Back()
			p.Row("Bob").Click("Edit")
			p.WaitText("Member bob")
			p.WaitURL("/member/bob")
			if got := p.Tab(); got.Open(url+"/done") != 200 || !got.Shows("cookie true") {
				t.Error("a tab of the same profile must have its cookies")
			}
			if got := b.Profile(t, o); got.Open(url+"/done") != 200 || !got.Shows("cookie false") {
				t.Error("another profile must not have its cookies")
			}
		})
	}
}

func TestDialogsHideThePageAndFilesArrive(t *testing.T) {
	b, url := browser.Start(t), site(t)
	p := b.Profile(t, browser.Options{})
	p.Open(url + "/")
	browser.Eval[any](p, `document.getElementById('d').showModal()`)
	if p.Offers("Download") || !p.Offers("Add") {
		t.Error("an open dialog must hide the page, and offer what it holds")
	}
	p.Click("Add")
	p.WaitOffer("Download")
	p.Click("Download")
	if got := p.Downloaded("secret.txt"); string(got) != "s3cret" {
		t.Errorf("downloaded %q", got)
	}
	p.Screenshot(filepath.Join(t.TempDir(), "a", "page.png"))
	if !slices.ContainsFunc(p.Requests(), func(r browser.Request) bool { return r.URL == url+"/app.js" && r.Referer == url+"/" }) {
		t.Errorf("requests: %+v", p.Requests())
	}
	if got := p.Status(); got != 200 {
		t.Errorf("status %d", got)
	}
}

func TestComplaintsAreHeard(t *testing.T) {
	p := browser.Start(t).Profile(t, browser.Options{})
	url := site(t)
	p.Open(url + "/bad")
	browser.Eval[any](p, `setTimeout(() => { throw new Error('broken') }), new Promise(done => setTimeout(done, 1))`)
	all := strings.Join(p.Complaints(), "\n")
	for _, part := range []string{"Content Security Policy", "none.js answered 404", "another machine: http://example.invalid", "MIME type", "broken"} {
		if !strings.Contains(all, part) {
			t.Errorf("not heard: %s\nheard:\n%s", part, all)
		}
		p.Forgive(part)
	}
	if left := p.Complaints(); len(left) > 0 {
		t.Errorf("not forgiven: %q", left)
	}
}

func TestAxeFindsWhatIsWrong(t *testing.T) {
	b, url := browser.Start(t), site(t)
	for _, o := range []browser.Options{{}, {NoScript: true}} {
		p := b.Profile(t, o)
		p.Open(url + "/")
		p.CheckAxe()
		p.Open(url + "/bad")
		p.Forgive("") // the page is bad on purpose
		rules := fmt.Sprint(p.Axe())
		for _, rule := range []string{"html-has-lang", "label"} {
			if !strings.Contains(rules, rule) {
				t.Errorf("not found: %s in %s", rule, rules)
			}
		}
	}
}

func TestAKeyThatThePageTakesIsNotTyped(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<input aria-label="Word"><script>document.addEventListener("keydown", (e) => {
			if (e.target.closest("input")) return;
			e.preventDefault();
			document.querySelector("input").focus();
		})</script>`))
	}))
	t.Cleanup(s.Close)
	p := browser.Start(t).Profile(t, browser.Options{})
	p.Open(s.URL)
	p.Press("/")
	p.Press("x")
	if got := p.Value("Word"); got != "x" {
		t.Errorf("the field holds %q", got)
	}
}
