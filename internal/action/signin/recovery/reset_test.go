package recovery_test

import (
	"context"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/action/signin/recovery"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func called(email, first, last string, roles ...string) team.Invitation {
	return team.Invitation{Email: email, Profile: roster.Profile{FirstName: first, LastName: last}, Grants: team.RoleGivings(roles...)}
}

// letters gives what the letters say that wait for an administrator's sake, and takes them out of the outbox.
func letters(t *testing.T, h *rostertest.House) []recovery.Letter {
	t.Helper()
	return lettersOf(t, h, recovery.Reset)
}

func lettersOf(t *testing.T, h *rostertest.House, kind string) []recovery.Letter {
	t.Helper()
	var jobs []jobdb.Job
	must(t, action.Note(h.CLI(""), h.Gate, func(ctx context.Context, tx store.Noter) (err error) {
		jobs, err = jobdb.Claim(ctx, tx, []string{kind}, 50, time.Hour)
		return err
	}))
	var all []recovery.Letter
	for _, j := range jobs {
		l, err := h.Recovery.Prepare(h.CLI(""), j)
		must(t, err)
		must(t, h.Outbox.Taken(h.CLI(""), j))
		all = append(all, l)
	}
	return all
}

// TestWhoIsSentNoLink: rules 2 to 4, whoever has no password of their own here, and where passwords let nobody in; each is
// told what to do instead, no letter waits, and nothing is in the history.
func TestWhoIsSentNoLink(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		nobody := roster.Actor{}
		ulla := h.Own(h.Owner, nobody, called("ulla@example.com", "Ulla", "Umber", roster.RoleUserAdministrator))
		anna := h.Own(h.Owner, nobody, called("anna@example.com", "Anna", "Berg"))
		bob := h.Own(h.Owner, nobody, called("bob@example.com", "Bob", "Blocked"))
		rob := h.Own(h.Owner, nobody, called("rob@example.com", "Rob", "Removed"))
		mona := h.Join("mona@example.com", "Mona", "Managed", roster.RoleMember)
		east, west := h.Account("East", ""), h.Account("West", "")
		outside := called("ed@example.com", "Ed", "East")
		outside.Kind, outside.Unit = roster.External, string(east)
		ed := h.Own(h.Owner, nobody, outside)
		holds := func(first string, at roster.UnitID) roster.Actor {
			var all []team.Giving
			for _, p := range []string{"members.read", "members.credentials"} {
				all = append(all, team.Giving{Permission: p, Unit: at})
			}
			return h.Holder(first, append(all, team.Giving{Scope: "admin", Unit: at})...)
		}
		easts, wests := holds("Ella", east), holds("Walt", west)
		robot, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleUserAdministrator)})
		must(t, err)
		pending, err := h.Team.Invite(h.As(h.Owner), called("pia@example.com", "Pia", "Ending"))
		must(t, err)
		_, err = h.Team.Block(h.As(h.Owner), bob.Member, "")
		must(t, err)
		_, err = h.Team.Remove(h.As(h.Owner), rob.Member)
		must(t, err)
		before := reset(t, h)
		for what, c := range map[string]struct {
			by   roster.Actor
			on   roster.MemberID
			want string
		}{
			"oneself":                     {ulla, ulla.Member, "not_on_yourself"},
			"someone stronger":            {ulla, h.Owner.Member, "stronger_target"},
			"by an API user":              {rostertest.Actor(robot.Member), anna.Member, "people_only"},
			"without permission":          {h.Join("rita@example.com", "Rita", "Reader", roster.RoleAuditor), anna.Member, "forbidden"},
			"from another account":        {wests, ed.Member, "not_found"},
			"a regular one, by an unit's": {easts, anna.Member, "not_found"},
			"a managed person":            {h.Owner, mona.Member, "managed_person"},
			"a blocked member":            {h.Owner, bob.Member, "member_blocked"},
			"a removed member":            {h.Owner, rob.Member, "removed"},
			"nobody yet":                  {h.Owner, pending.ID, "not_accepted"},
			"an API user":                 {h.Owner, robot.ID, "no_password"},
			"an unknown one":              {h.Owner, roster.NewMemberID(), "not_found"},
		} {
			if _, err := h.Recovery.Send(h.As(c.by), c.on); !roster.Is(err, c.want) {
				t.Errorf("%s: %v, want %s", what, err, c.want)
			}
		}
		if n := reset(t, h); n != before || len(letters(t, h)) != 0 {
			t.Errorf("refused, and %d lines tell of it, not %d; or letters wait", n, before)
		}
		for what, c := range map[string]struct {
			by roster.Actor
			on roster.MemberID
		}{"a user administrator": {ulla, anna.Member}, "an account's own administrator": {easts, ed.Member}} {
			if _, err := h.Recovery.Send(h.As(c.by), c.on); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		if n := reset(t, h); n != before+2 {
			t.Errorf("%d lines tell of two letters", n-before)
		}
		passwords(t, h, false)
		if _, err := h.Recovery.Send(h.As(h.Owner), anna.Member); !roster.Is(err, "passwords_off") {
			t.Errorf("where passwords are switched off: %v", err)
		}
		for _, l := range letters(t, h) {
			if !l.Unwanted {
				t.Errorf("switched off meanwhile, and a letter leaves: %+v", l)
			}
		}
		h.Verified(h.Acme.ID)
	})
}

