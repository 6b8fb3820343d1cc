package people_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"roster/internal/people"
	"roster/internal/roster"
)

const sample = `prune: block
units:
  - external_id: north
    kind: account
    name: Nordwind
roles:
  - key: dispatcher
    name: Dispatcher
    description: Sends people out
    for: any
    permissions: [members.read]
    scopes: [admin]
members:
  - email: anna@example.com
    external_id: 0017
    first_name: Anna
    phone: +491701234567
    grants:
      - {role: dispatcher, unit: north, until: 2027-03-31}
  - kind: api
    external_id: gateway
    name: Gateway
    ends_at: 2027-12-31
    blocked: true
    grants: []
`

func read(t *testing.T, text string) people.File {
	t.Helper()
	f, err := people.Read([]byte(text))
	if err != nil {
		t.Fatalf("%v %+v", err, roster.AsError(err).Fields)
	}
	return f
}

// TestFormatsSayTheSame: one file as YAML, as JSON and as CSV is one file.
func TestFormatsSayTheSame(t *testing.T) {
	as := map[string]string{
		"json": `{"prune": "block",
"units": [{"external_id": "north", "kind": "account", "name": "Nordwind"}],
"roles": [{"key": "dispatcher", "name": "Dispatcher", "description": "Sends people out", "for": "any", "permissions": ["members.read"], "scopes": ["admin"]}],
"members": [{"email": "anna@example.com", "external_id": "0017", "first_name": "Anna", "phone": "+491701234567", "grants": [{"role": "dispatcher", "unit": "north", "until": "2027-04-01T00:00:00Z"}]},
 {"kind": "api", "external_id": "gateway", "name": "Gateway", "ends_at": "2028-01-01T00:00:00Z", "blocked": true, "grants": []}]}`,
		"csv": `type,external_id,kind,name,key,description,for,permissions,scopes,email,first_name,phone,blocked,grants,ends_at
unit,north,account,Nordwind
role,,,Dispatcher,dispatcher,Sends people out,any,members.read,admin
,0017,,,,,,,,anna@example.com,Anna,'+491701234567,,role dispatcher at north until 2027-03-31
member,gateway,api,Gateway,,,,,,,,,true,-,2027-12-31
`,
	}
	want := read(t, sample)
	if len(want.Members) != 2 || *want.Members[0].ExternalID != "0017" || !(*want.Members[0].Grants)[0].Until.Equal(time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)) {
		t.Fatalf("read: %+v", want)
	}
	lines := cmpopts.IgnoreFields
	for name, text := range as {
		got := read(t, text)
		got.Prune = want.Prune // no column says it
		if d := cmp.Diff(want, got, lines(people.File{}, "Sum"), lines(people.Unit{}, "Line"), lines(people.Role{}, "Line"), lines(people.Member{}, "Line")); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestFaultsNameLineAndField: what is wrong with a file is told at once, each by its line and field.
func TestFaultsNameLineAndField(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown and twice", "members:\n  - email: a@example.com\n    colour: red\n  - email: A@Example.com\n", `members[0].colour field_unknown Line 3: There is no such field here.|members[1].email doubled Line 4: This stands on line 2 already. Describe each once.`},
		{"one field twice", "members:\n  - email: a@example.com\n    Email: b@example.com\n", `members[0].Email doubled Line 3: This field stands twice.|members[0].Email field_unknown Line 3: There is no such field here.`},
		{"json twice", "{\"members\": [\n{\"email\": \"a@example.com\",\n\"email\": \"b@example.com\"}]}", `members[0].email doubled Line 3: This field stands twice.`},
		{"part twice", `{"members": [], "members": []}`, `members doubled Line 1: members stands twice.`},
		{"secret", "members:\n  - email: a@example.com\n    password: hunter2\n", `members[0].password secret_in_file Line 3: No secret stands in a file. People choose their own password; an API user’s secret is made, and answered once.`},
		{"types", "members:\n  - email: [a]\n    blocked: maybe\n    grants: all\n", `members[0].email type_wrong Line 2: A text belongs here.|members[0].blocked type_wrong Line 3: true or false belongs here.|members[0].grants type_wrong Line 4: A list belongs here.|members[0].email field_required Line 2: Name the member by email, external_id, client_id or id, by which the file finds them again.`},
		{"json number", `{"members": [{"external_id": 17}]}`, `members[0].external_id type_wrong Line 1: A text belongs here.|members[0].email field_required Line 1: Name the member by email, external_id, client_id or id, by which the file finds them again.`},
		{"address", "email\nnobody\n", `members[0].email email_invalid Line 2: `},
		{"until", "members:\n  - email: a@example.com\n    grants:\n      - {role: x, until: soon}\n", `members[0].grants[0].until until_invalid Line 4: An end is a day such as 2027-03-31 or a moment such as 2027-03-31T18:00:00Z.`},
		{"end", "members:\n  - client_id: x\n    ends_at: soon\n", `members[0].ends_at until_invalid Line 3: An end is a day such as 2027-03-31 or a moment such as 2027-03-31T18:00:00Z.`},
		{"prune", "prune: everybody\n", `prune prune_unknown Line 1: `},
		{"column", "email,colour\n", `colour column_unknown Line 1: There is no such column.`},
		{"yaml", "members:\n  - email: \"a\n", ` file_malformed Line `},
		{"json", "{\"members\": [\n{]}", ` file_malformed Line 2 cannot be read`},
		{"json after", "{} {}", ` file_malformed Line 1 cannot be read: something follows after the object.`},
		{"documents", "units: []\n---\nroles: []\n", ` file_malformed Line `},
		{"alias", "units: &a []\nroles: *a\n", ` file_malformed Line 1 cannot be read: anchors and aliases are not taken.`},
		{"text", "hello", ` file_malformed Line 1 cannot be read: a file has the parts prune, units, roles and members.`},
		{"nul in yaml", "members:\n  - email: a@example.com\n    first_name: \"A\\0\"\n", ` file_malformed Line 3 cannot be read: it holds a NUL character, which no text has.`},
		{"nul in yaml's list", "roles:\n  - key: a\n    scopes: [\"\\x00\"]\n", ` file_malformed Line 3 cannot be read: it holds a NUL character, which no text has.`},
		{"nul in json", "{\"members\": [\n{\"id\": \"\\u0000\"}]}", ` file_malformed Line 2 cannot be read: it holds a NUL character, which no text has.`},
		{"nul in json's key", `{"members": [{"email": "a@example.com", "\u0000": 1}]}`, ` file_malformed Line 1 cannot be read: it holds a NUL character, which no text has.`},
		{"nul in csv", "email,grants\na@example.com,role a\x00 at b\n", ` file_malformed Line 2 cannot be read: it holds a NUL character, which no text has.`},
		{"bytes", "units: \xff", ` file_malformed The file is not UTF-8 text.`},
		{"fields", "members: [{" + strings.Repeat("a: b, ", 50_000) + "c: d}]", `members[0].a doubled Line 1: This field stands twice.`},
		{"grants", "members: [{email: a@example.com, grants: [" + strings.Repeat("{role: b}, ", 1001) + "]}]", `members[0].grants too_many_grants Line 1: At most 1000 grants, please.`},
		{"values", strings.Repeat(",", 600_000), ` too_large The file holds too many values.`},
		{"size", strings.Repeat("#", people.MostBytes+1), ` too_large The file is larger than 10 MiB, the most allowed.`},
		{"things", "email\n" + emails(people.MostItems+1), ` too_many_items At most 10000 things stand in one file. Split it.`},
	} {
		_, err := people.Read([]byte(c.text))
		if err == nil {
			t.Errorf("%s: was read", c.name)
			continue
		}
		e := roster.AsError(err)
		said := []string{fmt.Sprintf(" %s %s", e.Code, e.Message)}
		if len(e.Fields) > 0 {
			said = nil
		}
		for _, f := range e.Fields {
			said = append(said, fmt.Sprintf("%s %s %s", f.Field, f.Code, f.Message))
		}
		if got := strings.Join(said, "|"); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func emails(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "p%d@example.com\n", i)
	}
	return b.String()
}

