package erasure_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/action/team/apply/imports"
	"roster/internal/action/unit"
	"roster/internal/chain"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// told gives every line of Acme's history.
func told(t *testing.T, h *rostertest.House) []roster.Event {
	t.Helper()
	var all []roster.Event
	for q := (history.Query{Forward: true, Limit: 200}); ; {
		page, err := h.History.List(h.CLI(h.Acme.ID), q)
		need(t, err)
		all = append(all, page.Events...)
		if q.After = page.Next; page.Next == 0 {
			return all
		}
	}
}

// others gives what a line says of others than some members.
func others(e roster.Event, gone []string) string {
	var all []string
	say := func(of roster.Ref, what string) {
		if !slices.Contains(gone, of.ID) {
			all = append(all, of.Kind+" "+of.ID+" "+of.Name+what)
		}
	}
	say(roster.Ref{Kind: string(e.ActorKind), ID: e.ActorID, Name: e.ActorName}, " "+e.IP)
	say(e.Target, "")
	for _, c := range e.Changes {
		say(c.Of, fmt.Sprintf(" %s: %q → %q", c.Field, c.From, c.To))
	}
	return strings.Join(all, "\n")
}

// TestAWordThatSomebodyIsCalledByStaysWhereItMeansSomethingElse: erasing API users who are called as a kind or a scope is, or
// whose external ID is a number, takes nothing from lines about others, nor a person whose name ends another's.
func TestAWordThatSomebodyIsCalledByStaysWhereItMeansSomethingElse(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		owner := h.As(h.Owner)
		api := func(name, external string) string {
			t.Helper()
			v, err := h.Team.CreateAPIUser(owner, team.APIUser{Name: name, ExternalID: external})
			need(t, err)
			return string(v.ID)
		}
		gone := []string{api("api", ""), api("billing", ""), api("Number", "30"), api("One", "1")}
		ana := h.Join("ana@example.com", "Ana", "Lima", roster.RoleMember)
		gone = append(gone, string(ana.Member), string(ana.Person))

		api("Robot", "")
		_, err := h.Roles.Create(owner, role.Draft{Name: "Clerk", Description: "Ask Ana Lima", Permissions: []string{"invoices.read"}, Scopes: []string{"billing"}})
		need(t, err)
		_, err = h.Units.Create(owner, unit.Draft{Kind: roster.Account, Name: "Billing", ExternalID: "30"})
		need(t, err)
		days := 30
		_, err = h.Orgs.Edit(owner, org.Edit{EraseAfter: &days})
		need(t, err)
		juliana := h.Join("juliana@example.com", "Juliana", "Lima", roster.RoleMember)
		_, err = h.Team.Block(owner, juliana.Member, "Juliana Lima was late")
		need(t, err)
		named := h.Join("bert@example.com", "Bert", "Berg", roster.RoleMember)
		_, err = h.Team.Block(owner, named.Member, "as ANA LIMA, asked")
		need(t, err)
		table := "E-mail,First name,Last name,Kind\ncy@example.com,Cy,Dahl,\n"
		in, err := h.Imports.Upload(owner, imports.File{Name: "guests.csv", From: strings.NewReader(table), Size: int64(len(table))})
		need(t, err)
		_, err = h.Imports.Start(owner, in.ID, true)
		need(t, err)
		for state := imports.Running; state == imports.Running; {
			done, err := h.Imports.Step(h.CLI(""), h.Acme.ID, in.ID)
			need(t, err)
			state = done.State
		}

		before := told(t, h)
		for _, id := range gone[:5] {
			_, err := h.Team.Remove(owner, roster.MemberID(id))
			need(t, err)
			m, err := h.Team.Show(owner, roster.MemberID(id))
			need(t, err)
			_, err = h.Erasures.Erase(owner, m.ID, m.Label())
			need(t, err)
		}
		for i, e := range told(t, h)[:len(before)] {
			was, is := others(before[i], gone), others(e, gone)
			if was = strings.ReplaceAll(was, "as ANA LIMA, asked", chain.Erased); was != is {
				t.Errorf("line %d, %s, said of others\n%s\nand says\n%s", e.Seq, e.Action, was, is)
			}
		}
		if r, err := h.History.Replay(h.CLI(h.Acme.ID)); err != nil || r.Count > 0 {
			t.Errorf("the tables are not what the history says: %+v, %v", r.Drifts, err)
		}
		h.Verified(h.Acme.ID)
		h.Verified(roster.Installation)
		for id, want := range map[roster.MemberID]string{juliana.Member: "Juliana Lima was late", named.Member: ""} {
			if m, err := h.Team.Show(owner, id); err != nil || m.BlockReason != want {
				t.Errorf("%s is blocked because of %q: %v", id, m.BlockReason, err)
			}
		}
		rows, err := h.Imports.Read(owner, in.ID, imports.Page{Limit: 10})
		if err != nil || len(rows) != 1 {
			t.Errorf("the import has %d rows: %v", len(rows), err)
		}
	})
}
