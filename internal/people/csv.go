package people

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"roster/internal/roster"
	"roster/internal/sheet"
)

// A row of CSV is one thing; its column type says of which kind, a member where it is blank. A blank cell is a field that
// is not named, and a lone hyphen clears it. Several values stand in one cell with semicolons between.

// clears is the cell that clears a field.
const clears = "-"

// columnKind tells how the cells of a column are read.
type columnKind int

const (
	cellText columnKind = iota
	cellFlag
	cellList
	cellGrants
)

// column gives how a column's cells are read, and whether there is such a column.
func column(name string) (columnKind, bool) {
	switch name {
	case "archived", "blocked", "removed":
		return cellFlag, true
	case "permissions", "scopes":
		return cellList, true
	case "grants":
		return cellGrants, true
	}
	return cellText, slices.Contains(header(), name)
}

// header is the columns in the order in which they are written.
func header() []string {
	return []string{
		"type", "id", "external_id", "key", "kind", "email", "client_id", "first_name", "last_name", "name", "phone", "unit", "parent",
		"description", "for", "permissions", "scopes", "ends_at", "blocked", "archived", "removed", "grants",
	}
}

// separator tells what stands between a header's columns.
func separator(head string) rune {
	for _, c := range []rune{'\t', ';'} {
		if strings.ContainsRune(head, c) {
			return c
		}
	}
	return ','
}

func columnsOf(head string) []string {
	all := strings.Split(strings.TrimRight(head, "\r"), string(separator(head)))
	for i, c := range all {
		all[i] = strings.ToLower(strings.Trim(strings.TrimSpace(c), `"`))
	}
	return all
}

func (r *reader) readCSV(data []byte) error {
	data = bytes.TrimLeft(data, "\r\n")
	head, _, _ := bytes.Cut(data, []byte("\n"))
	in := csv.NewReader(bytes.NewReader(data))
	in.Comma, in.ReuseRecord, in.FieldsPerRecord = separator(string(head)), true, -1
	first, err := in.Read()
	if err != nil {
		return csvFault(err)
	}
	columns := make([]string, len(first))
	for i, c := range first {
		columns[i] = strings.ToLower(strings.TrimSpace(c))
		_, known := column(columns[i])
		switch {
		case !known:
			r.wrong(1, legible(columns[i]), roster.Errorf(roster.Invalid, "column_unknown", "There is no such column. Columns are: %s.", strings.Join(header(), ", ")))
		case slices.Contains(columns[:i], columns[i]):
			r.wrong(1, columns[i], roster.Errorf(roster.Invalid, "doubled", "This column stands twice."))
		}
	}
	if err := r.bad.Err(); err != nil {
		return err
	}
	counts := map[string]int{}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return csvFault(err)
		}
		line, _ := in.FieldPos(0)
		if len(cells) > len(columns) {
			return malformed(line, roster.Plain("it has more cells than the header"))
		}
		part, node, err := row(columns, cells, line)
		if err != nil {
			return err
		}
		if node == nil {
			continue
		}
		if err := r.item(part, counts[part], node); err != nil {
			return err
		}
		counts[part]++
	}
}

func csvFault(err error) error {
	var at *csv.ParseError
	switch {
	case errors.As(err, &at):
		return malformed(at.Line, heard(at.Err.Error()))
	case errors.Is(err, io.EOF):
		return nil
	}
	return malformed(0, heard(err.Error()))
}

// row gives a row as one of YAML's or JSON's would stand, and of which part it is; nil for a blank one.
func row(columns, cells []string, line int) (string, *yaml.Node, error) {
	part := "members"
	node := &yaml.Node{Kind: yaml.MappingNode, Line: line}
	for i, c := range cells {
		c = strings.TrimSpace(c)
		if c == "" {
			continue
		}
		if columns[i] == "type" {
			if part = map[string]string{"unit": "units", "role": "roles", "member": "members"}[strings.ToLower(c)]; part == "" {
				return "", nil, malformed(line, roster.Plain("a type is unit, role or member"))
			}
			continue
		}
		kind, _ := column(columns[i])
		node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: columns[i], Line: line}, cell(kind, c, line))
	}
	if len(node.Content) == 0 {
		return part, nil, nil
	}
	return part, node, nil
}

func cell(kind columnKind, c string, line int) *yaml.Node {
	scalar := func(tag, value string) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value, Line: line}
	}
	if c == clears {
		return scalar("!!null", "")
	}
	c = fused(c)
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: line}
	switch kind {
	case cellFlag:
		if b := strings.ToLower(c); b == "true" || b == "false" {
			return scalar("!!bool", b)
		}
		return scalar("!!str", c)
	case cellList, cellGrants:
		for one := range strings.SplitSeq(c, ";") {
			if one = strings.TrimSpace(one); one == "" {
				continue
			}
			if kind == cellGrants {
				list.Content = append(list.Content, grantCell(one, line))
			} else {
				list.Content = append(list.Content, scalar("!!str", one))
			}
		}
		return list
	}
	return scalar("!!str", c)
}

// grantCell reads “role dispatcher at customer-17 until 2027-03-31”.
func grantCell(text string, line int) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode, Line: line}
	add := func(field, value string) {
		node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: field, Line: line}, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Line: line})
	}
	what, until, ends := cutLast(text, " until ")
	what, unit, there := cutLast(what, " at ")
	kind, key, _ := strings.Cut(strings.TrimSpace(what), " ")
	add(kind, strings.TrimSpace(key))
	if there {
		add("unit", strings.TrimSpace(unit))
	}
	if ends {
		add("until", strings.TrimSpace(until))
	}
	return node
}

// ParseGrants reads a cell's grants, such as “role dispatcher at customer-17 until 2027-03-31; permission members.read”. Kind:
// Invalid, codes grant_malformed and until_invalid.
func ParseGrants(text string) ([]Grant, error) {
	var all []Grant
	for one := range strings.SplitSeq(text, ";") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		var g Grant
		fields := grantCell(one, 0).Content
		for i := 0; i+1 < len(fields); i += 2 {
			switch value := fields[i+1].Value; fields[i].Value {
			case "role":
				g.Role = value
			case "permission":
				g.Permission = value
			case "scope":
				g.Scope = value
			case "unit":
				g.Unit = value
			case "until":
				var err error
				if g.Until, err = ParseEnd(value); err != nil {
					return nil, err
				}
			}
		}
		if g.Role == "" && g.Permission == "" && g.Scope == "" {
			return nil, roster.Errorf(roster.Invalid, "grant_malformed", "What somebody holds is written as “role dispatcher at customer-17 until 2027-03-31”.")
		}
		if all = append(all, g); len(all) > mostGrants {
			return nil, roster.Errorf(roster.Invalid, "too_many_grants", "At most %d grants, please. A role can hold several permissions.", mostGrants)
		}
	}
	return all, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// defused gives a text as a cell holds it; fused gives it back. A spreadsheet program sees an apostrophe before what it
// would take for a formula, and what has some of its own there gets one more.
func defused(s string) string {
	bare := strings.TrimLeft(s, "'")
	if bare == clears || sheet.Defused(bare) != bare {
		return "'" + s
	}
	return s
}

func fused(s string) string {
	bare := strings.TrimLeft(s, "'")
	if s != bare && (bare == clears || sheet.Defused(bare) != bare) {
		return s[1:]
	}
	return s
}
