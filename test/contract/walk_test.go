package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

// hush is what no answer may repeat.
const hush = "hush-4711-quietly"

// walker spoils each request of the tour in every way before it is made as it should be.
type walker struct {
	t       *testing.T
	tour    *tour
	actions map[act.Name]act.Action
	wrong   *rest.Caller            // whose token is worth nothing
	other   *rest.Caller            // an administrator of another organisation
	weak    *rest.Caller            // an API user of this organisation who may do nothing
	lacking map[string]*rest.Caller // product clients, by the one permission that each has not
	done    map[*operation]bool
}

// TestEveryOperationRefusesWhatIsWrong walks through all operations of the document. Asked by nobody, by whom a wrong token
// names, by another organisation, by somebody without the permission, or with what is not as the document says, each
// answers with a problem of a code that the document tells; never with an error of ours, and never repeating a secret. And
// all that leaves no trace: the right request that follows is answered as if nothing had been.
func TestEveryOperationRefusesWhatIsWrong(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		g := prepareIn(t, r)
		w := &walker{t: t, tour: g, actions: map[act.Name]act.Action{}, lacking: map[string]*rest.Caller{}, done: map[*operation]bool{}}
		for _, a := range act.List() {
			w.actions[a.Name] = a
		}
		w.wrong = g.Bearer(t, "eyJhbGciOiJub25lIn0."+hush+".")
		w.weak, _ = g.Program(t, "Weak", roster.RoleMember)
		_, bea := g.Beta(t)
		w.other = g.program(bea, "Other")
		for _, p := range act.ClientPermissions() {
			others := slices.DeleteFunc(act.ClientPermissions(), func(other string) bool { return other == p })
			w.lacking[p], _ = g.Product(t, "Without "+p, others...)
		}
		g.before = w.spoil
		g.walk()
	})
}

func (w *walker) spoil(v *visit) {
	if w.done[v.operation] {
		return
	}
	w.done[v.operation] = true
	w.t.Run(v.ID, func(t *testing.T) {
		s := &spoiler{t: t, w: w, visit: v}
		s.callers()
		s.methods()
		s.parameters()
		s.headers()
		s.bodies()
	})
}

// spoiler spoils one request.
type spoiler struct {
	*visit
	t *testing.T
	w *walker
}

// callers asks as those who may not.
func (s *spoiler) callers() {
	s.refused("nobody", s.send(s.w.tour.Nobody(s.t), s.body), http.StatusUnauthorized)
	s.refused("a wrong token", s.send(s.w.wrong, s.body), http.StatusUnauthorized)
	if strings.HasPrefix(s.path, "/orgs/{org}") {
		s.refused("another organisation", s.send(s.w.other, s.body), http.StatusNotFound)
		if s.needs() && strings.HasPrefix(s.address, "/orgs/acme") {
			s.refused("no permission", s.send(s.w.weak, s.body), http.StatusForbidden)
		}
	}
	if p := s.clients(); p != "" {
		statuses := []int{http.StatusForbidden}
		if strings.HasPrefix(s.path, "/orgs/{org}") { // what a client may not look after is not there for it
			statuses = append(statuses, http.StatusNotFound)
		}
		s.refused("a product client without "+p, s.send(s.w.lacking[p], s.body), statuses...)
	}
}

