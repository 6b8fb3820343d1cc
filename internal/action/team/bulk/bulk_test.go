package bulk_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/action/team/bulk"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// codes gives what became of each row: "" where it was done.
func codes(all bulk.Outcomes) string {
	var out []string
	for _, o := range all {
		if o.Err != nil {
			out = append(out, o.Err.Code)
		} else {
			out = append(out, "done")
		}
	}
	return strings.Join(out, " ")
}

// lines tells the history since a position: each line's action and whom it is about.
func lines(t *testing.T, h *rostertest.House, since int64) []string {
	t.Helper()
	page, err := h.History.List(h.As(h.Owner), history.Query{Limit: 200})
	must(t, err)
	var all []string
	for _, e := range page.Events {
		if e.Seq > since && e.Refused == "" {
			all = append(all, e.Action+" "+e.Target.Name)
		}
	}
	slices.Reverse(all)
	return all
}

func last(t *testing.T, h *rostertest.House) int64 {
	t.Helper()
	page, err := h.History.List(h.As(h.Owner), history.Query{Limit: 1})
	must(t, err)
	return page.Events[0].Seq
}

// TestAFailedRowTakesNoNeighbourDown lets an administrator block, unblock, resend to, give to, take from and remove
// several at once, among them themselves, an Owner, a stranger and one who is so already.
func TestAFailedRowTakesNoNeighbourDown(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ada := h.Join("ada@example.com", "Ada", "Min", roster.RoleUserAdministrator)
		bob, eva := h.Join("bob@example.com", "Bob", "One", roster.RoleMember), h.Join("eva@example.com", "Eva", "Two", roster.RoleMember)
		ina, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "ina@example.com", Profile: roster.Profile{FirstName: "Ina", LastName: "Three"}})
		must(t, err)
		ctx := h.As(ada)
		all := []roster.MemberID{bob.Member, ada.Member, h.Owner.Member, roster.NewMemberID(), ina.ID, eva.Member}
		for _, step := range []struct {
			act  bulk.Act
			want string
			told []string
		}{
			{bulk.Act{Does: act.MemberBlock, Reason: "Audit"}, "done not_on_yourself stronger_target not_found done done", []string{"member.block Bob One", "member.block Ina Three", "member.block Eva Two"}},
			{bulk.Act{Does: act.MemberBlock}, "already_blocked not_on_yourself stronger_target not_found already_blocked already_blocked", nil},
			{bulk.Act{Does: act.MemberUnblock}, "done not_on_yourself stronger_target not_found done done", []string{"member.unblock Bob One", "member.unblock Ina Three", "member.unblock Eva Two"}},
			{bulk.Act{Does: act.MemberResend}, "not_invited not_on_yourself stronger_target not_found done not_invited", []string{"member.resend Ina Three"}},
			{bulk.Act{Does: act.MemberGrant, Add: team.RoleGivings(roster.RoleOwner)}, "exceeds_authority exceeds_authority stronger_target not_found exceeds_authority exceeds_authority", nil},
			{bulk.Act{Does: act.MemberGrant, Add: team.RoleGivings(roster.RoleUserAdministrator), Withdraw: team.RoleGivings(roster.RoleMember)}, "done done stronger_target not_found done done", []string{"member.grant Bob One", "member.grant Ina Three", "member.grant Eva Two"}},
			{bulk.Act{Does: act.MemberRemove}, "done not_on_yourself stronger_target not_found done done", []string{"member.remove Bob One", "member.remove Ina Three", "member.remove Eva Two"}},
		} {
			since := last(t, h)
			dry := step.act
			dry.DryRun = true
			tried, err := bulk.Perform(ctx, h.Bulks, dry, all)
			must(t, err)
			if got := codes(tried); got != step.want {
				t.Errorf("%s, tried: %s, want %s", step.act.Does, got, step.want)
			}
			if now := last(t, h); now != since {
				t.Errorf("%s, tried: the history goes from %d to %d", step.act.Does, since, now)
			}
			done, err := bulk.Perform(ctx, h.Bulks, step.act, all)
			must(t, err)
			if got := codes(done); got != step.want {
				t.Errorf("%s: %s, want %s", step.act.Does, got, step.want)
			}
			if got := lines(t, h, since); !slices.Equal(got, step.told) {
				t.Errorf("%s: the history tells %q, want %q", step.act.Does, got, step.told)
			}
		}
		o, err := h.Orgs.Show(h.As(h.Owner))
		must(t, err)
		if o.Organisation.People != 2 {
			t.Errorf("%d seats are taken, want 2", o.Organisation.People)
		}
		_, err = bulk.Perform(h.As(h.Join("vic@example.com", "Vic", "View", roster.RoleAuditor)), h.Bulks, bulk.Act{Does: act.MemberBlock}, all)
		if roster.AsError(err).Code != "forbidden" {
			t.Errorf("who may block nobody is refused as a whole: %v", err)
		}
	})
}

