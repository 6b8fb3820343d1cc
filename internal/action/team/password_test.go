package team_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/outbox"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// given is a password that an administrator sets in these stories, chosen one that its person chooses.
const (
	given  = "copper-lantern-meadow-31"
	chosen = "walnut-harbour-comet-58"
)

func creation(email, first, last string, roles ...string) team.Creation {
	return team.Creation{
		Invitation:  team.Invitation{Email: email, Profile: roster.Profile{FirstName: first, LastName: last}, Grants: team.RoleGivings(roles...)},
		NewPassword: team.NewPassword{Password: given, Repeat: given},
	}
}

// visitor gives a context of somebody at the sign-in page.
func visitor() context.Context {
	return roster.WithActor(context.Background(), roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.7"})
}

func try(h *rostertest.House, email, password, organisation string) (signin.Signed, error) {
	return h.SignIn.SignIn(visitor(), signin.Try{Email: email, Password: password, Organisation: organisation})
}

// enter signs in with a given password and chooses another.
func enter(t *testing.T, h *rostertest.House, email, password, own, organisation string) signin.Signed {
	t.Helper()
	signed, err := try(h, email, password, organisation)
	if err != nil || signed.Choice == "" || signed.Secret != "" {
		t.Fatalf("the given password gives %+v, %v", signed, err)
	}
	done, err := h.SignIn.Choose(visitor(), signin.Chosen{Choice: signed.Choice, Password: own, Repeat: own})
	if err != nil || done.Secret == "" {
		t.Fatalf("choosing gives %+v, %v", done, err)
	}
	return done
}

// TestAMemberWithAPassword is R18: created with a password, told nobody, changed at the first sign-in.
func TestAMemberWithAPassword(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m, err := h.Team.Create(h.As(h.Owner), creation("ole@example.com", "Ole", "Brand", roster.RoleAuditor))
		if err != nil {
			t.Fatal(err)
		}
		if m.Status != roster.Active || !m.VerifiedAt.IsZero() || m.Person == "" || m.Live.State != "" || !slices.Equal(m.Roles(), []string{roster.RoleAuditor}) {
			t.Errorf("made %+v", m.Member)
		}
		letters, err := h.Outbox.List(h.CLI(""), 10)
		if err != nil || slices.ContainsFunc(letters, func(l outbox.Waiting) bool { return l.About == string(m.ID) }) {
			t.Errorf("a letter was queued: %v %v", letters, err)
		}
		if _, err := try(h, "ole@example.com", "wrong-anchor-tuesday-47", ""); code(err) != "wrong_credentials" {
			t.Errorf("a wrong password: %v", err)
		}
		signed, err := try(h, "ole@example.com", given, "")
		if err != nil || signed.Choice == "" || signed.Secret != "" {
			t.Fatalf("the given password gives %+v, %v", signed, err)
		}
		if _, err := h.SignIn.Check(visitor(), signed.Choice); code(err) != "session_over" {
			t.Errorf("the choice is a session: %v", err)
		}
		for own, want := range map[string]string{given: "password_given", "short": "password_criteria", "Ole-Brand-Acme-Example": "password_criteria"} {
			if _, err := h.SignIn.Choose(visitor(), signin.Chosen{Choice: signed.Choice, Password: own, Repeat: own}); code(err) != want {
				t.Errorf("choosing %s: %v", own, err)
			}
		}
		if _, err := h.SignIn.Choose(visitor(), signin.Chosen{Choice: signed.Choice, Password: chosen, Repeat: chosen + "x"}); code(err) != "passwords_differ" {
			t.Errorf("two different ones: %v", err)
		}
		done, err := h.SignIn.Choose(visitor(), signin.Chosen{Choice: signed.Choice, Password: chosen, Repeat: chosen})
		if err != nil {
			t.Fatal(err)
		}
		if s, err := h.SignIn.Check(visitor(), done.Secret); err != nil || s.Person != m.Person {
			t.Errorf("the session after it: %+v %v", s, err)
		}
		if _, err := h.SignIn.Choose(visitor(), signin.Chosen{Choice: signed.Choice, Password: chosen + "-2", Repeat: chosen + "-2"}); code(err) != "choice_over" {
			t.Errorf("a choice works twice: %v", err)
		}
		if _, err := try(h, "ole@example.com", given, ""); code(err) != "wrong_credentials" {
			t.Errorf("the given password afterwards: %v", err)
		}
		if again, err := try(h, "ole@example.com", chosen, ""); err != nil || again.Secret == "" {
			t.Errorf("the chosen one: %+v %v", again, err)
		}
		did(t, h, m.ID, "member.create by Olga Owner", "password.choose by Ole Brand")
		h.Verified(h.Acme.ID)
		silent(t, h)
	})
}

