package team_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/outbox"
	"roster/internal/action/plan"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// several gives an invitation for each address of a text, with a role.
func several(text string, roles ...string) []team.Invitation {
	var all []team.Invitation
	for _, r := range roster.ParseRecipients(text) {
		in := invitation(r.Address, r.FirstName, r.LastName, roles...)
		in.NamesLater = true
		all = append(all, in)
	}
	return all
}

// codes gives the codes of outcomes; "ok" for who was invited.
func codes(all []action.Outcome[team.View]) string {
	var out []string
	for _, o := range all {
		if o.Err == nil {
			out = append(out, "ok")
		} else {
			out = append(out, o.Err.Code)
		}
	}
	return strings.Join(out, " ")
}

func TestSeveralPeopleAreInvitedAndEachOutcomeIsTold(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		mia := h.Join("mia@example.com", "Mia", "Member", roster.RoleMember)
		ctx := h.As(h.Owner)
		if _, err := h.Team.Invite(ctx, invitation("ina@example.com", "Ina", "Invited")); err != nil {
			t.Fatal(err)
		}
		before := len(actions(t, h))

		all, err := h.Team.InviteEach(ctx, several("Anna Maria Berg <anna@example.com>; MIA@example.com, nobody\nina@example.com bo@example.com anna@EXAMPLE.com", roster.RoleAuditor))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := codes(all), "ok already_member email_invalid already_invited ok doubled"; got != want {
			t.Fatalf("outcomes: got %q, want %q", got, want)
		}
		if got := all[1].Err.Existing; got != mia.Member {
			t.Errorf("who has the address: got %q", got)
		}
		anna, bo := all[0].Result, all[4].Result
		if anna.FirstName != "Anna Maria" || anna.LastName != "Berg" || bo.Name != "" || bo.Label() != "bo@example.com" {
			t.Errorf("names: %+v, %+v", anna.Member, bo.Member)
		}
		if strings.Join(anna.Roles(), " ") != roster.RoleAuditor {
			t.Errorf("roles: %v", anna.Roles())
		}
		if got := actions(t, h)[before:]; strings.Join(got, " ") != "member.invite member.invite" {
			t.Errorf("history: %v", got)
		}
		letters, err := h.Outbox.List(h.CLI(""), 100)
		if err != nil {
			t.Fatal(err)
		}
		if got := waiting(letters, anna.ID, bo.ID); got != 2 {
			t.Errorf("letters: %d", got)
		}

		_, err = h.Team.InviteEach(ctx, nil)
		want(t, "nobody", err, "field_required")
		_, err = h.Team.InviteEach(ctx, make([]team.Invitation, action.MostRows+1))
		want(t, "too many", err, "too_many_rows")
	})
}

// waiting counts the letters about some members.
func waiting(all []outbox.Waiting, who ...roster.MemberID) int {
	n := 0
	for _, j := range all {
		for _, id := range who {
			if j.Kind == outbox.Invitation && j.About == string(id) {
				n++
			}
		}
	}
	return n
}

func TestNobodyIsInvitedBeyondThePlanAndTheGiversAuthority(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		if _, err := h.Plans.Create(h.CLI(""), roster.Plan{Key: "three", Name: "Three", MaxUsers: 3, MaxAPIUsers: 0}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Orgs.Assign(h.CLI(h.Acme.ID), "three", 0); err != nil {
			t.Fatal(err)
		}
		all, err := h.Team.InviteEach(h.As(h.Owner), several("a@x.org b@x.org bad c@x.org d@x.org"))
		if err != nil {
			t.Fatal(err)
		}
		if got := codes(all); got != "ok ok email_invalid seat_limit seat_limit" {
			t.Fatalf("outcomes: %s", got)
		}
		if got := all[3].Err.Message; got != "The plan Three allows 3 users and 3 are in use. Remove someone or change the plan to add more." {
			t.Errorf("words: %s", got)
		}
		_, err = h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot"})
		want(t, "no API users", err, "seat_limit")

		if _, err := h.Plans.Edit(h.CLI(""), "three", plan.Edit{MaxUsers: new(9)}); err != nil {
			t.Fatal(err)
		}
		uma := h.Join("uma@example.com", "Uma", "Admin", roster.RoleUserAdministrator)
		all, err = h.Team.InviteEach(h.As(uma), several("e@x.org f@x.org", roster.RoleOwner))
		if err != nil {
			t.Fatal(err)
		}
		if got := codes(all); got != "exceeds_authority exceeds_authority" {
			t.Errorf("beyond one's own: %s", got)
		}
		mia := h.Join("mia@example.com", "Mia", "Member", roster.RoleMember)
		_, err = h.Team.InviteEach(h.As(mia), several("g@x.org"))
		want(t, "without the permission", err, "forbidden")
	})
}

