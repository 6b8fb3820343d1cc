// Package script tells the command line's stories: each file of testdata is one, with the commands
// as one types them and what they answer. Those in testdata/both run on SQLite and on PostgreSQL.
package script

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite"

	"roster/internal/cli"
	"roster/internal/rostertest/postgres"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"roster": func() {
			os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
		},
	})
}

func TestStoriesOnSQLite(t *testing.T) {
	tell(t, "testdata/both", nil)
	tell(t, "testdata/sqlite", nil)
}

func TestStoriesOnPostgreSQL(t *testing.T) {
	if !postgres.Wanted() {
		t.Log("PostgreSQL was left out on purpose")
		return
	}
	tell(t, "testdata/both", func() string { return postgres.Database(t) })
}

// tell runs the stories of a folder, each on a database of its own: where database is nil, a file
// in the story's folder.
func tell(t *testing.T, dir string, database func() string) {
	t.Run(dir, func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir: dir,
			Setup: func(e *testscript.Env) error {
				url := e.WorkDir + "/roster.db"
				if database != nil {
					url = database()
				}
				e.Setenv("ROSTER_DATABASE", url)
				e.Setenv("TZ", "UTC")
				return nil
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"take": take, "awaits": awaits, "sql": statement, "exit1": exits(1), "exit2": exits(2), "port": port, "answers": answers,
				"joins": joins, "asks": asks, "draws": draws,
			},
			RequireExplicitExec: true,
			UpdateScripts:       false,
		})
	})
}

// exits runs a command that must end with a code: exit2 PROGRAM [ARGUMENT…].
func exits(code int) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) == 0 {
			ts.Fatalf("usage: exit%d PROGRAM [ARGUMENT…]", code)
		}
		var ended *exec.ExitError
		if err := ts.Exec(args[0], args[1:]...); !errors.As(err, &ended) || ended.ExitCode() != code {
			ts.Fatalf("it ended with %v, not with code %d", err, code)
		}
	}
}

// take keeps what a pattern's group matches in the last output as a variable: take NAME stdout PATTERN.
func take(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: take NAME stdout|stderr PATTERN")
	}
	found := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if len(found) != 2 {
		ts.Fatalf("the %s has nothing like %s", args[1], args[2])
	}
	ts.Setenv(args[0], found[1])
}

// awaits waits until a file, which something in the background writes, has what a pattern's group matches,
// and keeps it as a variable: awaits NAME FILE PATTERN.
func awaits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: awaits NAME FILE PATTERN")
	}
	pattern := regexp.MustCompile(args[2])
	var text []byte
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		text, _ = os.ReadFile(ts.MkAbs(args[1])) // it may not be there yet
		if found := pattern.FindSubmatch(text); len(found) == 2 {
			ts.Setenv(args[0], string(found[1]))
			return
		}
	}
	ts.Fatalf("%s has nothing like %s: %s", args[1], args[2], text)
}

// statement runs SQL on the story's database behind Roster's back: sql STATEMENT.
func statement(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sql STATEMENT")
	}
	driver, url := "sqlite", ts.Getenv("ROSTER_DATABASE")
	if regexp.MustCompile(`^postgres`).MatchString(url) {
		driver = "pgx"
	}
	db, err := sql.Open(driver, url)
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(args[0])
	ts.Check(err)
}

// port chooses a free port of the loopback: port NAME. It lies below those that the system hands out by
// itself, so that nobody is given it before the story's server takes it.
func port(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port NAME")
	}
	n, err := vacant()
	ts.Check(err)
	ts.Setenv(args[0], strconv.Itoa(n))
}

// ports counts the ports that were chosen, so that no two stories choose the same.
var ports atomic.Int64

// vacant gives a port of the loopback that nobody listens on.
func vacant() (int, error) {
	const first, many = 20_000, 10_000
	for range many {
		n := first + (os.Getpid()*101+int(ports.Add(1)))%many
		if l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(n))); err == nil {
			return n, l.Close()
		}
	}
	return 0, errors.New("no port is free")
}

// answers waits until an address answers with a status: answers STATUS URL.
func answers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: answers STATUS URL")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	last := "nothing"
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		r, err := client.Get(args[1])
		if err != nil {
			last = err.Error()
			continue
		}
		r.Body.Close()
		if last = strconv.Itoa(r.StatusCode); last == args[0] {
			return
		}
	}
	ts.Fatalf("%s answers %s, not %s", args[1], last, args[0])
}