// did holds what the history tells of a member, the oldest first.
func did(t *testing.T, h *rostertest.House, m roster.MemberID, want ...string) {
	t.Helper()
	page, err := h.History.OfMember(h.As(h.Owner), history.Query{Member: m, Forward: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range page.Events {
		got = append(got, e.Action+" by "+e.ActorName)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the history tells %q, want %q", got, want)
	}
}

// silent holds that no password stands anywhere in the database.
func silent(t *testing.T, h *rostertest.House) {
	t.Helper()
	if strings.Contains(h.Database, "://") {
		return
	}
	for _, name := range []string{h.Database, h.Database + "-wal"} {
		data, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, secret := range []string{given, chosen} {
			if strings.Contains(string(data), secret) {
				t.Errorf("%s holds the password %s", name, secret)
			}
		}
	}
}

// TestAGivenPasswordEnds holds that an unused one dies by the clock, and that only who proves it learns so.
func TestAGivenPasswordEnds(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m, err := h.Team.Create(h.As(h.Owner), creation("ole@example.com", "Ole", "Brand"))
		if err != nil {
			t.Fatal(err)
		}
		brief := creation("ida@example.com", "Ida", "Falk")
		brief.TTL = time.Hour
		if _, err := h.Team.Create(h.As(h.Owner), brief); err != nil {
			t.Fatal(err)
		}
		h.Clock.Pass(time.Hour)
		if _, err := try(h, "ida@example.com", given, ""); code(err) != "password_expired" {
			t.Errorf("after its hour: %v", err)
		}
		h.Clock.Pass(roster.DefaultInvitationTTL - time.Hour - time.Minute)
		open, err := try(h, "ole@example.com", given, "")
		if err != nil || open.Choice == "" {
			t.Fatalf("a minute before the end: %+v %v", open, err)
		}
		h.Clock.Pass(time.Minute)
		if _, err := h.SignIn.Choose(visitor(), signin.Chosen{Choice: open.Choice, Password: chosen, Repeat: chosen}); code(err) != "password_expired" {
			t.Errorf("a choice outlives its password: %v", err)
		}
		if _, err := try(h, "ole@example.com", given, ""); code(err) != "password_expired" {
			t.Errorf("after seven days: %v", err)
		}
		if _, err := try(h, "ole@example.com", "wrong-anchor-tuesday-47", ""); code(err) != "wrong_credentials" {
			t.Errorf("a wrong one after seven days: %v", err)
		}
		if _, err := h.Team.SetPassword(h.As(h.Owner), m.ID, team.NewPassword{Password: chosen, Repeat: chosen}); err != nil {
			t.Fatal(err)
		}
		enter(t, h, "ole@example.com", chosen, given, "")
	})
}

