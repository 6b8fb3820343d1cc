// Package crash kills a real server at random moments while it works, starts it again, and looks
// whether anything that it had acknowledged is lost, and whether anything is there by half.
package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/rostertest/postbox"
	"roster/internal/rostertest/postgres"
)

// binary is the program that is killed, once TestMain has made it.
var binary string

// TestMain makes the program, and lets four stories go side by side where the command line does not say how many: most of
// their time they wait.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "roster-crash-")
		if err == nil {
			defer os.RemoveAll(dir)
			binary = filepath.Join(dir, "roster")
			err = build()
		}
		if err == nil && !given {
			err = flag.Set("test.parallel", "4")
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

func build() error {
	cmd := exec.Command("go", "build", "-o", binary, "roster/cmd/roster")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return nil
}

// each tells a story on both databases, beside others.
func each(t *testing.T, story func(t *testing.T, i *installation)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		story(t, install(t, filepath.Join(t.TempDir(), "roster.db")))
	})
	if postgres.Wanted() {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			story(t, install(t, postgres.Database(t)))
		})
	}
}

// installation is a database with a program that can serve it.
type installation struct {
	t        *testing.T
	dir      string
	database string
	address  string
	box      *postbox.Box
	log      *os.File
	running  *exec.Cmd
	over     chan struct{} // closed when it has ended
	pace     int           // how many invitations one member may send in an hour
}

func install(t *testing.T, database string) *installation {
	t.Helper()
	i := &installation{t: t, dir: t.TempDir(), database: database, address: free(t), box: postbox.Open(t, postbox.Options{}), pace: 100_000}
	var err error
	i.log, err = os.Create(filepath.Join(i.dir, "log"))
	must(t, err)
	t.Cleanup(func() {
		i.kill()
		if t.Failed() {
			t.Logf("the end of the server's log:\n%s", i.logged(6000))
		}
		must(t, i.log.Close())
	})
	return i
}

// free gives an address that is free, and that nobody takes while the server is down: it is not among those that the
// system gives to connections.
func free(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(10_000+rand.IntN(20_000)))
		if l, err := net.Listen("tcp", address); err == nil {
			must(t, l.Close())
			return address
		}
	}
	t.Fatal("no address is free")
	return ""
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// command runs a command beside the server and reads its JSON into v.
func (i *installation) command(v any, args ...string) {
	i.t.Helper()
	cmd := exec.Command(binary, append(args, "--database", i.database, "--json")...)
	cmd.Env = append(os.Environ(), "ROSTER_PRIVATE_WEBHOOKS=true") // receivers are on this machine
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		i.t.Fatalf("roster %s: %v\n%s%s", strings.Join(args, " "), err, out.String(), complaint.String())
	}
	must(i.t, json.Unmarshal(out.Bytes(), v))
}

// start starts the server and waits until it is ready, which takes a while after a crash: it makes sure
// first that the one before is gone.
func (i *installation) start() {
	i.t.Helper()
	i.running = exec.Command(binary, "serve", "--listen", i.address, "--database", i.database, "--key-file", filepath.Join(i.dir, "key"),
		"--smtp", i.box.URL(), "--mail-from", "roster@example.com", "--log-level", "debug", "--hourly-invitations", strconv.Itoa(i.pace), "--client-requests", "0", "--address-requests", "0")
	i.running.Env = append(os.Environ(), "SSL_CERT_FILE="+i.box.CAFile(), "ROSTER_PRIVATE_WEBHOOKS=true")
	i.running.Stdout, i.running.Stderr = i.log, i.log
	must(i.t, i.running.Start())
	i.over = make(chan struct{})
	go func(server *exec.Cmd, over chan<- struct{}) {
		_ = server.Wait() // it is killed
		close(over)
	}(i.running, i.over)
	ctx, cancel := context.WithTimeout(i.t.Context(), 30*time.Second)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, i.url("/readyz"), nil)
		must(i.t, err)
		if a, err := http.DefaultClient.Do(r); err == nil {
			_ = a.Body.Close()
			if a.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ctx.Done():
			i.t.Fatal("the server is not ready within half a minute")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// kill ends the server without a word of warning.
func (i *installation) kill() {
	if i.running != nil {
		_ = i.running.Process.Kill() // it may have ended by itself
		<-i.over
		i.running = nil
	}
}

// A server may end by itself: on a machine with too much to do its heartbeat does not reach the database in time. Whoever waits
// for answers would wait forever then.

// until waits until so many deeds were answered, or the server has ended.
func (i *installation) until(answered *atomic.Int64, at int64) {
	for answered.Load() < at {
		select {
		case <-i.over:
			return
		case <-time.After(time.Millisecond):
		}
	}
}

// served waits for what comes of deeds, and starts the server again where it ends.
func served[T any](i *installation, deeds <-chan T) T {
	for {
		select {
		case all := <-deeds:
			return all
		case <-i.over:
			i.kill()
			i.start()
		}
	}
}

func (i *installation) url(path string) string { return "http://" + i.address + path }

// logged gives the end of the log.
func (i *installation) logged(most int) string {
	text, err := os.ReadFile(i.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-most):])
}
