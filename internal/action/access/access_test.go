package access_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roster/internal/action/access"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

// code gives an error's code; "" for none.
func code(err error) string {
	var e *roster.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	}
	return err.Error()
}

func want(t *testing.T, what string, err error, expected string) {
	t.Helper()
	if got := code(err); got != expected {
		t.Errorf("%s: got %q (%v), want %q", what, got, err, expected)
	}
}

// told gives what a member may do as one reads it.
func told(a access.Access) []string {
	all := []string{}
	for _, held := range a.Held {
		line := held.Permission.Key
		if held.Unit != "" {
			line += " @ " + a.Units[held.Unit].Name
		}
		if !held.Until.IsZero() {
			line += " for " + held.Until.Sub(a.Now).String()
		}
		all = append(all, line+" by "+sources(held.By)+" through "+sources(held.Through))
	}
	for _, idle := range a.Idle {
		all = append(all, "idle "+idle.Permission.Key+" @ "+a.Units[idle.Unit].Name+" by "+sources(idle.By))
	}
	return all
}

// silent tells that nothing in an answer names what its asker does not see.
func silent(t *testing.T, what string, answer any, hidden ...string) {
	t.Helper()
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range hidden {
		if strings.Contains(string(text), s) {
			t.Errorf("%s names %s: %s", what, s, text)
		}
	}
}

func sources(all []access.Source) string {
	var out []string
	for _, s := range all {
		what := s.Grant.What()
		if s.Role != "" {
			what = s.Role
		}
		out = append(out, what+" of "+s.Giver)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestAccessIsToldWithItsSources(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		owner := h.As(h.Owner)
		north, south := h.Account("North", ""), h.Account("South", "")
		inside := h.Account("Inside", north)
		if _, err := h.Roles.Create(owner, role.Draft{Name: "Dispatcher", Description: "Sends vans", Permissions: []string{"devices.read", "devices.write"}}); err != nil {
			t.Fatal(err)
		}
		m := h.Holder("Mia",
			team.Giving{Role: "dispatcher", Unit: north}, team.Giving{Scope: "network", Unit: north, Until: h.Clock.Now().Add(time.Hour)},
			team.Giving{Permission: "devices.read", Unit: inside}, team.Giving{Scope: "network", Unit: inside},
			team.Giving{Permission: "notices.read"}, team.Giving{Permission: "invoices.read", Unit: south}).Member
		whole, err := h.Access.Access(owner, m, "")
		if err != nil {
			t.Fatal(err)
		}
		expected := []string{
			"devices.read @ North for 1h0m0s by Dispatcher of Olga Owner through scope network of Olga Owner",
			"devices.read @ Inside by Dispatcher of Olga Owner, permission devices.read of Olga Owner through scope network of Olga Owner, scope network of Olga Owner",
			"devices.write @ North for 1h0m0s by Dispatcher of Olga Owner through scope network of Olga Owner",
			"devices.write @ Inside by Dispatcher of Olga Owner through scope network of Olga Owner, scope network of Olga Owner",
			"notices.read by permission notices.read of Olga Owner through ",
			"idle invoices.read @ South by permission invoices.read of Olga Owner",
		}
		if diff := cmp.Diff(expected, told(whole)); diff != "" {
			t.Errorf("everywhere: %s", diff)
		}
		at, err := h.Access.Access(owner, m, string(inside))
		if err != nil || at.Unit.Name != "Inside" || len(at.Held) != 3 || len(at.Idle) != 0 {
			t.Errorf("at one account: %v, %v", told(at), err)
		}
		h.Clock.Pass(time.Hour)
		if later, err := h.Access.Access(owner, m, string(north)); err != nil || len(later.Held) != 1 || len(later.Idle) != 2 {
			t.Errorf("when the scope has ended: %v, %v", told(later), err)
		}
		_, err = h.Access.Access(owner, m, "nowhere")
		want(t, "at an unknown account", err, "unit_unknown")
		_, err = h.Access.Access(owner, roster.NewMemberID(), "")
		want(t, "of nobody", err, "not_found")

		local := h.Holder("Loki", team.Giving{Role: "user_administrator", Unit: north})
		seen, err := h.Access.Access(h.As(local), m, "")
		expected = []string{
			"devices.read @ Inside by Dispatcher of Olga Owner, permission devices.read of Olga Owner through scope network of Olga Owner",
			"devices.write @ Inside by Dispatcher of Olga Owner through scope network of Olga Owner",
			"notices.read @ North by  through ", // from above what they see
			"idle devices.read @ North by Dispatcher of Olga Owner",
			"idle devices.write @ North by Dispatcher of Olga Owner",
		}
		if diff := cmp.Diff(expected, told(seen)); diff != "" || err != nil || len(seen.Given) != 4 {
			t.Errorf("what an administrator of one account sees: %s, %v, given %v", diff, err, seen.Given)
		}
		silent(t, "access", seen, "South", string(south), "invoices")
		own, err := h.Access.Access(h.As(local), local.Member, "")
		if err != nil || len(own.Given) != 1 {
			t.Errorf("what they see of their own: %+v, %v", own.Given, err)
		}
		_, err = h.Access.Access(h.As(local), m, string(south))
		want(t, "at an account one does not see", err, "unit_unknown")
		_, err = h.Access.Access(h.As(h.Holder("Nobody")), m, "")
		want(t, "asked by somebody without a right", err, "forbidden")
	})
}

