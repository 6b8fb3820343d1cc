package arch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/server"
)

// codesFile is where the API's document has the codes of its refusals from.
const codesFile = "internal/server/api/document/codes.json"

// refusing finds out what each operation of the API can be refused with: what its handler leads to, and, of the gate that
// every use case passes, what its actions ask for.
type refusing struct {
	*house
	all     reach
	actions map[string]act.Action
	paced   map[string]bool // actions that letters follow from
}

// refusable is an operation as the served document tells of it.
type refusable struct {
	id, method, path string
	actions          []string
	key, match       bool // it takes an Idempotency-Key, an If-Match
	query            bool // it takes parameters
}

const (
	gatePath   = module + "/internal/action."
	insidePath = "(*" + module + "/internal/action.inside)."
	toldPath   = "(*" + module + "/internal/told.Told)."
	doorPath   = "(*" + module + "/internal/server/api.Door)."
)

// handlers gives the function that answers each route, by "GET /path".
func (h *house) handlers() map[string]string {
	all := map[string]string{}
	h.each(func(r *room, _ *file, n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 3 || !is(r.callee(call), "internal/server/api", "Add") {
			return
		}
		op, ok := call.Args[1].(*ast.CallExpr)
		if !ok || len(op.Args) == 0 {
			return
		}
		route, _ := r.text(op.Args[0])
		if f := r.function(call.Args[2]); f != "" {
			all[route] = f
		}
	})
	return all
}

// function gives the full name of a function or method that stands as a value.
func (r *room) function(e ast.Expr) string {
	called := &ast.CallExpr{Fun: e}
	if f := r.callee(called); f != nil {
		return full(f)
	}
	return ""
}

// follows finds the actions that letters follow from.
func (h *house) follows() map[string]bool {
	all := map[string]bool{}
	h.each(func(r *room, f *file, n ast.Node) {
		kv, ok := n.(*ast.KeyValueExpr)
		if !ok || r.path != "internal/app" {
			return
		}
		if v := r.info.Types[kv.Key]; v.Value != nil && v.Type.String() == module+"/internal/act.Name" {
			name, _ := r.text(kv.Key)
			all[name] = true
		}
	})
	return all
}

// of gives an operation's refusals, each "409 last_owner", with the forms of what it says.
func (c refusing) of(o refusable, handler string) map[string][]string {
	gate := func(name string) bool {
		after, ok := strings.CutPrefix(name, gatePath)
		return ok && slices.Contains(gates, after) ||
			name == "(*"+module+"/internal/action/org.Room).Enter" && !strings.HasPrefix(o.path, "/orgs/{org}") ||
			name == doorPath+"sheet" && o.method == http.MethodGet ||
			name == module+"/internal/server/api.tried" && !o.query ||
			strings.Contains(name, module+"/internal/snapshot.") || // what is kept was checked when it was written
			name == module+"/internal/authz.NewCatalogue" && !strings.HasPrefix(o.path, "/catalogue") ||
			name == module+"/internal/store/plandb.ByKey" && !strings.Contains(o.path, "/plan") && o.path != "/orgs"
	}
	found := map[string][]string{}
	note := func(n *named) {
		for _, r := range n.refusals {
			if status := statusOf(r); status != "" {
				found[status+" "+r.code] = append(found[status+" "+r.code], r.form)
			}
		}
	}
	seen := c.all.from(handler, gate)
	starts := append(c.asked(o), c.ruled(seen)...)
	for _, start := range append(starts, doorPath+"prepare") {
		maps.Copy(seen, c.all.from(start, gate))
	}
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		n := seen[name]
		if name != insidePath+"guards" || slices.ContainsFunc(o.actions, func(a string) bool { return strings.HasPrefix(a, "member.clone") }) {
			note(n)
			continue
		}
		for _, r := range n.refusals {
			if r.code != "cannot_clone_yourself" {
				note(&named{refusals: []coded{r}})
			}
		}
	}
	for _, name := range c.rules(seen) {
		note(c.all[name])
	}
	return found
}

