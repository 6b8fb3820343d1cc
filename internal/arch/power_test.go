package arch

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// powers are packages that only some may import: the house's rooms in holders, and the packages in
// also with a reason.
var powers = []struct {
	what    string // an import path; with "/…" every package below it as well
	holders []string
	also    reasons
}{
	{"database/sql", []string{"internal/store"}, reasons{
		"internal/commit":   "counts commits to a file, on a connection that the store hands it",
		"internal/prepared": "keeps statements of the store's connections prepared",
	}},
	{"github.com/jackc/pgx/v5/…", []string{"internal/store"}, nil},
	{"modernc.org/…", []string{"internal/store"}, nil},
	{"github.com/pressly/goose/v3/…", []string{"internal/store"}, nil},
	{"net/http", []string{"internal/server", "client"}, reasons{
		"internal/app":      "opens the listeners and hands them to the server",
		"internal/outgoing": "makes the one client that asks other servers",
		"internal/relying":  "asks providers by that client",
		"internal/courier":  "delivers events by that client",
	}},
	{"github.com/danielgtaylor/huma/v2/…", []string{"internal/server"}, nil},
	{"github.com/a-h/templ/…", []string{"internal/server"}, nil},
	{"roster/internal/mail", []string{"internal/jobs"}, reasons{
		"internal/app": "makes the carrier that the jobs use",
	}},
	{"github.com/wneessen/go-mail/…", []string{"internal/mail"}, nil},
	{"net/smtp", nil, nil},
	{"golang.org/x/crypto/…", []string{"internal/secret"}, nil},
	{"github.com/go-webauthn/…", []string{"internal/passkey"}, nil},
	{"github.com/pquerna/otp/…", []string{"internal/secret"}, nil},
	{"github.com/boombuler/barcode/…", []string{"internal/server"}, nil},
	{"golang.org/x/image/…", []string{"internal/raster"}, nil},
	{"github.com/xuri/excelize/v2/…", []string{"internal/sheet"}, nil},
	{"github.com/coreos/go-oidc/v3/…", []string{"internal/relying"}, nil},
	{"golang.org/x/oauth2/…", []string{"internal/relying"}, nil},
	{"github.com/go-jose/go-jose/v4/…", []string{"internal/token", "internal/chain/checkpoint"}, nil},
	{"log", nil, nil},
	{"log/slog", []string{"internal/server", "internal/jobs", "internal/app", "internal/command"}, reasons{
		"internal/store": "silences the migrations, which would log by themselves",
	}},
	{"github.com/alecthomas/kong/…", []string{"internal/cli", "internal/config"}, nil},
	{"os/exec", nil, nil},
	{"unsafe", nil, nil},
	{"math/rand", nil, nil},
}

// calls are functions that only some may use, with the reason.
var calls = []struct {
	pkg   string
	names []string
	by    reasons
}{
	{"os", []string{"Exit"}, reasons{"cmd/roster": "the only place where the program ends"}},
	{"log", []string{"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf"}, nil},
	{"os", []string{"Getenv", "LookupEnv", "Environ"}, reasons{
		"internal/config": "settings come from flags, environment and file, and from nowhere else",
		"internal/cli":    "hands the environment to the settings",
	}},
	{"time", []string{"Now", "Since", "Until", "AfterFunc", "Sleep", "Tick", "NewTicker", "NewTimer", "After"}, reasons{
		"internal/clock":  "the time that passed since a reading of the database's clock",
		"internal/known":  "whether a server's lease lasts, by this machine's clocks",
		"internal/turn":   "how long a turn took",
		"internal/store":  "the dialect's clock of SQLite; everything that expires is decided by it",
		"internal/server": "how long a request took, for its log line and the metrics",
		"internal/jobs":   "when to look for work again",

		"internal/jobs/webhooks": "likewise, and how long a turn lasts",
		"internal/mail":          "the Date of a letter",
		"internal/app":           "how long the start took; the grace of a stop",
		"internal/secret":        "how long a hash took in the queue",
		"internal/command":       "shows how long ago something was",
		"internal/bell":          "how long who rings waits for what is being told",

		"internal/server/api":  "how long an answer waits, and when a stream says that it lives",
		"internal/action/feed": "how long lines are gathered before they get their numbers",
		"internal/command/org": "how often it is asked whether there are new lines",

		"client":         "when a token is renewed and a request sent again",
		"client/webhook": "whether a delivery is fresh",
	}},
	{"roster/internal/store", []string{"Bulk"}, reasons{"internal/store/backup": "fills a database that holds nothing"}},
	{"fmt", []string{"Print", "Printf", "Println"}, reasons{"internal/cli": "what a command says"}},
}

// seized finds packages that hold a power that is not theirs.
func seized(h *house) []string {
	var complaints []string
	for _, r := range h.rooms {
		if testOnly(r.path) {
			continue
		}
		for _, p := range powers {
			holds := slices.ContainsFunc(p.holders, func(top string) bool { return under(r.path, top) }) || p.also[r.path] != ""
			for _, i := range r.written() {
				tree, whole := strings.CutSuffix(p.what, "/…")
				if (i == tree || whole && strings.HasPrefix(i, tree+"/")) && !holds {
					complaints = append(complaints, r.path+": imports "+i+", a power of "+strings.Join(p.holders, ", "))
				}
			}
		}
	}
	h.each(func(r *room, _ *file, n ast.Node) {
		id, ok := n.(*ast.Ident)
		if !ok || testOnly(r.path) {
			return
		}
		f, ok := r.info.Uses[id].(*types.Func)
		if !ok || f.Pkg() == nil || f.Signature().Recv() != nil {
			return
		}
		for _, c := range calls {
			if f.Pkg().Path() == c.pkg && slices.Contains(c.names, f.Name()) && c.by[r.path] == "" {
				complaints = append(complaints, r.path+": uses "+c.pkg+"."+f.Name()+" at "+h.at(id))
			}
		}
	})
	return complaints
}

// written gives what the written files import; generated ones need what their generator wants.
func (r *room) written() []string {
	var all []string
	for _, f := range r.files {
		if f.generated {
			continue
		}
		for _, i := range f.syntax.Imports {
			all = append(all, strings.Trim(i.Path.Value, `"`))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestPowersAreHeldWhereTheyBelong(t *testing.T) { holds(t, seized(real(t))) }

func TestPowersBite(t *testing.T) {
	bites(t, seized(sketch(t, map[string]string{
		"internal/store/memberdb/a.go": `package memberdb; import _ "database/sql"`,
		"internal/action/team/a.go": `package team
			import ("database/sql"; "net/http"; "time"; _ "log/slog"; _ "roster/internal/mail"; _ "github.com/jackc/pgx/v5/pgxpool")
			var clock = time.Now
			func a(*sql.DB, http.Handler) time.Time { return clock() }`,
		"internal/cli/a.go":        `package cli; import "os"; func a() { os.Exit(1) }`,
		"cmd/roster/a.go":          `package main; import "os"; func main() { os.Exit(1) }`,
		"internal/server/web/a.go": `package web; import (_ "net/http"; _ "log/slog")`,
		"internal/store/a.go":      `package store; import ("database/sql"; "time"); func a(*sql.DB) time.Time { return time.Now() }`,
	})),
		"internal/action/team: imports database/sql", "internal/action/team: imports net/http", "internal/action/team: imports log/slog",
		"internal/action/team: imports roster/internal/mail", "internal/action/team: imports github.com/jackc/pgx/v5/pgxpool",
		"internal/action/team: uses time.Now at internal/action/team/a.go:3",
		"internal/cli: uses os.Exit",
	)
}