func TestWhyAndWhyNot(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		owner := h.As(h.Owner)
		north, south := h.Account("North", ""), h.Account("South", "")
		ada := h.Holder("Ada", team.Giving{Role: "user_administrator"}, team.Giving{Permission: "devices.read"}, team.Giving{Scope: "network"})
		m := h.Holder("Mia", team.Giving{Permission: "devices.read", Unit: north}, team.Giving{Scope: "network", Unit: south}, team.Giving{Permission: "notices.read"}).Member
		askAs := func(ctx context.Context, permission string, u roster.UnitID) string {
			t.Helper()
			a, err := h.Access.Explain(ctx, access.Question{Member: m, Permission: permission, Unit: string(u)})
			if err != nil {
				t.Fatal(err)
			}
			if a.Allowed && a.By == nil {
				return "yes"
			}
			if a.Allowed {
				return "yes by " + a.By.Grant.What() + " of " + a.By.Giver
			}
			out := "no"
			for _, l := range a.Missing {
				out += fmt.Sprintf("; %s %s", l.Kind, l.Key)
				for _, u := range l.Elsewhere {
					out += " but at " + a.Units[u].Name
				}
				var who []string
				for _, g := range l.Givers {
					who = append(who, g.Label)
				}
				slices.Sort(who)
				if len(who) > 0 {
					out += " from " + strings.Join(who, " or ")
				}
			}
			return out
		}
		ask := func(permission string, u roster.UnitID) string { t.Helper(); return askAs(owner, permission, u) }
		for _, c := range []struct {
			permission string
			unit       roster.UnitID
			answer     string
		}{
			{"notices.read", "", "yes by permission notices.read of Olga Owner"},
			{"notices.read", south, "yes by permission notices.read of Olga Owner"},
			{"devices.read", north, "no; unit network but at South from Ada Holder or Olga Owner"},
			{"devices.read", south, "no; unit devices.read but at North from Ada Holder or Olga Owner"},
			{"devices.wipe", south, "no; permission devices.wipe from Olga Owner"},
			{"invoices.read", "", "no; permission invoices.read from Olga Owner; scope billing from Olga Owner"},
		} {
			if got := ask(c.permission, c.unit); got != c.answer {
				t.Errorf("%s at %q: %s, want %s", c.permission, c.unit, got, c.answer)
			}
		}
		// Whoever administers North alone is told nothing of what is held elsewhere, and of nobody above.
		local := h.As(h.Holder("Loki", team.Giving{Role: "user_administrator", Unit: north}))
		for permission, answer := range map[string]string{"notices.read": "yes", "devices.read": "no; scope network", "invoices.read": "no; permission invoices.read; scope billing"} {
			if got := askAs(local, permission, north); got != answer {
				t.Errorf("%s, asked at North alone: %s, want %s", permission, got, answer)
			}
		}
		a, err := h.Access.Explain(local, access.Question{Member: m, Permission: "devices.read", Unit: string(north)})
		if err != nil {
			t.Fatal(err)
		}
		silent(t, "the explanation", a, "South", string(south), "Olga", "Ada Holder")
		if _, err := h.Team.Block(owner, m, ""); err != nil {
			t.Fatal(err)
		}
		if got := ask("notices.read", ""); got != "no; status " {
			t.Errorf("blocked: %s", got)
		}
		_, err = h.Access.Explain(owner, access.Question{Member: m, Permission: "x.y", Unit: "nowhere"})
		want(t, "about what is not", err, "fields_invalid")

		in := team.Invitation{Kind: roster.External, Unit: string(north), Email: "e@example.com", Profile: roster.Profile{FirstName: "E", LastName: "E"}}
		guest, err := h.Team.Invite(owner, in)
		if err != nil {
			t.Fatal(err)
		}
		a, err = h.Access.Explain(h.As(ada), access.Question{Member: guest.ID, Permission: "devices.read", Unit: string(south)})
		if err != nil || a.Allowed || slices.ContainsFunc(a.Missing, func(l access.Missing) bool { return len(l.Givers) > 0 }) {
			t.Errorf("nobody can give an external member something elsewhere: %+v, %v", a.Missing, err)
		}
	})
}