// TestAChoiceEnds holds that it stands open for ten minutes, and for the password that it follows from.
func TestAChoiceEnds(t *testing.T) {
	h := rostertest.SQLite(t)
	m, err := h.Team.Create(h.As(h.Owner), creation("ole@example.com", "Ole", "Brand"))
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(){
		"ten minutes later": func() { h.Clock.Pass(10 * time.Minute) },
		"another password": func() {
			if _, err := h.Team.SetPassword(h.As(h.Owner), m.ID, team.NewPassword{Password: given, Repeat: given}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		signed, err := try(h, "ole@example.com", given, "")
		if err != nil {
			t.Fatal(err)
		}
		spoil()
		if _, err := h.SignIn.Choosing(visitor(), signed.Choice); code(err) != "choice_over" {
			t.Errorf("%s: %v", name, err)
		}
	}
	signed, err := try(h, "ole@example.com", given, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Team.Remove(h.As(h.Owner), m.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignIn.Choose(visitor(), signin.Chosen{Choice: signed.Choice, Password: chosen, Repeat: chosen}); code(err) != "choice_over" {
		t.Errorf("after the removal: %v", err)
	}
	if _, err := try(h, "ole@example.com", given, ""); code(err) != "wrong_credentials" {
		t.Errorf("a removed person's password: %v", err)
	}
	again, err := h.Team.Create(h.As(h.Owner), creation("ole@example.com", "Ole", "Brand"))
	if err != nil || again.ID == m.ID {
		t.Fatalf("created again: %+v %v", again.Member, err)
	}
	enter(t, h, "ole@example.com", given, chosen, "")
	for _, forged := range []string{"", "x", signed.Choice[:len(signed.Choice)-2] + "AA"} {
		if _, err := h.SignIn.Choosing(visitor(), forged); code(err) != "choice_over" {
			t.Errorf("a forged choice: %v", err)
		}
	}
}

// TestAnAdministratorChangesAPassword is R21 with rule 3.
func TestAnAdministratorChangesAPassword(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m, err := h.Team.Create(h.As(h.Owner), creation("ole@example.com", "Ole", "Brand", roster.RoleUserAdministrator))
		if err != nil {
			t.Fatal(err)
		}
		session := enter(t, h, "ole@example.com", given, chosen, "")
		ole := rostertest.Actor(m.Member)
		other := team.NewPassword{Password: "silver-pebble-orchard-92", Repeat: "silver-pebble-orchard-92"}
		robot, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleUserAdministrator)})
		if err != nil {
			t.Fatal(err)
		}
		anna, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}})
		if err != nil {
			t.Fatal(err)
		}
		own := h.Accept(h.Acme.ID, mailed(t, h, h.Acme.ID, anna.ID), "Anna", "Berg").Member
		pending, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "pia@example.com", Profile: roster.Profile{FirstName: "Pia", LastName: "Ending"}})
		if err != nil {
			t.Fatal(err)
		}
		for what, c := range map[string]struct {
			by   roster.Actor
			on   roster.MemberID
			want string
		}{
			"oneself":            {ole, m.ID, "not_on_yourself"},
			"someone stronger":   {ole, h.Owner.Member, "stronger_target"},
			"by an API user":     {rostertest.Actor(robot.Member), m.ID, "people_only"},
			"an own person":      {h.Owner, own, "own_password"},
			"nobody yet":         {h.Owner, pending.ID, "not_accepted"},
			"an API user":        {h.Owner, robot.ID, "no_password"},
			"an unknown one":     {h.Owner, roster.NewMemberID(), "not_found"},
			"without permission": {h.Join("rita@example.com", "Rita", "Reader", roster.RoleAuditor), m.ID, "forbidden"},
		} {
			if _, err := h.Team.SetPassword(h.As(c.by), c.on, other); code(err) != c.want {
				t.Errorf("%s: %v, want %s", what, err, c.want)
			}
		}
		if _, err := h.Team.SetPassword(h.As(h.Owner), m.ID, team.NewPassword{Password: "short", Repeat: "shorter"}); code(err) != "fields_invalid" {
			t.Errorf("two faults at once: %v", err)
		}
		if _, err := h.SignIn.Check(visitor(), session.Secret); err != nil {
			t.Errorf("a refusal ended the session: %v", err)
		}
		if _, err := h.Team.SetPassword(h.As(h.Owner), m.ID, other); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SignIn.Check(visitor(), session.Secret); code(err) != "session_over" {
			t.Errorf("a session outlives the change: %v", err)
		}
		if _, err := try(h, "ole@example.com", chosen, ""); code(err) != "wrong_credentials" {
			t.Errorf("the old password: %v", err)
		}
		enter(t, h, "ole@example.com", other.Password, chosen, "")
		did(t, h, m.ID, "member.create by Olga Owner", "password.choose by Ole Brand", "member.password by Olga Owner", "password.choose by Ole Brand")
		h.Verified(h.Acme.ID)
	})
}