// asked gives the parts of the gate that an operation's actions pass, by what they ask for.
func (c refusing) asked(o refusable) []string {
	starts := []string{insidePath + "authority", insidePath + "open", "(*" + module + "/internal/server.limits).admit"}
	if o.query {
		starts = append(starts, module+"/internal/server/api.translate")
	}
	for _, name := range o.actions {
		a := c.actions[name]
		for part, asked := range map[string]bool{
			insidePath + "placed":                             a.Permission != "",
			gatePath + "peopleOnly":                           a.Who == act.People || a.Who == act.Persons,
			insidePath + "operates":                           a.Who == act.Operators,
			insidePath + "visiting":                           strings.HasPrefix(o.path, "/orgs/{org}"),
			insidePath + "confirmed":                          a.Confirm || a.ConfirmAPI,
			insidePath + "passwords":                          a.Passwords,
			insidePath + "guards":                             a.Guards != 0,
			insidePath + "paced":                              c.paced[name],
			gatePath + "replay":                               o.key,
			module + "/internal/store.ErrStale":               o.match,
			module + "/internal/store.ErrNone":                a.Fits != nil,
			"(" + module + "/internal/act.Action).ToClient":   a.Clients != "",
			"(" + module + "/internal/act.Action).ToOperator": strings.HasPrefix(o.path, "/orgs/{org}"),
		} {
			if asked {
				starts = append(starts, part)
			}
		}
	}
	return starts
}

// ruled gives the rules that are asked at the end of an action that tells the gate of what they are about.
func (c refusing) ruled(seen map[string]*named) []string {
	var starts []string
	if toGate(seen, "Seat") {
		starts = append(starts, "("+module+"/internal/roster.Plan).CheckSeats")
	}
	if toGate(seen, "Give", "Take", "Role", "Unit") {
		starts = append(starts, insidePath+"delegated", insidePath+"keepsOwnWay")
	}
	if toGate(seen, "Subject", "Unit") {
		starts = append(starts, insidePath+"bindings")
	}
	return starts
}

// rules gives those that are said where all of them are asked.
func (c refusing) rules(seen map[string]*named) []string {
	if toGate(seen, "MovesWays", "Take") {
		return []string{insidePath + "lawful"}
	}
	return nil
}

// toGate tells whether something of the kind is told to the gate.
func toGate(seen map[string]*named, methods ...string) bool {
	for _, n := range seen {
		if slices.ContainsFunc(methods, func(m string) bool { return slices.Contains(n.functions, toldPath+m) }) {
			return true
		}
	}
	return false
}

// statusOf gives the status that a refusal is answered with; "" for errors of ours and what no program meets.
func statusOf(r coded) string {
	if r.code == "" || r.kind == "" || r.kind == string(roster.Internal) || strings.Contains(r.code, " ") {
		return ""
	}
	return fmt.Sprint(server.NewProblem(context.Background(), roster.Errorf(roster.Kind(r.kind), r.code, "")).Status)
}

// refusables reads the operations off the served document.
func refusables(t *testing.T) []refusable {
	t.Helper()
	site := rostertest.SQLite(t).Serve()
	w := httptest.NewRecorder()
	site.Doors.Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, site.URL+"/api/v1/openapi.json", nil))
	var doc struct {
		Paths map[string]map[string]struct {
			ID         string   `json:"operationId"`
			Actions    []string `json:"x-actions"`
			Parameters []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	var all []refusable
	for path, item := range doc.Paths {
		for method, o := range item {
			r := refusable{id: o.ID, method: strings.ToUpper(method), path: path, actions: o.Actions}
			for _, p := range o.Parameters {
				r.key, r.match, r.query = r.key || p.Name == "Idempotency-Key", r.match || p.Name == "If-Match", r.query || p.In == "query"
			}
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b refusable) int { return strings.Compare(a.id, b.id) }) // so that codes mean the same each time
	return all
}

var formValue = regexp.MustCompile(`%%|%(\[\d\])?[sdqv]`)

// readable gives a form as people read it: an ellipsis in place of each value.
func readable(form string) string {
	return formValue.ReplaceAllStringFunc(form, func(verb string) string {
		if verb == "%%" {
			return "%"
		}
		return "…"
	})
}

// told writes all refusals as the document reads them. A code that is said in several forms, or in one that says nothing by
// itself, has no meaning here: the document says it in its own words.
func (c refusing) told(t *testing.T, all []refusable) []byte {
	t.Helper()
	handlers, forms, by := c.handlers(), map[string][]string{}, map[string][]string{}
	count := map[string]int{}
	for _, o := range all {
		handler := handlers[o.method+" "+o.path]
		if c.all[handler] == nil {
			t.Errorf("%s %s: its handler was not found: write the route as a constant, and the handler as a method", o.method, o.path)
			continue
		}
		found := c.of(o, handler)
		by[o.id] = slices.Sorted(maps.Keys(found))
		for _, refusal := range by[o.id] {
			count[refusal]++
			_, code, _ := strings.Cut(refusal, " ")
			forms[code] = append(forms[code], found[refusal]...)
		}
	}
	var common []string
	for _, refusal := range slices.Sorted(maps.Keys(count)) {
		if count[refusal] == len(by) {
			common = append(common, refusal)
		}
	}
	for id := range by {
		by[id] = slices.DeleteFunc(by[id], func(r string) bool { return slices.Contains(common, r) })
	}
	meanings := map[string]string{}
	for code, said := range forms {
		slices.Sort(said)
		if said = slices.Compact(said); len(said) == 1 && strings.Trim(readable(said[0]), "… ") != "" {
			meanings[code] = readable(said[0])
		}
	}
	return fileOf(common, by, meanings)
}

// fileOf is the file: a line for each operation, so that changes of several meet rarely.
func fileOf(common []string, by map[string][]string, meanings map[string]string) []byte {
	line := func(v any) string {
		var out bytes.Buffer
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			panic(err)
		}
		return strings.TrimSpace(out.String())
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n\"common\": %s,\n\"operations\": {", line(common))
	for i, id := range slices.Sorted(maps.Keys(by)) {
		fmt.Fprintf(&out, "%s\n%s: %s", []string{"", ","}[min(i, 1)], line(id), line(by[id]))
	}
	out.WriteString("\n},\n\"meanings\": {")
	for i, code := range slices.Sorted(maps.Keys(meanings)) {
		fmt.Fprintf(&out, "%s\n%s: %s", []string{"", ","}[min(i, 1)], line(code), line(meanings[code]))
	}
	out.WriteString("\n}\n}\n")
	return out.Bytes()
}

