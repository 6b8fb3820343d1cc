package letters_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/action/team/letters"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store/jobdb"
	"roster/internal/store/jobdb/letterdb"
)

const mailbox = "550 5.1.1 There is no such mailbox."

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n%s\nwant\n%s", what, got, want)
	}
}

func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if !roster.Is(err, code) {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// invited invites somebody as the Owner, a minute after those before.
func invited(t *testing.T, h *rostertest.House, first string, in team.Invitation) roster.MemberID {
	t.Helper()
	h.Clock.Pass(time.Minute)
	in.Email, in.Profile = strings.ToLower(first)+"@example.com", roster.Profile{FirstName: first, LastName: "Berg"}
	v, err := h.Team.Invite(h.As(h.Owner), in)
	must(t, err)
	return v.ID
}

// told tells of each letter whom it goes to, its state, its place in the line, and what is done about it.
func told(all []letters.Letter) string {
	var out []string
	for _, l := range all {
		s := l.Member.FirstName + " " + string(l.State)
		if l.Place > 0 {
			s += fmt.Sprintf(" #%d", l.Place)
		}
		if l.Error != "" {
			s += " !"
		}
		if l.Resendable() {
			s += " again"
		}
		if l.Instead != "" {
			s += " " + l.Instead
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func list(t *testing.T, ctx context.Context, h *rostertest.House, q letters.Query) letters.Page {
	t.Helper()
	q.Kind = "invitation"
	p, err := h.Letters.List(ctx, q)
	must(t, err)
	return p
}

func codes(all []letters.Outcome) string {
	var out []string
	for _, o := range all {
		if o.Err != nil {
			out = append(out, o.Err.Code)
		} else {
			out = append(out, o.Result.FirstName)
		}
	}
	return strings.Join(out, " ")
}

// again sends letters again: named ones, or all.
func again(t *testing.T, ctx context.Context, h *rostertest.House, ids ...string) string {
	t.Helper()
	c, err := h.Letters.Chosen(ctx, ids)
	must(t, err)
	all, err := h.Letters.SendAgain(ctx, c.Letters)
	must(t, err)
	return codes(all)
}

// TestWhatBecameOfLettersIsToldAndThoseThatFailedAreSentAgain is the story of an administrator whose invitations did not
// arrive: of one its mailbox is put right, another was followed by a link that was handed over, a third accepted by one.
func TestWhatBecameOfLettersIsToldAndThoseThatFailedAreSentAgain(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		anna := invited(t, h, "Anna", team.Invitation{})
		ben := invited(t, h, "Ben", team.Invitation{})
		cleo := invited(t, h, "Cleo", team.Invitation{})
		equal(t, "waiting", told(list(t, ctx, h, letters.Query{}).Letters), "Cleo waiting #3, Ben waiting #2, Anna waiting #1")
		failed := h.Refused(mailbox)
		equal(t, "refused", told(list(t, ctx, h, letters.Query{}).Letters), "Cleo refused ! again, Ben refused ! again, Anna refused ! again")

		h.Clock.Pass(time.Minute)
		link, err := h.Team.Link(ctx, ben)
		must(t, err)
		h.Accept(h.Acme.ID, h.Mailed(h.Acme.ID, cleo), "Cleo", "Berg")
		equal(t, "followed and ended", told(list(t, ctx, h, letters.Query{States: jobdb.Dead()}).Letters), "Cleo refused ! ended, Ben refused ! followed, Anna refused ! again")

		equal(t, "all", again(t, ctx, h), "Anna")
		e := newest(t, h, anna)
		if e.Action != "member.resend" || e.ActorID != h.Owner.ID() {
			t.Errorf("the history tells %s by %s", e.Action, e.ActorID)
		}
		equal(t, "one waits", told(list(t, ctx, h, letters.Query{}).Letters), "Anna waiting #1, Cleo refused ! ended, Ben refused ! followed, Anna refused ! followed")
		equal(t, "by name", again(t, ctx, h, failed[0].ID, failed[1].ID, failed[2].ID), "letter_state letter_state letter_state")
		if l := landing(t, h, link.Secret); l != "" {
			t.Errorf("the link that was handed over is dead: %s", l)
		}
		h.Sent()
		p := list(t, ctx, h, letters.Query{States: []jobdb.State{jobdb.Done}})
		equal(t, "sent", fmt.Sprint(told(p.Letters), p.Hour, p.Total, p.Counts[jobdb.Refused], p.Counts[jobdb.Done]), "Anna done1 1 3 1")
		equal(t, "nothing is left", again(t, ctx, h), "")
		equal(t, "one that was sent", again(t, ctx, h, p.Letters[0].ID), "letter_state")
		_, err = h.Letters.Chosen(ctx, []string{"job_unknown"})
		refused(t, "unknown", err, "not_found")
		_, err = h.Letters.Chosen(ctx, []string{})
		refused(t, "none", err, "field_required")
		h.Verified(h.Acme.ID)
	})
}

// landing tells how a link's page greets: nothing for one that works.
func landing(t *testing.T, h *rostertest.House, secret string) string {
	t.Helper()
	if _, err := h.SignIn.Landing(h.As(roster.Actor{Kind: roster.ActorNobody}), h.Acme.ID, secret); err != nil {
		return roster.AsError(err).Code
	}
	return ""
}

// newest gives the newest line about a member.
func newest(t *testing.T, h *rostertest.House, id roster.MemberID) roster.Event {
	t.Helper()
	p, err := h.History.OfMember(h.As(h.Owner), history.Query{Member: id, Limit: 1})
	must(t, err)
	return p.Events[0]
}

// TestLettersLieInTheirReadersSight: an auditor sees all and sends none again, whoever administers one account sees and sends
// those to its people, and of other organisations nobody sees any.
func TestLettersLieInTheirReadersSight(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		nord, sued := h.Account("Nordwind", ""), h.Account("Südwind", "")
		auditor := h.Join("audra@example.com", "Audra", "Auditor", roster.RoleAuditor)
		manager := h.Enter(team.Invitation{Email: "nora@example.com", Profile: roster.Profile{FirstName: "Nora", LastName: "North"}, Grants: []team.Giving{{Role: roster.RoleUserAdministrator, Unit: nord}}})
		invited(t, h, "Anna", team.Invitation{Kind: roster.External, Unit: string(nord)})
		invited(t, h, "Ben", team.Invitation{Kind: roster.External, Unit: string(sued)})
		invited(t, h, "Cleo", team.Invitation{})
		here := func(a roster.Actor) string {
			t.Helper()
			return told(list(t, h.As(a), h, letters.Query{States: []jobdb.State{jobdb.Waiting, jobdb.Refused}}).Letters)
		}
		equal(t, "a part, waiting", here(manager), "Anna waiting #1")
		h.Refused(mailbox)
		equal(t, "the auditor", here(auditor), "Cleo refused ! withheld, Ben refused ! withheld, Anna refused ! withheld")
		equal(t, "a part", here(manager), "Anna refused ! again")
		_, err := h.Team.Grant(h.As(h.Owner), manager.Member, team.Grants{All: []team.Giving{{Role: roster.RoleUserAdministrator, Unit: nord}, {Role: roster.RoleAuditor, Unit: nord}}})
		must(t, err)
		for who, want := range map[*roster.Actor]bool{&auditor: true, &manager: false} {
			news, err := h.Letters.List(h.As(*who), letters.Query{Kind: "news", Member: manager.Member})
			must(t, err)
			if seen := len(news.Letters) > 0; seen != want || news.Counts[jobdb.Waiting] > 0 != want {
				t.Errorf("%s, of a letter that tells what happened: %s %v", who.Name, told(news.Letters), news.Counts)
			}
		}
		p := list(t, h.As(manager), h, letters.Query{})
		if p.Counts[jobdb.Refused] != 1 {
			t.Errorf("the counts tell of others: %v", p.Counts)
		}
		for _, l := range list(t, h.As(h.Owner), h, letters.Query{States: jobdb.Dead()}).Letters {
			if l.Member.FirstName == "Anna" {
				continue
			}
			_, err := h.Letters.Chosen(h.As(manager), []string{l.ID})
			refused(t, "out of sight", err, "not_found")
			all, err := h.Letters.SendAgain(h.As(manager), []letterdb.Letter{l.Letter}) // as if it had been seen
			must(t, err)
			if all[0].Err == nil {
				t.Errorf("%s's letter was sent again by who does not administer them", l.Member.FirstName)
			}
		}
		_, err = h.Letters.Chosen(h.As(auditor), nil)
		refused(t, "the auditor chooses", err, "forbidden")
		c, err := h.Letters.Chosen(h.As(h.Owner), nil)
		must(t, err)
		if len(c.Letters) != 3 {
			t.Errorf("%d letters", len(c.Letters))
		}
		_, err = h.Letters.SendAgain(h.As(auditor), c.Letters)
		refused(t, "the auditor sends again", err, "forbidden")
		equal(t, "all of a part", again(t, h.As(manager), h), "Anna")
		nobody := h.Join("mia@example.com", "Mia", "Member", roster.RoleMember)
		_, err = h.Letters.List(h.As(nobody), letters.Query{})
		refused(t, "a member", err, "forbidden")
		h.Verified(h.Acme.ID)
	})
}

