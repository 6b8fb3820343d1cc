package script

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The commands of the README's first five minutes are run as they stand there, in a shell, in an
// empty folder. Only the port is another one, and what has no mail server here is left out by name.
func TestTheReadmesFirstFiveMinutes(t *testing.T) {
	if answers := follow(t, "../../README.md"); !strings.Contains(answers[len(answers)-1], "anna@example.com") {
		t.Errorf("the last command lists no team: %s", answers)
	}
}

// The operator's commands are run in the same way.
func TestTheOperatorsCommands(t *testing.T) {
	answers := strings.Join(follow(t, "../../docs/OPERATING.md"), "")
	if !strings.Contains(answers, "members.read") {
		t.Errorf("no command lists permissions: %s", answers)
	}
	if !strings.Contains(answers, "Nothing changed") {
		t.Errorf("what was exported changes something: %s", answers)
	}
}

// follow runs a document's commands and gives what they answered.
func follow(t *testing.T, document string) (answers []string) {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	roster := filepath.Join(dir, "bin", "roster")
	build := exec.Command("go", "build", "-o", roster, "roster/cmd/roster")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("make build: %v\n%s", err, out)
	}
	address := free(t)
	env := append(os.Environ(), "PATH="+filepath.Dir(roster)+":"+os.Getenv("PATH"), "ROSTER_LISTEN="+address, "ROSTER_URL=http://"+address)
	for _, line := range commands(string(text)) {
		switch {
		case strings.HasPrefix(line, "make "), strings.HasPrefix(line, "export "), strings.Contains(line, "mail.example.com"):
			continue
		case line == "roster serve":
			serve(t, dir, env, address)
			continue
		}
		line = strings.ReplaceAll(line, "127.0.0.1:8080", address)
		cmd := exec.Command("sh", "-c", line)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		if err != nil || bytes.Contains(out, []byte(`"error"`)) {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
		answers = append(answers, string(out))
		env = append(env, learned(line, string(out))...)
	}
	return answers
}

// commands gives the README's commands: the lines of its fenced blocks.
func commands(text string) []string {
	var all []string
	for i, block := range strings.Split(text, "```") {
		if i%2 == 1 {
			for _, line := range strings.Split(strings.TrimSpace(block), "\n") {
				all = append(all, strings.TrimSpace(line))
			}
		}
	}
	return all
}

// learned gives what a reader copies from one command's answer for the next.
func learned(line, answer string) []string {
	if strings.HasPrefix(line, "roster apiuser create") {
		var id, secret string
		for _, l := range strings.Split(answer, "\n") {
			if f := strings.Fields(l); len(f) == 3 && f[0] == "Client" {
				switch f[1] {
				case "ID":
					id = f[2]
				case "secret":
					secret = f[2]
				}
			}
		}
		return []string{"CLIENT_ID=" + id, "CLIENT_SECRET=" + secret}
	}
	var token struct {
		Access string `json:"access_token"`
	}
	if json.Unmarshal([]byte(answer), &token) == nil && token.Access != "" {
		return []string{"TOKEN=" + token.Access}
	}
	return nil
}

func serve(t *testing.T, dir string, env []string, address string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "sh", "-c", "exec roster serve")
	cmd.Dir, cmd.Env = dir, env
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
	})
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		r, err := http.Get(fmt.Sprintf("http://%s/readyz", address))
		if err == nil {
			r.Body.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatalf("serve does not answer: %s", log.String())
		}
	}
}

func free(t *testing.T) string {
	t.Helper()
	n, err := vacant()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", n)
}
