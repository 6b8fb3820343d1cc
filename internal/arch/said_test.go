package arch

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"roster/internal/authz"
	"roster/internal/words"
)

// forms are the functions that take a sentence in English which a page may show, and where among their arguments it
// stands. Those that hand it on to another are named, too.
var forms = []struct {
	room, name string
	at         int
}{
	{"internal/roster", "Errorf", 2},
	{"internal/roster", "Phrasef", 0},
	{"internal/roster", "Plain", 0},
	{"internal/store", "ErrNone", 0},
	{"internal/store", "Found.Or", 0},
	{"internal/store", "unsure", 0},
	{"internal/action", "inside.lacks", 3},
	{"internal/login", "Method.unready", 0},
	{"internal/relying", "Provider.untrusted", 0},
	{"internal/relying", "Provider.failed", 0},
}

// programs are packages whose sentences no page shows: doors that speak English, and what only they lead to.
var programs = []string{
	"internal/command", "internal/cli", "internal/server/api", "internal/server/oauth", "internal/server/authzen", "internal/config",
	"internal/action/client", "internal/action/decision", "internal/action/feed", "internal/authz/question", "internal/store/clientdb",
}

// told finds every sentence that a page may show, by its English form, and where it stands.
func (h *house) told() map[string]string {
	all := map[string]string{}
	for _, r := range h.rooms {
		if testOnly(r.path) || slices.ContainsFunc(programs, func(p string) bool { return r.path == p || under(r.path, p) }) {
			continue
		}
		for _, f := range r.files {
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if form, ok := r.form(call); ok {
					all[form] = h.at(call)
				}
				return true
			})
		}
	}
	return all
}

// form gives the sentence that a call takes, where it is plain and says anything by itself.
func (r *room) form(call *ast.CallExpr) (string, bool) {
	f := r.callee(call)
	for _, to := range forms {
		if f == nil || !is(f, to.room, to.name) || len(call.Args) <= to.at {
			continue
		}
		form, ok := r.text(call.Args[to.at])
		return form, ok && strings.ContainsFunc(strings.ReplaceAll(form, "%s", ""), unicode.IsLetter)
	}
	return "", false
}

// untold finds what has no translation, translations of what nobody says, and those with other values.
func untold(told, said map[string]string) []string {
	var complaints []string
	for form, where := range told {
		other, ok := said[form]
		if !ok {
			complaints = append(complaints, fmt.Sprintf("%s: no translation of %q", where, form))
		} else if !slices.Equal(verbs(form), verbs(other)) {
			complaints = append(complaints, fmt.Sprintf("%q has other values than %q", other, form))
		}
	}
	for form := range said {
		if _, ok := told[form]; !ok {
			complaints = append(complaints, fmt.Sprintf("%q is translated, and nobody says it", form))
		}
	}
	return complaints
}

// verbs gives the values that a form takes, in their order: "1s", "2d".
func verbs(form string) []string {
	var all []string
	n := 0
	for i := 0; i < len(form); i++ {
		if form[i] != '%' || i+1 == len(form) {
			continue
		}
		i++
		if form[i] == '[' {
			end := strings.IndexByte(form[i:], ']')
			n = int(form[i+1] - '1')
			i += end + 1
		}
		if form[i] != '%' {
			n++
			all = append(all, fmt.Sprintf("%d%c", n, form[i]))
		}
	}
	slices.Sort(all)
	return all
}

// TestWhatRoomsSayIsTranslated holds that what pages show of the rooms' sentences, and the names and descriptions of
// what is built in, stand in every language.
func TestWhatRoomsSayIsTranslated(t *testing.T) {
	languages, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	told := real(t).told()
	maps.Copy(told, builtIn(t))
	for _, c := range languages.All()[1:] {
		holds(t, untold(told, c.Said()))
	}
}

// builtIn gives the names and descriptions of Roster's own permissions, scopes and roles.
func builtIn(t *testing.T) map[string]string {
	t.Helper()
	c, err := authz.NewCatalogue(1, authz.Declaration{})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, p := range c.Permissions() {
		all[p.Name], all[p.Description] = "the permission "+p.Key, "the permission "+p.Key
	}
	for _, s := range c.Scopes() {
		all[s.Name], all[s.Description] = "the scope "+s.Key, "the scope "+s.Key
	}
	for _, r := range c.BuiltIn() {
		all[r.Description] = "the role " + r.Key
	}
	return all
}

func TestTranslationsBite(t *testing.T) {
	bites(t, untold(
		map[string]string{"%s is %d": "a.go", "Gone": "b.go", "Here": "c.go"},
		map[string]string{"%s is %d": "%d é %s", "Here": "Aqui", "There": "Ali"},
	), `b.go: no translation of "Gone"`, `"%d é %s" has other values`, `"There" is translated, and nobody says it`)
	if !slices.Equal(verbs("%s has %d %%"), verbs("%[2]d: %[1]s")) {
		t.Error("values may stand in another order")
	}
}