// passwords switches e-mail and password on or off in Acme.
func passwords(t *testing.T, h *rostertest.House, on bool) {
	t.Helper()
	must(t, h.DB.Keep(context.Background(), func(ctx context.Context, tx store.Noter) error {
		_, err := tx.Note(ctx, "organisation", `UPDATE organisation SET password_off = $1 WHERE id = $2`, !on, h.Acme.ID)
		return err
	}))
}

// reset counts the lines of Acme's history that tell of a link for a new password.
func reset(t *testing.T, h *rostertest.House) int {
	t.Helper()
	n, err := store.One(context.Background(), h.DB.Reader(), store.Scan[int], `SELECT count(*) FROM event WHERE org_id = $1 AND action = 'member.password_reset'`, h.Acme.ID)
	must(t, err)
	return n.Value
}

// TestALinkThatAnAdministratorHasSent: whoever has a password gets the link, once and in place of the one before; whoever has
// none is told how they sign in; and of who was blocked meanwhile nothing is sent. The answer is the same.
func TestALinkThatAnAdministratorHasSent(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna := h.Own(h.Owner, roster.Actor{}, called("anna@example.com", "Anna", "Berg"))
		cleo := h.Own(h.Owner, roster.Actor{}, called("cleo@example.com", "Cleo", "Berg"))
		must(t, h.DB.Keep(context.Background(), func(ctx context.Context, tx store.Noter) error {
			_, err := tx.Note(ctx, "credential", `DELETE FROM credential WHERE person_id = $1`, cleo.Person)
			return err
		}))
		sends := func(of roster.Actor) recovery.Letter {
			t.Helper()
			m, err := h.Recovery.Send(h.As(h.Owner), of.Member)
			if err != nil || m.ID != of.Member {
				t.Fatalf("%s: %v", m.Label(), err)
			}
			all := letters(t, h)
			if len(all) != 1 {
				t.Fatalf("%d letters", len(all))
			}
			return all[0]
		}
		opens := func(l recovery.Letter) error {
			_, err := h.SignIn.Choosing(h.As(roster.Actor{Kind: roster.ActorNobody}), l.Secret)
			return err
		}
		first := sends(anna)
		if first.Unwanted || first.What != "password_reset" || first.To != "anna@example.com" || first.Name != "Olga Owner" || first.Organisation != "Acme" || opens(first) != nil {
			t.Errorf("the letter: %+v, %v", first, opens(first))
		}
		second := sends(anna)
		if !roster.Is(opens(first), "recovery_over") || opens(second) != nil {
			t.Errorf("the older link: %v, the newer: %v", opens(first), opens(second))
		}
		if l := sends(cleo); l.Unwanted || l.What != "other_ways_reset" || l.Secret != "" || l.To != "cleo@example.com" || len(l.Places) != 1 {
			t.Errorf("the letter of who has no password: %+v", l)
		}
		second = sends(anna) // the third within the hour
		for what, ctx := range map[string]context.Context{"an administrator": h.As(h.Owner), "the command line": h.CLI(h.Acme.ID)} {
			if _, err := h.Recovery.Send(ctx, anna.Member); !roster.Is(err, "too_many_letters") || roster.AsError(err).RetryAfter <= 0 {
				t.Errorf("the fourth letter, by %s: %v", what, err)
			}
		}
		h.Clock.Pass(30 * time.Minute)
		if !roster.Is(opens(second), "recovery_over") {
			t.Errorf("half an hour later: %v", opens(second))
		}
		h.Clock.Pass(31 * time.Minute)
		_, err := h.Recovery.Send(h.CLI(h.Acme.ID), anna.Member)
		must(t, err)
		if all := letters(t, h); len(all) != 1 || all[0].Unwanted || all[0].Name != "" {
			t.Errorf("by the command line: %+v", all)
		}
		_, err = h.Recovery.Send(h.As(h.Owner), anna.Member)
		must(t, err)
		_, err = h.Team.Block(h.As(h.Owner), anna.Member, "")
		must(t, err)
		for _, l := range letters(t, h) {
			if !l.Unwanted || l.Secret != "" {
				t.Errorf("blocked meanwhile, and a letter leaves: %+v", l)
			}
		}
		h.Verified(h.Acme.ID)
	})
}
