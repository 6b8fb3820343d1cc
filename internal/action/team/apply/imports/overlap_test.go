package imports_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/team/apply/imports"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store/importdb"
)

// side is one of two who send in tables that overlap.
type side struct {
	actor roster.Actor
	ctx   context.Context
	id    string
	rows  map[string]imports.Row // by the address
}

// send sends in and starts a table of people whom nobody else has, and of others whom the other side has too, under the
// side's own last name.
func send(t *testing.T, h *rostertest.House, own, both int, name string) *side {
	t.Helper()
	s := &side{actor: h.Join(strings.ToLower(name)+"@example.com", name, "Ek", roster.RoleUserAdministrator), rows: map[string]imports.Row{}}
	s.ctx = h.As(s.actor)
	lines := []string{"E-mail,First name,Last name"}
	for n := range own {
		lines = append(lines, fmt.Sprintf("%s%02d@example.com,P%02d,%s", strings.ToLower(name), n, n, name))
	}
	for n := range both {
		lines = append(lines, fmt.Sprintf("both%02d@example.com,B%02d,%s", n, n, name))
	}
	s.id = upload(t, s.ctx, h, lines...).ID
	_, err := h.Imports.Start(s.ctx, s.id, false)
	must(t, err)
	return s
}

// read notes what became of each row.
func (s *side) read(t *testing.T, h *rostertest.House) {
	t.Helper()
	all, err := h.Imports.Read(s.ctx, s.id, imports.Page{Limit: 1000})
	must(t, err)
	for _, r := range all {
		if s.rows[r.Cells[0]] = r; r.State != importdb.Changed || len(r.Did) != 1 {
			t.Errorf("%s of %s: %s %v %v", r.Cells[0], s.actor.Name, r.State, r.Did, r.Problem)
		}
	}
}

// TestTwoAtOnceAreSomeOrder: two administrators bring in tables that overlap, at the same time. Each person is there once; what
// each row says became of it is what happened in the order that the history tells, and whoever came last is right.
func TestTwoAtOnceAreSomeOrder(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		const own, both = 9, 20
		sides := []*side{send(t, h, own, both, "Ada"), send(t, h, own, both, "Eve")}
		var busy sync.WaitGroup
		for _, s := range sides {
			busy.Go(func() {
				for range 200 {
					if v, err := h.Imports.StepOf(h.CLI(""), h.Acme.ID, s.id, 3); err != nil || v.State != imports.Running {
						if err != nil || v.State != imports.Done {
							t.Errorf("%s: %s %v", s.actor.Name, v.State, err)
						}
						return
					}
				}
			})
		}
		busy.Wait()
		for _, s := range sides {
			s.read(t, h)
		}
		page, err := h.History.List(h.CLI(h.Acme.ID), history.Query{Forward: true, Limit: 200})
		must(t, err)
		acts := map[string][]roster.Event{} // by the member's ID
		for _, e := range page.Events {
			if e.Action == "member.invite" || e.Action == "member.edit" {
				acts[e.Target.ID] = append(acts[e.Target.ID], e)
			}
		}
		first := map[string]int{}
		for n := range both {
			address := fmt.Sprintf("both%02d@example.com", n)
			a, b := sides[0], sides[1]
			if a.rows[address].Did[0].Action != "member.invite" {
				a, b = b, a
			}
			first[a.actor.Name]++
			id := a.rows[address].Did[0].ID
			told := acts[id]
			if len(told) != 2 || told[0].Action != "member.invite" || told[0].ActorID != string(a.actor.Member) || told[1].Action != "member.edit" || told[1].ActorID != string(b.actor.Member) {
				t.Errorf("%s: the history tells %+v", address, told)
			}
			if did := b.rows[address].Did[0]; did.Action != "member.edit" || did.ID != id {
				t.Errorf("%s: %s's row tells %+v", address, b.actor.Name, did)
			}
			if m, err := h.Team.Show(a.ctx, roster.MemberID(id)); err != nil || m.Email.Folded != address || m.LastName != strings.Fields(b.actor.Name)[0] {
				t.Errorf("%s: %q %v, and %s came last", address, m.LastName, err, b.actor.Name)
			}
		}
		if len(acts) != 2*own+both+2 { // and those who send in
			t.Errorf("the history tells of %d people", len(acts))
		}
		t.Logf("who came first: %v", first)
		h.Verified(h.Acme.ID)
	})
}