// TestCreatingWithAPasswordIsRefused holds who may and when not.
func TestCreatingWithAPasswordIsRefused(t *testing.T) {
	h := rostertest.SQLite(t)
	robot, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleUserAdministrator)})
	if err != nil {
		t.Fatal(err)
	}
	inviter := h.Holder("Inga", team.Giving{Permission: "members.write"}, team.Giving{Permission: "members.read"}, team.Giving{Scope: "admin"})
	administrator := h.Join("uwe@example.com", "Uwe", "Admin", roster.RoleUserAdministrator)
	letter := creation("new@example.com", "Nora", "New")
	letter.Message = "Welcome"
	for what, c := range map[string]struct {
		by   roster.Actor
		in   team.Creation
		want string
	}{
		"an API user":                   {rostertest.Actor(robot.Member), creation("new@example.com", "Nora", "New"), "people_only"},
		"no members.credentials":        {inviter, creation("new@example.com", "Nora", "New"), "forbidden"},
		"beyond one's own":              {administrator, creation("new@example.com", "Nora", "New", roster.RoleOwner), "exceeds_authority"},
		"the address is here":           {h.Owner, creation("Uwe@Example.com", "Uwe", "Twin"), "already_member"},
		"a message nobody gets":         {h.Owner, letter, "field_unknown"},
		"neither address nor names fit": {h.Owner, creation("nowhere", "", ""), "fields_invalid"},
		"a weak password": {h.Owner, team.Creation{
			Invitation:  team.Invitation{Email: "new@example.com", Profile: roster.Profile{FirstName: "Nora", LastName: "New"}},
			NewPassword: team.NewPassword{Password: "nora-new-example", Repeat: "nora-new-example"},
		}, "password_criteria"},
	} {
		if _, err := h.Team.Create(h.As(c.by), c.in); code(err) != c.want {
			t.Errorf("%s: %v, want %s", what, err, c.want)
		}
	}
	before, err := h.Team.Create(h.As(administrator), creation("new@example.com", "Nora", "New"))
	if err != nil {
		t.Fatal(err)
	}
	off := false
	if _, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{AdminPasswords: &off}); err != nil {
		t.Fatal(err)
	}
	for who, ctx := range map[string]context.Context{"the Owner": h.As(h.Owner), "root": h.CLI(h.Acme.ID)} {
		if _, err := h.Team.Create(ctx, creation("later@example.com", "Lara", "Later")); code(err) != "admin_passwords_off" {
			t.Errorf("%s creates where it is turned off: %v", who, err)
		}
		if _, err := h.Team.SetPassword(ctx, before.ID, team.NewPassword{Password: chosen, Repeat: chosen}); code(err) != "admin_passwords_off" {
			t.Errorf("%s sets a password where it is turned off: %v", who, err)
		}
	}
	v, err := h.Team.Show(h.As(h.Owner), before.ID)
	if err != nil || slices.Contains(v.Allowed, "member.password") {
		t.Errorf("it is offered where it is turned off: %v %v", v.Allowed, err)
	}
	enter(t, h, "new@example.com", given, chosen, "") // what was handed over before still opens the choice
}

