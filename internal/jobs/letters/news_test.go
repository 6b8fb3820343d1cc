package letters_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/self"
	"roster/internal/action/team"
	"roster/internal/bulletin"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store/jobdb"
)

// gathering is how long a letter of news waits for more.
const gathering = 5 * time.Minute

// news runs what is due once the letters of news are, and gives those that went to somebody since.
func (d desk) news(t *testing.T, c *carrier, to string) []mail.Letter {
	t.Helper()
	before := len(c.letters)
	d.Clock.Pass(gathering)
	if _, err := d.runner.Due(context.Background()); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(slices.Clone(c.letters[before:]), func(l mail.Letter) bool { return l.To != to })
}

// told holds what one letter says.
func told(t *testing.T, all []mail.Letter, subject string, lines ...string) {
	t.Helper()
	if len(all) != 1 {
		t.Fatalf("%d letters, want one: %s", len(all), subject)
	}
	if all[0].Subject != subject {
		t.Errorf("the subject is %q, want %q", all[0].Subject, subject)
	}
	for _, want := range append(lines, base+"/o/acme/me") {
		if !strings.Contains(all[0].Text, want) || !strings.Contains(all[0].HTML, want) {
			t.Errorf("the letter does not say %q:\n%s", want, all[0].Text)
		}
	}
}

