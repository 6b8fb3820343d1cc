package rostertest

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"roster/internal/app"
	"roster/internal/server"
)

// Site is a house with its doors open on loopback.
type Site struct {
	*House
	URL   string
	Doors *app.Doors
}

// Serve opens the house's doors until the test ends.
func (h *House) Serve() *Site { return h.ServeAs("127.0.0.1") }

// ServeAs opens the doors at a name of this machine's loopback: passkeys are made for "localhost", not for an address.
func (h *House) ServeAs(name string) *Site {
	h.T.Helper()
	return h.serve(name, server.Bounds{})
}

// ServeWithin opens the doors, which take so much and no more. Elsewhere in tests they take whatever comes.
func (h *House) ServeWithin(b server.Bounds) *Site {
	h.T.Helper()
	return h.serve("127.0.0.1", b)
}

func (h *House) serve(name string, bounds server.Bounds) *Site {
	h.T.Helper()
	outer := httptest.NewUnstartedServer(nil)
	outer.Start()
	h.T.Cleanup(outer.Close)
	outer.URL = strings.Replace(outer.URL, "127.0.0.1", name, 1)
	base, err := url.Parse(outer.URL)
	if err != nil {
		h.T.Fatal(err)
	}
	doors, err := h.Doors(h.T.Context(), app.DoorSettings{Base: base, Clock: h.Clock.Now, Log: slog.New(slog.DiscardHandler), Bounds: bounds})
	if err != nil {
		h.T.Fatal(err)
	}
	h.T.Cleanup(doors.Close)
	outer.Config.Handler = doors.Handler
	return &Site{House: h, URL: outer.URL, Doors: doors}
}

// Visitor is a browser without scripts: it keeps cookies, and treats loopback as secure as browsers do.
type Visitor struct {
	T      testing.TB
	site   *Site
	client *http.Client
}

// Visitor opens a browser of its own.
func (s *Site) Visitor() *Visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.T.Fatal(err)
	}
	return &Visitor{s.T, s, &http.Client{Jar: loopback{jar}}}
}

// Copy is another browser with the same cookies.
func (v *Visitor) Copy() *Visitor {
	v.T.Helper()
	at, err := url.Parse(v.site.URL)
	if err != nil {
		v.T.Fatal(err)
	}
	same := v.site.Visitor()
	same.client.Jar.SetCookies(at, v.client.Jar.Cookies(at))
	return same
}

// Cookie gives the value of a cookie that the browser keeps; empty without one.
func (v *Visitor) Cookie(name string) string {
	v.T.Helper()
	at, err := url.Parse(v.site.URL)
	if err != nil {
		v.T.Fatal(err)
	}
	for _, c := range v.client.Jar.Cookies(at) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// loopback is a jar that keeps Secure cookies on http://127.0.0.1, as browsers do.
type loopback struct{ http.CookieJar }

func (j loopback) SetCookies(u *url.URL, cookies []*http.Cookie) {
	https := *u
	https.Scheme = "https"
	j.CookieJar.SetCookies(&https, cookies)
}

func (j loopback) Cookies(u *url.URL) []*http.Cookie {
	https := *u
	https.Scheme = "https"
	return j.CookieJar.Cookies(&https)
}

// Answer is what came back, after redirects.
type Answer struct {
	Status int
	Path   string
	Body   string
	Header http.Header
}

// Get opens a path.
func (v *Visitor) Get(path string) Answer { return v.do(http.MethodGet, path, nil) }

// Post sends a form, given as name and value in turn.
func (v *Visitor) Post(path string, fields ...string) Answer {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return v.do(http.MethodPost, path, form)
}

func (v *Visitor) do(method, path string, form url.Values) Answer {
	v.T.Helper()
	if !strings.HasPrefix(path, "http") {
		path = v.site.URL + path
	}
	r, err := http.NewRequest(method, path, strings.NewReader(form.Encode()))
	if err != nil {
		v.T.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := v.client.Do(r)
	if err != nil {
		v.T.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.T.Fatal(err)
	}
	return Answer{answer.StatusCode, answer.Request.URL.Path, string(body), answer.Header}
}

// SignIn signs in through the page and fails the test when that does not work.
func (v *Visitor) SignIn(email, password string) Answer {
	v.T.Helper()
	a := v.Post("/sign-in", "email", email, "password", password)
	if a.Status != http.StatusOK || a.Path == "/sign-in" {
		v.T.Fatalf("sign in as %s: %d %s", email, a.Status, a.Path)
	}
	return a
}
