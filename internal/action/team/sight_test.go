package team_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/people"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// hiding is an organisation of which Nora administers North and the Yard alone; the Yard stands in something that she
// does not see, and that is archived.
type hiding struct {
	*rostertest.House
	north, south, yard roster.UnitID
	here, bare         roster.MemberID // of whom she sees the same: the one holds more out of her sight
	nora               context.Context
}

func hides(t *testing.T, h *rostertest.House) hiding {
	t.Helper()
	owner := h.As(h.Owner)
	account := func(name, external, parent string) roster.UnitID {
		v, err := h.Units.Create(owner, unit.Draft{Kind: roster.Account, Name: name, ExternalID: external, Parent: parent})
		if err != nil {
			t.Fatal(err)
		}
		return v.ID
	}
	s := hiding{House: h, north: account("North", "north", ""), south: account("Secret South", "crm:4711", "")}
	old, holding := account("Secret Old", "crm:4712", ""), account("Secret Holding", "crm:4713", "")
	s.yard = account("Yard", "yard", string(holding))
	member := func(at roster.UnitID) team.Giving { return team.Giving{Role: roster.RoleMember, Unit: at} }
	s.here = h.Holder("Here", member(s.north), member(s.south), member("")).Member
	s.bare = h.Holder("Bare", member(s.north)).Member
	guest := invitation("guest@example.com", "Gus", "Guest")
	guest.Kind, guest.Unit, guest.Grants = roster.External, string(holding), []team.Giving{member(s.yard)}
	if _, err := h.Team.Invite(owner, guest); err != nil {
		t.Fatal(err)
	}
	administers := func(at roster.UnitID) []team.Giving {
		return []team.Giving{{Role: roster.RoleUserAdministrator, Unit: at}, {Permission: authz.UnitsWrite, Unit: at}}
	}
	s.nora = h.As(h.Holder("Nora", slices.Concat(administers(s.north), administers(s.yard))...))
	for _, id := range []roster.UnitID{old, holding} {
		if _, err := h.Units.Archive(owner, id, 0); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// said tells all of a refusal.
func said(err error) string {
	if err == nil {
		return "done"
	}
	e := roster.AsError(err)
	return fmt.Sprintf("%s @%s %s %v %v", e.Code, e.Field, e.Message, e.Fields, e.Missing)
}

// planned tells all of what a file would change.
func (s hiding) planned(t *testing.T, ctx context.Context, text string) string {
	t.Helper()
	f, err := people.Read([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	r, err := s.People.Plan(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range r.Changes {
		line := fmt.Sprintf("%d %s %s %v +%v -%v", c.Line, c.Does, c.Name, c.Fields, c.Gained, c.Lost)
		for _, g := range append(c.Gained, c.Lost...) {
			line += " " + g.UnitName
		}
		if c.Err != nil {
			line += " !" + said(c.Err)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// set saves a set that lets a member keep what is seen of them, with another grant.
func (s hiding) set(ctx context.Context, id roster.MemberID, g team.Giving) string {
	_, err := s.Team.Grant(ctx, id, team.Grants{All: []team.Giving{{Role: roster.RoleMember, Unit: s.north}, g}})
	return said(err)
}

// bulk gives a grant to a member, or takes it away, as one of several.
func (s hiding) bulk(ctx context.Context, id roster.MemberID, add, withdraw []team.Giving) string {
	all, err := s.Bulks.Grant(ctx, []roster.MemberID{id}, add, withdraw)
	if err == nil && all[0].Err != nil {
		err = all[0].Err
	}
	return said(err)
}

func (s hiding) address(t *testing.T, id roster.MemberID) string {
	t.Helper()
	v, err := s.Team.Show(s.As(s.Owner), id)
	if err != nil {
		t.Fatal(err)
	}
	return v.Email.Typed
}

// TestAnAccountOutOfSightAnswersAsNone: whoever guesses the external ID of a customer account that they do not see is told
// at no door whether there is one, or what it is called.
func TestAnAccountOutOfSightAnswersAsNone(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := hides(t, h)
		here := s.address(t, s.here)
		doors := map[string]func(string) string{
			"a set": func(name string) string {
				return s.set(s.nora, s.here, team.Giving{Role: roster.RoleMember, Unit: roster.UnitID(name)})
			},
			"giving several": func(name string) string {
				return s.bulk(s.nora, s.here, []team.Giving{{Role: roster.RoleMember, Unit: roster.UnitID(name)}}, nil)
			},
			"taking several": func(name string) string {
				return s.bulk(s.nora, s.here, nil, []team.Giving{{Role: roster.RoleMember, Unit: roster.UnitID(name)}})
			},
			"an invitation":   func(name string) string { return s.invites(string(s.north), name) },
			"another account": func(name string) string { return s.invites(name, "") },
			"the list": func(name string) string {
				_, err := h.Team.List(s.nora, team.Query{Unit: roster.UnitID(name)})
				return said(err)
			},
			"a parent": func(name string) string {
				_, err := h.Units.Create(s.nora, unit.Draft{Kind: roster.Account, Name: "X", Parent: name})
				return said(err)
			},
			"a file": func(name string) string {
				return s.planned(t, s.nora, fmt.Sprintf(`
units:
  - {external_id: '%[1]s', name: Guess}
  - {id: %[2]s, parent: '%[1]s'}
  - {id: %[3]s, parent: '%[1]s'}
members:
  - {email: %[4]s, grants: [{role: member, unit: north}, {role: member, unit: '%[1]s'}]}
  - {email: guest@example.com, unit: '%[1]s'}
  - {email: new@example.com, kind: external, unit: north, grants: [{role: member, unit: '%[1]s'}]}
  - {email: other@example.com, kind: external, unit: '%[1]s'}
`, name, s.north, s.yard, here))
			},
		}
		for what, door := range doors {
			tell := func(name string) string { return strings.ReplaceAll(door(name), name, "GUESS") }
			unknown := tell("crm:9999")
			if strings.Contains(what, "several") || what == "a set" {
				if !strings.HasPrefix(unknown, "unit_unknown") {
					t.Errorf("%s: %s", what, unknown)
				}
			}
			for _, name := range []string{"crm:4711", "crm:4712", "crm:4713", string(s.south)} {
				if got := tell(name); got != unknown || strings.Contains(got, "Secret") {
					t.Errorf("%s, %s:\n%s\nwhere there is none:\n%s", what, name, got, unknown)
				}
			}
		}
		for what, got := range map[string]string{
			"a grant": s.set(s.nora, s.here, team.Giving{Role: roster.RoleMember, Unit: "yard"}),
			"an account": func() string {
				_, err := h.Units.Create(s.nora, unit.Draft{Kind: roster.Account, Name: "X", Parent: "yard"})
				return said(err)
			}(),
		} {
			if !strings.HasPrefix(got, "unit_archived") || strings.Contains(got, "Secret") {
				t.Errorf("%s in what stands in something archived: %s", what, got)
			}
		}
		if got := s.planned(t, h.As(h.Owner), fmt.Sprintf("members: [{email: %s, grants: [{role: member, unit: 'crm:4711'}]}]", s.address(t, s.bare))); !strings.Contains(got, "Secret South") {
			t.Errorf("who sees all is told %s", got)
		}
		h.Verified(h.Acme.ID)
	})
}

// invites invites an external user of an account with a grant at another, as Nora.
func (s hiding) invites(of, at string) string {
	in := invitation("new@example.com", "New", "Ny")
	in.Kind, in.Unit, in.Grants = roster.External, of, []team.Giving{{Role: roster.RoleMember, Unit: roster.UnitID(at)}}
	_, err := s.Team.Invite(s.nora, in)
	return said(err)
}

// TestAGrantOutOfSightAnswersTheSameHeldOrNot: who names it is refused by every door, and it stays as it is.
func TestAGrantOutOfSightAnswersTheSameHeldOrNot(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := hides(t, h)
		at := func(key string) team.Giving { return team.Giving{Permission: key} }
		north := team.Giving{Role: roster.RoleUserAdministrator, Unit: s.north}
		tree := h.As(h.Holder("Tree", north, at(authz.UnitsRead), team.Giving{Scope: authz.Admin}))
		south, everywhere := team.Giving{Role: roster.RoleMember, Unit: s.south}, team.Giving{Role: roster.RoleMember}
		for what, c := range map[string]struct {
			as   context.Context
			of   team.Giving
			code string
		}{
			"elsewhere":                     {s.nora, south, "unit_unknown"},
			"everywhere":                    {s.nora, everywhere, "forbidden"},
			"at an account that one sees":   {tree, south, "forbidden"},
			"everywhere, seeing the others": {tree, everywhere, "forbidden"},
		} {
			for door, tell := range map[string]func(roster.MemberID) string{
				"set":  func(id roster.MemberID) string { return s.set(c.as, id, c.of) },
				"give": func(id roster.MemberID) string { return s.bulk(c.as, id, []team.Giving{c.of}, nil) },
				"take": func(id roster.MemberID) string { return s.bulk(c.as, id, nil, []team.Giving{c.of}) },
				"file": func(id roster.MemberID) string {
					more := "{role: member}"
					if c.of.Unit != "" {
						more = fmt.Sprintf("{role: member, unit: %s}", c.of.Unit)
					}
					text := s.planned(t, c.as, fmt.Sprintf("members: [{email: %s, grants: [{role: member, unit: north}, %s]}]", s.address(t, id), more))
					_, why, _ := strings.Cut(text, "+[")
					return why
				},
			} {
				holds, lacks := tell(s.here), tell(s.bare)
				if holds != lacks || !strings.Contains(holds, c.code) {
					t.Errorf("%s, %s: of who holds it\n%s\nof who does not\n%s", door, what, holds, lacks)
				}
			}
		}
		if got := s.bulk(s.nora, s.here, nil, []team.Giving{{Role: roster.RoleMember, Unit: s.north}}); got != "done" {
			t.Errorf("what is seen is not taken away: %s", got)
		}
		v, err := h.Team.Show(h.As(h.Owner), s.here)
		if err != nil || !slices.Equal(held(h, v.Grants), []string{"role member", "role member @ Secret South"}) {
			t.Errorf("they hold %v, %v", held(h, v.Grants), err)
		}
		// Who sees what members hold saves all of it, without seeing the accounts themselves.
		reader := h.As(h.Holder("Reader", north, at(authz.MembersRead), team.Giving{Scope: authz.Admin}))
		if v, err = h.Team.Show(reader, s.here); err != nil || len(v.Grants) != 2 {
			t.Fatalf("a reader sees %v, %v", held(h, v.Grants), err)
		}
		if got := s.set(reader, s.here, south); got == "done" || strings.HasPrefix(got, "unit_unknown") {
			t.Errorf("taking what is held everywhere: %s", got)
		}
		if _, err = h.Team.Grant(reader, s.here, team.Grants{All: append(team.Givings(v.Grants), team.Giving{Role: roster.RoleMember, Unit: s.north})}); err != nil {
			t.Errorf("saving it with more: %v", err)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestAnExportNamesNoAccountOutOfSight: of somebody who is bound to one above, what is seen.
func TestAnExportNamesNoAccountOutOfSight(t *testing.T) {
	h := rostertest.SQLite(t)
	s := hides(t, h)
	f, err := h.People.Export(s.nora, people.YAML)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil || !strings.Contains(string(text), "guest@example.com") || strings.Contains(string(text), "Secret") || strings.Contains(string(text), "crm:") {
		t.Errorf("%v\n%s", err, text)
	}
	if got := s.planned(t, s.nora, string(text)); got != "" {
		t.Errorf("applying it would change something:\n%s", got)
	}
}
