// Package crash kills a real server at random moments while it works, starts it again, and looks
// whether anything that it had acknowledged is lost, and whether anything is there by half.
package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"roster/internal/rostertest/postbox"
)

// build makes the program.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "roster")
	cmd := exec.Command("go", "build", "-o", program, "roster/cmd/roster")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

// installation is a database with a program that can serve it.
type installation struct {
	t        *testing.T
	program  string
	dir      string
	database string
	address  string
	box      *postbox.Box
	log      *os.File
	running  *exec.Cmd
	pace     int // how many invitations one member may send in an hour
}

func install(t *testing.T, program, database string) *installation {
	t.Helper()
	i := &installation{t: t, program: program, dir: t.TempDir(), database: database, box: postbox.Open(t, postbox.Options{}), pace: 100_000}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	i.address = l.Addr().String()
	must(t, l.Close())
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

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// command runs a command beside the server and reads its JSON into v.
func (i *installation) command(v any, args ...string) {
	i.t.Helper()
	cmd := exec.Command(i.program, append(args, "--database", i.database, "--json")...)
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
	i.running = exec.Command(i.program, "serve", "--listen", i.address, "--database", i.database, "--key-file", filepath.Join(i.dir, "key"),
		"--smtp", i.box.URL(), "--mail-from", "roster@example.com", "--log-level", "debug", "--hourly-invitations", strconv.Itoa(i.pace), "--client-requests", "0", "--address-requests", "0")
	i.running.Env = append(os.Environ(), "SSL_CERT_FILE="+i.box.CAFile())
	i.running.Stdout, i.running.Stderr = i.log, i.log
	must(i.t, i.running.Start())
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
		_ = i.running.Wait()
		i.running = nil
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
