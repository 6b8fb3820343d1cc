package erasure_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/action/team/apply/imports"
	"roster/internal/action/team/export"
	"roster/internal/authz"
	"roster/internal/chain"
	"roster/internal/jobs"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/operatordb"
	"roster/internal/words"
)

func need(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// code gives an error's code; "" for none.
func code(err error) string {
	if err == nil {
		return ""
	}
	return roster.AsError(err).Code
}

// someone is a person of a story, with whatever tells them from everybody else.
type someone struct {
	actor  roster.Actor
	values []string
}

// called makes names that nobody else has.
func called(n, turn int) (first, last string) {
	return fmt.Sprintf("Vorname%dx%d", n, turn), fmt.Sprintf("Nachname%dx%d", n, turn)
}

// joins brings somebody in, from an address of their own, and has them sign in.
func joins(t testing.TB, h *rostertest.House, n int, by roster.Actor) *someone {
	t.Helper()
	first, last := called(n, 0)
	email, phone, ip, external := fmt.Sprintf("Mensch.%d@firma%d.example", n, n), fmt.Sprintf("+4930123456%02d", n), fmt.Sprintf("198.51.100.%d", 100+n), fmt.Sprintf("personal-%d-nr", n)
	v, err := h.Team.Invite(h.As(by), team.Invitation{Email: email, Profile: roster.Profile{FirstName: first, LastName: last, Phone: phone}, Message: "Dear " + first + ", welcome!", Grants: team.RoleGivings(roster.RoleOwner)})
	need(t, err)
	_, err = h.Team.Edit(h.As(by), v.ID, team.Edit{ExternalID: &external})
	need(t, err)
	linked, err := h.Team.Link(h.As(by), v.ID)
	need(t, err)
	nobody := roster.WithActor(context.Background(), roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: ip})
	done, err := h.SignIn.Accept(nobody, signin.Acceptance{Org: h.Acme.ID, Secret: linked.Secret, FirstName: first, LastName: last, Password: rostertest.Password, Repeat: rostertest.Password})
	need(t, err)
	_, err = h.SignIn.SignIn(nobody, signin.Try{Email: email, Password: rostertest.Password, Agent: "Browser of " + email})
	need(t, err)
	s := &someone{rostertest.Actor(done.Member), []string{first, last, email, strings.ToLower(email), phone, ip, external}}
	s.actor.IP = ip
	return s
}