// TestTheLastOwnerStaysInABatch removes all Owners at once, by the operator: one is kept.
func TestTheLastOwnerStaysInABatch(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		otto := h.Join("otto@example.com", "Otto", "Owner", roster.RoleOwner)
		done, err := bulk.Perform(h.CLI(h.Owner.Organisation), h.Bulks, bulk.Act{Does: act.MemberRemove}, []roster.MemberID{otto.Member, h.Owner.Member})
		must(t, err)
		if got := codes(done); got != "done last_owner" {
			t.Errorf("%s", got)
		}
	})
}

// TestALongDryRunIsWhatDoingItIs removes more Owners than one step holds, and the last of them cannot go: the plan says so, though
// no step by itself would find it.
func TestALongDryRunIsWhatDoingItIs(t *testing.T) {
	h := rostertest.SQLite(t)
	ctx := h.CLI(h.Acme.ID)
	h.Horde(action.MostRows + 9)
	must(t, h.DB.Write(ctx, h.Acme.ID, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Change(ctx, []roster.Change{{Field: "horde"}}, `UPDATE member_grant SET role_id = $2 WHERE org_id = $1 AND role_id = $3`, h.Acme.ID, roster.RoleOwner, roster.RoleMember); err != nil {
			return err
		}
		_, err := tx.Record(ctx, roster.Event{Action: "organisation.create"})
		return err
	}))
	ids, err := h.Team.Chosen(ctx, team.Query{Role: roster.RoleOwner})
	must(t, err)
	remove := bulk.Act{Does: act.MemberRemove, DryRun: true}
	tried, err := bulk.Perform(ctx, h.Bulks, remove, ids)
	must(t, err)
	remove.DryRun = false
	done, err := bulk.Perform(ctx, h.Bulks, remove, ids)
	must(t, err)
	if len(ids) <= action.MostRows || codes(tried) != codes(done) || !strings.HasSuffix(codes(done), "done last_owner") {
		t.Errorf("of %d was to become %.99s, and became %.99s", len(ids), codes(tried), codes(done))
	}
}

// TestAFilterIsActedOnStepByStep blocks more than one step holds, chosen by a filter, and refuses more than may be
// chosen at once.
func TestAFilterIsActedOnStepByStep(t *testing.T) {
	h := rostertest.SQLite(t)
	ctx := h.As(h.Owner)
	for at := 0; at < action.MostRows+20; {
		var some []team.Invitation
		for ; at < action.MostRows+20 && len(some) < 260; at++ {
			some = append(some, team.Invitation{Email: fmt.Sprintf("crowd%d@example.net", at), NamesLater: true})
		}
		_, err := h.Team.InviteEach(ctx, some)
		must(t, err)
	}
	ids, err := h.Team.Chosen(ctx, team.Query{Text: "example.net", Status: []roster.Status{roster.Invited}})
	must(t, err)
	done, err := bulk.Perform(ctx, h.Bulks, bulk.Act{Does: act.MemberBlock}, ids)
	must(t, err)
	if len(done) != action.MostRows+20 || strings.Contains(codes(done), "_") {
		t.Errorf("%d rows: %.200s", len(done), codes(done))
	}
	page, err := h.Team.List(ctx, team.Query{Status: []roster.Status{roster.Blocked}})
	must(t, err)
	if page.Total != action.MostRows+20 {
		t.Errorf("%d are blocked", page.Total)
	}
	_, err = bulk.Perform(ctx, h.Bulks, bulk.Act{Does: act.MemberBlock}, make([]roster.MemberID, team.MostChosen+1))
	if e := roster.AsError(err); e.Code != "too_many_members" || !strings.Contains(e.Message, "10000") {
		t.Errorf("too many: %v", err)
	}
}

// TestWhoIsGivenSomethingTogetherStandsAtTheAccount: the list of an account's people is derived row by row, and so of each
// of several, not of the last.
func TestWhoIsGivenSomethingTogetherStandsAtTheAccount(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		account := h.Account("Nord", "")
		var ids []roster.MemberID
		for i := range 3 {
			ids = append(ids, h.Join(fmt.Sprintf("person%d@example.com", i), "Person", fmt.Sprint(i)).Member)
		}
		slices.Sort(ids)
		there := func() []roster.MemberID {
			all, err := store.All(ctx, h.DB.Reader(), store.Scan[roster.MemberID], `SELECT member_id FROM member_place WHERE org_id = $1 AND unit_id = $2 ORDER BY member_id`, h.Acme.ID, account)
			must(t, err)
			return all
		}
		role := []team.Giving{{Role: roster.RoleAuditor, Unit: account}}
		got, err := h.Bulks.Grant(ctx, ids, role, nil)
		must(t, err)
		if codes(got) != "done done done" || !slices.Equal(there(), ids) {
			t.Errorf("given to each: %s, and there stand %v", codes(got), there())
		}
		_, err = h.Bulks.Grant(ctx, ids[:2], nil, role)
		must(t, err)
		if !slices.Equal(there(), ids[2:]) {
			t.Errorf("taken from two: there stand %v", there())
		}
	})
}
