package team_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store/memberdb"
)

func invitation(email, first, last string, roles ...string) team.Invitation {
	return team.Invitation{Email: email, Profile: roster.Profile{FirstName: first, LastName: last}, Grants: team.RoleGivings(roles...)}
}

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

// actions gives the actions of an organisation's history, oldest first.
func actions(t *testing.T, h *rostertest.House) []string {
	t.Helper()
	page, err := h.History.List(h.As(h.Owner), history.Query{Forward: true, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range page.Events {
		name := e.Action
		if e.Refused != "" {
			name += "!" + e.Refused
		}
		names = append(names, name)
	}
	return names
}

func TestAPersonsWayThroughTheTeam(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		v, err := h.Team.Invite(ctx, invitation("Anna.Berg@Example.com", " Anna ", "Berg", "auditor"))
		if err != nil {
			t.Fatal(err)
		}
		if v.Status != roster.Invited || v.Name != "Anna Berg" || v.Email.Typed != "Anna.Berg@Example.com" || !slices.Equal(v.Roles(), []string{"auditor"}) {
			t.Errorf("invited: %+v", v)
		}
		shown, err := h.Team.Show(ctx, v.ID)
		if err != nil || !slices.Equal(shown.Allowed, v.Allowed) || shown.CreatedBy != v.CreatedBy || shown.Version != v.Version {
			t.Errorf("the view made without reading differs from the one read: %+v / %+v (%v)", v, shown, err)
		}
		_, err = h.Team.Invite(ctx, invitation("anna.berg@EXAMPLE.com", "A", "B"))
		want(t, "same address", err, "already_invited")

		linked, err := h.Team.Link(ctx, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		anna := h.Accept(h.Acme.ID, linked.Secret, "Anna", "Berg")
		_, err = h.Team.Invite(ctx, invitation("anna.berg@example.com", "A", "B"))
		want(t, "same address, now active", err, "already_member")
		_, err = h.Team.Resend(ctx, v.ID)
		want(t, "resend to an active member", err, "not_invited")

		blocked, err := h.Team.Block(ctx, v.ID, "on leave")
		if err != nil || blocked.Status != roster.Blocked {
			t.Fatalf("block: %+v, %v", blocked, err)
		}
		_, err = h.Team.List(h.As(anna), team.Query{})
		want(t, "a blocked auditor lists", err, "blocked")
		_, err = h.Team.Block(ctx, v.ID, "")
		want(t, "block twice", err, "already_blocked")
		if back, err := h.Team.Unblock(ctx, v.ID); err != nil || back.Status != roster.Active {
			t.Errorf("unblock: %+v, %v", back, err)
		}
		if _, err := h.Team.List(h.As(anna), team.Query{}); err != nil {
			t.Errorf("an unblocked auditor lists: %v", err)
		}
		if _, err := h.Team.Remove(ctx, v.ID); err != nil {
			t.Fatal(err)
		}
		_, err = h.Team.List(h.As(anna), team.Query{})
		want(t, "a removed auditor lists", err, "not_found")
		again, err := h.Team.Invite(ctx, invitation("anna.berg@example.com", "Anna", "Berg"))
		if err != nil || again.ID == v.ID || !slices.Equal(again.Roles(), []string{"member"}) {
			t.Errorf("invited again: %+v, %v", again, err)
		}
		got := actions(t, h)
		expected := []string{
			"organisation.create", "invitation.accept", "member.invite", "member.link", "invitation.accept",
			"member.block", "member.unblock", "member.remove", "member.invite",
		}
		if !slices.Equal(got, expected) {
			t.Errorf("history\n got %v\nwant %v", got, expected)
		}
		h.Verified(h.Acme.ID)
		h.Verified(roster.Installation)
	})
}

func TestBadInputIsToldFieldByField(t *testing.T) {
	h := rostertest.SQLite(t)
	_, err := h.Team.Invite(h.As(h.Owner), team.Invitation{
		Email: "a@b@c", Profile: roster.Profile{FirstName: "A\u202eB", LastName: "", Phone: "12"}, TTL: time.Minute, Message: "a\x00",
	})
	e := roster.AsError(err)
	var fields []string
	for _, f := range e.Fields {
		fields = append(fields, f.Field+":"+f.Code)
	}
	expected := []string{
		"email:email_invalid", "message:control_character", "invitation_ttl:invitation_ttl_invalid",
		"first_name:bidi_control", "last_name:field_required", "phone:phone_invalid",
	}
	if !slices.Equal(fields, expected) {
		t.Errorf("got %v\nwant %v", fields, expected)
	}
	for _, g := range []team.Giving{{}, {Role: "king"}, {Permission: "x.y"}, {Role: "owner", Permission: "members.read"}, {Role: "member", Unit: "uni_1"}, {Role: "member", Until: rostertest.Start()}} {
		in := invitation("g@example.com", "G", "G")
		in.Grants = []team.Giving{g}
		if _, err := h.Team.Invite(h.As(h.Owner), in); roster.AsError(err).Kind != roster.Invalid {
			t.Errorf("grant %+v: %v", g, err)
		}
	}
}

func TestNobodyGivesWhatTheyLack(t *testing.T) {
	h := rostertest.SQLite(t)
	admin := h.Join("ada@example.com", "Ada", "Admin", "user_administrator")
	auditor := h.Join("aud@example.com", "Aud", "Itor", "auditor")
	ctx := h.As(admin)
	_, err := h.Team.Invite(ctx, invitation("x@example.com", "X", "X", "owner"))
	want(t, "an administrator invites an Owner", err, "exceeds_authority")
	if e := roster.AsError(err); !slices.Contains(e.Missing, "organisation.read") {
		t.Errorf("missing: %v", e.Missing)
	}
	_, err = h.Team.CreateAPIUser(ctx, team.APIUser{Name: "X", Grants: team.RoleGivings("owner")})
	want(t, "an API user as Owner", err, "owner_api")
	_, err = h.Team.Block(ctx, h.Owner.Member, "")
	want(t, "an administrator blocks an Owner", err, "stronger_target")
	roles := team.RoleGivings("member")
	_, err = h.Team.Edit(ctx, h.Owner.Member, team.Edit{Grants: &roles})
	want(t, "an administrator demotes an Owner", err, "stronger_target")
	_, err = h.Team.Edit(ctx, auditor.Member, team.Edit{Grants: &roles})
	want(t, "an administrator takes what they lack", err, "stronger_target")
	_, err = h.Team.Edit(ctx, admin.Member, team.Edit{Grants: &roles})
	want(t, "an administrator drops their own last administrative role", err, "not_on_yourself")
	_, err = h.Team.Block(ctx, admin.Member, "")
	want(t, "blocking oneself", err, "not_on_yourself")
	_, err = h.Team.Remove(ctx, admin.Member)
	want(t, "removing oneself", err, "not_on_yourself")
	_, err = h.Team.Invite(h.As(auditor), invitation("x@example.com", "X", "X"))
	want(t, "an auditor invites", err, "forbidden")

	h.Clock.Pass(2 * time.Minute)
	if err := h.Gate.SealRefusals(h.CLI("")); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(actions(t, h), " ")
	for _, line := range []string{"member.invite!exceeds_authority", "member.block!stronger_target", "member.edit!stronger_target", "member.invite!forbidden"} {
		if strings.Count(got, line) != 1 {
			t.Errorf("the history has %d lines %s: %s", strings.Count(got, line), line, got)
		}
	}
	h.Verified(h.Acme.ID)
}

func TestTheLastOwnerStays(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		second := h.Join("second@example.com", "Second", "Owner", "owner")
		member := team.RoleGivings("member")
		if _, err := h.Team.Edit(h.As(second), h.Owner.Member, team.Edit{Grants: &member}); err != nil {
			t.Fatalf("one of two Owners is demoted: %v", err)
		}
		root := h.CLI(h.Acme.ID)
		_, err := h.Team.Block(root, second.Member, "")
		want(t, "the last Owner is blocked by the command line", err, "last_owner")
		_, err = h.Team.Remove(root, second.Member)
		want(t, "the last Owner is removed by the command line", err, "last_owner")
		_, err = h.Team.Edit(root, second.Member, team.Edit{Grants: &member})
		want(t, "the last Owner is demoted by the command line", err, "last_owner")
		until := team.Giving{Role: "owner", Until: h.Clock.Now().Add(time.Hour)}
		_, err = h.Team.Edit(root, second.Member, team.Edit{Grants: &[]team.Giving{until}})
		want(t, "the last Owner's grant gets an end", err, "last_owner")
	})
}