// clients gives the permission by which product clients may ask for the operation; empty where they may not at all, or all
// may.
func (s *spoiler) clients() string {
	var all []string
	for _, name := range s.Actions {
		if p := s.w.actions[act.Name(name)].Clients; p != "" && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	if len(all) != 1 || s.w.lacking[all[0]] == nil {
		return ""
	}
	return all[0]
}

// needs tells whether the operation is closed to an API user who holds nothing.
func (s *spoiler) needs() bool {
	a := s.w.actions[act.Name(s.Actions[0])]
	return a.Permission != "" || a.Who == act.People || a.Who == act.Operators
}

// methods asks with others.
func (s *spoiler) methods() {
	item := s.w.tour.doc.Paths[s.path]
	for _, method := range []string{"BREW", http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if item[strings.ToLower(method)] == nil && s.w.tour.doc.at(method, strings.Split(s.address, "?")[0]) == nil {
			a := s.by.Ask(method, s.address, "")
			s.refused(method, a, http.StatusMethodNotAllowed)
			if allow := a.Header.Get("Allow"); !strings.Contains(allow, s.method) {
				s.t.Errorf("%s: Allow is %q, which lacks %s", method, allow, s.method)
			}
		}
	}
}

// parameters asks with what no parameter is.
func (s *spoiler) parameters() {
	with := func(name, value string) rest.Reply {
		spoilt := *s.visit
		path, query, _ := strings.Cut(s.address, "?")
		q, err := url.ParseQuery(query)
		rest.Must(s.t, err)
		q.Set(name, value)
		spoilt.address = path + "?" + q.Encode()
		return spoilt.send(s.by, s.body)
	}
	s.refused("an unknown parameter", with("surprise", hush), http.StatusUnprocessableEntity)
	for _, p := range s.Parameters {
		if p.In != "query" {
			continue
		}
		var bad []string
		switch {
		case slices.Contains(p.Schema.types(), "integer"):
			bad = []string{hush, "1.5", "99999999999999999999", "-1"}
		case slices.Contains(p.Schema.types(), "boolean"):
			bad = []string{hush, "2"}
		case p.Schema.Format == "date-time", strings.Contains(p.Name, "cursor"), len(p.Schema.Enum) > 0:
			bad = []string{hush, strings.Repeat("x", 10_000)}
		}
		for _, value := range bad {
			s.refused(p.Name+"="+value[:min(len(value), 30)], with(p.Name, value), http.StatusBadRequest, http.StatusUnprocessableEntity)
		}
		if s.method == http.MethodGet { // what is no value for it may be, as words are that nothing has
			s.sane(p.Name+" of any length", with(p.Name, strings.Repeat("%é'\"", 500)))
		}
	}
}

// headers asks with headers that say nothing.
func (s *spoiler) headers() {
	if s.takes("header", "If-Match") {
		for _, tag := range []string{"bare", `"a", "b"`} {
			s.refused("If-Match "+tag, s.by.With("If-Match", tag, "Content-Type", s.media).Ask(s.method, s.address, s.body), http.StatusBadRequest, http.StatusPreconditionFailed)
		}
		s.refused("a stale If-Match", s.by.With("If-Match", `"999-0"`, "Content-Type", s.media).Ask(s.method, s.address, s.body), http.StatusPreconditionFailed)
		for _, p := range s.Parameters {
			if p.Name == "If-Match" && p.Required {
				s.refused("no If-Match", s.by.With("Content-Type", s.media).Ask(s.method, s.address, s.body), http.StatusPreconditionRequired)
			}
		}
	}
	if s.takes("header", "Idempotency-Key") {
		for _, key := range []string{"with space", strings.Repeat("k", 256)} {
			s.refused("an Idempotency-Key", s.send(s.by.With("Idempotency-Key", key), s.body), http.StatusBadRequest)
		}
	}
	if s.Body != nil {
		s.refused("another media type", s.by.With("Content-Type", "text/plain", "If-Match", "*").Ask(s.method, s.address, s.body), http.StatusUnsupportedMediaType)
	}
}

// bodies sends bodies that are none.
func (s *spoiler) bodies() {
	of := s.w.tour.doc.resolve(s.json())
	if of == nil {
		if s.method != http.MethodGet && s.Body == nil {
			s.refused("a body where none is wanted", s.by.With("If-Match", "*").Ask(s.method, s.address, `{"surprise":"`+hush+`"}`), http.StatusBadRequest)
		}
		return
	}
	for _, text := range []string{"{", `{"a"`, "[]", `"` + hush + `"`, "null", s.body + "{}", s.body + hush, strings.Repeat(`{"a":`, 2000), "\xff\xfe", `{"a":"` + strings.Repeat("x", 1<<20) + `"}`} {
		s.refused("malformed: "+text[:min(len(text), 20)], s.send(s.by, text), http.StatusBadRequest, http.StatusRequestEntityTooLarge)
	}
	var sent map[string]json.RawMessage
	rest.Must(s.t, json.Unmarshal([]byte(s.body), &sent))
	s.refused("an extra field", s.send(s.by, strings.Replace(s.body, "{", `{"surprise":"`+hush+`",`, 1)), http.StatusBadRequest)
	for _, name := range slices.Sorted(maps.Keys(of.Properties)) {
		s.field(sent, name, s.w.tour.doc.resolve(of.Properties[name]))
	}
}

// field sends a field doubled, of another type, and beyond its bounds.
func (s *spoiler) field(sent map[string]json.RawMessage, name string, of *schema) {
	if given, ok := sent[name]; ok {
		s.refused(name+" twice", s.send(s.by, s.body[:len(s.body)-1]+fmt.Sprintf(",%q:%s}", name, given)), http.StatusBadRequest)
		s.refused(name+" twice, in capitals", s.send(s.by, s.body[:len(s.body)-1]+fmt.Sprintf(",%q:%s}", strings.ToUpper(name), given)), http.StatusBadRequest)
	}
	body := func(value string) string {
		all := maps.Clone(sent)
		all[name] = json.RawMessage(value)
		text, err := json.Marshal(all)
		rest.Must(s.t, err)
		return string(text)
	}
	with := func(value string) rest.Reply { return s.send(s.by, body(value)) }
	types := of.types()
	if len(types) == 0 {
		return
	}
	for kind, value := range map[string]string{"object": `{"` + hush + `":1}`, "array": `[["` + hush + `"]]`, "boolean": "true", "integer": "12", "string": `"` + hush + `"`} {
		if !slices.Contains(types, kind) {
			s.refused(name+" as "+kind, with(value), http.StatusBadRequest, http.StatusUnprocessableEntity)
		}
	}
	if !slices.Contains(types, "null") && slices.Contains(s.w.tour.doc.resolve(s.json()).Required, name) {
		s.refused(name+" as null", with("null"), http.StatusBadRequest, http.StatusUnprocessableEntity)
	}
	s.bounds(name, of, with)
	if of.MaxLength != nil && s.takes("query", "dry_run") {
		s.fits(name, body(`"`+strings.Repeat("é", *of.MaxLength)+`"`))
	}
}

// fits tries a text that is just as long as it may be, in letters of two bytes: whatever else is wrong with it, it is not
// too long.
func (s *spoiler) fits(name, body string) {
	tried := *s.visit
	tried.address += "?dry_run=true"
	if strings.Contains(s.address, "?") {
		tried.address = s.address + "&dry_run=true"
	}
	a := tried.send(s.by, body)
	s.sane(name+" as long as it may be", a)
	if strings.Contains(a.Text, `"too_long"`) {
		s.t.Errorf("%s as long as it may be: %d %.400s", name, a.StatusCode, a.Text)
	}
}

// bounds sends a field longer, larger and smaller than it may be.
func (s *spoiler) bounds(name string, of *schema, with func(string) rest.Reply) {
	beyond := []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusConflict, http.StatusForbidden}
	switch {
	case slices.Contains(of.types(), "string") && of.Format != "date-time":
		s.refused(name+" of 100,000 letters", with(`"`+strings.Repeat("x", 100_000)+`"`), beyond...)
		if of.MaxLength != nil {
			s.refused(name+" one letter too long", with(`"`+strings.Repeat("x", *of.MaxLength+1)+`"`), beyond...)
		}
		if of.MinLength != nil {
			s.refused(name+" empty", with(`""`), beyond...)
		}
		if len(of.Enum) > 0 {
			s.refused(name+" of no known value", with(`"`+hush+`"`), beyond...)
		}
		s.refused(name+" with a control character", with(`"a\u0007b"`), beyond...)
		s.refused(name+" with a NUL", with(`"a\u0000b"`), http.StatusBadRequest)
	case slices.Contains(of.types(), "integer"):
		for _, n := range []string{"-1", "1e3", "99999999999999999999", "1.5"} {
			s.refused(name+" "+n, with(n), beyond...)
		}
		if of.Maximum != nil {
			s.refused(name+" one too large", with(fmt.Sprint(int64(*of.Maximum)+1)), beyond...)
		}
	case slices.Contains(of.types(), "array") && of.MaxItems != nil:
		item := `"x"`
		if slices.Contains(s.w.tour.doc.resolve(of.Items).types(), "object") {
			item = "{}"
		}
		s.refused(name+" of one too many", with("["+strings.Repeat(item+",", *of.MaxItems)+item+"]"), beyond...)
	}
	if slices.Contains(of.types(), "array") {
		s.refused(name+" with a NUL in it", with(`["\u0000"]`), http.StatusBadRequest)
	}
}