// TestTheDocumentKnowsEveryRefusal: the codes in the API's document are those that the code can answer. Written anew with
// ROSTER_WRITE=codes.
func TestTheDocumentKnowsEveryRefusal(t *testing.T) {
	h := real(t)
	c := refusing{house: h, all: h.reach(), actions: map[string]act.Action{}, paced: h.follows()}
	for _, a := range act.List() {
		c.actions[string(a.Name)] = a
	}
	now := c.told(t, refusables(t))
	name := filepath.Join(root, codesFile)
	if os.Getenv("ROSTER_WRITE") == "codes" {
		if err := os.WriteFile(name, now, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	was, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(was, now) {
		t.Errorf("%s is not what the code can answer: run make contract", codesFile)
	}
}

func TestTheCodesBite(t *testing.T) {
	h := sketch(t, map[string]string{"internal/server/api/thing/a.go": `package thing
		import ("context"; "roster/internal/act"; "roster/internal/roster"; "roster/internal/server/api")
		type area struct{}
		type request struct{}
		type answer struct{}
		func Routes(d *api.Door) {
			a := area{}
			api.Add(d, api.Op("GET /things", act.MemberList, "List things"), a.list)
			api.Add(d, api.Op("GET /others", act.MemberShow, "Show others"), a.show)
			api.Add(d, api.Op("GET /forms", act.MemberShow, "Show forms"), a.form)
		}
		func (area) list(context.Context, *request) (*answer, error) { return nil, odd() }
		func (area) show(context.Context, *request) (*answer, error) { return nil, both() }
		func odd() error {
			if err := both(); err != nil { return err }
			return roster.Errorf(roster.Conflict, "too_odd", "This is too odd, %s.", "really")
		}
		func both() error { return roster.Errorf(roster.Invalid, "not_even", "This is not even.") }
		func nowhere() error { return roster.Errorf(roster.Conflict, "never_said", "Nobody comes here.") }
		func (area) form(context.Context, *request) (*answer, error) {
			if err := both(); err != nil { return nil, err }
			if err := roster.Errorf(roster.Invalid, "two_forms", "At most %d."); err != nil { return nil, err }
			if err := roster.Errorf(roster.Invalid, "two_forms", "At least %d."); err != nil { return nil, err }
			return nil, roster.Errorf(roster.Invalid, "percent", "At most %d%%.")
		}
	`})
	c := refusing{house: h, all: h.reach(), actions: map[string]act.Action{}}
	got := string(c.told(t, []refusable{{id: "forms", method: "GET", path: "/forms"}, {id: "others", method: "GET", path: "/others"}, {id: "things", method: "GET", path: "/things"}}))
	want := `{
"common": ["422 not_even"],
"operations": {
"forms": ["422 percent","422 two_forms"],
"others": [],
"things": ["409 too_odd"]
},
"meanings": {
"not_even": "This is not even.",
"percent": "At most …%.",
"too_odd": "This is too odd, …."
}
}
`
	if got != want {
		t.Errorf("the file would be\n%s", got)
	}
}
