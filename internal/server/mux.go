package server

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"roster/internal/roster"
)

// Route is one way in: a method and a path, and the action it performs.
type Route struct {
	Method  string // GET (which answers HEAD too), POST, PUT, PATCH, DELETE or OPTIONS
	Pattern string // a path as net/http.ServeMux reads it, without method and host
	Action  string // the action's name; with Reason, a fixed word such as "static" or "health"
	Reason  string // why the route performs no action of the list; empty when it does
	Secret  bool   // the path holds a secret: the log shows the pattern, and no referrer leaves
	MaxBody int64  // bytes of body; 0 for MaxBody
	Open    bool   // an answer may go on for as long as the client wants it: the handler itself bounds what it does
	Patient bool   // it lasts long on purpose: a file on its way, or somebody who waits for news
	Handler http.Handler
}

// Refuser is a handler that answers with errors which come before it in the form of its door; others get Fail.
type Refuser interface {
	http.Handler
	Refuse(w http.ResponseWriter, r *http.Request, err error)
}

// Unsafe tells whether the route may change something (RFC 9110, 9.2.1).
func (r Route) Unsafe() bool { return r.Method != http.MethodGet && r.Method != http.MethodOptions }

// MaxBody is how many bytes a request's body may have where its route says nothing else.
const MaxBody = 1 << 20

// HandleTime is how long a handler may take before its context ends, where its route is not open; a patient one that takes
// a large body gets as long more as that may be on its way, and bounds by HandleTime what it does then.
const HandleTime = 50 * time.Second

// ErrorPage writes a problem as an HTML page with the problem's status.
type ErrorPage func(w http.ResponseWriter, r *http.Request, p Problem)

// Mux finds the route of a request. Unknown paths answer 404 and unknown methods 405 with Allow:
// as problems (RFC 9457) below the API's paths, elsewhere as the dashboard's error page.
// Paths are never cleaned by redirects: "//x" and "/x/" are unknown where only "/x" is a route.
type Mux struct {
	inner  *http.ServeMux
	routes []Route
	page   ErrorPage
}

// NewMux makes a mux without routes.
func NewMux() *Mux { return &Mux{inner: http.NewServeMux()} }

// entry is a route inside the ServeMux; whatever else the ServeMux finds is its own answer.
type entry struct{ Route }

var methods = []string{http.MethodDelete, http.MethodGet, http.MethodOptions, http.MethodPatch, http.MethodPost, http.MethodPut}

// Handle adds a route. As net/http does, it panics on a mistake of the programmer: a route without
// action or handler, an unknown method, a malformed pattern, or one that is there already.
func (m *Mux) Handle(r Route) {
	name := "server: route " + r.Method + " " + r.Pattern
	switch {
	case strings.TrimSpace(r.Action) == "":
		panic(name + " names no action")
	case !slices.Contains(methods, r.Method):
		panic(name + ": the methods are " + strings.Join(methods, ", "))
	case !strings.HasPrefix(r.Pattern, "/"):
		panic(name + ": a pattern starts with a slash")
	case r.Handler == nil:
		panic(name + " has no handler")
	}
	m.inner.Handle(r.Method+" "+r.Pattern, &entry{r})
	m.routes = append(m.routes, r)
}

// Routes gives every route in the order they were added.
func (m *Mux) Routes() []Route { return slices.Clone(m.routes) }

// RenderErrors sets how errors outside the API's paths are shown. Without it they are problems.
func (m *Mux) RenderErrors(page ErrorPage) { m.page = page }

// ServeHTTP hands the request to its route.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := m.find(r)
	if x := exchangeFrom(r.Context()); x != nil && x.limits != nil {
		if e != nil {
			x.route = &e.Route
		}
		leave, err := x.limits.admit(r, x)
		if err != nil {
			e.refuse(w, r, err)
			return
		}
		defer leave()
	}
	m.answer(w, r, e)
}