// sane fails for an answer that is an error of ours, repeats what it should not, or is a problem of another form.
func (s *spoiler) sane(what string, a rest.Reply) {
	s.t.Helper()
	if a.StatusCode >= 500 || strings.Contains(a.Text, hush) || len(a.Text) > 1<<20 {
		s.t.Errorf("%s: %d %.400s", what, a.StatusCode, a.Text)
	}
	if a.StatusCode >= 400 {
		s.problem(what, a)
	}
}

// refused fails unless an answer is a problem of one of some statuses.
func (s *spoiler) refused(what string, a rest.Reply, statuses ...int) {
	s.t.Helper()
	s.sane(what, a)
	if !slices.Contains(statuses, a.StatusCode) {
		s.t.Errorf("%s: %d, not %v: %.400s", what, a.StatusCode, statuses, a.Text)
	}
}

// problem holds a refusal to the document: its form, and a code that the operation may be refused with.
func (s *spoiler) problem(what string, a rest.Reply) {
	s.t.Helper()
	var p struct {
		Type, Title, Detail, Code string
		Status                    int
		RequestID                 string `json:"request_id"`
		Errors                    []struct{ Field, Code, Message string }
	}
	d := json.NewDecoder(bytes.NewReader([]byte(a.Text)))
	if err := d.Decode(&p); err != nil || a.Header.Get("Content-Type") != "application/problem+json" || p.Status != a.StatusCode || p.Title == "" || p.Detail == "" || p.Code == "" || p.RequestID == "" || p.RequestID != a.Header.Get("Request-Id") {
		s.t.Errorf("%s: no problem document: %s %.300s", what, a.Header.Get("Content-Type"), a.Text)
		return
	}
	if a.StatusCode == http.StatusMethodNotAllowed {
		return // it is no answer of the operation
	}
	if codes := s.codes()[fmt.Sprint(a.StatusCode)]; s.told() && !slices.Contains(codes, p.Code) {
		s.t.Errorf("%s: %d %s, which the document does not tell of %s: %v", what, a.StatusCode, p.Code, s.ID, codes)
	}
}

// told tells whether the document says with which codes the operation is refused.
func (s *spoiler) told() bool {
	for _, codes := range s.codes() {
		if len(codes) > 0 {
			return true
		}
	}
	return false
}

// program makes an API user of somebody's organisation who may do much there, and gives it as a caller.
func (g *tour) program(by roster.Actor, name string) *rest.Caller {
	g.t.Helper()
	made, err := g.Team.CreateAPIUser(g.As(by), team.APIUser{Name: name, Grants: team.RoleGivings(roster.RoleUserAdministrator)})
	rest.Must(g.t, err)
	return g.Token(g.t, made.ClientID, made.Secret)
}