// lives does something that leaves traces of people in each other's rows and lines.
func lives(t testing.TB, h *rostertest.House, d *rand.Rand, all []*someone, turn int) {
	t.Helper()
	s, o := all[d.IntN(len(all))], all[d.IntN(len(all))]
	if s == o {
		return
	}
	ctx, of := h.As(s.actor), o.actor.Member
	switch d.IntN(11) {
	case 0: // another name
		first, last := called(d.IntN(900)+100, turn)
		v, err := h.Team.Edit(ctx, of, team.Edit{Profile: func(m roster.Member) roster.Profile {
			return roster.Profile{FirstName: first, LastName: last, Phone: m.Phone}
		}})
		need(t, err)
		o.values = append(o.values, first, last)
		o.actor.Name = v.Label()
	case 1:
		_, err := h.Team.Block(ctx, of, "because of "+s.values[2])
		need(t, err)
		_, err = h.Team.Unblock(ctx, of)
		need(t, err)
		guest, err := h.Team.Invite(ctx, team.Invitation{Email: fmt.Sprintf("blocked%d@guests.example", turn), Profile: roster.Profile{FirstName: "Guest", LastName: "Guest"}, Grants: team.RoleGivings(roster.RoleMember)})
		need(t, err)
		_, err = h.Team.Block(ctx, guest.ID, "asked for by "+o.values[2])
		need(t, err)
	case 2:
		_, err := h.Views.Save(ctx, fmt.Sprintf("view %d", turn), "q="+strings.ReplaceAll(o.values[2], "@", "%40"))
		need(t, err)
	case 3:
		_, err := h.Views.Save(ctx, fmt.Sprintf("%s %d", o.actor.Name, turn), "status=active")
		need(t, err)
	case 4:
		say, err := words.English()
		need(t, err)
		f, err := h.Exports.Export(ctx, export.Order{Query: team.Query{Text: o.values[2]}, Format: "csv", Words: say})
		need(t, err)
		need(t, f.Close())
	case 5: // somebody whom they invite, with a letter that waits
		_, err := h.Team.Invite(ctx, team.Invitation{Email: fmt.Sprintf("guest%d@guests.example", turn), Profile: roster.Profile{FirstName: "Guest", LastName: "Guest"}, Message: "Cheers, " + s.actor.Name, Grants: team.RoleGivings(roster.RoleMember)})
		need(t, err)
	case 6:
		_, err := h.Team.SetPassword(ctx, of, team.NewPassword{Password: rostertest.Password + "x", Repeat: rostertest.Password + "x"})
		need(t, err)
	case 7: // the answer to a request that may come again, a letter that was refused, and what a receiver said
		need(t, action.Note(h.CLI(h.Acme.ID), h.Gate, func(ctx context.Context, tx store.Noter) error {
			_, err := tx.Note(ctx, store.BookIdempotency, `INSERT INTO idempotency (org_id, actor_id, key, mac, status, answer, seq, made_at) VALUES ($1, $2, $3, '', 200, $4, 1, $5)`,
				h.Acme.ID, s.actor.Member, fmt.Sprint("key", turn), `{"email":"`+o.values[2]+`"}`, store.Micros(tx.At()))
			if err == nil {
				_, err = tx.Note(ctx, store.BookJob, `INSERT INTO job (org_id, id, kind, about, payload, state, attempt, due_at, error, made_at, done_at) VALUES ($1, $2, 'letter.reset', $3, $4, 'refused', 1, 0, $5, 1, 1)`,
					h.Acme.ID, roster.NewID("job_"), of, `{"Name":"`+s.actor.Name+`"}`, "550 no such user "+o.values[2])
			}
			return err
		}))
	case 9: // a table of people, in which somebody else stands
		table := "E-mail,First name,Last name\n" + o.values[2] + "," + o.values[0] + "," + o.values[1] + "\n"
		_, err := h.Imports.Upload(ctx, imports.File{Name: "by " + s.actor.Name + ".csv", From: strings.NewReader(table), Size: int64(len(table))})
		need(t, err)
		table = o.values[2] + ",First name,Last name\nguest@guests.example,Guest,Guest\n" // one without headings
		_, err = h.Imports.Upload(ctx, imports.File{Name: "guests.csv", From: strings.NewReader(table), Size: int64(len(table))})
		need(t, err)
		table = "E-mail,First name,Last name\n" + strings.ReplaceAll(o.values[2], "@", " ") + "," + o.values[0] + "," + o.values[1] + "\n" // a row that is wrong, with the name in two cells
		_, err = h.Imports.Upload(ctx, imports.File{Name: "wrong.csv", From: strings.NewReader(table), Size: int64(len(table))})
		need(t, err)
	case 10:
		enters(t, h, "asked by "+o.values[2])
	case 8:
		_, err := h.Team.Resend(ctx, of) // refused
		if err == nil {
			t.Error("somebody who is in was invited again")
		}
	}
}

// enters has an operator enter the organisation.
func enters(t testing.TB, h *rostertest.House, reason string) {
	t.Helper()
	need(t, h.DB.Write(context.Background(), h.Acme.ID, func(ctx context.Context, tx *store.Tx) error {
		err := operatordb.Visit(ctx, tx, roster.Visit{Org: h.Acme.ID, ID: roster.NewID("vis_"), Person: h.Owner.Person, Session: "ses_of_an_operator", Reason: reason, EnteredAt: tx.At(), Until: tx.At()})
		if err == nil {
			_, err = tx.Record(ctx, roster.Event{Action: "organisation.visit", ActorKind: roster.ActorOperator, ActorID: "per_of_an_operator", Target: h.Acme.Ref()})
		}
		return err
	}))
}

