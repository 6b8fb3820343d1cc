package contract_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
)

// parts are what scripts/install-test-parts installs for these tests.
const parts = "../../.cache/contract/node_modules"

// part gives the path of an installed program.
func part(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(parts, name))
	rest.Must(t, err)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is missing: run scripts/install-test-parts", name)
	}
	return path
}

// saved writes the document of a house into a file.
func saved(t *testing.T, r *rest.Rig) string {
	t.Helper()
	a := r.Nobody(t).Ask("GET", "/openapi.json", "")
	a.Is(http.StatusOK)
	path := filepath.Join(t.TempDir(), "openapi.json")
	rest.Must(t, os.WriteFile(path, []byte(a.Text), 0o600))
	return path
}

// runs runs a program in a folder, and fails with what it said.
func runs(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, out)
	}
	return string(out)
}

// TestAStockLinterFindsNothing asks Redocly's about the document, by its recommended rules.
func TestAStockLinterFindsNothing(t *testing.T) {
	path := saved(t, rest.Open(rostertest.SQLite(t)))
	out := runs(t, filepath.Dir(path), []string{"REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true"},
		"node", part(t, "@redocly/cli/bin/cli.js"), "lint", "--format=json", "--max-problems=500", path)
	var found struct {
		Totals   struct{ Errors, Warnings, Ignored int }
		Problems []struct {
			Message, Severity, RuleID string
			Location                  []struct{ Pointer string }
		}
	}
	if err := json.NewDecoder(strings.NewReader(out[max(0, strings.Index(out, "{")):])).Decode(&found); err != nil {
		t.Fatalf("the linter said %.2000s", out)
	}
	for _, p := range found.Problems {
		t.Errorf("%s %s: %s: %v", p.Severity, p.RuleID, p.Message, p.Location)
	}
}

// TestStockClientsGoOneRound makes clients of the document by stock generators, for Go and TypeScript, and lets each make,
// read, list, edit and remove a member.
func TestStockClientsGoOneRound(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	document := saved(t, r)
	program, _ := r.Program(t, "Generated", roster.RoleUserAdministrator)
	env := []string{"ROSTER_URL=" + r.URL, "ROSTER_TOKEN=" + program.Headers.Get("Authorization")[len("Bearer "):]}

	t.Run("oapi-codegen", func(t *testing.T) {
		const root = "../.."
		dir := t.TempDir()
		made, overlay := filepath.Join(dir, "client.go"), filepath.Join(dir, "overlay.json")
		args := []string{"tool", "-modfile=tools/go.mod", "oapi-codegen", "-generate", "types,client", "-package", "main", "-o", made}
		if os.Getenv("ROSTER_PROOF") == "" { // the whole of it takes a compiler long
			args = append(args, "-include-tags", "Members,Roles,Customer accounts")
		}
		runs(t, root, nil, "go", append(args, document)...)
		beside, err := filepath.Abs("testdata/goclient/client.go")
		rest.Must(t, err)
		rest.Must(t, os.WriteFile(overlay, []byte(rest.Show(map[string]any{"Replace": map[string]string{beside: made}})), 0o600))
		runs(t, root, append(env, "CGO_ENABLED=0"), "go", "run", "-modfile=tools/go.mod", "-overlay", overlay, "./test/contract/testdata/goclient")
	})
	t.Run("openapi-typescript", func(t *testing.T) {
		dir := t.TempDir()
		rest.Must(t, os.Symlink(part(t, ""), filepath.Join(dir, "node_modules")))
		source, err := os.ReadFile("testdata/tsclient/round.ts")
		rest.Must(t, err)
		rest.Must(t, os.WriteFile(filepath.Join(dir, "round.ts"), source, 0o600))
		rest.Must(t, os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"type":"module"}`), 0o600))
		runs(t, dir, nil, "node", part(t, "openapi-typescript/bin/cli.js"), document, "-o", "roster.d.ts")
		// What this program needs of Node stands here, so that no more packages are needed.
		rest.Must(t, os.WriteFile(filepath.Join(dir, "node.d.ts"), []byte("declare const process: { env: Record<string, string | undefined> };\n"), 0o600))
		rest.Must(t, os.WriteFile(filepath.Join(dir, "tsconfig.json"), []byte(`{"compilerOptions":{"strict":true,"target":"es2022","module":"nodenext","lib":["es2022","dom","dom.iterable"],"types":[],"skipLibCheck":true},"files":["round.ts","node.d.ts"]}`), 0o600))
		runs(t, dir, nil, "node", part(t, "typescript/bin/tsc"), "--project", ".")
		runs(t, dir, env, "node", "round.js")
	})
}
