package column

import (
	"strings"

	"roster/internal/people"
	"roster/internal/roster"
)

// Read reads a row as a member. What it does not say is nil, and so stays as it is; a blank cell says nothing, and no cell
// clears a field. Roles and units stand in it as the row names them. Kind: Invalid, each field that is wrong with what to do.
func (m Mapping) Read(number int, cells []string) (people.Member, error) {
	r := row{mapping: m, cells: cells}
	out := people.Member{
		Line: number, ID: r.text(ID), ClientID: r.text(ClientID), ExternalID: r.maybe(ExternalID), Email: r.text(Email),
		Kind: r.kind(), FirstName: r.name(FirstName), LastName: r.name(LastName), Name: r.name(Name), Phone: r.phone(), Unit: r.maybe(Unit), Blocked: r.blocked(),
	}
	if out.Email != "" {
		_, err := roster.ParseEmail(out.Email)
		r.bad.Add(string(Email), err)
	}
	if out.ID == "" && out.ClientID == "" && out.ExternalID == nil && out.Email == "" {
		r.bad.Add(string(Email), roster.Errorf(roster.Invalid, "field_required", "Give an e-mail address or, for an API user, an external ID."))
	}
	r.whole(&out)
	if all := r.grants(); len(all) > 0 {
		out.Grants = &all
	}
	return out, r.bad.Err()
}

// row is a row that is being read.
type row struct {
	mapping Mapping
	cells   []string
	bad     roster.Problems
}

func (r *row) text(f Field) string {
	for i, is := range r.mapping {
		if is == f && i < len(r.cells) {
			return strings.TrimSpace(r.cells[i])
		}
	}
	return ""
}

func (r *row) maybe(f Field) *string {
	if s := r.text(f); s != "" {
		return &s
	}
	return nil
}

func (r *row) name(f Field) *string {
	s := r.maybe(f)
	if s != nil {
		_, err := roster.CleanName(*s)
		r.bad.Add(string(f), err)
	}
	return s
}

func (r *row) phone() *string {
	s := r.maybe(Phone)
	if s != nil {
		_, err := roster.ParsePhone(*s)
		r.bad.Add(string(Phone), err)
	}
	return s
}

// kind reads what kind of member a row is about, in any of the languages.
func (r *row) kind() *string {
	s := r.text(Kind)
	kind := ""
	switch bare(s) {
	case "":
		return nil
	case "regular", "person", "member", "internal", "pessoa", "membro", "interno", "interna":
		kind = string(roster.Regular)
	case "external", "externaluser", "externo", "externa", "usuarioexterno", "usuariaexterna":
		kind = string(roster.External)
	case "api", "apiuser", "serviceaccount", "usuariodeapi", "program", "programa":
		kind = string(roster.API)
	default:
		r.bad.Add(string(Kind), roster.Errorf(roster.Invalid, "kind_unknown", "A kind is regular, external or api."))
		return nil
	}
	return &kind
}

// blocked reads whether somebody begins blocked. Nobody who is there is blocked or let in again by a row.
func (r *row) blocked() *bool {
	yes := true
	switch bare(r.text(Blocked)) {
	case "", "false", "no", "n", "0", "nao", "falso":
		return nil
	case "true", "yes", "y", "x", "1", "sim", "s", "verdadeiro":
		return &yes
	}
	r.bad.Add(string(Blocked), roster.Errorf(roster.Invalid, "type_wrong", "Write yes or no here."))
	return nil
}

// whole takes a person's whole name apart, where the row has no other. An API user's stays.
func (r *row) whole(m *people.Member) {
	if m.Name == nil || m.ClientID != "" || m.Kind != nil && *m.Kind == string(roster.API) {
		return
	}
	if m.Email == "" && m.Kind == nil { // perhaps an API user, which the rooms know
		return
	}
	first, last, _ := strings.Cut(strings.Join(strings.Fields(*m.Name), " "), " ")
	if m.Name = nil; m.FirstName == nil && m.LastName == nil {
		m.FirstName = &first
		if last != "" {
			m.LastName = &last
		}
	}
}

// grants reads what the row gives.
func (r *row) grants() []people.Grant {
	var all []people.Grant
	end := people.Grant{Unit: r.text(At)}
	if s := r.text(Until); s != "" {
		var err error
		if end.Until, err = people.ParseEnd(s); err != nil {
			r.bad.Add(string(Until), err)
		}
	}
	for _, of := range []Field{Roles, Permissions, Scopes} {
		for one := range strings.SplitSeq(r.text(of), ";") {
			if one = strings.TrimSpace(one); one == "" {
				continue
			}
			g := end
			switch of {
			case Roles:
				g.Role = one
			case Permissions:
				g.Permission = one
			default:
				g.Scope = one
			}
			all = append(all, g)
		}
	}
	if len(all) == 0 && end.Unit != "" {
		r.bad.Add(string(At), roster.Errorf(roster.Invalid, "field_required", "Name the role that is held there, or leave this cell empty."))
	}
	if len(all) == 0 && !end.Until.IsZero() {
		r.bad.Add(string(Until), roster.Errorf(roster.Invalid, "field_required", "Name the role that ends then, or leave this cell empty."))
	}
	more, err := people.ParseGrants(r.text(Grants))
	r.bad.Add(string(Grants), err)
	return append(all, more...)
}