// everything gives all that the database holds, as bytes.
func everything(t testing.TB, h *rostertest.House) []byte {
	t.Helper()
	if h.DB.Kind() != "postgres" {
		db, err := sql.Open("sqlite", h.Database+"?_pragma=busy_timeout(5000)")
		need(t, err)
		defer func() { need(t, db.Close()) }()
		for _, do := range []string{`VACUUM`, `PRAGMA wal_checkpoint(TRUNCATE)`} {
			_, err := db.Exec(do)
			need(t, err)
		}
		all, err := os.ReadFile(h.Database)
		need(t, err)
		wal, err := os.ReadFile(h.Database + "-wal")
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return append(all, wal...)
	}
	var all bytes.Buffer
	r := h.DB.Reader()
	tables, err := store.All(context.Background(), r, store.Scan[string], `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`)
	need(t, err)
	for _, table := range tables {
		rows, err := store.All(context.Background(), r, store.Scan[string], `SELECT CAST(t.* AS TEXT) FROM "`+table+`" t`)
		need(t, err)
		for _, row := range rows {
			all.WriteString(table + " " + row + "\n")
		}
	}
	return all.Bytes()
}

// traces fails the test where something holds one of some values.
func traces(t testing.TB, what string, all []byte, values []string) {
	t.Helper()
	lower := bytes.ToLower(all)
	for _, v := range values {
		for _, way := range []string{strings.ToLower(v), hex.EncodeToString([]byte(strings.ToLower(v)))} {
			if at := bytes.Index(lower, []byte(way)); at >= 0 {
				t.Errorf("%s holds %q: …%q…", what, v, all[max(0, at-120):min(len(all), at+120)])
				break
			}
		}
	}
}

// taken gives an export of the whole organisation.
func taken(t testing.TB, h *rostertest.House) []byte {
	t.Helper()
	f, err := h.Takeouts.Export(h.CLI(h.Acme.ID))
	need(t, err)
	defer func() { need(t, f.Close()) }()
	all, err := io.ReadAll(f)
	need(t, err)
	return all
}

// rounds is how many histories the property is held to.
func rounds() int {
	if os.Getenv("ROSTER_PROOF") != "" {
		return 20 // each leaves one person, and there are addresses for eighty
	}
	return 3
}

// TestErasingAnybodyLeavesNothingOfThem: whoever is erased from a history made by chance, it goes on verifying, of them nothing
// is left in the database nor in a new export, and of the others everything is.
func TestErasingAnybodyLeavesNothingOfThem(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		turn := 0
		for round := range rounds() {
			seed := uint64(round + 1)
			d := rand.New(rand.NewPCG(seed, 37))
			var all []*someone
			for i := range 4 {
				by := h.Owner
				if i > 0 {
					by = all[d.IntN(i)].actor
				}
				all = append(all, joins(t, h, round%20*4+i, by))
			}
			for range 25 {
				turn++
				lives(t, h, d, all, turn)
				h.Clock.Pass(time.Minute)
			}
			for len(all) > 1 {
				i := d.IntN(len(all))
				s := all[i]
				all = append(all[:i], all[i+1:]...)
				taker := ""
				if d.IntN(2) == 0 {
					taker = string(all[d.IntN(len(all))].actor.Member)
				}
				_, err := h.Removals.Remove(h.As(h.Owner), s.actor.Member, taker)
				need(t, err)
				m, err := h.Team.Show(h.CLI(h.Acme.ID), s.actor.Member)
				need(t, err)
				e, err := h.Erasures.Erase(h.As(h.Owner), s.actor.Member, m.Label())
				need(t, err)
				if !e.Person || e.Lines == 0 || e.ErasedAt.IsZero() {
					t.Errorf("seed %d: erased %+v", seed, e)
				}
				h.Verified(h.Acme.ID)
				h.Verified(roster.Installation)
				if r, err := h.History.Replay(h.CLI(h.Acme.ID)); err != nil || r.Count > 0 {
					t.Errorf("seed %d: the tables are not what the history says: %+v, %v", seed, r.Drifts, err)
				}
				traces(t, fmt.Sprintf("seed %d: the database", seed), everything(t, h), s.values)
				traces(t, fmt.Sprintf("seed %d: an export", seed), taken(t, h), s.values)
				whole := everything(t, h)
				for _, o := range all {
					for _, v := range o.values[:7] {
						if !bytes.Contains(whole, []byte(v)) {
							t.Errorf("seed %d: %s is gone, too", seed, v)
						}
					}
				}
				if t.Failed() {
					return
				}
			}
			h.Clock.Pass(24 * time.Hour)
		}
	})
}

