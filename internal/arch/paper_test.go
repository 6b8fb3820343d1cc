package arch

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/authz/declaration"
	"roster/internal/cli"
	"roster/internal/config"
)

// paper reads a document.
func paper(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// row gives the line of a table that begins with a name; empty where there is none.
func row(text, name string) string {
	_, after, ok := strings.Cut(text, "\n| `"+name+"` |")
	if !ok {
		return ""
	}
	line, _, _ := strings.Cut(after, "\n")
	return line
}

// unsaid finds the settings of the server and the commands that a document does not name.
func unsaid(text string, settings reflect.Type, commands []string) (complaints []string) {
	for _, f := range reflect.VisibleFields(settings) {
		flag := "--" + strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(f.Tag.Get("env"), "ROSTER_")), "_", "-")
		if !strings.Contains(text, "`"+flag+"`") {
			complaints = append(complaints, "docs/OPERATING.md does not tell of "+flag)
		}
	}
	for _, command := range commands {
		noun, verb, _ := strings.Cut(command, " ")
		verb, _, _ = strings.Cut(verb, " ")
		if line := row(text, noun); line == "" || verb != "" && !strings.Contains(line, "`"+verb+"`") {
			complaints = append(complaints, "docs/OPERATING.md does not tell of roster "+command)
		}
	}
	return complaints
}

func TestOperatorsReadOfEverySettingAndCommand(t *testing.T) {
	commands, err := cli.Commands()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	holds(t, unsaid(paper(t, "docs/OPERATING.md"), reflect.TypeFor[config.Server](), names))
	type settings struct {
		A string `env:"ROSTER_LOG_LEVEL"`
		B string `env:"ROSTER_LISTEN"`
	}
	bites(t, unsaid("It takes `--log-level`.\n| `user` | `list` |\n", reflect.TypeFor[settings](), []string{"user list", "user erase", "serve"}), "--listen", "roster user erase", "roster serve")
}

// TestTheAPIsReaderKnowsEveryPermission: what Roster's own permissions are, and which built-in roles hold each.
func TestTheAPIsReaderKnowsEveryPermission(t *testing.T) {
	text := paper(t, "docs/API.md")
	c, err := authz.NewCatalogue(1, authz.Declaration{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.Permissions() {
		line := row(text, p.Key)
		for _, role := range c.BuiltIn() {
			if has := slices.Contains(role.Permissions, p.Key); has != strings.Contains(line, role.Name) {
				t.Errorf("docs/API.md: %s holds %s: %v, and its row says %q", role.Name, p.Key, has, line)
			}
		}
	}
	for _, key := range act.ClientPermissions() {
		if _, after, _ := strings.Cut(text, "A product client"); !strings.Contains(after, fmt.Sprintf("| `%s` |", key)) {
			t.Errorf("docs/API.md does not tell of product clients' %s", key)
		}
	}
}

// TestTheAPIsCatalogueIsTaken: the example of a catalogue is one.
func TestTheAPIsCatalogueIsTaken(t *testing.T) {
	_, example, _ := strings.Cut(paper(t, "docs/API.md"), "```yaml\nscopes:")
	example, _, _ = strings.Cut(example, "```")
	d, err := declaration.Parse([]byte("scopes:" + example))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := authz.NewCatalogue(1, d); err != nil || len(d.Permissions) == 0 || len(d.Mappings) == 0 {
		t.Errorf("%+v: %v", d, err)
	}
}