// TestWrittenIsRead: whatever a file can say is the same after it was written and read, in every format.
func TestWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var want people.File
		word := rapid.StringMatching(`['=+\-@a-zA-Zäß"#:,;{}\[\]|&*!%0-9 .]{0,12}[a-z]`)
		text := func(name string) *string { s := strings.TrimSpace(word.Draw(rt, name)); return &s }
		flag := func() *bool { b := true; return &b }
		for i := range rapid.IntRange(0, 3).Draw(rt, "units") {
			ext := fmt.Sprintf("u%d", i)
			u := people.Unit{ExternalID: &ext, Kind: text("kind"), Name: text("name")}
			if rapid.Bool().Draw(rt, "archived") {
				u.Archived, u.Parent = flag(), text("parent")
			}
			want.Units = append(want.Units, u)
		}
		for i := range rapid.IntRange(0, 2).Draw(rt, "roles") {
			want.Roles = append(want.Roles, people.Role{Key: fmt.Sprintf("r%d", i), Name: text("name"), Description: text("text"), For: text("for"), Permissions: &[]string{"a.b", "c.d"}})
		}
		for i := range rapid.IntRange(0, 3).Draw(rt, "members") {
			m := people.Member{Email: fmt.Sprintf("p%d@example.com", i), Kind: text("kind"), FirstName: text("first"), Phone: text("phone"), Grants: &[]people.Grant{}}
			for range rapid.IntRange(0, 2).Draw(rt, "grants") {
				g := people.Grant{Role: "r0", Unit: "u0", Until: time.UnixMicro(rapid.Int64Range(1e15, 2e15).Draw(rt, "until")).UTC()}
				*m.Grants = append(*m.Grants, g, people.Grant{Scope: "network"})
			}
			if rapid.Bool().Draw(rt, "ends") {
				end := time.UnixMicro(rapid.Int64Range(1e15, 2e15).Draw(rt, "end")).UTC()
				m.Ends = &end
			}
			want.Members = append(want.Members, m)
		}
		for _, format := range people.Formats() {
			var b bytes.Buffer
			if err := write(&b, format, want); err != nil {
				rt.Fatal(err)
			}
			got, err := people.Read(b.Bytes())
			if err != nil {
				rt.Fatalf("%s: %v %+v\n%s", format, err, roster.AsError(err).Fields, b.String())
			}
			if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(people.File{}, "Sum"), cmpopts.IgnoreFields(people.Unit{}, "Line"), cmpopts.IgnoreFields(people.Role{}, "Line", "Scopes"), cmpopts.IgnoreFields(people.Member{}, "Line")); d != "" {
				rt.Fatalf("%s: %s\n%s", format, d, b.String())
			}
		}
	})
}

