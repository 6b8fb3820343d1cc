package people

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"roster/internal/roster"
)

// Read reads a file; which format it has, it tells itself. All that is wrong is told at once, with line and field. Kind:
// Invalid, codes too_large, file_malformed and those of fields.
func Read(data []byte) (File, error) {
	if len(data) > MostBytes {
		return File{}, roster.Errorf(roster.Invalid, "too_large", "The file is larger than %d MiB, the most allowed.", MostBytes>>20)
	}
	sum := sha256.Sum256(data)
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return File{}, roster.Errorf(roster.Invalid, "file_malformed", "The file is not UTF-8 text.")
	}
	if marks(data) > mostMarks {
		return File{}, roster.Errorf(roster.Invalid, "too_large", "The file holds too many values. At most %d things stand in one file.", MostItems)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return File{}, roster.Errorf(roster.Invalid, "field_required", "The file is empty.").On("file")
	}
	r := reader{seen: map[string]int{}}
	var err error
	switch guess(data) {
	case JSON:
		err = r.readJSON(data)
	case CSV:
		err = r.readCSV(data)
	default:
		err = r.readYAML(data)
	}
	if err == nil {
		err = r.bad.Err()
	}
	if err != nil {
		return File{}, err
	}
	r.file.Sum = hex.EncodeToString(sum[:])
	return r.file, nil
}

// marks counts what may begin a value, which there are at least as many of as there are values.
func marks(data []byte) (n int) {
	for _, c := range data {
		switch c {
		case '\n', ',', ';', '[', '{', ':', '\r', '\t':
			n++
		}
	}
	return n
}

// guess tells a file's format: an object is JSON, a first line of known columns is CSV, all else is YAML.
func guess(data []byte) Format {
	text := bytes.TrimSpace(data)
	if bytes.HasPrefix(text, []byte("{")) {
		return JSON
	}
	head, _, _ := bytes.Cut(text, []byte("\n"))
	if head := string(head); len(head) < 4096 && !strings.ContainsAny(head, ":#[{-") {
		for _, c := range columnsOf(head) {
			if _, known := column(c); known && c != "" {
				return CSV
			}
		}
	}
	return YAML
}

// malformed is a file that cannot be read on from a line.
func malformed(line int, what roster.Phrase) error {
	if line < 1 {
		return roster.Errorf(roster.Invalid, "file_malformed", "The file cannot be read: %s.", what)
	}
	return roster.Errorf(roster.Invalid, "file_malformed", "Line %d cannot be read: %s.", line, what)
}

// heard is what a library says of a text, which speaks English alone.
func heard(text string) roster.Phrase { return roster.Phrasef("%s", strings.TrimSuffix(text, ".")) }

// yamlLine finds where the library says that something is wrong.
func yamlLine(err error) (int, roster.Phrase) {
	m := regexp.MustCompile(`(?s)line (\d+): (.*)`).FindStringSubmatch(err.Error())
	if m == nil {
		return 0, heard(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	n, _ := strconv.Atoi(m[1])
	return n, heard(m[2])
}

func (r *reader) readYAML(data []byte) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		return malformed(yamlLine(err))
	}
	var more yaml.Node
	if err := dec.Decode(&more); err == nil {
		return malformed(more.Line, roster.Plain("there is more than one document"))
	} else if !errors.Is(err, io.EOF) {
		return malformed(yamlLine(err))
	}
	top := doc.Content[0]
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return nil
	}
	if top.Kind != yaml.MappingNode {
		return malformed(top.Line, roster.Plain("a file has the parts prune, units, roles and members"))
	}
	if err := plain(top, 0); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(top.Content); i += 2 {
		name, value := top.Content[i], top.Content[i+1]
		if err := r.part(seen, name.Value, name.Line, value); err != nil {
			return err
		}
		if value.Kind == yaml.SequenceNode {
			for n, item := range value.Content {
				if err := r.item(name.Value, n, item); err != nil {
					return err
				}
				value.Content[n] = nil
			}
		}
	}
	return nil
}

// plain refuses what makes a short text a large one, and what lies deeper than anything of a file does.
func plain(n *yaml.Node, depth int) error {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return malformed(n.Line, roster.Plain("anchors and aliases are not taken"))
	case depth > 8:
		return malformed(n.Line, roster.Plain("it is nested too deeply"))
	}
	for _, c := range n.Content {
		if err := plain(c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// part begins a part of the file: prune at once, the others item by item.
func (r *reader) part(seen map[string]bool, name string, line int, value *yaml.Node) error {
	if seen[name] {
		r.wrong(line, name, roster.Errorf(roster.Invalid, "doubled", "%s stands twice.", name))
		return nil
	}
	seen[name] = true
	switch name {
	case "prune":
		return r.prune(line, value)
	case "units", "roles", "members":
		if value != nil && value.Kind != yaml.SequenceNode && value.Tag != "!!null" {
			r.wrong(value.Line, name, roster.Errorf(roster.Invalid, "type_wrong", "A list belongs here."))
		}
		return nil
	}
	r.wrong(line, legible(name), roster.Errorf(roster.Invalid, "field_unknown", "There is no such field here. A file has the parts prune, units, roles and members."))
	return nil
}

func (r *reader) prune(line int, value *yaml.Node) error {
	if value.Tag == "!!null" || value.Value == "none" {
		return nil
	}
	switch p := Prune(value.Value); p {
	case PruneBlock, PruneRemove:
		r.file.Prune = p
	default:
		r.wrong(line, "prune", roster.Errorf(roster.Invalid, "prune_unknown", "prune is none, block or remove: what becomes of members whom the file does not name."))
	}
	return nil
}

// wrong notes what is wrong at a line.
func (r *reader) wrong(line int, field string, err *roster.Error) {
	r.bad.Add(field, roster.Errorf(roster.Invalid, err.Code, "Line %d: %s", line, err.Said))
}

// legible gives a name from outside as messages may repeat it.
func legible(name string) string {
	if len(name) > 40 || strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return "…"
	}
	return name
}

// nul gives the line on which a text or the name of a field holds what not every database can keep; 0 for none.
func nul(n *yaml.Node) int {
	if strings.IndexByte(n.Value, 0) >= 0 {
		return max(1, n.Line)
	}
	for _, c := range n.Content {
		if line := nul(c); line > 0 {
			return line
		}
	}
	return 0
}

// item reads one thing of a part.
func (r *reader) item(part string, n int, node *yaml.Node) error {
	if part != "units" && part != "roles" && part != "members" {
		return nil
	}
	if r.file.Items() >= MostItems {
		return roster.Errorf(roster.Invalid, "too_many_items", "At most %d things stand in one file. Split it.", MostItems)
	}
	if line := nul(node); line > 0 {
		return malformed(line, roster.Plain("it holds a NUL character, which no text has"))
	}
	o := r.object(node, fmt.Sprintf("%s[%d]", part, n))
	switch part {
	case "units":
		r.file.Units = append(r.file.Units, o.unit())
	case "roles":
		r.file.Roles = append(r.file.Roles, o.role())
	case "members":
		r.file.Members = append(r.file.Members, o.member())
	}
	o.rest()
	return nil
}