// TestStartBlockedWithAPassword: the password is chosen, and the door opens with unblock.
func TestStartBlockedWithAPassword(t *testing.T) {
	h := rostertest.SQLite(t)
	in := creation("ole@example.com", "Ole", "Brand", roster.RoleAuditor)
	in.StartBlocked = true
	m, err := h.Team.Create(h.As(h.Owner), in)
	if err != nil || m.Status != roster.Blocked || m.Before != roster.Active {
		t.Fatalf("made %+v, %v", m.Member, err)
	}
	enter(t, h, "ole@example.com", given, chosen, "")
	person := roster.Actor{Kind: roster.ActorPerson, Person: m.Person}
	if _, err := h.Orgs.Enter(h.As(person), "acme"); code(err) != "blocked" {
		t.Errorf("a blocked one enters: %v", err)
	}
	if _, err := h.Team.Unblock(h.As(h.Owner), m.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Orgs.Enter(h.As(person), "acme"); err != nil {
		t.Errorf("an unblocked one does not enter: %v", err)
	}
}

// TestOneAddressManyPersons is decision 005: the organisation's own sign-in address decides whose password counts.
func TestOneAddressManyPersons(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Beta", Plan: roster.PlanUnlimited, Owner: "bea@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		bea := h.Accept(founded.Organisation.ID, founded.Link, "Bea", "Owner")
		const inAcme, inBeta = "silver-pebble-orchard-92", "purple-anvil-station-64"
		here, err := h.Team.Create(h.As(h.Owner), creation("shared@example.com", "Sam", "Shared"))
		if err != nil {
			t.Fatal(err)
		}
		there, err := h.Team.Create(h.As(bea), creation("shared@example.com", "Sam", "Shared"))
		if err != nil {
			t.Fatal(err)
		}
		enter(t, h, "shared@example.com", given, inAcme, "acme")
		enter(t, h, "shared@example.com", given, inBeta, "beta")
		for organisation, c := range map[string]struct {
			right, wrong string
			person       roster.PersonID
		}{"acme": {inAcme, inBeta, here.Person}, "beta": {inBeta, inAcme, there.Person}} {
			signed, err := try(h, "shared@example.com", c.right, organisation)
			if err != nil || signed.Session.Person != c.person {
				t.Errorf("at %q: %+v %v", organisation, signed.Session, err)
			}
			if _, err := try(h, "shared@example.com", c.wrong, organisation); code(err) != "wrong_credentials" {
				t.Errorf("at %q with the other's password: %v", organisation, err)
			}
		}
		for _, password := range []string{inAcme, inBeta} {
			if _, err := try(h, "shared@example.com", password, ""); code(err) != "wrong_credentials" {
				t.Errorf("at no organisation, where either could be meant: %v", err)
			}
		}
		if _, err := h.Team.SetPassword(h.As(bea), there.ID, team.NewPassword{Password: given, Repeat: given}); err != nil {
			t.Fatal(err)
		}
		if _, err := try(h, "shared@example.com", inAcme, "acme"); err != nil {
			t.Errorf("Beta's administrator reached Acme's person: %v", err)
		}
	})
}

// TestAGivenPasswordIsNoOwnersWayIn is rule 5: what ends by itself does not keep an organisation.
func TestAGivenPasswordIsNoOwnersWayIn(t *testing.T) {
	h := rostertest.SQLite(t)
	second, err := h.Team.Create(h.As(h.Owner), creation("otto@example.com", "Otto", "Owner", roster.RoleOwner))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Team.Block(h.CLI(h.Acme.ID), h.Owner.Member, ""); code(err) != "last_owner" {
		t.Errorf("the only one who has a way in is blocked: %v", err)
	}
	enter(t, h, "otto@example.com", given, chosen, "")
	if _, err := h.Team.Block(h.CLI(h.Acme.ID), h.Owner.Member, ""); err != nil {
		t.Errorf("with a second Owner: %v", err)
	}
	if _, err := h.Team.SetPassword(h.CLI(h.Acme.ID), second.ID, team.NewPassword{Password: given, Repeat: given}); code(err) != "last_owner" {
		t.Errorf("the last Owner's password is replaced by one that ends: %v", err)
	}
}
