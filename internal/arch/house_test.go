package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "roster"

// house is the module's packages, parsed and typed, without their tests.
type house struct {
	fset     *token.FileSet
	rooms    []*room // by path
	trouble  []string
	complete bool // the real house: exceptions that nothing needs are a complaint
}

// room is one package.
type room struct {
	path    string // below the module: "internal/store", "cmd/roster"
	imports []string
	files   []*file
	types   *types.Package
	info    *types.Info
}

// file is one file of a package.
type file struct {
	name      string // below the module
	syntax    *ast.File
	lines     int
	generated bool
}

// listed is what the go command tells of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles, Imports        []string
	Standard                bool
	Module                  *struct{ Path string }
	Error                   *struct{ Err string }
}

// listing is every package of the module and all they depend on. It is asked for once: it compiles.
var listing = sync.OnceValues(func() (map[string]*listed, error) {
	cmd := exec.Command("go", "list", "-e", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,Imports,Standard,Module,Error", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, stderr.String())
	}
	all := map[string]*listed{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := &listed{}
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
})

// root is the module's folder, seen from this package.
const root = "../.."

// real gives the house as it stands. What does not compile is told by TestTheHouseStands alone.
func real(t *testing.T) *house {
	t.Helper()
	h, err := standing()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestTheHouseStands(t *testing.T) {
	h := real(t)
	holds(t, h.trouble)
	if len(h.rooms) < len(storeys) {
		t.Errorf("only %d packages were found", len(h.rooms))
	}
}

var standing = sync.OnceValues(func() (*house, error) {
	all, err := listing()
	if err != nil {
		return nil, err
	}
	h := &house{fset: token.NewFileSet(), complete: true}
	sources := map[string]map[string]string{}
	for _, p := range all {
		if p.Module == nil || p.Module.Path != module || p.ImportPath == module {
			continue
		}
		if p.Error != nil {
			h.trouble = append(h.trouble, p.ImportPath+": "+p.Error.Err)
		}
		texts := map[string]string{}
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				return nil, err
			}
			texts[name] = string(text)
		}
		sources[strings.TrimPrefix(p.ImportPath, module+"/")] = texts
	}
	return h, h.build(sources)
})

// sketch gives a small house for a twin: the files' texts by name, such as "internal/store/a.go".
// Packages of the real house may be imported.
func sketch(t *testing.T, texts map[string]string) *house {
	t.Helper()
	h := &house{fset: token.NewFileSet()}
	sources := map[string]map[string]string{}
	for name, text := range texts {
		dir := path.Dir(name)
		if sources[dir] == nil {
			sources[dir] = map[string]string{}
		}
		sources[dir][path.Base(name)] = text
	}
	if err := h.build(sources); err != nil {
		t.Fatal(err)
	}
	for _, what := range h.trouble {
		// A sketch may import what the house does not have.
		if !strings.Contains(what, "could not import") {
			t.Fatal(what)
		}
	}
	return h
}

var generatedMark = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// build parses and types the packages. Those that they import come compiled from the go command.
func (h *house) build(sources map[string]map[string]string) error {
	all, err := listing()
	if err != nil {
		return err
	}
	imports := importer.ForCompiler(h.fset, "gc", func(path string) (io.ReadCloser, error) {
		p, ok := all[path]
		if !ok || p.Export == "" {
			return nil, fmt.Errorf("%s was not compiled", path)
		}
		return os.Open(p.Export)
	})
	for _, dir := range slices.Sorted(maps.Keys(sources)) {
		r := &room{path: dir, info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{},
		}}
		var syntax []*ast.File
		for _, name := range slices.Sorted(maps.Keys(sources[dir])) {
			text := sources[dir][name]
			f, err := parser.ParseFile(h.fset, dir+"/"+name, text, parser.ParseComments)
			if err != nil {
				h.trouble = append(h.trouble, err.Error())
				continue
			}
			syntax = append(syntax, f)
			r.files = append(r.files, &file{
				name: dir + "/" + name, syntax: f, lines: strings.Count(text, "\n"),
				generated: generatedMark.MatchString(text),
			})
			for _, i := range f.Imports {
				r.imports = append(r.imports, strings.Trim(i.Path.Value, `"`))
			}
		}
		slices.Sort(r.imports)
		r.imports = slices.Compact(r.imports)
		conf := types.Config{Importer: imports, Error: func(err error) { h.trouble = append(h.trouble, err.Error()) }}
		r.types, _ = conf.Check(module+"/"+dir, h.fset, syntax, r.info) // errors went to trouble
		h.rooms = append(h.rooms, r)
	}
	return nil
}

