package people

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"roster/internal/roster"
)

// Writer writes a file thing by thing: first customer accounts, then roles, then members. Close ends it.
type Writer struct {
	format Format
	to     *bufio.Writer
	table  *csv.Writer
	part   string // that is being written
	parts  int
}

// NewWriter begins a file.
func NewWriter(f Format, to io.Writer) (*Writer, error) {
	w := &Writer{format: f, to: bufio.NewWriter(to)}
	switch f {
	case CSV:
		w.table = csv.NewWriter(w.to)
		w.table.UseCRLF = true
		return w, w.table.Write(header())
	case JSON:
		return w, w.text("{")
	}
	return w, nil
}

func (w *Writer) text(s string) error {
	_, err := w.to.WriteString(s)
	return err
}

// Close writes what is left.
func (w *Writer) Close() error {
	var err error
	switch w.format {
	case CSV:
		w.table.Flush()
		err = w.table.Error()
	case JSON:
		if w.part != "" {
			err = w.text("\n  ]")
		}
		if err == nil {
			err = w.text("\n}\n")
		}
	default:
		if w.parts == 0 {
			err = w.text("{}\n")
		}
	}
	if err != nil {
		return fmt.Errorf("people: %w", err)
	}
	return w.to.Flush()
}

type unitDocument struct {
	ID         string `json:"id,omitempty" yaml:"id,omitempty"`
	ExternalID string `json:"external_id,omitempty" yaml:"external_id,omitempty"`
	Kind       string `json:"kind" yaml:"kind"`
	Name       string `json:"name" yaml:"name"`
	Parent     string `json:"parent,omitempty" yaml:"parent,omitempty"`
	Archived   bool   `json:"archived,omitempty" yaml:"archived,omitempty"`
}

type roleDocument struct {
	Key         string   `json:"key" yaml:"key"`
	Name        string   `json:"name" yaml:"name"`
	Description string   `json:"description" yaml:"description"`
	For         string   `json:"for" yaml:"for"`
	Permissions []string `json:"permissions" yaml:"permissions,flow"`
	Scopes      []string `json:"scopes,omitempty" yaml:"scopes,omitempty,flow"`
}

type memberDocument struct {
	Email      string          `json:"email,omitempty" yaml:"email,omitempty"`
	ClientID   string          `json:"client_id,omitempty" yaml:"client_id,omitempty"`
	ExternalID string          `json:"external_id,omitempty" yaml:"external_id,omitempty"`
	Kind       string          `json:"kind" yaml:"kind"`
	FirstName  string          `json:"first_name,omitempty" yaml:"first_name,omitempty"`
	LastName   string          `json:"last_name,omitempty" yaml:"last_name,omitempty"`
	Name       string          `json:"name,omitempty" yaml:"name,omitempty"`
	Phone      string          `json:"phone,omitempty" yaml:"phone,omitempty"`
	Unit       string          `json:"unit,omitempty" yaml:"unit,omitempty"`
	EndsAt     string          `json:"ends_at,omitempty" yaml:"ends_at,omitempty"`
	Blocked    bool            `json:"blocked,omitempty" yaml:"blocked,omitempty"`
	Grants     []grantDocument `json:"grants" yaml:"grants"`
}

type grantDocument struct {
	Role       string `json:"role,omitempty" yaml:"role,omitempty"`
	Permission string `json:"permission,omitempty" yaml:"permission,omitempty"`
	Scope      string `json:"scope,omitempty" yaml:"scope,omitempty"`
	Unit       string `json:"unit,omitempty" yaml:"unit,omitempty"`
	Until      string `json:"until,omitempty" yaml:"until,omitempty"`
}

// Unit writes a customer account.
func (w *Writer) Unit(u Unit) error {
	d := unitDocument{ID: u.ID, ExternalID: said(u.ExternalID), Kind: said(u.Kind), Name: said(u.Name), Parent: said(u.Parent), Archived: u.Archived != nil && *u.Archived}
	return w.write("units", d, map[string]string{
		"type": "unit", "id": d.ID, "external_id": d.ExternalID, "kind": d.Kind, "name": d.Name, "parent": d.Parent, "archived": yes(d.Archived),
	})
}