// TestWhoIsErased: removed members alone, once, by who may, with their name typed; and the history's line names nobody.
func TestWhoIsErased(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna := h.Join("anna@example.com", "Anna", "Alt", roster.RoleMember)
		ute := h.Join("ute@example.com", "Ute", "Admin", roster.RoleUserAdministrator)
		owner := h.As(h.Owner)
		if _, err := h.Erasures.Erase(owner, anna.Member, "Anna Alt"); code(err) != "not_removed" {
			t.Errorf("who belongs here: %v", err)
		}
		_, err := h.Team.Remove(owner, anna.Member)
		need(t, err)
		if _, err := h.Erasures.Erase(h.As(ute), anna.Member, "Anna Alt"); roster.AsError(err).Kind != roster.Denied {
			t.Errorf("a user administrator: %v", err)
		}
		if _, err := h.Erasures.Erase(owner, anna.Member, "Anna"); code(err) != "name_differs" {
			t.Errorf("another name: %v", err)
		}
		e, err := h.Erasures.Look(owner, anna.Member)
		if err != nil || e.Lines == 0 || !e.Person {
			t.Errorf("what would be erased: %+v, %v", e, err)
		}
		before := taken(t, h)
		_, err = h.Erasures.Erase(owner, anna.Member, " Anna  Alt ")
		need(t, err)
		if _, err := h.Erasures.Erase(owner, anna.Member, string(anna.Member)); code(err) != "erased_already" {
			t.Errorf("again: %v", err)
		}
		h.Verified(h.Acme.ID)
		if !bytes.Contains(before, []byte("anna@example.com")) {
			t.Error("an export from before does not hold them")
		}
		page, err := h.History.List(owner, history.Query{Member: anna.Member})
		need(t, err)
		first := page.Events[0]
		if first.Action != "member.erase" || first.Target.Name != "" || first.Target.ID != string(anna.Member) || first.ActorName != h.Owner.Name {
			t.Errorf("the line of it: %+v", first)
		}
		if last := page.Events[len(page.Events)-1]; last.Target.Name != chain.Erased {
			t.Errorf("the line of the invitation: %+v", last)
		}
		again := h.Join("anna@example.com", "Anna", "Alt", roster.RoleMember) // the address is free, as ever
		if again.Member == anna.Member {
			t.Error("the same member")
		}
	})
}