// answer hands an admitted request to the route that was found; nil for none.
func (m *Mux) answer(w http.ResponseWriter, r *http.Request, e *entry) {
	if !legible(r.URL.Path) {
		Fail(w, r, Unrecognised(r.Context(), roster.Errorf(roster.NotFound, "not_found", "There is nothing here.")))
		return
	}
	if !legibleQuery(r.URL.RawQuery) {
		Fail(w, r, Unrecognised(r.Context(), malformed("The query of the address is not valid UTF-8 text.")))
		return
	}
	if e != nil {
		m.inner.ServeHTTP(w, r) // finds again, and fills in the path's values
		return
	}
	allow, secret := m.allowed(r)
	if len(allow) == 0 {
		Fail(w, r, roster.Errorf(roster.NotFound, "not_found", "There is nothing here."))
		return
	}
	if x := exchangeFrom(r.Context()); x != nil {
		x.secret = secret
	}
	w.Header().Set("Allow", strings.Join(allow, ", "))
	Fail(w, r, roster.Errorf(roster.Invalid, "method_not_allowed", "This address answers to %s only.", strings.Join(allow, ", ")))
}

// legible tells whether a text is one at all: UTF-8 without NUL. Nothing is called otherwise, and not
// every database can be asked for what is none.
func legible(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// legibleQuery is legible for what handlers read of a query: where not all of it is encoded as it should be, what is.
func legibleQuery(raw string) bool {
	text, err := url.QueryUnescape(raw)
	if err != nil {
		pairs, _ := url.ParseQuery(raw)
		text, _ = url.QueryUnescape(pairs.Encode()) // all that could be read
	}
	return legible(text)
}

func (m *Mux) find(r *http.Request) *entry {
	h, _ := m.inner.Handler(r)
	e, _ := h.(*entry)
	return e
}

// allowed gives the methods the path answers to, and the pattern when one of them is secret.
func (m *Mux) allowed(r *http.Request) (allow []string, secret string) {
	for _, method := range methods {
		other := *r
		other.Method = method
		e := m.find(&other)
		if e == nil {
			continue
		}
		allow = append(allow, method)
		if method == http.MethodGet {
			allow = append(allow, http.MethodHead)
		}
		if e.Secret {
			secret = e.Pattern
		}
	}
	return allow, secret
}

// refuse answers with an error as the route does, where there is one.
func (e *entry) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if e != nil {
		if h, ok := e.Handler.(Refuser); ok {
			h.Refuse(w, r, err)
			return
		}
	}
	Fail(w, r, err)
}

func (e *entry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if x := exchangeFrom(r.Context()); x != nil {
		x.route = &e.Route
	}
	if e.Secret {
		w.Header().Set("Referrer-Policy", "no-referrer")
	}
	most, within := e.MaxBody, HandleTime
	if most <= 0 {
		most = MaxBody
	}
	if r.ContentLength > most {
		w.Header().Set("Connection", "close") // rather than read what nobody wants
		e.refuse(w, r, Unrecognised(r.Context(), tooLarge(most)))
		return
	}
	if r.Body != nil && r.Body != http.NoBody {
		if e.Patient && most > MaxBody {
			body := steady(w, r.Body)
			r.Body, within = body, within+body.Longest(most)
		}
		r.Body = http.MaxBytesReader(underneath(w), r.Body, most)
	}
	if !e.Open {
		ctx, cancel := context.WithTimeout(r.Context(), within)
		defer cancel()
		r = r.WithContext(ctx)
	}
	e.Handler.ServeHTTP(w, r)
}

func tooLarge(limit int64) error {
	return roster.Errorf(roster.Invalid, "too_large", "The request's body is larger than %d bytes, the most allowed here.", limit)
}

// apiPaths are the paths that speak to programs; each with the door behind it.
var apiPaths = []struct {
	prefix string
	door   roster.Door
}{
	{"/api/", roster.DoorAPI},
	{"/access/", roster.DoorAPI},
	{"/oauth2/", roster.DoorOAuth},
	{"/.well-known/", roster.DoorOAuth},
}

// doorOf gives the door a path belongs to, and whether it speaks to programs.
func doorOf(path string) (door roster.Door, program bool) {
	for _, p := range apiPaths {
		if strings.HasPrefix(path+"/", p.prefix) {
			return p.door, true
		}
	}
	if below, ok := strings.CutPrefix(path, "/orgs/"); ok { // decisions about an organisation
		if _, rest, _ := strings.Cut(below, "/"); rest == "access" || strings.HasPrefix(rest, "access/v1/") {
			return roster.DoorAPI, true
		}
	}
	return roster.DoorDashboard, false
}
