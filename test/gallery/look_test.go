package gallery

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"roster/internal/rostertest/browser"
	"roster/internal/server/web"
)

// sent is what the server sends with every page.
const sent = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// face is everyone's picture: two colours, so that its edges and its middle are seen.
func face(w http.ResponseWriter, _ *http.Request) {
	drawn := image.NewRGBA(image.Rect(0, 0, 128, 128))
	draw.Draw(drawn, drawn.Bounds(), image.NewUniform(color.RGBA{R: 32, G: 110, B: 120, A: 255}), image.Point{}, draw.Src)
	draw.Draw(drawn, image.Rect(40, 40, 88, 88), image.NewUniform(color.RGBA{R: 250, G: 200, B: 90, A: 255}), image.Point{}, draw.Src)
	w.Header().Set("Content-Type", "image/png")
	_ = png.Encode(w, drawn)
}

// serve answers every sample at /page/{name}, and some of the addresses that pages refer to.
func serve(t *testing.T, m maker) string {
	pages := map[string]string{}
	for _, s := range m.all() {
		pages["/page/"+s.name] = render(t, s)
	}
	pages["/o/acme/team"] = pages["/page/list-filtered"]
	pages["/o/acme/team/"+string(id(1))] = pages["/page/member"]
	pages["/o/acme/team/"+string(id(1))+"/block"] = pages["/page/block"]
	pages["/o/acme/team/"+string(id(1))+"/remove"] = pages["/page/remove"]
	mux := http.NewServeMux()
	mux.Handle("GET /assets/{hash}/{file}", m.assets)
	mux.HandleFunc("GET /brand/{file}", web.Brand)
	mux.HandleFunc("GET /invitation/picture", face)
	mux.HandleFunc("GET /brand/logo", face)
	mux.HandleFunc("GET /api/v1/orgs/{org}/members/{id}/picture", face)
	mux.HandleFunc("POST /password/criteria", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		met := "false"
		if len(r.FormValue("password")) > 15 {
			met = "true"
		}
		_, _ = w.Write([]byte(`{"criteria":[{"key":"not_common","met":` + met + `}]}`))
	})
	mux.HandleFunc("POST /o/acme/team/invite/read", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"recipients":[{"typed":"Anna Silva <anna@example.com>","name":"Anna Silva","label":"anna@example.com","wrong":""},` +
			`{"typed":"nobody","name":"","label":"nobody","wrong":"This is not an e-mail address. It looks like anna@example.com."}]}`))
	})
	mux.HandleFunc("POST /o/acme/bulk/remove", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(pages["/page/bulk-outcome"]))
	})
	var asked atomic.Int32
	mux.HandleFunc("GET /o/acme/imports/imp_1", func(w http.ResponseWriter, _ *http.Request) {
		source := pages["/page/import-running"]
		if asked.Add(1) > 2 {
			source = pages["/page/import-done"]
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(source))
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		source, ok := pages[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			source = pages["/page/problem-404"]
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(source))
	})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", sent)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// look is a way in which pages are looked at.
type look struct {
	name string
	browser.Options
	evil     bool   // with hostile data
	language string // English where it is empty
}

// looks are each language in each theme, wide and narrow, with scripts and without, and hostile data where there is least room.
func looks() []look {
	return []look{
		{name: "light-1280"},
		{name: "dark-360", Options: browser.Options{Width: 360, Dark: true}},
		{name: "light-768-plain-portuguese", Options: browser.Options{Width: 768, NoScript: true}, language: "pt-BR"},
		{name: "dark-1280-portuguese", Options: browser.Options{Dark: true}, language: "pt-BR"},
		{name: "light-360-hostile", Options: browser.Options{Width: 360}, evil: true},
	}
}

// seen tells whether a page is looked at in the nth way: at the full count every page in every way, at the small one each page
// in one of those that axe is asked about, and one of four with hostile data.
func seen(nth, page int) bool {
	full := os.Getenv("ROSTER_PROOF") != "" || os.Getenv("ROSTER_GALLERY") != ""
	return full || nth == page%4 || nth == 4 && page%4 == 3
}

// asked tells whether axe is asked about a page in the nth way: each page in two of them, light and dark, in both languages.
func asked(nth, page int) bool {
	return nth < 4 && (nth%3 == 0) == (page%4%3 == 0)
}

// TestEveryPageIsAccessibleAndFits opens every page wide and narrow, light and dark, in both languages, with and without
// scripts: axe-core finds nothing serious, nothing scrolls sideways, the policy is kept. Hostile data
// changes nothing of that. With ROSTER_GALLERY set, pictures of every page in every way are written there.
func TestEveryPageIsAccessibleAndFits(t *testing.T) {
	b := browser.Start(t)
	for nth, l := range looks() {
		t.Run(l.name, func(t *testing.T) {
			m := newMaker(t, l.language)
			m.evil = l.evil
			url, p := serve(t, m), b.Profile(t, l.Options)
			for i, s := range m.all() {
				if problem, ok := strings.CutPrefix(s.name, "problem-"); ok && !slices.Contains([]string{"403", "404", "429"}, problem) {
					continue // they look alike
				}
				if !seen(nth, i) {
					continue
				}
				p.Open(url + "/page/" + s.name)
				if dir := os.Getenv("ROSTER_GALLERY"); dir != "" {
					p.FullScreenshot(filepath.Join(dir, l.name, s.name+".png"))
				}
				if asked(nth, i) {
					p.CheckAxe()
				}
				if over := p.Overflow(); over > 0 {
					t.Errorf("%s is %d pixels too wide", s.name, over)
				}
			}
		})
	}
}