// TestWhoComesAgainIsNotErasedWithWhoTheyWere: the same address and name, as a new member, are that member's.
func TestWhoComesAgainIsNotErasedWithWhoTheyWere(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna := h.Join("anna@example.com", "Anna", "Alt", roster.RoleMember)
		owner := h.As(h.Owner)
		_, err := h.Team.Remove(owner, anna.Member)
		need(t, err)
		again, err := h.Team.Invite(owner, team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Neu"}, Grants: team.RoleGivings(roster.RoleMember)})
		need(t, err)
		_, err = h.Erasures.Erase(owner, anna.Member, "Anna Alt")
		need(t, err)
		v, err := h.Team.Show(owner, again.ID)
		if err != nil || v.Email.Typed != "anna@example.com" || v.Name != "Anna Neu" {
			t.Errorf("the new member: %+v, %v", v.Member, err)
		}
		page, err := h.History.List(owner, history.Query{Member: again.ID})
		need(t, err)
		if got := page.Events[0].Target.Name; got != "anna@example.com" {
			t.Errorf("their line names %q", got)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestItHappensByItselfWhereTheOrganisationSaysSo: not before its time, and only to who was removed; who sets the time could
// erase by hand.
func TestItHappensByItselfWhereTheOrganisationSaysSo(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna := h.Join("anna@example.com", "Anna", "Alt", roster.RoleMember)
		bert := h.Join("bert@example.com", "Bert", "Bleibt", roster.RoleMember)
		settler := h.Holder("Settler", team.Giving{Permission: authz.OrganisationWrite}, team.Giving{Scope: authz.Admin})
		days := 30
		if _, err := h.Orgs.Edit(h.As(settler), org.Edit{EraseAfter: &days}); code(err) != "forbidden" {
			t.Errorf("by who may not erase: %v", err)
		}
		_, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{EraseAfter: &days})
		need(t, err)
		_, err = h.Team.Remove(h.As(h.Owner), anna.Member)
		need(t, err)
		for _, c := range []struct {
			after  time.Duration
			erased bool
		}{{0, false}, {29 * 24 * time.Hour, false}, {24 * time.Hour, true}, {24 * time.Hour, true}} {
			h.Clock.Pass(c.after)
			need(t, jobs.Erasures(h.Erasures).Do(h.CLI("")))
			m, err := h.Team.Show(h.CLI(h.Acme.ID), anna.Member)
			need(t, err)
			if m.ErasedAt.IsZero() == c.erased {
				t.Errorf("after %s more: erased at %s", c.after, m.ErasedAt)
			}
		}
		if m, err := h.Team.Show(h.CLI(h.Acme.ID), bert.Member); err != nil || m.Label() != "Bert Bleibt" {
			t.Errorf("who stayed: %+v, %v", m.Member, err)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestWhoBelongsElsewhereKeepsThat: their person and what other organisations keep of them stay, until the last membership is
// erased, too.
func TestWhoBelongsElsewhereKeepsThat(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		in := team.Invitation{Email: "anna@zuhause.example", Profile: roster.Profile{FirstName: "Annegret", LastName: "Zweifach"}, Grants: team.RoleGivings(roster.RoleMember)}
		anna := h.Own(h.Owner, roster.Actor{}, in)
		beta, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Beta", Plan: roster.PlanUnlimited, Owner: "bea@example.com"})
		need(t, err)
		bea := h.Accept(beta.Organisation.ID, beta.Link, "Bea", "Owner")
		there := h.Own(bea, anna, in)
		for _, end := range []struct {
			by, who roster.Actor
			last    bool
		}{{h.Owner, anna, false}, {bea, there, true}} {
			_, err := h.Team.Remove(h.As(end.by), end.who.Member)
			need(t, err)
			e, err := h.Erasures.Erase(h.As(end.by), end.who.Member, "Annegret Zweifach")
			need(t, err)
			if e.Person != end.last {
				t.Errorf("in %s: their person goes: %t", end.by.Organisation, e.Person)
			}
			h.Verified(h.Acme.ID)
			h.Verified(beta.Organisation.ID)
			h.Verified(roster.Installation)
			traces(t, "an export of Acme", taken(t, h), []string{in.Email, "Annegret", "Zweifach"})
			if !end.last {
				if m, err := h.Team.Show(h.As(bea), there.Member); err != nil || m.Label() != "Annegret Zweifach" || m.Email.Typed != in.Email {
					t.Errorf("elsewhere: %+v, %v", m.Member, err)
				}
			}
		}
		traces(t, "the database", everything(t, h), []string{in.Email, "Annegret", "Zweifach"})
	})
}