func TestPeopleAgainstAccounts(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		owner := h.As(h.Owner)
		north := h.Account("North", "")
		south, inside := h.Account("South", ""), h.Account("Inside", north)
		h.Holder("Mia", team.Giving{Role: "auditor", Unit: north}, team.Giving{Role: "member", Unit: inside})
		h.Holder("Max", team.Giving{Role: "auditor", Unit: south})
		cells := func(m access.Matrix) []string {
			var all []string
			for _, p := range m.People {
				for i, u := range m.Units {
					for _, g := range p.Cells[i] {
						all = append(all, p.FirstName+" "+u.Name+" "+m.Roles[g.Role])
					}
				}
			}
			return all
		}
		m, err := h.Access.Matrix(owner, access.MatrixQuery{})
		expected := []string{"Max South Auditor", "Mia North Auditor", "Olga North Owner", "Olga South Owner"}
		if diff := cmp.Diff(expected, cells(m)); diff != "" || err != nil || len(m.People[2].Everywhere) != 1 {
			t.Errorf("the top: %s %v", diff, err)
		}
		m, err = h.Access.Matrix(owner, access.MatrixQuery{Text: "mia", Parent: string(north)})
		if diff := cmp.Diff([]string{"Mia Inside Auditor", "Mia Inside Member"}, cells(m)); diff != "" || err != nil {
			t.Errorf("below: %s %v", diff, err)
		}
		var walked []string
		q := access.MatrixQuery{Limit: 1, UnitLimit: 1}
		for range 10 {
			for q.UnitCursor = ""; ; {
				page, err := h.Access.Matrix(owner, q)
				if err != nil {
					t.Fatal(err)
				}
				walked = append(walked, cells(page)...)
				m = page
				if q.UnitCursor = page.NextUnit; page.NextUnit == "" {
					break
				}
			}
			if q.Cursor = m.Next; m.Next == "" {
				break
			}
		}
		if diff := cmp.Diff(expected, walked); diff != "" {
			t.Errorf("walked: %s", diff)
		}
		local := h.Holder("Loki", team.Giving{Role: "user_administrator", Unit: north})
		h.Holder("Both", team.Giving{Role: "member", Unit: north}, team.Giving{Role: "auditor"}, team.Giving{Role: "owner", Unit: south})
		m, err = h.Access.Matrix(h.As(local), access.MatrixQuery{})
		if diff := cmp.Diff([]string{"Both North Member", "Loki North User administrator", "Mia North Auditor"}, cells(m)); diff != "" || err != nil {
			t.Errorf("what an administrator of one account sees: %s %v", diff, err)
		}
		for _, p := range m.People {
			if len(p.Everywhere) > 0 {
				t.Errorf("%s on the whole organisation is told: %v", p.FirstName, p.Everywhere)
			}
		}
		silent(t, "the matrix", m, "South", string(south), "Owner")
		_, err = h.Access.Matrix(h.As(local), access.MatrixQuery{Parent: string(south)})
		want(t, "below an account one does not see", err, "unit_unknown")
		many, err := h.Access.Matrix(owner, access.MatrixQuery{Kinds: slices.Repeat([]roster.MemberKind{roster.Regular}, 20_000)})
		if err != nil || len(many.People) != 5 {
			t.Errorf("a kind asked for again and again: %d people, %v", len(many.People), err)
		}
		_, err = h.Access.Matrix(owner, access.MatrixQuery{Limit: -1, UnitLimit: 201, Kinds: []roster.MemberKind{"robot"}})
		want(t, "a bad query", err, "fields_invalid")
	})
}

