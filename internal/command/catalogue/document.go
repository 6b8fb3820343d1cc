package catalogue

import (
	"fmt"
	"strings"

	"roster/internal/action/catalogue"
	"roster/internal/command"
	"roster/internal/roster"
	"roster/internal/store/cataloguedb"
)

type appliedDocument struct {
	Version     int64                `json:"version"`
	Changed     bool                 `json:"changed"`
	Differences []differenceDocument `json:"differences"`
}

type planDocument struct {
	Version     int64                `json:"version"`
	Differences []differenceDocument `json:"differences"`
	InTheWay    []useDocument        `json:"in_the_way"`
	Touched     []useDocument        `json:"touched"`
	BuiltIn     []shiftDocument      `json:"built_in"`
	Moved       []moveDocument       `json:"moved"`
}

type differenceDocument struct {
	Change string `json:"change"`
	What   string `json:"what"`
	Key    string `json:"key"`
	Field  string `json:"field,omitempty"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
}

type useDocument struct {
	Permission   string       `json:"permission,omitempty"`
	Scope        string       `json:"scope,omitempty"`
	Organisation roster.OrgID `json:"organisation"`
	Name         string       `json:"organisation_name"`
	Role         string       `json:"role,omitempty"`
	RoleName     string       `json:"role_name,omitempty"`
	Members      int          `json:"members"`
}

type shiftDocument struct {
	Role  string   `json:"role"`
	Gains []string `json:"gains"`
	Loses []string `json:"loses"`
}

type moveDocument struct {
	Organisation roster.OrgID `json:"organisation"`
	Name         string       `json:"organisation_name"`
	Members      int          `json:"members"`
	Names        []string     `json:"names"`
}

func planOf(p catalogue.Plan) planDocument {
	d := planDocument{
		Version: p.Version, Differences: differences(p.Differences), InTheWay: uses(p.InTheWay), Touched: uses(p.Touched),
		BuiltIn: []shiftDocument{}, Moved: []moveDocument{},
	}
	for _, s := range p.BuiltIn {
		d.BuiltIn = append(d.BuiltIn, shiftDocument{s.Role.Key, append([]string{}, s.Gains...), append([]string{}, s.Loses...)})
	}
	for _, m := range p.Moved {
		d.Moved = append(d.Moved, moveDocument{m.Org, m.OrgName, m.Members, m.Names})
	}
	return d
}

func differences(all []catalogue.Difference) []differenceDocument {
	docs := []differenceDocument{}
	for _, d := range all {
		docs = append(docs, differenceDocument{d.Change, d.What, d.Key, d.Field, d.From, d.To})
	}
	return docs
}

func uses(all []cataloguedb.Use) []useDocument {
	docs := []useDocument{}
	for _, u := range all {
		docs = append(docs, useDocument{u.Permission, u.Scope, u.Org, u.OrgName, u.Role, u.RoleName, u.Members})
	}
	return docs
}

// counted sums differences up: "2 added, 1 changed".
func counted(all []catalogue.Difference) string {
	n := map[string]int{}
	seen := map[string]bool{}
	for _, d := range all {
		if key := d.What + " " + d.Key; !seen[key] {
			seen[key] = true
			n[d.Change]++
		}
	}
	var parts []string
	for _, change := range []string{catalogue.Added, catalogue.Changed, catalogue.Removed} {
		if n[change] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[change], change))
		}
	}
	return command.OrElse(strings.Join(parts, ", "), "another order")
}

// few names the first of many.
func few(names []string) string {
	const most = 6
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

func gainsAndLosses(s catalogue.Shift) string {
	var parts []string
	if len(s.Gains) > 0 {
		parts = append(parts, "gains "+few(s.Gains))
	}
	if len(s.Loses) > 0 {
		parts = append(parts, "loses "+few(s.Loses))
	}
	return strings.Join(parts, "; ")
}

// use tells in a sentence who holds a key.
func use(u cataloguedb.Use) string {
	if u.Role != "" {
		return fmt.Sprintf("%s%s stands in the role %s of %s, which %s hold.", u.Permission, u.Scope, u.RoleName, u.OrgName, command.Plural(u.Members, "member"))
	}
	return fmt.Sprintf("%s%s is given to %s of %s.", u.Permission, u.Scope, command.Plural(u.Members, "member"), u.OrgName)
}
