package arch

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"strings"
)

// reach is what each function of the house names: other functions, actions and the codes of refusals. By it a door's
// handler or a command is followed to all that it can lead to. What is called through an interface is not followed.
type reach map[string]*named

// named is what one function names.
type named struct {
	functions []string
	actions   []string
	refusals  []coded
}

// coded is a refusal's kind and code, with the form of what it says.
type coded struct{ kind, code, form string }

// reach reads the house.
func (h *house) reach() reach {
	all := reach{}
	for _, r := range h.rooms {
		if testOnly(r.path) || r.types == nil {
			continue
		}
		for _, f := range r.files {
			for _, d := range f.syntax.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || fn.Body == nil {
					continue
				}
				if def, ok := r.info.Defs[fn.Name].(*types.Func); ok {
					all[full(def)] = r.names(fn.Body)
				}
			}
		}
	}
	return all
}

// full gives a function's name with its package and receiver.
func full(f *types.Func) string { return f.Origin().FullName() }

// names gives what is named between two braces.
func (r *room) names(body ast.Node) *named {
	all := &named{}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if code, ok := r.recoded(n); ok {
				all.refusals = append(all.refusals, coded{"denied", code, ""})
			}
		case *ast.Ident:
			if f, ok := r.info.Uses[n].(*types.Func); ok && f.Pkg() != nil && strings.HasPrefix(f.Pkg().Path(), module+"/") {
				all.functions = append(all.functions, full(f))
			}
		case *ast.CallExpr:
			for _, a := range n.Args {
				if v := r.info.Types[a]; v.Value != nil && v.Type.String() == module+"/internal/act.Name" {
					all.actions = append(all.actions, constant.StringVal(v.Value))
				}
			}
			all.refusals = append(all.refusals, r.refuses(n, body)...)
		}
		return true
	})
	return all
}

// recoded gives the code that a refusal for lack of a permission is given instead of its own.
func (r *room) recoded(n *ast.AssignStmt) (string, bool) {
	to, ok := n.Lhs[0].(*ast.SelectorExpr)
	if !ok || to.Sel.Name != "Code" || len(n.Rhs) == 0 {
		return "", false
	}
	of := r.info.Types[to.X].Type
	if of == nil || !strings.HasSuffix(of.String(), module+"/internal/roster.Error") {
		return "", false
	}
	return r.text(n.Rhs[0])
}

var codeLike = regexp.MustCompile(`^[a-z]+(_[a-z]+)+$`)

// refuses gives what a call of roster.Errorf refuses with; where the code is no constant, all that it may be: what looks
// like a code between the same braces.
func (r *room) refuses(call *ast.CallExpr, body ast.Node) []coded {
	if f := r.callee(call); !is(f, "internal/roster", "Errorf") || len(call.Args) < 3 {
		return nil
	}
	kind, _ := r.text(call.Args[0])
	form, _ := r.text(call.Args[2])
	if code, ok := r.text(call.Args[1]); ok {
		return []coded{{kind, code, form}}
	}
	var all []coded
	ast.Inspect(body, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok {
			if code, ok := r.text(l); ok && codeLike.MatchString(code) {
				all = append(all, coded{kind, code, form})
			}
		}
		return true
	})
	return all
}

// from gives all that is named from a function on; a function for which past holds is named, and not followed.
func (all reach) from(start string, past func(string) bool) map[string]*named {
	seen := map[string]*named{}
	next := []string{start}
	for len(next) > 0 {
		name := next[len(next)-1]
		next = next[:len(next)-1]
		if seen[name] != nil || all[name] == nil || name != start && past(name) {
			continue
		}
		seen[name] = all[name]
		next = append(next, all[name].functions...)
	}
	return seen
}
