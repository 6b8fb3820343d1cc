// Package column reads a table of people, such as a spreadsheet holds, as members: which column means which field is guessed
// by its heading, and told otherwise by whoever looks at it; each row is checked for its form. What a row's units and roles
// are, and whether the row can be done, is the rooms'. It reads no file and knows no organisation.
package column

import (
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"roster/internal/roster"
	"roster/internal/sheet"
)

// Field is what a column may say of a member.
type Field string

// The fields. Of Roles, Permissions, Scopes and Grants a cell may name several, with semicolons between.
const (
	None        Field = "" // the column is left out
	ID          Field = "id"
	ExternalID  Field = "external_id"
	Email       Field = "email"
	ClientID    Field = "client_id"
	Kind        Field = "kind"
	FirstName   Field = "first_name"
	LastName    Field = "last_name"
	Name        Field = "name" // an API user's; a person's whole name, of which the first word is the first name
	Phone       Field = "phone"
	Unit        Field = "unit" // the customer account that an external user is bound to
	Roles       Field = "roles"
	Permissions Field = "permissions"
	Scopes      Field = "scopes"
	At          Field = "at"    // where these hold
	Until       Field = "until" // how long
	Grants      Field = "grants"
	Blocked     Field = "blocked"
)

// known is a field with the headings that mean it, the first of a language as a template has it.
type known struct {
	field               Field
	english, portuguese []string
}

// fields are all there are, in the order of a template.
func fields() []known {
	return []known{
		{Kind, []string{"Kind", "Type", "User type", "Member type"}, []string{"Tipo", "Tipo de usuário", "Tipo de membro"}},
		{Email, []string{"E-mail", "Mail", "E-mail address", "Address", "Login"}, []string{"E-mail", "Endereço de e-mail", "Correio eletrônico", "Endereço"}},
		{FirstName, []string{"First name", "First", "Given name", "Forename"}, []string{"Nome próprio", "Primeiro nome", "Prenome"}},
		{LastName, []string{"Last name", "Last", "Surname", "Family name"}, []string{"Sobrenome", "Último nome", "Apelido"}},
		{Name, []string{"Name", "Full name", "Display name"}, []string{"Nome", "Nome completo"}},
		{Phone, []string{"Phone", "Phone number", "Telephone", "Mobile", "Mobile phone", "Cell phone"}, []string{"Telefone", "Número de telefone", "Celular", "Fone"}},
		{Unit, []string{"Customer account", "Account", "Customer", "Client", "Unit"}, []string{"Conta de cliente", "Conta", "Cliente", "Unidade"}},
		{Roles, []string{"Roles", "Role"}, []string{"Papéis", "Papel", "Perfil", "Função"}},
		{Permissions, []string{"Permissions", "Permission", "Rights"}, []string{"Permissões", "Permissão", "Direitos"}},
		{Scopes, []string{"Scopes", "Scope", "Section"}, []string{"Escopos", "Escopo"}},
		{At, []string{"Where", "At", "Place", "Role at"}, []string{"Onde", "Em", "Lugar"}},
		{Until, []string{"Until", "Valid until", "Expires", "Ends", "End"}, []string{"Até", "Válido até", "Validade", "Expira", "Fim"}},
		{ExternalID, []string{"External ID", "Employee ID", "Employee number", "Personnel number"}, []string{"ID externo", "Código externo", "Matrícula"}},
		{Blocked, []string{"Blocked", "Start blocked", "Disabled"}, []string{"Bloqueado", "Bloqueada", "Começar bloqueado"}},
		{Grants, []string{"Grants", "Access"}, []string{"Concessões", "Acesso"}},
		{ClientID, []string{"Client ID"}, []string{"ID do cliente", "ID de cliente"}},
		{ID, []string{"ID", "Member ID"}, []string{"ID do membro", "ID de membro"}},
	}
}

// Fields gives all fields, in the order of a template.
func Fields() []Field {
	var all []Field
	for _, k := range fields() {
		all = append(all, k.field)
	}
	return all
}

// Heading gives a field's heading in a language, as a template has it.
func (f Field) Heading(tag language.Tag) string {
	base, _ := tag.Base()
	for _, k := range fields() {
		if k.field == f {
			if base.String() == "pt" {
				return k.portuguese[0]
			}
			return k.english[0]
		}
	}
	return ""
}

// Template writes a file of headings alone, in a language.
func Template(f sheet.Format, to io.Writer, title string, tag language.Tag) error {
	var headings []string
	for _, field := range Fields() {
		if field != Grants && field != ID && field != ClientID { // those that few need are known all the same
			headings = append(headings, field.Heading(tag))
		}
	}
	t, err := sheet.New(f, to, title, headings)
	if err != nil {
		return err
	}
	return t.Close()
}

// Mapping tells for each column of a table what it means.
type Mapping []Field

// Guess maps the columns of a header by what they are headed, in any of the languages; what is not known, or means the same as
// a column before it, is left out.
func Guess(header []string) Mapping {
	m := make(Mapping, len(header))
	for i, h := range header {
		if f := meant(h); f != None && !slices.Contains(m[:i], f) {
			m[i] = f
		}
	}
	// “Nome” beside “Sobrenome” is the first one.
	if i := slices.Index(m, Name); i >= 0 && slices.Contains(m, LastName) && !slices.Contains(m, FirstName) {
		m[i] = FirstName
	}
	return m
}

func meant(heading string) Field {
	h := bare(heading)
	if h == "" {
		return None
	}
	for _, k := range fields() {
		if h == bare(string(k.field)) {
			return k.field
		}
		for _, word := range slices.Concat(k.english, k.portuguese) {
			if h == bare(word) {
				return k.field
			}
		}
	}
	return None
}

// bare gives a text's letters and digits alone, folded.
func bare(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
		return -1
	}, roster.Fold(s))
}

// Left gives the columns of a header that are left out, by their headings.
func (m Mapping) Left(header []string) []string {
	var left []string
	for i, h := range header {
		if h != "" && (i >= len(m) || m[i] == None) {
			left = append(left, h)
		}
	}
	return left
}

// Check tells what is wrong with a mapping. Kind: Invalid, codes field_unknown, doubled and field_required.
func (m Mapping) Check() error {
	var bad roster.Problems
	all := Fields()
	for i, f := range m {
		switch {
		case f == None:
		case !slices.Contains(all, f):
			bad.Add("columns", roster.Errorf(roster.Invalid, "field_unknown", "Column %d: there is no such field.", i+1))
		case slices.Contains(m[:i], f):
			bad.Add("columns", roster.Errorf(roster.Invalid, "doubled", "Column %d means the same as column %d. Leave one of them out.", i+1, slices.Index(m, f)+1))
		}
	}
	if !slices.ContainsFunc(m, func(f Field) bool { return f == Email || f == ExternalID || f == ClientID || f == ID }) {
		bad.Add("columns", roster.Errorf(roster.Invalid, "field_required", "Tell which column holds the e-mail address, the external ID, the client ID or the ID, by which members are found."))
	}
	return bad.Err()
}