// Role writes a role.
func (w *Writer) Role(v Role) error {
	d := roleDocument{Key: v.Key, Name: said(v.Name), Description: said(v.Description), For: said(v.For), Permissions: *v.Permissions, Scopes: *v.Scopes}
	return w.write("roles", d, map[string]string{
		"type": "role", "key": d.Key, "name": d.Name, "description": d.Description, "for": d.For,
		"permissions": strings.Join(d.Permissions, "; "), "scopes": strings.Join(d.Scopes, "; "),
	})
}

// Member writes a member.
func (w *Writer) Member(m Member) error {
	d := memberDocument{
		Email: m.Email, ClientID: m.ClientID, ExternalID: said(m.ExternalID), Kind: said(m.Kind), FirstName: said(m.FirstName), LastName: said(m.LastName),
		Name: said(m.Name), Phone: said(m.Phone), Unit: said(m.Unit), Blocked: m.Blocked != nil && *m.Blocked, Grants: []grantDocument{},
	}
	if m.Ends != nil {
		d.EndsAt = WriteEnd(*m.Ends)
	}
	texts := []string{}
	for _, g := range *m.Grants {
		d.Grants = append(d.Grants, grantDocument{g.Role, g.Permission, g.Scope, g.Unit, WriteEnd(g.Until)})
		texts = append(texts, g.String())
	}
	grants := strings.Join(texts, "; ")
	if grants == "" {
		grants = clears
	}
	return w.write("members", d, map[string]string{
		"type": "member", "email": d.Email, "client_id": d.ClientID, "external_id": d.ExternalID, "kind": d.Kind, "first_name": d.FirstName,
		"last_name": d.LastName, "name": d.Name, "phone": d.Phone, "unit": d.Unit, "ends_at": d.EndsAt, "blocked": yes(d.Blocked), "grants": grants,
	})
}

// String gives a grant as it stands in a cell: “role dispatcher at customer-17 until 2027-03-31T18:00:00Z”.
func (g Grant) String() string {
	s := roster.Grant{Role: g.Role, Permission: g.Permission, Scope: g.Scope}.What()
	if g.Unit != "" {
		s += " at " + g.Unit
	}
	if !g.Until.IsZero() {
		s += " until " + WriteEnd(g.Until)
	}
	return s
}

// WriteEnd writes an end so that ParseEnd reads it; nothing for none.
func WriteEnd(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// Telling tells whether an external ID can stand in a cell's grants: nothing in it is taken for the words between.
func Telling(externalID string) bool { return !strings.ContainsAny(externalID, "; ") }

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}

func (w *Writer) write(part string, document any, cells map[string]string) error {
	if w.format == CSV {
		row := make([]string, len(header()))
		for i, name := range header() {
			if row[i] = defused(cells[name]); name == "grants" {
				row[i] = cells[name]
			}
		}
		return w.table.Write(row)
	}
	first := w.part != part
	if first {
		if err := w.begin(part); err != nil {
			return err
		}
	}
	if w.format == JSON {
		data, err := json.Marshal(document)
		if err != nil {
			return fmt.Errorf("people: %w", err)
		}
		if !first {
			err = w.text(",")
		}
		if err == nil {
			err = w.text("\n    " + string(data))
		}
		return err
	}
	data, err := yaml.Marshal([]any{document})
	if err != nil {
		return fmt.Errorf("people: %w", err)
	}
	return w.text(string(data))
}

// begin begins a part.
func (w *Writer) begin(part string) error {
	before := ""
	switch {
	case w.format == YAML && w.parts > 0:
		before = "\n"
	case w.format == JSON && w.parts > 0:
		before = "\n  ],\n  "
	case w.format == JSON:
		before = "\n  "
	}
	w.part = part
	w.parts++
	if w.format == JSON {
		return w.text(before + `"` + part + `": [`)
	}
	return w.text(before + part + ":\n")
}