// at gives where something stands.
func (h *house) at(n ast.Node) string {
	p := h.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// each visits every node of the house's written code.
func (h *house) each(visit func(r *room, f *file, n ast.Node)) {
	for _, r := range h.rooms {
		for _, f := range r.files {
			if f.generated {
				continue
			}
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				if n != nil {
					visit(r, f, n)
				}
				return true
			})
		}
	}
}

// under tells whether a package is a room of a house, or is the house itself.
func under(path, top string) bool { return path == top || strings.HasPrefix(path, top+"/") }

// testOnly are the packages that the product does not contain.
func testOnly(path string) bool {
	for _, top := range []string{"internal/arch", "internal/rostertest", "test", "bench"} {
		if under(path, top) {
			return true
		}
	}
	return false
}

// reasons are exceptions from a rule, each with its reason.
type reasons map[string]string

// except takes away what is excepted, and adds exceptions that nothing needs. Complaints begin with
// what they are about, then a colon.
func (h *house) except(complaints []string, list reasons) []string {
	used := map[string]bool{}
	var left []string
	for _, c := range complaints {
		about, _, _ := strings.Cut(c, ": ")
		if list[about] != "" {
			used[about] = true
			continue
		}
		left = append(left, c)
	}
	if h.complete {
		for _, about := range slices.Sorted(maps.Keys(list)) {
			if !used[about] {
				left = append(left, about+": the exception is not needed")
			}
		}
	}
	return left
}

// holds fails with each complaint.
func holds(t *testing.T, complaints []string) {
	t.Helper()
	slices.Sort(complaints)
	for _, c := range slices.Compact(complaints) {
		t.Error(c)
	}
}

// bites fails unless the complaints are exactly those expected, in any order, each known by a part.
func bites(t *testing.T, complaints []string, expected ...string) {
	t.Helper()
	for _, part := range expected {
		i := slices.IndexFunc(complaints, func(c string) bool { return strings.Contains(c, part) })
		if i < 0 {
			t.Errorf("no complaint says %q; there are %q", part, complaints)
			continue
		}
		complaints = slices.Delete(slices.Clone(complaints), i, i+1)
	}
	for _, c := range complaints {
		t.Errorf("a complaint too many: %s", c)
	}
}

// callee gives the function or method that a call calls; nil for a function value or a conversion.
func (r *room) callee(call *ast.CallExpr) *types.Func {
	fun := ast.Unparen(call.Fun)
	switch f := fun.(type) {
	case *ast.IndexExpr:
		fun = f.X
	case *ast.IndexListExpr:
		fun = f.X
	}
	var id *ast.Ident
	switch f := fun.(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return nil
	}
	f, _ := r.info.Uses[id].(*types.Func)
	return f
}

// is tells whether f is the function of that name in a package of the module, or the method
// "Type.Name".
func is(f *types.Func, pkg, name string) bool {
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != module+"/"+pkg {
		return false
	}
	have := f.Name()
	if recv := f.Signature().Recv(); recv != nil {
		of := recv.Type()
		if p, ok := of.(*types.Pointer); ok {
			of = p.Elem()
		}
		if n, ok := of.(*types.Named); ok {
			have = n.Obj().Name() + "." + have
		}
	}
	return have == name
}
