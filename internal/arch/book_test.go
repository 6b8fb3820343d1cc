package arch

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// written finds the tables that a statement writes.
var written = regexp.MustCompile(`(?i)\b(?:INSERT\s+INTO|DELETE\s+FROM|UPDATE|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?|COPY)\s+([a-z_]+)`)

func tablesOf(sql string) []string {
	var tables []string
	for _, m := range written.FindAllStringSubmatch(sql, -1) {
		// "ON CONFLICT … DO UPDATE SET" and "FOR UPDATE SKIP LOCKED" name no table.
		if t := strings.ToLower(m[1]); t != "set" && t != "skip" && t != "of" && t != "nowait" {
			tables = append(tables, t)
		}
	}
	slices.Sort(tables)
	return slices.Compact(tables)
}

// own are the functions of the store itself that write without a change, and may.
var own = reasons{
	"internal/store.append": "the history's line itself, its head, and the count of seats by what the line says",
	"internal/store.fill":   "a migration: the order of what the member holds already",
}

// silent finds statements that write without saying so: outside Change and Note, in Change without a
// change, or in Note on another table than its book names.
func silent(h *house) []string {
	var complaints []string
	for _, r := range h.rooms {
		if testOnly(r.path) {
			continue
		}
		for _, f := range r.files {
			for _, d := range f.syntax.Decls {
				complaints = append(complaints, h.silentIn(r, d)...)
			}
		}
	}
	return h.except(complaints, own)
}

func (h *house) silentIn(r *room, d ast.Decl) []string {
	about := r.path
	if fn, ok := d.(*ast.FuncDecl); ok {
		about += "." + fn.Name.Name
	}
	var complaints []string
	say := func(n ast.Node, format string, args ...any) {
		complaints = append(complaints, about+": "+fmt.Sprintf(format, args...)+" at "+h.at(n))
	}
	told := map[ast.Node]bool{} // strings that a Change or a Note answers for
	var loose []string          // tables that strings outside any call write
	var built []ast.Expr        // the books of notes whose statement is put together at run time
	ast.Inspect(d, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch f := r.callee(call); {
		case is(f, "internal/store", "Tx.Change"), is(f, "internal/store", "Tx.ChangeSoon"):
			if len(call.Args) > 2 {
				tell(told, call.Args[2])
				if empty(call.Args[1]) {
					say(call, "Change without a change")
				}
				if sql, ok := r.text(call.Args[2]); ok && len(tablesOf(sql)) == 0 {
					say(call, "Change that writes nothing")
				}
			}
		case (is(f, "internal/store", "Tx.Note") || is(f, "internal/store", "Tx.NoteSoon")) && len(call.Args) > 2,
			(is(f, "internal/store", "Tx.NoteEach") || is(f, "internal/store", "Single.NoteEach")) && len(call.Args) > 3:
			query := call.Args[2]
			if f.Name() == "NoteEach" {
				query = call.Args[3]
			}
			tell(told, query)
			book, known := r.text(call.Args[1])
			sql, fixed := r.text(query)
			switch tables := tablesOf(sql); {
			case !known:
				say(call, "Note whose book is not a constant")
			case !fixed:
				built = append(built, call.Args[1])
			case !slices.Equal(tables, []string{book}):
				say(call, "Note in the book %s writes %v", book, tables)
			}
		}
		return true
	})
	ast.Inspect(d, func(n ast.Node) bool {
		if told[n] {
			return false
		}
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		sql, _ := r.text(lit)
		if tables := tablesOf(sql); len(tables) > 0 && statement.MatchString(sql) {
			loose = append(loose, tables...)
			if len(built) == 0 {
				say(lit, "a statement that writes %v without a change", tables)
			}
		}
		return true
	})
	for _, b := range built {
		if book, _ := r.text(b); len(loose) == 0 || slices.ContainsFunc(loose, func(t string) bool { return t != book }) {
			say(b, "Note in the book %s writes %v", book, loose)
		}
	}
	return complaints
}