// expire lets a server look for invitations that expired.
func (d desk) expire(t *testing.T) {
	t.Helper()
	for _, s := range jobs.Sweeps(d.Gate, time.Hour) {
		if s.Name != "expired invitations" {
			continue
		}
		if err := s.Do(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func (d desk) invited(t *testing.T, by roster.Actor, email string) roster.MemberID {
	t.Helper()
	v, err := d.Team.Invite(d.As(by), team.Invitation{Email: email, Profile: roster.Profile{FirstName: "Mx", LastName: strings.TrimSuffix(email, "@example.com")}})
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

// TestWhoeverInvitesIsToldWhatBecameOfIt: one letter gathers what happened, nothing is told twice, nor what is not so any
// more, nor what somebody switched off.
func TestWhoeverInvitesIsToldWhatBecameOfIt(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		const olga = "olga@example.com"
		d.invite(t)
		d.due(t, 1)
		h.Accept(h.Acme.ID, c.secrets(t, h)[0], "Ben", "Brown")
		c.fails(false, &mail.Failure{Refused: true, Unsent: true, Reason: "550 no such mailbox"})
		d.invited(t, h.Owner, "cara@example.com")
		d.due(t, 1) // and no letter of news before its time
		told(t, d.news(t, c, olga), "News from Acme", "Ben Brown accepted your invitation.", "your invitation of Mx cara did not arrive", "Hello Olga,", base+"/o/acme/notifications")
		if again := d.news(t, c, olga); len(again) != 0 {
			t.Errorf("told twice: %s", again[0].Text)
		}

		cleo := d.invited(t, h.Owner, "cleo@example.com")
		c.fails(false, &mail.Failure{Refused: true, Unsent: true, Reason: "550 no such mailbox"})
		d.due(t, 1)
		h.Clock.Pass(time.Minute)
		d.resend(t, cleo) // and so this one is on its way
		if all := d.news(t, c, olga); len(all) != 0 {
			t.Errorf("told of a letter that was sent again: %s", all[0].Text)
		}

		dan, eve := d.invited(t, h.Owner, "dan@example.com"), d.invited(t, h.Owner, "eve@example.com")
		d.due(t, 2)
		d.expire(t)
		h.Clock.Pass(roster.DefaultInvitationTTL)
		d.expire(t)
		d.expire(t)
		d.resend(t, eve) // somebody saw it before the letter left
		expired := d.news(t, c, olga)
		told(t, expired, "Invitation to Acme expired", "Your invitation of Mx dan expired")
		if strings.Contains(expired[0].Text, "Mx eve") {
			t.Error("told of an invitation that was sent again")
		}
		d.expire(t)
		if again := d.news(t, c, olga); len(again) != 0 {
			t.Errorf("told twice: %s", again[0].Text)
		}

		if _, err := h.News.Choose(h.As(h.Owner), map[bulletin.Notification]bulletin.Way{bulletin.NotifyUnanswered: bulletin.WayNone}); err != nil {
			t.Fatal(err)
		}
		d.resend(t, dan)
		d.due(t, 1)
		h.Clock.Pass(roster.DefaultInvitationTTL)
		d.expire(t)
		if all := d.news(t, c, olga); len(all) != 0 {
			t.Errorf("told though it was switched off: %s", all[0].Text)
		}
		if _, err := h.News.Choose(h.As(h.Owner), map[bulletin.Notification]bulletin.Way{bulletin.NotifyUnanswered: bulletin.WayLetter}); err != nil {
			t.Fatal(err)
		}
		if all := d.news(t, c, olga); len(all) != 0 {
			t.Errorf("what was not wanted then is told now: %s", all[0].Text)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestNewsAreForWhoMayKnowThemWhenTheyLeave: who lost their rights, was blocked or left hears nothing of others, and their
// access is told to those whom somebody else changed it for, in their language.
func TestNewsAreForWhoMayKnowThemWhenTheyLeave(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		const ada, subject = "ada@example.com", "Seu acesso em Acme foi alterado"
		a := h.Join(ada, "Ada", "Min", roster.RoleUserAdministrator)
		language := "pt-BR"
		if _, err := h.Self.Prefer(h.As(a), self.Preferring{Language: &language}); err != nil {
			t.Fatal(err)
		}
		accepts := func(email string) {
			t.Helper()
			id := d.invited(t, a, email)
			h.Accept(h.Acme.ID, h.Mailed(h.Acme.ID, id), "Mx", "New") // a link of another's would make them who invited
		}
		holds := func(role string) {
			t.Helper()
			if _, err := h.Team.Grant(h.As(h.Owner), a.Member, team.Grants{All: team.RoleGivings(role)}); err != nil {
				t.Fatal(err)
			}
		}
		accepts("one@example.com")
		holds(roster.RoleMember)
		hers := d.news(t, c, ada)
		told(t, hers, subject, "Quem administra alterou o que você pode fazer.")
		if strings.Contains(hers[0].Text, "Mx ") {
			t.Error("who administers nobody any more is told of others")
		}
		choices, err := h.News.Show(h.As(a))
		if err != nil || len(choices) != 1 || choices[0].Notification != bulletin.NotifyAccess || choices[0].Way != bulletin.WayLetter {
			t.Errorf("a member chooses among %+v, %v", choices, err)
		}

		holds(roster.RoleUserAdministrator)
		d.news(t, c, ada)
		accepts("two@example.com")
		if _, err := h.Team.Block(h.As(h.Owner), a.Member, ""); err != nil {
			t.Fatal(err)
		}
		if all := d.news(t, c, ada); len(all) != 0 {
			t.Errorf("a blocked member is told: %s", all[0].Text)
		}
		if _, err := h.Team.Unblock(h.As(h.Owner), a.Member); err != nil {
			t.Fatal(err)
		}
		if all := d.news(t, c, ada); len(all) != 0 {
			t.Errorf("told later what happened while she was blocked: %s", all[0].Text)
		}
		accepts("three@example.com")
		if _, err := h.House.Own.Leave(h.As(a)); err != nil {
			t.Fatal(err)
		}
		if all := d.news(t, c, ada); len(all) != 0 {
			t.Errorf("who left is told: %s", all[0].Text)
		}
		if shown := d.detail(t, h.Owner.Member).Letters; slices.ContainsFunc(shown, func(j jobdb.Job) bool { return j.Kind == jobdb.News || j.Kind == jobdb.Digest }) {
			t.Error("a member's page shows what they were told")
		}
	})
}

// TestNewsOfAnotherCustomerAccountAreNobodys: who administers several and then one alone hears nothing of who came in to
// the others, though they invited them.
func TestNewsOfAnotherCustomerAccountAreNobodys(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		const ada = "ada@example.com"
		north, south := h.Account("Nordwind", ""), h.Account("Suedwind", "")
		at := func(u roster.UnitID) team.Giving {
			return team.Giving{Role: roster.RoleUserAdministrator, Unit: u}
		}
		a := h.Enter(team.Invitation{Email: ada, Profile: roster.Profile{FirstName: "Ada", LastName: "Min"}, Grants: []team.Giving{at(north), at(south)}})
		for first, u := range map[string]roster.UnitID{"Nora": north, "Sina": south} {
			in := team.Invitation{Kind: roster.External, Unit: string(u), Email: first + "@example.com", Profile: roster.Profile{FirstName: first, LastName: "Out"}}
			v, err := h.Team.Invite(h.As(a), in)
			if err != nil {
				t.Fatal(err)
			}
			h.Accept(h.Acme.ID, h.Mailed(h.Acme.ID, v.ID), first, "Out")
		}
		if _, err := h.Team.Grant(h.As(h.Owner), a.Member, team.Grants{All: []team.Giving{at(north)}}); err != nil {
			t.Fatal(err)
		}
		hers := d.news(t, c, ada)
		told(t, hers, "News from Acme", "Nora Out accepted your invitation.")
		if strings.Contains(hers[0].Text, "Sina") {
			t.Errorf("told of an account that is not hers any more: %s", hers[0].Text)
		}
	})
}

// TestOwnersAreToldWhenTheSeatsAreNearlyUsedUp: once, when the count reaches nine of ten, by whatever adds somebody.
func TestOwnersAreToldWhenTheSeatsAreNearlyUsedUp(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		if _, err := h.Orgs.Assign(h.CLI(h.Acme.ID), roster.PlanPlayground, 0); err != nil {
			t.Fatal(err)
		}
		d.news(t, c, "olga@example.com")
		for _, name := range []string{"b", "c", "d", "e", "f", "g", "h"} {
			d.invited(t, h.Owner, name+"@example.com")
		}
		if all := d.news(t, c, "olga@example.com"); len(all) != 0 {
			t.Fatalf("told at eight: %s", all[0].Text)
		}
		someone := roster.Profile{FirstName: "Some", LastName: "Body"}
		outcomes, err := h.Team.InviteEach(h.As(h.Owner), []team.Invitation{{Email: "i@example.com", Profile: someone}, {Email: "j@example.com", Profile: someone}})
		if err != nil || outcomes[1].Err != nil {
			t.Fatal(err, outcomes)
		}
		told(t, d.news(t, c, "olga@example.com"), "Seats of Acme are nearly used up", "10 of the 10 users are in use that the plan Playground allows.", base+"/o/acme/settings/plan")
		for i := range 9 {
			if _, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot " + string(rune('a'+i)), Grants: team.RoleGivings(roster.RoleMember)}); err != nil {
				t.Fatal(err)
			}
		}
		told(t, d.news(t, c, "olga@example.com"), "API users of Acme are nearly used up", "9 of the 10 API users")
		if all := d.news(t, c, "olga@example.com"); len(all) != 0 {
			t.Errorf("told twice: %s", all[0].Text)
		}
	})
}

