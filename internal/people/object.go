package people

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"roster/internal/roster"
)

// reader is a file that is being read.
type reader struct {
	file File
	bad  roster.Problems
	seen map[string]int // what things are found by, and on which line it stood first
}

// object is one thing of the file, by its fields. What was not taken when it is over is not known.
type object struct {
	r      *reader
	path   string
	line   int
	fields map[string]*yaml.Node
	names  []*yaml.Node
}

// object reads the fields of a node, and refuses those that stand twice.
func (r *reader) object(node *yaml.Node, path string) object {
	o := object{r: r, path: path, line: node.Line, fields: map[string]*yaml.Node{}}
	if node.Kind != yaml.MappingNode {
		r.wrong(node.Line, path, roster.Errorf(roster.Invalid, "type_wrong", "An object with fields belongs here."))
		return o
	}
	stood := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		folded := strings.ToLower(name.Value)
		if stood[folded] {
			r.wrong(name.Line, path+"."+legible(name.Value), roster.Errorf(roster.Invalid, "doubled", "This field stands twice."))
		}
		stood[folded] = true
		o.names = append(o.names, name)
		o.fields[name.Value] = node.Content[i+1]
	}
	return o
}

func (o object) wrong(field string, node *yaml.Node, err *roster.Error) {
	line := o.line
	if node != nil {
		line = node.Line
	}
	o.r.wrong(line, o.path+"."+field, err)
}

func (o object) take(field string) *yaml.Node {
	n := o.fields[field]
	delete(o.fields, field)
	return n
}

// text takes a text: nil where it is not named, empty for null.
func (o object) text(field string) *string {
	n := o.take(field)
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		return new(string)
	case n.Kind != yaml.ScalarNode || n.Tag == "!!bool" || n.Tag == "!!binary" || n.Tag == number:
		o.wrong(field, n, roster.Errorf(roster.Invalid, "type_wrong", "A text belongs here."))
		return nil
	}
	return &n.Value
}

// number is the tag of JSON's numbers, which are no texts; YAML's are as they were written.
const number = "!json/number"

// name is text for what something is found by.
func (o object) name(field string) string {
	if s := o.text(field); s != nil {
		return *s
	}
	return ""
}

func (o object) flag(field string) *bool {
	n := o.take(field)
	if n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	yes := strings.ToLower(n.Value) == "true"
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		o.wrong(field, n, roster.Errorf(roster.Invalid, "type_wrong", "true or false belongs here."))
		return nil
	}
	return &yes
}

func (o object) is(field string) bool {
	b := o.flag(field)
	return b != nil && *b
}

func (o object) texts(field string) *[]string {
	n := o.take(field)
	if n == nil {
		return nil
	}
	all := []string{}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return &all
	}
	if n.Kind != yaml.SequenceNode {
		o.wrong(field, n, roster.Errorf(roster.Invalid, "type_wrong", "A list belongs here."))
		return nil
	}
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode || c.Tag != "!!str" {
			o.wrong(field, c, roster.Errorf(roster.Invalid, "type_wrong", "A text belongs here."))
			return nil
		}
		all = append(all, c.Value)
	}
	return &all
}

// rest refuses what is left: fields that are not known.
func (o object) rest() {
	for _, name := range o.names {
		if n := o.take(name.Value); n != nil {
			err := roster.Errorf(roster.Invalid, "field_unknown", "There is no such field here.")
			if secretive(name.Value) {
				err = roster.Errorf(roster.Invalid, "secret_in_file", "No secret stands in a file. People choose their own password; an API user’s secret is made, and answered once.")
			}
			o.wrong(legible(name.Value), name, err)
		}
	}
}

func secretive(name string) bool {
	return strings.Contains(strings.ToLower(name), "password") || strings.Contains(strings.ToLower(name), "secret")
}

// once refuses what finds a thing where it stands a second time.
func (o object) once(field, key string) {
	if key == "" {
		return
	}
	part, _, _ := strings.Cut(o.path, "[")
	at := part + "\x00" + field + "\x00" + key
	if line, twice := o.r.seen[at]; twice {
		o.wrong(field, nil, roster.Errorf(roster.Invalid, "doubled", "This stands on line %d already. Describe each once.", line))
		return
	}
	o.r.seen[at] = o.line
}

