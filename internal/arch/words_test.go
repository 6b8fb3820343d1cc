package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"

	"roster/internal/words"
)

// spoken is what the code says of the catalogue: keys by themselves, and families of keys that are
// put together at run time.
type spoken struct {
	said     map[string]string   // a key → where Say is given it
	filled   map[string][]string // a key → the placeholders that some Say of it fills, where that is plain
	literal  map[string]bool     // every constant text in the code
	families map[string]string   // a pattern of keys → where it is put together
}

// speech reads all code, generated code too: there stand the calls of the templates.
func (h *house) speech() spoken {
	s := spoken{map[string]string{}, map[string][]string{}, map[string]bool{}, map[string]string{}}
	for _, r := range h.rooms {
		if testOnly(r.path) {
			continue
		}
		for _, f := range r.files {
			inner := map[ast.Expr]bool{} // sums that are part of a larger one
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BasicLit:
					if text, ok := r.text(n); ok && !inner[n] {
						s.literal[text] = true
					}
				case *ast.BinaryExpr:
					inner[ast.Unparen(n.X)], inner[ast.Unparen(n.Y)] = n.Op == token.ADD, n.Op == token.ADD
					if text, ok := r.text(n); ok {
						s.literal[text] = true
					} else if p, ok := r.pattern(n); ok && !inner[n] {
						s.families[p] = h.at(n)
					}
				case *ast.CallExpr:
					s.call(h, r, n)
				}
				return true
			})
		}
	}
	return s
}

// call notes a call of Say, or of Count and Counted, which fill n by themselves and say key.one, too; whoever's
// method it is.
func (s *spoken) call(h *house, r *room, call *ast.CallExpr) {
	f := r.callee(call)
	if f == nil || len(call.Args) == 0 {
		return
	}
	names, pairs := []string{}, 1
	switch f.Name() {
	case "Say":
	case "Count", "Counted":
		if len(call.Args) < 2 {
			return
		}
		names, pairs = []string{"n"}, 2
	default:
		return
	}
	key, ok := r.text(call.Args[0])
	if !ok {
		if b, ok := ast.Unparen(call.Args[0]).(*ast.BinaryExpr); ok {
			if p, _ := r.pattern(b); strings.Contains(p, `\.`) {
				s.families[p] = h.at(b)
			}
		}
		return
	}
	s.said[key] = h.at(call)
	if pairs == 2 {
		s.literal[key+".one"] = true
	}
	if call.Ellipsis != token.NoPos {
		return
	}
	for i := pairs; i < len(call.Args); i += 2 {
		name, ok := r.text(call.Args[i])
		if !ok {
			return
		}
		names = append(names, name)
	}
	slices.Sort(names)
	s.filled[key] = names
}

// pattern gives the regular expression of texts that a concatenation may make, if a part of it is
// known to look like a key.
func (r *room) pattern(b *ast.BinaryExpr) (string, bool) {
	if _, fixed := r.text(b); fixed || b.Op != token.ADD {
		return "", false
	}
	if t, ok := r.info.TypeOf(b).(*types.Basic); ok && t.Info()&types.IsString == 0 {
		return "", false
	}
	begins := false
	var parts func(e ast.Expr, first bool) string
	parts = func(e ast.Expr, first bool) string {
		if text, ok := r.text(e); ok {
			if first && regexp.MustCompile(`^[a-z_]+\.([a-z_.]*)$`).MatchString(text) {
				begins = true
			}
			return regexp.QuoteMeta(text)
		}
		if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && b.Op == token.ADD {
			return parts(b.X, first) + parts(b.Y, false)
		}
		return `[a-z0-9_.-]+`
	}
	p := parts(b, true)
	return "^" + p + "$", begins
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// misspoken finds keys that are said and do not exist, keys that nobody says, and placeholders that
// are not those of the sentence.
func misspoken(h *house, sentences map[string]string) []string {
	s := h.speech()
	var complaints []string
	for key, where := range s.said {
		if _, ok := sentences[key]; !ok {
			complaints = append(complaints, fmt.Sprintf("%s: says %q, which does not exist", where, key))
		}
	}
	families := map[string]*regexp.Regexp{}
	for p := range s.families {
		families[p] = regexp.MustCompile(p)
	}
	for key, sentence := range sentences {
		used := s.literal[key]
		for p := range s.families {
			used = used || families[p].MatchString(key)
		}
		for at, c := range key {
			used = used || c == '.' && s.literal[key[:at+1]] // a prefix, handed to whoever puts the rest to it
		}
		if !used {
			complaints = append(complaints, fmt.Sprintf("%s: nobody says it", key))
		}
		if names, plain := s.filled[key]; plain {
			var wanted []string
			for _, m := range placeholder.FindAllStringSubmatch(sentence, -1) {
				wanted = append(wanted, m[1])
			}
			slices.Sort(wanted)
			if wanted = slices.Compact(wanted); !slices.Equal(wanted, names) {
				complaints = append(complaints, fmt.Sprintf("%s: %s fills %v, and the sentence has %v", key, s.said[key], names, wanted))
			}
		}
	}
	for p, where := range s.families {
		area, _, _ := strings.Cut(strings.TrimPrefix(p, "^"), `\.`)
		match, ours := false, false
		for key := range sentences {
			match = match || families[p].MatchString(key)
			ours = ours || strings.HasPrefix(key, area+".")
		}
		if ours && !match {
			complaints = append(complaints, fmt.Sprintf("%s: puts together keys like %s, and none exists", where, p))
		}
	}
	return complaints
}

func TestEverySentenceExistsAndIsSaid(t *testing.T) {
	c, err := words.English()
	if err != nil {
		t.Fatal(err)
	}
	sentences := map[string]string{}
	for _, key := range c.Keys() {
		sentences[key] = c.Say(key)
	}
	holds(t, misspoken(real(t), sentences))
}

func TestSentencesBite(t *testing.T) {
	h := sketch(t, map[string]string{"internal/server/web/a.go": `package web
		import "roster/internal/words"
		const later = "team.later"
		func b(c *words.Catalogue, key string) string { return c.Say(key + ".what") + pick("team.kind.", "api") }
		func pick(prefix, key string) string { return prefix + key }
		func a(c *words.Catalogue, status, name string) []string {
			return []string{
				c.Say("team.title"), c.Say("team.none"), c.Say("team.status." + status + ".text"), c.Say("team.gone." + status),
				c.Say("team.hello", "name", name), c.Say("team.bye", "nam", name), "/team.x/" + name,
				c.Count("team.people", 2), c.Count("team.things", 2, "name", name),
			}
		}`})
	bites(t, misspoken(h, map[string]string{
		"team.title": "Team", "team.status.active.text": "Active", "team.status.active": "Active", "team.unsaid": "", "team.later": "Later",
		"team.block.what": "", "team.kind.api": "", "team.block.why": "",
		"team.hello": "Hello {name}", "team.bye": "Bye {name}",
		"team.people": "{n} people", "team.people.one": "1 person", "team.things": "{n} things",
	}),
		`says "team.none", which does not exist`, "team.status.active: nobody says it", "team.unsaid: nobody says it", "team.block.why: nobody says it",
		"team.bye: internal/server/web/a.go", "team.things: internal/server/web/a.go", `puts together keys like ^team\.gone\.`)
}
