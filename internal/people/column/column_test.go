package column_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/language"

	"roster/internal/people"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/sheet"
)

func TestColumnsAreGuessedInBothLanguages(t *testing.T) {
	for header, want := range map[string]string{
		"First name|Last name|E-mail|Role|Shoe size": "first_name last_name email roles -",
		"first_name|LAST NAME|email address|roles|":  "first_name last_name email roles -",
		"Nome|Sobrenome|E-mail|Papéis|Válido até":    "first_name last_name email roles until",
		"Nome completo|Endereco de e-mail|Telefone":  "name email phone",
		"Nome|E-mail|Mail":                           "name email -",
		"Matrícula|Conta de cliente|Tipo|Onde":       "external_id unit kind at",
		"Client ID|Client|Grants|ID":                 "client_id unit grants id",
	} {
		m := column.Guess(strings.Split(header, "|"))
		var got []string
		for _, f := range m {
			if f == column.None {
				f = "-"
			}
			got = append(got, string(f))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: guessed %s, want %s", header, got, want)
		}
	}
	header := []string{"E-mail", "Shoe size", "", "Mail"}
	if left := column.Guess(header).Left(header); strings.Join(left, "|") != "Shoe size|Mail" {
		t.Errorf("left out: %q", left)
	}
}

// TestATemplateIsUnderstood: every heading of a template is guessed to be what it is for, in each format and language.
func TestATemplateIsUnderstood(t *testing.T) {
	for _, tag := range []language.Tag{language.English, language.BrazilianPortuguese} {
		for _, f := range []sheet.Format{sheet.CSV, sheet.XLSX} {
			var b bytes.Buffer
			if err := column.Template(f, &b, "Team", tag); err != nil {
				t.Fatal(err)
			}
			rows, err := sheet.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
			if err != nil {
				t.Fatal(err)
			}
			header, err := rows.Next()
			if err != nil {
				t.Fatal(err)
			}
			m := column.Guess(header.Cells)
			if left := m.Left(header.Cells); len(left) > 0 || m.Check() != nil || len(m) != 14 {
				t.Errorf("%s %s: %v leaves out %q, %v", tag, f, m, left, m.Check())
			}
		}
	}
	seen := map[string]column.Field{}
	for _, f := range column.Fields() {
		for _, tag := range []language.Tag{language.English, language.BrazilianPortuguese} {
			if m := column.Guess([]string{f.Heading(tag)}); m[0] != f {
				t.Errorf("%s is taken for %s", f.Heading(tag), m[0])
			}
			if other, twice := seen[f.Heading(tag)]; twice && other != f {
				t.Errorf("%s heads %s and %s", f.Heading(tag), f, other)
			}
			seen[f.Heading(tag)] = f
		}
	}
}

func TestAMappingMustFindMembers(t *testing.T) {
	for _, c := range []struct {
		m    column.Mapping
		code string
	}{
		{column.Mapping{column.Email, column.None, column.None}, ""},
		{column.Mapping{column.ExternalID}, ""},
		{column.Mapping{column.FirstName}, "field_required"},
		{column.Mapping{column.Email, column.Email}, "doubled"},
		{column.Mapping{column.Email, "shoe_size"}, "field_unknown"},
	} {
		if err := c.m.Check(); (err == nil) != (c.code == "") || err != nil && !roster.Is(err, c.code) {
			t.Errorf("%v: %v, want %q", c.m, err, c.code)
		}
	}
}

// told tells what a row says.
func told(m people.Member, err error) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%d", m.Line)
	add := func(name string, v *string) {
		if v != nil && *v != "" {
			fmt.Fprintf(&s, " %s=%s", name, *v)
		}
	}
	add("email", &m.Email)
	add("kind", m.Kind)
	add("first", m.FirstName)
	add("last", m.LastName)
	add("name", m.Name)
	add("phone", m.Phone)
	add("unit", m.Unit)
	add("external", m.ExternalID)
	if m.Blocked != nil {
		fmt.Fprintf(&s, " blocked=%t", *m.Blocked)
	}
	if m.Grants != nil {
		for _, g := range *m.Grants {
			s.WriteString(" +" + g.String())
		}
	}
	if err != nil {
		for _, f := range roster.AsError(err).Fields {
			fmt.Fprintf(&s, " !%s:%s", f.Field, f.Code)
		}
	}
	return s.String()
}

func TestRowsAreReadAsMembers(t *testing.T) {
	for _, c := range []struct{ header, cells, want string }{
		{"E-mail|First name|Last name|Phone", "anna@example.com| Anna |Berg|+55 11 5555 0100", "7 email=anna@example.com first=Anna last=Berg phone=+55 11 5555 0100"},
		{"E-mail|Name", "anna@example.com|Anna  von Berg", "7 email=anna@example.com first=Anna last=von Berg"},
		{"E-mail|Nome|Sobrenome", "anna@example.com|Anna|Berg", "7 email=anna@example.com first=Anna last=Berg"},
		{"Kind|External ID|Name|Blocked", "Usuário de API|gw|Gate way|sim", "7 kind=api name=Gate way external=gw blocked=true"},
		{
			"E-mail|Kind|Customer account|Roles|Where|Until", "bo@example.com|External|Nordwind / Fleet|a; b|north|2027-03-31",
			"7 email=bo@example.com kind=external unit=Nordwind / Fleet +role a at north until 2027-04-01T00:00:00Z +role b at north until 2027-04-01T00:00:00Z",
		},
		{"E-mail|Grants|Permissions|Scopes", "bo@example.com|role x at y; scope s|members.read|admin", "7 email=bo@example.com +permission members.read +scope admin +role x at y +scope s"},
		{"E-mail|Roles|Shoe size", "bo@example.com", "7 email=bo@example.com"},
		{"E-mail|Blocked", "bo@example.com|no", "7 email=bo@example.com"},
		{"E-mail|Phone|Kind|Until|Blocked", "no address|12|robot|31.3.2027|maybe", "7 email=no address phone=12 !kind:kind_unknown !phone:phone_invalid !blocked:type_wrong !email:email_invalid !until:until_invalid"},
		{"E-mail|First name", "|Anna", "7 first=Anna !email:field_required"},
		{"E-mail|Where", "bo@example.com|north", "7 email=bo@example.com !at:field_required"},
		{"E-mail|Grants", "bo@example.com|dispatcher", "7 email=bo@example.com !grants:grant_malformed"},
		{"E-mail|Last name", "bo@example.com|a\u202eb", "7 email=bo@example.com last=a\u202eb !last_name:bidi_control"},
	} {
		m := column.Guess(strings.Split(c.header, "|"))
		if got := told(m.Read(7, strings.Split(c.cells, "|"))); got != c.want {
			t.Errorf("%s / %s\n got %s\nwant %s", c.header, c.cells, got, c.want)
		}
	}
}