func (o object) unit() Unit {
	u := Unit{
		Line: o.line, ID: o.name("id"), ExternalID: o.text("external_id"), Kind: o.text("kind"), Name: o.text("name"),
		Parent: o.text("parent"), Archived: o.flag("archived"),
	}
	if u.ID == "" && said(u.ExternalID) == "" {
		o.wrong("external_id", nil, roster.Errorf(roster.Invalid, "field_required", "Name the customer account by its external_id or id, by which the file finds it again."))
	}
	o.once("id", u.ID)
	o.once("external_id", said(u.ExternalID))
	return u
}

func (o object) role() Role {
	v := Role{
		Line: o.line, ID: o.name("id"), Key: o.name("key"), Name: o.text("name"), Description: o.text("description"), For: o.text("for"),
		Permissions: o.texts("permissions"), Scopes: o.texts("scopes"), Removed: o.is("removed"),
	}
	if v.ID == "" && v.Key == "" {
		o.wrong("key", nil, roster.Errorf(roster.Invalid, "field_required", "Name the role by its key or id, by which the file finds it again."))
	}
	o.once("id", v.ID)
	o.once("key", v.Key)
	return v
}

func (o object) member() Member {
	m := Member{
		Line: o.line, ID: o.name("id"), ExternalID: o.text("external_id"), Email: o.name("email"), ClientID: o.name("client_id"),
		Kind: o.text("kind"), FirstName: o.text("first_name"), LastName: o.text("last_name"), Name: o.text("name"), Phone: o.text("phone"),
		Unit: o.text("unit"), Ends: o.end("ends_at"), Blocked: o.flag("blocked"), Removed: o.is("removed"), Grants: o.grants(),
	}
	if m.Email != "" {
		if address, err := roster.ParseEmail(m.Email); err != nil {
			o.wrong("email", nil, roster.AsError(err))
		} else {
			o.once("email", address.Folded)
		}
	}
	if m.ID == "" && m.Email == "" && m.ClientID == "" && said(m.ExternalID) == "" {
		o.wrong("email", nil, roster.Errorf(roster.Invalid, "field_required", "Name the member by email, external_id, client_id or id, by which the file finds them again."))
	}
	o.once("id", m.ID)
	o.once("client_id", m.ClientID)
	o.once("external_id", said(m.ExternalID))
	return m
}

// mostGrants bounds the grants of one member.
const mostGrants = 1000

func (o object) grants() *[]Grant {
	n := o.take("grants")
	if n == nil {
		return nil
	}
	all := []Grant{}
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		return &all
	case n.Kind != yaml.SequenceNode:
		o.wrong("grants", n, roster.Errorf(roster.Invalid, "type_wrong", "A list belongs here."))
		return nil
	}
	if len(n.Content) > mostGrants {
		o.wrong("grants", n, roster.Errorf(roster.Invalid, "too_many_grants", "At most %d grants, please. A role can hold several permissions.", mostGrants))
		return nil
	}
	for i, c := range n.Content {
		g := o.r.object(c, o.path+"."+place("grants", i))
		held := Grant{Role: g.name("role"), Permission: g.name("permission"), Scope: g.name("scope"), Unit: g.name("unit")}
		if until := g.end("until"); until != nil {
			held.Until = *until
		}
		all = append(all, held)
		g.rest()
	}
	return &all
}

// end takes an end: a moment, or a day of UTC, at whose end something is over; the zero time where it is cleared.
func (o object) end(field string) *time.Time {
	n := o.fields[field]
	s := o.text(field)
	switch {
	case s == nil:
		return nil
	case *s == "":
		return &time.Time{}
	}
	at, err := ParseEnd(*s)
	if err != nil {
		o.wrong(field, n, roster.AsError(err))
	}
	return &at
}

// ParseEnd reads an end: a moment (RFC 3339), or a day of UTC, at whose end it is over. Kind: Invalid, code
// until_invalid.
func ParseEnd(s string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return roster.NamedEnd(day.AddDate(0, 0, 1)), nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return at, roster.Errorf(roster.Invalid, "until_invalid", "An end is a day such as 2027-03-31 or a moment such as 2027-03-31T18:00:00Z.")
	}
	return roster.NamedEnd(at), nil
}

func said(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
