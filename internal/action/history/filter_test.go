package history_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// story lets things happen to one organisation on three days, and gives who is in it.
func story(t *testing.T, h *rostertest.House) (anna, uma roster.Actor) {
	t.Helper()
	anna = h.Join("anna@example.com", "Anna", "Berg")
	uma = h.Join("uma@example.com", "Uma", "Lund", "user_administrator")
	h.Clock.Pass(24 * time.Hour) // 23 November
	must(t, block(h, uma, anna.Member))
	h.Clock.Pass(24 * time.Hour) // 24 November
	must(t, unblock(h, h.Owner, anna.Member))
	return anna, uma
}

func block(h *rostertest.House, by roster.Actor, id roster.MemberID) error {
	_, err := h.Team.Block(h.As(by), id, "")
	return err
}

func unblock(h *rostertest.House, by roster.Actor, id roster.MemberID) error {
	_, err := h.Team.Unblock(h.As(by), id)
	return err
}

// lines says a page in short, the newest first.
func lines(p history.Page) string {
	var all []string
	for _, e := range p.Events {
		all = append(all, e.ActorName+" "+e.Action+" "+e.Target.Name)
	}
	return strings.Join(all, "; ")
}

// TestAHistoryIsAskedWhoWhatWhenAndWhom: whoever is meant is named by an ID, an address or a client ID, gone or not; and
// who is of another organisation is nobody.
func TestAHistoryIsAskedWhoWhatWhenAndWhom(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna, uma := story(t, h)
		ask := func(q history.Query) string {
			t.Helper()
			p, err := h.History.List(h.As(h.Owner), q)
			must(t, err)
			return lines(p)
		}
		day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
		const blocked, unblocked = "Uma Lund member.block Anna Berg", "Olga Owner member.unblock Anna Berg"
		for name, of := range map[string]struct {
			q    history.Query
			want string
		}{
			"who, by ID":       {history.Query{Actor: string(uma.Member), Action: "member.block"}, blocked},
			"who, by address":  {history.Query{Actor: "UMA@example.com", From: day(23)}, blocked},
			"what":             {history.Query{Action: "member.unblock"}, unblocked},
			"when":             {history.Query{From: day(23)}, unblocked + "; " + blocked},
			"until when":       {history.Query{From: day(23), To: day(24)}, blocked},
			"when nothing was": {history.Query{From: day(25)}, ""},
			"before all":       {history.Query{To: day(1)}, ""},
			"whom":             {history.Query{Member: "anna@example.com", From: day(23)}, unblocked + "; " + blocked},
			"all at once":      {history.Query{Actor: "olga@example.com", Member: anna.Member, Action: "member.unblock", From: day(24), To: day(25)}, unblocked},
			"none of all":      {history.Query{Actor: "olga@example.com", Member: anna.Member, Action: "member.block"}, ""},
			"oldest first":     {history.Query{From: day(23), Forward: true}, blocked + "; " + unblocked},
		} {
			if got := ask(of.q); got != of.want {
				t.Errorf("%s: %q", name, got)
			}
		}
		if got := ask(history.Query{Actor: "cli"}); !strings.Contains(got, "organisation.create") || strings.Contains(got, "Olga") {
			t.Errorf("by the command line: %q", got)
		}
		page, err := h.History.List(h.As(h.Owner), history.Query{Actor: "uma@example.com", Member: "anna@example.com"})
		if err != nil || page.Actor.Name != "Uma Lund" || page.Member != roster.RefMember(anna.Member, "Anna Berg") {
			t.Errorf("who was meant: %+v %+v, %v", page.Actor, page.Member, err)
		}
		_, err = h.Team.Remove(h.As(h.Owner), anna.Member)
		must(t, err)
		if got := ask(history.Query{Member: "anna@example.com", Action: "member.remove"}); got != "Olga Owner member.remove Anna Berg" {
			t.Errorf("of who is gone: %q", got)
		}
		again := h.Join("anna@example.com", "Anna", "Again")
		if p, err := h.History.List(h.As(h.Owner), history.Query{Member: "anna@example.com"}); err != nil || p.Member.ID != string(again.Member) {
			t.Errorf("the address is another's now: %+v, %v", p.Member, err)
		}
		beta, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Beta", Plan: roster.PlanUnlimited, Owner: "bea@example.com"})
		must(t, err)
		stranger := h.Accept(beta.Organisation.ID, beta.Link, "Bea", "Beta")
		for _, who := range []string{"nobody@example.com", "Anna", "api_00000000000000000000000000", string(stranger.Member), "bea@example.com"} {
			if _, err := h.History.List(h.As(h.Owner), history.Query{Actor: who}); !roster.Is(err, "not_found") || roster.AsError(err).Field != "actor" {
				t.Errorf("by %s: %v", who, err)
			}
			if _, err := h.History.List(h.As(h.Owner), history.Query{Member: roster.MemberID(who)}); !roster.Is(err, "not_found") || roster.AsError(err).Field != "member" {
				t.Errorf("of %s: %v", who, err)
			}
			if p, err := h.History.OfMember(h.As(h.Owner), history.Query{Member: again.Member, Actor: who}); err != nil || len(p.Events) != 0 {
				t.Errorf("what %s did to one member: %q, %v", who, lines(p), err)
			}
		}
		if p, err := h.History.OfMember(h.As(h.Owner), history.Query{Member: again.Member, Actor: "olga@example.com"}); err != nil || lines(p) == "" || p.Actor.Name != "Olga Owner" {
			t.Errorf("what Olga did to one member: %q, %v", lines(p), err)
		}
	})
}