// TestLettersComePageByPage in one order whatever their states are, and a cursor goes on with its own list alone.
func TestLettersComePageByPage(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		for i := range 7 {
			invited(t, h, fmt.Sprintf("P%d", i), team.Invitation{})
			switch i {
			case 2:
				h.Refused(mailbox)
			case 4:
				h.Sent()
			}
		}
		var all []string
		q := letters.Query{Kind: "invitation", Limit: 2}
		for {
			p, err := h.Letters.List(ctx, q)
			must(t, err)
			all = append(all, told(p.Letters))
			if q.Cursor = p.Next; q.Cursor == "" {
				break
			}
			_, err = h.Letters.List(ctx, letters.Query{Kind: "invitation", States: jobdb.Dead(), Cursor: q.Cursor})
			refused(t, "of another list", err, "cursor_invalid")
		}
		equal(t, "pages", strings.Join(all, "; "), "P6 waiting #2, P5 waiting #1; P4 done, P3 done; P2 refused ! again, P1 refused ! again; P0 refused ! again")
		for code, q := range map[string]letters.Query{
			"state_unknown": {States: []jobdb.State{"lost"}}, "kind_unknown": {Kind: "postcard"}, "limit_invalid": {Limit: 201}, "cursor_invalid": {Cursor: "x"},
		} {
			_, err := h.Letters.List(ctx, q)
			refused(t, code, err, code)
		}
	})
}

// TestSeveralAreSentAgainNoFasterThanLettersMayLeave: those beyond the pace are told so, and take no other down.
func TestSeveralAreSentAgainNoFasterThanLettersMayLeave(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		id := invited(t, h, "Anna", team.Invitation{})
		for range 4 {
			h.Refused(mailbox)
			h.Clock.Pass(time.Minute)
			equal(t, "again", again(t, ctx, h), "Anna")
		}
		invited(t, h, "Ben", team.Invitation{})
		h.Refused(mailbox)
		h.Clock.Pass(time.Minute)
		equal(t, "beyond the pace", again(t, ctx, h), "Ben too_many_invitations")
		if e := newest(t, h, id); e.Action != "member.resend" {
			t.Errorf("the history tells %s", e.Action)
		}
		h.Clock.Pass(time.Hour)
		equal(t, "later", again(t, ctx, h), "Anna")
		h.Verified(h.Acme.ID)
	})
}
