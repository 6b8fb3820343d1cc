package action_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

// batch blocks several members at once, and does something of a test's own in some of its rows.
type batch struct {
	*rostertest.House
	rows []roster.MemberID
	in   func(ctx context.Context, tx *store.Tx, row int) error // before the block; nil to block alone
	runs int                                                    // rows that were begun
}

func (b *batch) as(ctx context.Context) ([]action.Outcome[roster.Status], error) {
	numbers := make([]int, len(b.rows))
	for i := range numbers {
		numbers[i] = i
	}
	on := func(i int) roster.Ref { return roster.RefMember(b.rows[i], "") }
	return action.DoEach(ctx, b.Gate, act.MemberBlock, numbers, on, func(ctx context.Context, tx *store.Tx, i int) (roster.Status, error) {
		b.runs++
		if b.in != nil {
			if err := b.in(ctx, tx, i); err != nil {
				return "", err
			}
		}
		found, err := memberdb.ByID(ctx, tx, tx.Org(), b.rows[i])
		if err != nil {
			return "", err
		}
		now, err := found.Value.Block("")
		if err != nil {
			return "", err
		}
		now, err = memberdb.Update(ctx, tx, found.Value, now)
		return now.Status, err
	})
}

// team makes members who are blocked and an administrator who blocks them.
func (b *batch) team(names ...string) (admin roster.Actor) {
	b.T.Helper()
	admin = b.Join("uma@example.com", "Uma", "Admin", roster.RoleUserAdministrator)
	for _, name := range names {
		b.rows = append(b.rows, b.Join(name+"@example.com", name, "Row").Member)
	}
	return admin
}

// told gives what came of each row, as "blocked" or the refusal's code.
func told(t *testing.T, all []action.Outcome[roster.Status], err error) string {
	t.Helper()
	if err != nil {
		t.Fatalf("the batch failed: %v", err)
	}
	var words []string
	for _, o := range all {
		if o.Err != nil {
			words = append(words, o.Err.Code)
		} else {
			words = append(words, string(o.Result))
		}
	}
	return strings.Join(words, " ")
}

// lines gives the history's lines after a position: action, whom about, what was refused and how often.
func (b *batch) lines(after int64) string {
	b.T.Helper()
	page, err := b.History.List(b.CLI(b.Acme.ID), history.Query{Forward: true, After: after, Limit: 200})
	if err != nil {
		b.T.Fatal(err)
	}
	var words []string
	for _, e := range page.Events {
		word := fmt.Sprintf("%s:%d", e.Action, slices.Index(b.rows, roster.MemberID(e.Target.ID)))
		if e.Refused != "" {
			word += fmt.Sprintf("!%s*%d", e.Refused, e.Count)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// seq gives the history's position.
func (b *batch) seq() int64 {
	b.T.Helper()
	at, err := b.DB.Position(context.Background(), b.Acme.ID)
	if err != nil {
		b.T.Fatal(err)
	}
	return at.Seq
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestRowsOfABatchStandOrFallByThemselves(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		b := &batch{House: h}
		admin := b.team("ann", "ben", "cyd")
		other := h.Join("otto@example.com", "Otto", "Owner", roster.RoleOwner).Member
		b.rows = []roster.MemberID{b.rows[0], h.Owner.Member, b.rows[1], other, b.rows[0], "mem_nobody", b.rows[2]}
		from := b.seq()
		all, err := b.as(h.As(admin))
		equal(t, "outcomes", told(t, all, err), "blocked stronger_target blocked stronger_target already_blocked not_found blocked")
		equal(t, "lines", b.lines(from), "member.block:0 member.block:2 member.block:6")
		equal(t, "the position", b.seq(), from+3)
		for i, want := range []roster.Status{roster.Blocked, roster.Active, roster.Blocked, roster.Active} {
			v, err := h.Team.Show(h.As(h.Owner), b.rows[i])
			equal(t, fmt.Sprintf("row %d: %v", i, err), v.Member.Status, want)
		}
		h.Clock.Pass(2 * time.Minute)
		if err := h.Gate.SealRefusals(h.CLI("")); err != nil {
			t.Fatal(err)
		}
		equal(t, "one line for the refusals", b.lines(from+3), "member.block:1!stronger_target*2")
		h.Verified(h.Acme.ID)
	})
}

func TestARefusedRowLeavesWhatDecisionsAreMadeFrom(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		b := &batch{House: h}
		admin := b.team("ann", "ben", "cyd", "dan")
		var seen []*authz.Snapshot
		b.in = func(ctx context.Context, _ *store.Tx, row int) error {
			snap, err := action.Snapshot(ctx)
			seen = append(seen, snap)
			if err == nil && row%2 == 0 {
				err = roster.Errorf(roster.Conflict, "not_today", "Not today.")
			}
			return err
		}
		all, err := b.as(h.As(admin))
		equal(t, "outcomes", told(t, all, err), "not_today blocked not_today blocked")
		equal(t, "after a refused row it is the same", seen[0] == seen[1] && seen[2] == seen[3], true)
		equal(t, "after a block it is another", seen[1] != seen[2], true)
		for i, want := range []roster.Status{roster.Active, roster.Active, roster.Blocked, roster.Blocked} {
			m, _ := seen[i].Member(b.rows[1])
			equal(t, fmt.Sprintf("the second as row %d sees them", i), m.Status, want)
		}
	})
}