func TestOnlyAllowedDomainsAreInvitedAtEveryDoor(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		early, err := h.Team.Invite(ctx, invitation("early@elsewhere.org", "Ea", "Rly"))
		if err != nil {
			t.Fatal(err)
		}
		settings, err := h.Orgs.Edit(ctx, org.Edit{Domains: &[]string{"Example.COM", "@münchen.example", "example.com"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(settings.Organisation.Domains, " "); got != "example.com xn--mnchen-3ya.example" {
			t.Errorf("kept domains: %s", got)
		}
		_, err = h.Team.Invite(ctx, invitation("ann@elsewhere.org", "Ann", "Else"))
		want(t, "another domain", err, "domain_not_allowed")
		if e := roster.AsError(err); e.Field != "email" || e.Message != "Acme invites only addresses of example.com, xn--mnchen-3ya.example." {
			t.Errorf("refusal: %q at %q", e.Message, e.Field)
		}
		_, err = h.Team.Invite(ctx, invitation("ann@sub.example.com", "Ann", "Sub"))
		want(t, "a subdomain", err, "domain_not_allowed")
		_, err = h.Team.Clone(ctx, early.ID, team.Clone{Email: "clone@elsewhere.org", Profile: roster.Profile{FirstName: "Clo", LastName: "Ne"}})
		want(t, "a clone", err, "domain_not_allowed")
		all, err := h.Team.InviteEach(ctx, several("x@elsewhere.org y@MÜNCHEN.example z@xn--mnchen-3ya.example"))
		if err != nil || codes(all) != "domain_not_allowed ok ok" {
			t.Errorf("several: %s, %v", codes(all), err)
		}
		if _, err := h.Team.Resend(ctx, early.ID); err != nil {
			t.Errorf("who was invited before keeps their way: %v", err)
		}
		house := h.Account("Nordwind", "")
		_, err = h.Team.Invite(ctx, team.Invitation{Kind: roster.External, Unit: string(house), Email: "ole@nordwind.org", Profile: roster.Profile{FirstName: "Ole", LastName: "Out"}})
		want(t, "an external user", err, "")
	})
}

func TestSettingsAreKeptRefusedWhenStaleAndInTheHistory(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		was, err := h.Orgs.Show(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if o := was.Organisation; !o.AdminPasswords || o.PhoneRequired || len(o.Domains) != 0 || o.Version != 1 {
			t.Errorf("as it begins: %+v", o)
		}
		uma := h.Holder("Uma", team.Giving{Role: roster.RoleUserAdministrator})
		name, ttl, yes, no := "Acme Ltd", 36*time.Hour, true, false
		now, err := h.Orgs.Edit(ctx, org.Edit{Name: &name, InvitationTTL: &ttl, PhoneRequired: &yes, AdminPasswords: &no, Version: 1})
		if err != nil {
			t.Fatal(err)
		}
		shown, err := h.Orgs.Show(ctx)
		if err != nil || fmt.Sprint(shown.Organisation) == fmt.Sprint(was.Organisation) || shown.Organisation.Name != name || shown.Organisation.Version != 2 || now.Organisation.Version != 2 {
			t.Errorf("kept: %+v, %v", shown.Organisation, err)
		}
		_, err = h.Orgs.Edit(ctx, org.Edit{Name: &name, Version: 1})
		want(t, "stale", err, "changed_meanwhile")
		page, err := h.History.List(ctx, history.Query{Action: string(act.OrganisationEdit)})
		if err != nil || len(page.Events) != 1 {
			t.Fatalf("history: %+v, %v", page, err)
		}
		var changed []string
		for _, c := range page.Events[0].Changes {
			changed = append(changed, c.Field+"="+c.From+">"+c.To)
		}
		if got := strings.Join(changed, " "); got != "name=Acme>Acme Ltd invitation_ttl=168h0m0s>36h0m0s phone_required=false>true admin_passwords=true>false" {
			t.Errorf("line: %s", got)
		}
		empty, long, bad := " ", 91*24*time.Hour, []string{"nowhere", "a@b.c"}
		_, err = h.Orgs.Edit(ctx, org.Edit{Name: &empty, InvitationTTL: &long, Domains: &bad})
		want(t, "bad input", err, "fields_invalid")
		if got := len(roster.AsError(err).Fields); got != 4 {
			t.Errorf("fields at fault: %+v", roster.AsError(err).Fields)
		}
		_, err = h.Orgs.Edit(h.As(uma), org.Edit{Name: &name})
		want(t, "without the permission", err, "forbidden")
	})
}
