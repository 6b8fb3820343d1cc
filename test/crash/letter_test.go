package crash

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"roster/internal/rostertest/postbox"
)

// letters holds that every letter that arrived has a link that works, and that all letters to someone
// work until one of them is used. It tells how many letters there were, and how many addresses got more
// than one.
func (i *installation) letters(f found) (all, twice int) {
	i.t.Helper()
	by := map[string][]postbox.Letter{}
	for _, l := range i.box.Letters() {
		all++
		if len(l.To) != 1 {
			i.t.Errorf("a letter to %q", l.To)
		}
		by[l.To[0]] = append(by[l.To[0]], l)
	}
	singles := 0
	for to, letters := range by {
		if _, there := f.people[to]; !there {
			i.t.Errorf("a letter to %s, who does not exist", to)
		}
		for _, l := range letters {
			if status, page := i.open(l); status != http.StatusOK || !strings.Contains(page, to) {
				i.t.Errorf("the link of a letter to %s answers %d", to, status)
			}
		}
		if len(letters) > 1 {
			twice++
		} else {
			singles++
		}
		if len(letters) == 1 && singles > 5 || len(letters) > 1 && twice > 15 {
			continue // a sample is accepted: each costs a password's hash
		}
		if end := i.accept(letters[len(letters)-1]); end != "/o/acme/sign-in" {
			i.t.Errorf("%s cannot accept: %s", to, end)
		}
		for _, l := range letters {
			if status, _ := i.open(l); status != http.StatusGone {
				i.t.Errorf("after %s has accepted, a link answers %d", to, status)
			}
		}
	}
	return all, twice
}

// hand keeps the cookies of an invitation on plain http, as a browser does on loopback.
type hand struct{ cookies map[string]string }

func (h *hand) RoundTrip(r *http.Request) (*http.Response, error) {
	for name, value := range h.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	a, err := client.Transport.RoundTrip(r)
	if err == nil {
		for _, c := range a.Cookies() {
			h.cookies[c.Name] = c.Value
		}
	}
	return a, err
}

// open opens a letter's link and gives the page it leads to.
func (i *installation) open(l postbox.Letter) (status int, page string) {
	i.t.Helper()
	visitor := &http.Client{Transport: &hand{map[string]string{}}}
	a, err := visitor.Get(l.Link(i.t, "/invitation/"))
	must(i.t, err)
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	must(i.t, err)
	return a.StatusCode, string(text)
}

// accept accepts by a letter's link, and gives the path where it ends.
func (i *installation) accept(l postbox.Letter) string {
	i.t.Helper()
	visitor := &http.Client{Transport: &hand{map[string]string{}}}
	a, err := visitor.Get(l.Link(i.t, "/invitation/"))
	must(i.t, err)
	_ = a.Body.Close()
	const password = "violet-anchor-tuesday-47"
	a, err = visitor.PostForm(i.url("/invitation"), url.Values{"first_name": {"New"}, "last_name": {"Person"}, "password": {password}, "repeat": {password}})
	must(i.t, err)
	_ = a.Body.Close()
	return a.Request.URL.Path
}