func TestAFaultIsTheWholeBatchs(t *testing.T) {
	faults := map[string]func(ctx context.Context, cancel func(), tx *store.Tx) error{
		"a statement": func(ctx context.Context, _ func(), tx *store.Tx) error {
			_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefMember("m", ""), Field: "x"}}, `UPDATE nowhere SET x = 1`)
			return err
		},
		"something internal": func(context.Context, func(), *store.Tx) error {
			return roster.Errorf(roster.Internal, "internal", "No.")
		},
		"something unavailable": func(context.Context, func(), *store.Tx) error {
			return roster.Errorf(roster.Unavailable, "away", "No.")
		},
		"what nobody expected": func(context.Context, func(), *store.Tx) error { return errors.New("no disk") },
		"a refusal on a broken connection": func(_ context.Context, cancel func(), _ *store.Tx) error {
			cancel()
			return roster.Errorf(roster.Denied, "forbidden", "No.")
		},
	}
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		b := &batch{House: h}
		admin := b.team("ann", "ben", "cyd")
		from := b.seq()
		for name, fault := range faults {
			ctx, cancel := context.WithCancel(h.As(admin))
			b.in = func(ctx context.Context, tx *store.Tx, row int) error {
				if row == 1 {
					return fault(ctx, cancel, tx)
				}
				return nil
			}
			all, err := b.as(ctx)
			cancel()
			var refused *roster.Error
			if err == nil || all != nil || errors.As(err, &refused) && refused.Kind == roster.Denied {
				t.Errorf("%s: %v %v", name, all, err)
			}
			equal(t, name+": the position", b.seq(), from)
		}
		b.in = nil
		all, err := b.as(h.As(admin))
		equal(t, "afterwards", told(t, all, err), "blocked blocked blocked")
		equal(t, "lines", b.lines(from), "member.block:0 member.block:1 member.block:2")
		h.Clock.Pass(2 * time.Minute)
		if err := h.Gate.SealRefusals(h.CLI("")); err != nil {
			t.Fatal(err)
		}
		equal(t, "refusals counted", b.lines(from+3), "")
		h.Verified(h.Acme.ID)
	})
}

func TestARowWhoseStatementFailsIsRefusedAlone(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		b := &batch{House: h}
		admin := b.team("ann", "ben", "cyd")
		b.in = func(ctx context.Context, tx *store.Tx, row int) error {
			if row == 2 {
				return nil
			}
			_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefMember(b.rows[row], ""), Field: "external_id", To: "same"}},
				`UPDATE member SET external_id = 'same' WHERE org_id = $1 AND id = $2`, tx.Org(), b.rows[row])
			if err != nil { // PostgreSQL runs nothing more until the row is taken back
				return roster.Errorf(roster.Conflict, "taken", "It is taken.")
			}
			return nil
		}
		from := b.seq()
		all, err := b.as(h.As(admin))
		equal(t, "outcomes", told(t, all, err), "blocked taken blocked")
		equal(t, "lines", b.lines(from), "member.block:0 member.block:2")
		h.Verified(h.Acme.ID)
	})
}

func TestABatchThatLostARaceIsRunAgainAsAWhole(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		if h.DB.Kind() == "sqlite" {
			return // one writer, who loses no race
		}
		b := &batch{House: h}
		admin := b.team("ann", "ben", "cyd")
		b.in = func(ctx context.Context, tx *store.Tx, row int) error {
			if row == 1 && b.runs == 2 {
				_, err := tx.Note(ctx, store.BookSeen, `DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$`)
				return err
			}
			return nil
		}
		from := b.seq()
		all, err := b.as(h.As(admin))
		equal(t, "outcomes", told(t, all, err), "blocked blocked blocked")
		equal(t, "rows that were begun", b.runs, 5)
		equal(t, "lines", b.lines(from), "member.block:0 member.block:1 member.block:2")
		h.Verified(h.Acme.ID)
	})
}