// TestOnesOwnChoiceOfNotificationsIsALine: what is named changes, what is not stays, and the history says what.
func TestOnesOwnChoiceOfNotificationsIsALine(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		choose := func(wanted map[bulletin.Notification]bulletin.Way) (other []string) {
			t.Helper()
			all, err := h.News.Choose(h.As(h.Owner), wanted)
			if err != nil {
				t.Fatal(err)
			}
			for _, ch := range all {
				if ch.Way != bulletin.WayLetter {
					other = append(other, string(ch.Notification)+" "+string(ch.Way))
				}
			}
			return other
		}
		choose(map[bulletin.Notification]bulletin.Way{bulletin.NotifySeats: bulletin.WayNone, bulletin.NotifyAccess: bulletin.WayDaily})
		if other := choose(map[bulletin.Notification]bulletin.Way{bulletin.NotifyAccess: ""}); !slices.Equal(other, []string{"seats none"}) {
			t.Errorf("chosen: %v", other)
		}
		choose(map[bulletin.Notification]bulletin.Way{bulletin.NotifyAccess: bulletin.WayLetter}) // as it is: no line
		page, err := h.History.List(h.CLI(h.Acme.ID), history.Query{Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, e := range page.Events[:2] {
			for _, ch := range e.Changes {
				lines = append(lines, e.Action+": "+ch.Field+": "+ch.From+" → "+ch.To)
			}
		}
		const of = "profile.notifications_edit: notifications: "
		want := []string{of + "access: daily → access: letter", of + "access: letter → access: daily", of + "seats: letter → seats: none"}
		if !slices.Equal(lines, want) || page.Events[0].Target.ID != string(h.Owner.Member) {
			t.Errorf("the history: %q of %s", lines, page.Events[0].Target.ID)
		}
	})
}