// TestNoMorePeopleAreSaidThanThereAre: where they are too many to be counted, it is said how many there are more than.
func TestNoMorePeopleAreSaidThanThereAre(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		const crowd = 1200
		h.Horde(crowd)
		err := h.DB.Keep(context.Background(), func(ctx context.Context, tx store.Noter) error {
			for _, word := range []string{"farah", "lund"} {
				if _, err := tx.Note(ctx, store.BookWord, `INSERT INTO member_word (org_id, word, member_id, sort_name)
					SELECT org_id, $2, id, sort_name FROM member WHERE org_id = $1 AND first_name = 'F'`, h.Acme.ID, []byte(word)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			q     access.MatrixQuery
			total int
			more  bool
		}{
			{access.MatrixQuery{}, crowd + 1, false},
			{access.MatrixQuery{Text: "farah"}, 1000, true}, // of a word no more are counted
			{access.MatrixQuery{Text: "farah lund", Limit: 40}, 40, true},
			{access.MatrixQuery{Text: "farah", Kinds: []roster.MemberKind{roster.Regular}}, crowd, false},
			{access.MatrixQuery{Text: "olga"}, 1, false},
		} {
			m, err := h.Access.Matrix(h.As(h.Owner), c.q)
			if err != nil || m.Total != c.total || m.More != c.more {
				t.Errorf("%+v: %d people, more %t, %v; want %d, %t", c.q, m.Total, m.More, err, c.total, c.more)
			}
		}
	})
}

// TestAccessLastsNoLongerThanAnAPIUser: what an API user may do ends with its time, whatever its grants say, and whichever way
// one asks.
func TestAccessLastsNoLongerThanAnAPIUser(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		owner, north := h.As(h.Owner), h.Account("North", "")
		end := h.Clock.Now().Add(2 * time.Hour)
		robot, err := h.Team.CreateAPIUser(owner, team.APIUser{Name: "Robot", Ends: end, Grants: []team.Giving{
			{Permission: "notices.read"}, {Permission: "notices.read", Unit: north, Until: end.Add(time.Hour)}, {Role: "auditor", Until: end.Add(-time.Hour)},
		}})
		if err != nil {
			t.Fatal(err)
		}
		asked := func() (access.Access, access.Answer) {
			t.Helper()
			all, err := h.Access.Access(owner, robot.ID, "")
			if err != nil {
				t.Fatal(err)
			}
			a, err := h.Access.Explain(owner, access.Question{Member: robot.ID, Permission: "notices.read", Unit: string(north)})
			if err != nil {
				t.Fatal(err)
			}
			return all, a
		}
		lasts := func(all access.Access, permission string) (ends []string) {
			for _, held := range all.Held {
				if held.Permission.Key == permission {
					ends = append(ends, held.Until.Sub(h.Clock.Now()).String())
				}
			}
			return ends
		}
		all, a := asked()
		if !a.Allowed || !a.Until.Equal(end) {
			t.Errorf("it is allowed %t until %v, and the API user is there until %v", a.Allowed, a.Until, end)
		}
		if got := fmt.Sprint(lasts(all, "notices.read"), lasts(all, authz.MembersRead)); got != "[2h0m0s] [1h0m0s]" {
			t.Errorf("what it may do lasts %s", got)
		}
		h.Clock.Pass(2 * time.Hour)
		if all, a = asked(); a.Allowed || len(all.Held) != 1 || !all.Held[0].Until.IsZero() {
			t.Errorf("its time is over: allowed %t, and it would hold %v", a.Allowed, told(all))
		}
	})
}

func TestTheCatalogueSaysWhatOneCanGive(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		north := h.Account("North", "")
		lena := h.Holder("Lena", team.Giving{Role: "user_administrator", Unit: north}, team.Giving{Permission: "devices.read", Unit: north}, team.Giving{Scope: "network", Unit: north},
			team.Giving{Permission: "devices.write", Unit: north, Until: h.Clock.Now().Add(time.Hour)})
		can := func(unit string) []string {
			t.Helper()
			g, err := h.Access.Permissions(h.As(lena), unit)
			if err != nil {
				t.Fatal(err)
			}
			all := []string{}
			for _, r := range g.Roles {
				if len(r.Missing) == 0 {
					all = append(all, "role "+r.Key)
				}
			}
			for _, p := range g.Permissions {
				if len(p.Missing) == 0 && p.Scope != authz.Admin {
					all = append(all, p.Key)
				}
			}
			for _, s := range g.Scopes {
				if len(s.Missing) == 0 {
					all = append(all, "scope "+s.Key)
				}
			}
			return all
		}
		if diff := cmp.Diff([]string{"role user_administrator", "role member", "devices.read", "scope admin", "scope network"}, can(string(north))); diff != "" {
			t.Errorf("at her account: %s", diff)
		}
		if got := can(""); len(got) != 0 {
			t.Errorf("on the organisation: %v", got)
		}
	})
}