// TestAClockThatWasSetBackHidesNoLine: moments do not rise with positions then, and a span of time still has all its
// lines.
func TestAClockThatWasSetBackHidesNoLine(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna, uma := story(t, h)
		h.Clock.Pass(24 * time.Hour)
		late := h.Clock.Now()
		must(t, block(h, uma, anna.Member))
		h.Clock.Pass(-40 * time.Minute)
		must(t, unblock(h, uma, anna.Member))
		for name, of := range map[string]struct {
			q    history.Query
			want string
		}{
			"after the setting": {history.Query{From: late.Add(-20 * time.Minute)}, "Uma Lund member.block Anna Berg"},
			"before it":         {history.Query{From: late.Add(-50 * time.Minute), To: late.Add(-20 * time.Minute)}, "Uma Lund member.unblock Anna Berg"},
			"both":              {history.Query{From: late.Add(-50 * time.Minute)}, "Uma Lund member.unblock Anna Berg; Uma Lund member.block Anna Berg"},
		} {
			p, err := h.History.List(h.As(h.Owner), of.q)
			must(t, err)
			if got := lines(p); got != of.want {
				t.Errorf("%s: %q", name, got)
			}
		}
	})
}

// TestDaysAreTheViewers: how many lines each day has, as days are where somebody is; also where a day has 23 hours, and
// at most so many of them.
func TestDaysAreTheViewers(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		story(t, h)
		p, err := h.History.List(h.As(h.Owner), history.Query{Limit: 1})
		must(t, err)
		all := int(p.Events[0].Seq)
		told := func(first, last time.Time) string {
			t.Helper()
			days, err := h.History.Days(h.As(h.Owner), first, last)
			must(t, err)
			var parts []string
			for _, d := range days {
				parts = append(parts, fmt.Sprintf("%s %d", d.Begins.Format("02T15"), d.Lines))
			}
			return strings.Join(parts, " ")
		}
		on := func(zone string, d int) time.Time {
			l, err := time.LoadLocation(zone)
			must(t, err)
			return time.Date(2026, 11, d, 12, 0, 0, 0, l)
		}
		if got, want := told(on("UTC", 21), on("UTC", 25)), fmt.Sprintf("21T00 0 22T00 %d 23T00 1 24T00 1 25T00 0", all-2); got != want {
			t.Errorf("in UTC: %s, want %s", got, want)
		}
		// Nine in the morning in Greenwich is the evening before, far in the west.
		if got, want := told(on("Pacific/Midway", 21), on("Pacific/Midway", 23)), fmt.Sprintf("21T00 %d 22T00 1 23T00 1", all-2); got != want {
			t.Errorf("in the west: %s, want %s", got, want)
		}
		if days, err := h.History.Days(h.As(h.Owner), on("UTC", 1).AddDate(-3, 0, 0), on("UTC", 24)); err != nil || len(days) != history.MostDays || days[len(days)-1].Lines != 1 {
			t.Errorf("of three years: %d days, %v", len(days), err)
		}
		// Clocks in Chile go on at a midnight: that day begins at one, and each day is told once.
		if got := told(on("America/Santiago", -56), on("America/Santiago", -54)); got != "05T00 0 06T01 0 07T00 0" { // 5 to 7 September
			t.Errorf("in Chile: %s", got)
		}
		if got := told(on("UTC", 24), on("UTC", 23)); got != "23T00 1" {
			t.Errorf("of no day: %s", got)
		}
		bob := h.Holder("Bob", team.Giving{Role: roster.RoleMember})
		if _, err := h.History.Days(h.As(bob), on("UTC", 21), on("UTC", 25)); roster.AsError(err).Kind != roster.Denied {
			t.Errorf("Bob may not, and is told: %v", err)
		}
	})
}

// TestWhoActedIsNamedToWhoSeesThem: whoever reads the history of one account's people learns by an address that they type
// neither whose it is nor that it is anybody's.
func TestWhoActedIsNamedToWhoSeesThem(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		north := h.Account("North", "")
		eva := h.Enter(team.Invitation{Kind: roster.External, Unit: string(north), Email: "eva@example.com", Profile: roster.Profile{FirstName: "Eva", LastName: "Ext"}, Grants: []team.Giving{{Role: roster.RoleMember, Unit: north}}})
		h.Join("uma@example.com", "Uma", "Lund", roster.RoleMember)
		lea := h.Holder("Lea", team.Giving{Role: roster.RoleUserAdministrator, Unit: north})
		for who, want := range map[string]string{"olga@example.com": "Olga Owner", "uma@example.com": "", "nobody@example.com": "", "eva@example.com": "Eva Ext"} {
			p, err := h.History.OfMember(h.As(lea), history.Query{Member: eva.Member, Actor: who})
			if err != nil || p.Actor.Name != want {
				t.Errorf("by %s, who did something to Eva or did not: %q, %v", who, p.Actor.Name, err)
			}
		}
	})
}