func TestSeatsOfThePlan(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		small, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Small", Owner: "s@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		ctx := h.As(h.Accept(small.Organisation.ID, small.Link, "S", "Mall"))
		for i := range 9 {
			if _, err := h.Team.Invite(ctx, invitation(string(rune('a'+i))+"@example.com", "A", "B")); err != nil {
				t.Fatal(err)
			}
		}
		_, err = h.Team.Invite(ctx, invitation("z@example.com", "A", "B"))
		want(t, "the eleventh", err, "seat_limit")
		if m := roster.AsError(err).Message; !strings.Contains(m, "Playground") || !strings.Contains(m, "10 users") || !strings.Contains(m, "10 are in use") {
			t.Errorf("the refusal names plan, limit and count: %q", m)
		}
		if _, err := h.Team.CreateAPIUser(ctx, team.APIUser{Name: "Robot"}); err != nil {
			t.Errorf("API users have seats of their own: %v", err)
		}
		page, err := h.Team.List(ctx, team.Query{Text: "a@exam"})
		if err != nil || len(page.Members) != 1 {
			t.Fatalf("search: %+v, %v", page, err)
		}
		if _, err := h.Team.Remove(ctx, page.Members[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Team.Invite(ctx, invitation("z@example.com", "A", "B")); err != nil {
			t.Errorf("a removed member's seat is free: %v", err)
		}
	})
}