func TestABatchOversellsNoSeatAndLeavesAnOwner(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		small, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Small", Plan: roster.PlanPlayground, Owner: "sue@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		sue := h.Accept(small.Organisation.ID, small.Link, "Sue", "Small")
		var all []team.Invitation
		for i := range 12 {
			in := team.Invitation{Email: fmt.Sprintf("n%d@example.com", i), Profile: roster.Profile{FirstName: "N", LastName: "N"}}
			if i == 3 {
				in.Email = "no address"
			}
			all = append(all, in)
		}
		outcomes, err := h.Team.InviteEach(h.As(sue), all)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range outcomes {
			switch {
			case i == 3:
				equal(t, "a wrong address", o.Err.Kind, roster.Invalid)
			case i > 9:
				equal(t, "beyond the plan", o.Err.Code, "seat_limit")
			case o.Err != nil:
				t.Errorf("row %d: %v", i, o.Err)
			}
		}
		again, err := h.Team.InviteEach(h.As(sue), all[:1])
		if err != nil || again[0].Err == nil || again[0].Err.Code != "already_invited" {
			t.Errorf("one of them again: %v %v", again, err)
		}
		h.Verified(small.Organisation.ID)

		b := &batch{House: h}
		b.rows = []roster.MemberID{h.Owner.Member, h.Join("otto@example.com", "Otto", "Owner", roster.RoleOwner).Member}
		outcome, err := b.as(h.CLI(h.Acme.ID))
		equal(t, "both Owners", told(t, outcome, err), "blocked last_owner")
		h.Verified(h.Acme.ID)
	})
}

func TestABatchThatComesAgainIsAnsweredToWhoMayAsk(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		b := &batch{House: h}
		admin := b.team("ann", "ben")
		ask := func() (*roster.Call, []action.Outcome[roster.Status], error) {
			asking := admin
			asking.Call = &roster.Call{Key: "key", MAC: "mac", Encode: func(result any) (roster.Answer, error) {
				body, err := json.Marshal(result)
				return roster.Answer{Status: 200, Body: string(body)}, err
			}}
			all, err := b.as(h.As(asking))
			return asking.Call, all, err
		}
		first, all, err := ask()
		equal(t, "at first", told(t, all, err), "blocked blocked")
		equal(t, "the position it tells", first.Seq, b.seq())
		again, _, err := ask()
		if err != nil || again.Replay == nil || !strings.Contains(again.Replay.Body, `"blocked"`) {
			t.Errorf("the same again: %+v, %v", again.Replay, err)
		}
		equal(t, "rows that were begun", b.runs, 2)

		member := team.RoleGivings(roster.RoleMember)
		if _, err := h.Team.Edit(h.As(h.Owner), admin.Member, team.Edit{Grants: &member}); err != nil {
			t.Fatal(err)
		}
		demoted, _, err := ask()
		if !roster.Is(err, "forbidden") || demoted.Replay != nil {
			t.Errorf("by who was demoted: %+v, %v", demoted.Replay, err)
		}
		b.rows = nil
		if _, err := b.as(h.As(admin)); !roster.Is(err, "forbidden") {
			t.Errorf("nothing at all by who was demoted: %v", err)
		}
		h.Clock.Pass(2 * time.Minute)
		if err := h.Gate.SealRefusals(h.CLI("")); err != nil {
			t.Fatal(err)
		}
		if got := b.lines(first.Seq); !strings.HasSuffix(got, "member.block:-1!forbidden*2") {
			t.Errorf("the refusals' line: %s", got)
		}
	})
}

func TestABlockedAPIUsersBatchIsRefusedAsAWhole(t *testing.T) {
	h := rostertest.SQLite(t)
	b := &batch{House: h}
	b.team("ann")
	made, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleUserAdministrator)})
	if err != nil {
		t.Fatal(err)
	}
	robot := rostertest.Actor(made.View.Member)
	if _, err := h.Team.Block(h.As(h.Owner), robot.Member, ""); err != nil {
		t.Fatal(err)
	}
	if all, err := b.as(h.As(robot)); !roster.Is(err, "invalid_token") {
		t.Errorf("%v %v", all, err)
	}
	b.rows = make([]roster.MemberID, action.MostRows+1)
	if _, err := b.as(h.As(h.Owner)); !roster.Is(err, "too_many_rows") {
		t.Errorf("too many: %v", err)
	}
	equal(t, "rows that were begun", b.runs, 0)
}