// statement tells SQL from prose.
var statement = regexp.MustCompile(`^\s*(WITH|INSERT|UPDATE|DELETE|MERGE|TRUNCATE|COPY)\b|\b(INSERT INTO|DELETE FROM)\b|\bUPDATE [a-z_]+ SET\b`)

func tell(told map[ast.Node]bool, e ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		if n != nil {
			told[n] = true
		}
		return true
	})
}

// empty tells whether changes are plainly none.
func empty(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name == "nil"
	case *ast.CompositeLit:
		return len(e.Elts) == 0
	}
	return false
}

// text gives a constant text.
func (r *room) text(e ast.Expr) (string, bool) {
	v := r.info.Types[e].Value
	if v == nil {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok {
			if c, ok := r.info.Uses[id].(*types.Const); ok {
				v = c.Val()
			}
		}
	}
	if v == nil || v.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(v), true
}

func TestNothingIsWrittenInSilence(t *testing.T) { holds(t, silent(real(t))) }

func TestSilenceBites(t *testing.T) {
	bites(t, silent(sketch(t, map[string]string{"internal/store/memberdb/a.go": `package memberdb
		import ("context"; "strings"; "roster/internal/roster"; "roster/internal/store")
		const query = "UPDATE member SET name = $1"
		func fine(ctx context.Context, tx *store.Tx, c []roster.Change) {
			tx.Change(ctx, c, "UPDATE member SET name = $1" + " WHERE id = $2", 1, 2)
			tx.Note(ctx, store.BookSeen, "UPDATE member SET last_seen_at = $1", 1)
			store.One(ctx, tx, store.Scan[string], "SELECT name FROM member FOR UPDATE SKIP LOCKED")
		}
		func words(ctx context.Context, tx *store.Tx) {
			var q strings.Builder
			q.WriteString("INSERT INTO member_word (a) VALUES ")
			tx.Note(ctx, store.BookWord, q.String())
		}
		func silentRead(ctx context.Context, tx *store.Tx) {
			store.One(ctx, tx, store.Scan[string], "DELETE FROM member RETURNING name")
		}
		func wrongBook(ctx context.Context, tx *store.Tx) {
			tx.Note(ctx, store.BookSeen, "UPDATE member_grant SET until_at = 0")
		}
		func wrongEach(ctx context.Context, tx *store.Tx, take func(store.Row) error) {
			tx.NoteEach(ctx, store.BookSeen, take, "UPDATE member_grant SET until_at = 0 RETURNING id")
		}
		func wrongSingle(ctx context.Context, w store.Single, take func(store.Row) error) {
			w.NoteEach(ctx, store.BookSeen, take, "UPDATE member_grant SET until_at = 0 RETURNING id")
		}
		func wrongBuilt(ctx context.Context, tx *store.Tx) {
			q := "INSERT INTO member_grant (a) VALUES "
			tx.Note(ctx, store.BookWord, q + strings.Repeat("?", 2))
		}
		func noChange(ctx context.Context, tx *store.Tx) {
			tx.Change(ctx, nil, "DELETE FROM member")
			tx.Change(ctx, []roster.Change{}, "DELETE FROM member")
		}
		func anyBook(ctx context.Context, tx store.Noter, b store.Book) {
			tx.Note(ctx, b, "DELETE FROM session")
		}
		func reads(ctx context.Context, tx *store.Tx, c []roster.Change) {
			tx.Change(ctx, c, "SELECT name FROM member")
		}
	`})),
		"internal/store/memberdb: a statement that writes [member] without a change",
		"memberdb.silentRead: a statement that writes [member]",
		"memberdb.wrongBook: Note in the book member writes [member_grant]",
		"memberdb.wrongEach: Note in the book member writes [member_grant]",
		"memberdb.wrongSingle: Note in the book member writes [member_grant]",
		"memberdb.wrongBuilt: Note in the book member_word writes [member_grant]",
		"memberdb.noChange: Change without a change", "memberdb.noChange: Change without a change",
		"memberdb.anyBook: Note whose book is not a constant",
		"memberdb.reads: Change that writes nothing",
	)
}