func write(b *bytes.Buffer, format people.Format, f people.File) error {
	w, err := people.NewWriter(format, b)
	for _, u := range f.Units {
		if err == nil {
			err = w.Unit(u)
		}
	}
	for _, v := range f.Roles {
		if v.Scopes = new([]string); err == nil {
			err = w.Role(v)
		}
	}
	for _, m := range f.Members {
		if err == nil {
			err = w.Member(m)
		}
	}
	if err == nil {
		err = w.Close()
	}
	return err
}

// FuzzRead: no file makes the reader fail otherwise than by an error that says where, and what it reads stays within its
// bounds.
func FuzzRead(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("type;email;grants\nmember;a@example.com;role x at y until 2027-01-01"))
	f.Add([]byte(`{"members": [{"email": "a@example.com", "grants": [{"role": "x"}]}], "prune": null}`))
	f.Add([]byte("members: [{email: a@example.com}]\n"))
	f.Add([]byte("\ufeffemail\r\n\"a@example.com\"\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := people.Read(data)
		if err != nil {
			if e := roster.AsError(err); e.Kind != roster.Invalid {
				t.Fatalf("%s: %v", e.Kind, err)
			}
			return
		}
		if file.Items() > people.MostItems || file.Sum == "" {
			t.Fatalf("%d things", file.Items())
		}
		for _, m := range file.Members {
			if m.Line < 1 || m.ID+m.Email+m.ClientID == "" && (m.ExternalID == nil || *m.ExternalID == "") {
				t.Fatalf("nobody: %+v", m)
			}
		}
	})
}