func TestListsAreWalkedByCursor(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		for _, name := range []string{"Émile", "Zoë", "emil", "Ångström", "Öz", "李", "Bob"} {
			if _, err := h.Team.Invite(ctx, invitation(roster.NewID("m")+"@example.com", name, "Test")); err != nil {
				t.Fatal(err)
			}
			h.Clock.Pass(time.Second)
		}
		for _, sort := range []string{"name", "-name", "created_at", "-created_at"} {
			whole, err := h.Team.List(ctx, team.Query{Sort: memberdb.Sort(sort)})
			if err != nil {
				t.Fatal(err)
			}
			var walked []string
			q := team.Query{Sort: memberdb.Sort(sort), Limit: 2}
			for range 20 {
				page, err := h.Team.List(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range page.Members {
					walked = append(walked, string(m.ID))
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					break
				}
			}
			var ids []string
			for _, m := range whole.Members {
				ids = append(ids, string(m.ID))
			}
			if !slices.Equal(walked, ids) || len(ids) != 8 {
				t.Errorf("%s: walked %v, whole %v", sort, walked, ids)
			}
		}
		for text, n := range map[string]int{"emil": 2, "ANG": 1, "李": 1, "tes": 7, "example.com": 8, "olga@ex": 1, "zoe test": 1, "zoe bob": 0} {
			page, err := h.Team.List(ctx, team.Query{Text: text})
			if err != nil || page.Total != n || len(page.Members) != n {
				t.Errorf("search %q: %d (total %d), want %d; %v", text, len(page.Members), page.Total, n, err)
			}
		}
		page, _ := h.Team.List(ctx, team.Query{Limit: 1})
		_, err := h.Team.List(ctx, team.Query{Limit: 1, Text: "x", Cursor: page.Next})
		want(t, "a cursor with another filter", err, "cursor_invalid")
	})
}

func TestStaleEditsAreRefused(t *testing.T) {
	h := rostertest.SQLite(t)
	ctx := h.As(h.Owner)
	v, err := h.Team.Invite(ctx, invitation("a@example.com", "A", "B"))
	if err != nil {
		t.Fatal(err)
	}
	rename := func(name string, version int64) error {
		_, err := h.Team.Edit(ctx, v.ID, team.Edit{Version: version, Profile: func(roster.Member) roster.Profile {
			return roster.Profile{FirstName: name, LastName: "B"}
		}})
		return err
	}
	want(t, "an edit of what was seen", rename("C", v.Version), "")
	want(t, "an edit of what was seen before that", rename("D", v.Version), "changed_meanwhile")
}

func TestAMembersPageNamesWhoGaveTheGrants(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		admin := h.Join("ada@example.com", "Ada", "Admin", "user_administrator")
		v, err := h.Team.Invite(h.As(admin), invitation("a@example.com", "A", "B", "member"))
		if err != nil {
			t.Fatal(err)
		}
		roles := team.RoleGivings("member", "auditor")
		if _, err := h.Team.Edit(h.As(h.Owner), v.ID, team.Edit{Grants: &roles}); err != nil {
			t.Fatal(err)
		}
		d, err := h.Profiles.Show(h.As(h.Owner), v.ID, time.Hour)
		want := map[string]string{string(admin.Member): "Ada Admin", string(h.Owner.Member): "Olga Owner"}
		if diff := cmp.Diff(want, d.Givers); diff != "" || err != nil {
			t.Errorf("%v: %s", err, diff)
		}
	})
}
