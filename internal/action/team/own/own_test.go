package own_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/action/team/own"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/factordb"
	"roster/internal/store/recoverydb"
)

func anna() team.Invitation {
	return team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Silva"}}
}

// newest gives the newest line of an organisation's history.
func newest(t *testing.T, h *rostertest.House, o roster.OrgID) roster.Event {
	t.Helper()
	page, err := h.History.List(h.CLI(o), history.Query{Limit: 1})
	if err != nil || len(page.Events) == 0 {
		t.Fatalf("the history of %s: %v", o, err)
	}
	return page.Events[0]
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if !roster.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

func to(s string) *string { return &s }

func TestWhatSomebodyIsCalledInOneOrganisationShowsInNoOther(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Globex", Plan: roster.PlanUnlimited, Owner: "nora@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		nora := h.Accept(founded.Organisation.ID, founded.Link, "Nora", "North")
		here := h.Own(h.Owner, roster.Actor{}, anna())
		there := h.Own(nora, here, anna())
		p, err := h.House.Own.Edit(h.As(here), own.Edit{FirstName: to("Ana"), Phone: to("+55 11 5555 0100")})
		if err != nil || p.Name != "Ana Silva" || p.Phone != "+551155550100" || p.Kept {
			t.Fatalf("%+v, %v", p, err)
		}
		if e := newest(t, h, h.Acme.ID); e.Action != "profile.edit" || e.ActorID != string(here.Member) || e.Target.ID != string(here.Member) {
			t.Errorf("the line is %+v", e)
		}
		if other, err := h.House.Own.Show(h.As(there)); err != nil || other.Name != "Anna Silva" || other.Phone != "" {
			t.Errorf("the other organisation's is %+v, %v", other, err)
		}
		_, err = h.House.Own.Edit(h.As(here), own.Edit{LastName: to("Costa"), Version: p.Version - 1})
		refused(t, err, "changed_meanwhile")
		_, err = h.House.Own.Edit(h.As(here), own.Edit{FirstName: to(""), Phone: to("12")})
		if e := roster.AsError(err); e.Kind != roster.Invalid || len(e.Fields) != 2 {
			t.Errorf("what cannot be: %v", err)
		}
		h.Verified(h.Acme.ID)
	})
}

func TestAnOrganisationKeepsTheProfileOfWhomItManages(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		bruno := h.Join("bruno@example.com", "Bruno", "Costa", roster.RoleMember) // by a copied link
		p, err := h.House.Own.Show(h.As(bruno))
		if err != nil || !p.Kept {
			t.Fatalf("%+v, %v", p, err)
		}
		_, err = h.House.Own.Edit(h.As(bruno), own.Edit{FirstName: to("Bru")})
		refused(t, err, "profile_kept")
		_, err = h.House.Own.SetPicture(h.As(bruno), drawn(t))
		refused(t, err, "profile_kept")
		if _, err := h.Team.Block(h.As(h.Owner), bruno.Member, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := h.House.Own.Show(h.As(bruno)); roster.AsError(err).Kind != roster.Denied {
			t.Errorf("a blocked member: %v", err)
		}
	})
}

func TestAPictureOfOnesOwn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		a := h.Own(h.Owner, roster.Actor{}, anna())
		if _, err := h.House.Own.Picture(h.As(a)); roster.AsError(err).Kind != roster.NotFound {
			t.Errorf("without one: %v", err)
		}
		p, err := h.House.Own.SetPicture(h.As(a), drawn(t))
		if err != nil || p.Picture == "" || newest(t, h, h.Acme.ID).Action != "profile.picture" {
			t.Fatalf("%+v, %v", p, err)
		}
		if made, err := h.House.Own.Picture(h.As(a)); err != nil || made.Hash != p.Picture {
			t.Errorf("%s, %v", made.Hash, err)
		}
		_, err = h.House.Own.SetPicture(h.As(a), []byte("<svg/>"))
		refused(t, err, "picture_kind")
		if p, err = h.House.Own.RemovePicture(h.As(a)); err != nil || p.Picture != "" || newest(t, h, h.Acme.ID).Action != "profile.picture_remove" {
			t.Errorf("%+v, %v", p, err)
		}
		h.Verified(h.Acme.ID)
	})
}

func drawn(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// mailed gives somebody a link of each kind, and a sign-in between its two proofs.
func mailed(t *testing.T, h *rostertest.House, to roster.Actor) {
	t.Helper()
	err := action.Note(context.Background(), h.Gate, func(ctx context.Context, tx store.Noter) error {
		until := tx.At().Add(time.Hour)
		if err := recoverydb.Mint(ctx, tx, recoverydb.Link{Person: to.Person, Purpose: recoverydb.ByMail, Until: until}, "link"); err != nil {
			return err
		}
		if err := factordb.InsertHalf(ctx, tx, "half", factordb.Half{Person: to.Person, Until: until}); err != nil {
			return err
		}
		_, err := tx.Note(ctx, store.BookReset, `INSERT INTO factor_reset (org_id, member_id, hash, until_at) VALUES ($1, $2, 'reset', $3)`, to.Organisation, to.Member, store.Micros(until))
		return err
	})
	if n := begun(t, h); err != nil || n != 3 {
		t.Fatal(n, err)
	}
}

// begun counts what mailed gives, of everybody.
func begun(t *testing.T, h *rostertest.House) int {
	t.Helper()
	n, err := store.One(context.Background(), h.DB.Reader(), store.Scan[int], `SELECT (SELECT count(*) FROM person_link) + (SELECT count(*) FROM half_session) + (SELECT count(*) FROM factor_reset)`)
	if err != nil {
		t.Fatal(err)
	}
	return n.Value
}

func TestLeavingIsForWhoIsNotTheLastOwner(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		uma := h.Join("uma@example.com", "Uma", "Admin", roster.RoleUserAdministrator)
		if _, err := h.Team.Invite(h.As(uma), anna()); err != nil { // so that what is decided from is at hand
			t.Fatal(err)
		}
		l, err := h.House.Own.Leaving(h.As(h.Owner))
		if err != nil || !l.LastOwner {
			t.Errorf("%+v, %v", l.LastOwner, err)
		}
		_, err = h.House.Own.Leave(h.As(h.Owner))
		refused(t, err, "last_owner")
		signed, err := h.SignIn.SignIn(h.As(roster.Actor{Kind: roster.ActorNobody}), signin.Try{Email: "uma@example.com", Password: rostertest.Password})
		if err != nil {
			t.Fatal(err)
		}
		stale := uma
		stale.Session, stale.Proofs = signed.Session.ID, []roster.Proof{{Method: roster.ProofPassword, At: h.Clock.Now().Add(-time.Hour)}}
		_, err = h.House.Own.Leave(h.As(stale))
		refused(t, err, "confirmation_required")
		before, err := h.Orgs.Show(h.As(h.Owner))
		if err != nil {
			t.Fatal(err)
		}
		mailed(t, h, uma)
		if _, err := h.House.Own.Leave(h.As(uma)); err != nil { // an administrator, too
			t.Fatal(err)
		}
		e := newest(t, h, h.Acme.ID)
		if e.Action != "profile.leave" || e.ActorID != string(uma.Member) || e.Target.ID != string(uma.Member) {
			t.Errorf("the line is %+v", e)
		}
		after, err := h.Orgs.Show(h.As(h.Owner))
		if err != nil || after.Organisation.People != before.Organisation.People-1 {
			t.Errorf("the seat: %d, then %d (%v)", before.Organisation.People, after.Organisation.People, err)
		}
		if _, err := h.SignIn.Check(h.As(roster.Actor{}), signed.Secret); err == nil {
			t.Error("a session of who belongs nowhere any more goes on")
		}
		if _, err := h.SignIn.SignIn(h.As(roster.Actor{Kind: roster.ActorNobody}), signin.Try{Email: "uma@example.com", Password: rostertest.Password}); err == nil {
			t.Error("a password outlives the last membership")
		}
		if n := begun(t, h); n != 0 {
			t.Errorf("%d links and sign-ins that began outlive it", n)
		}
		if _, err := h.House.Own.Leave(h.As(uma)); err == nil {
			t.Error("leaving twice")
		}
		h.Verified(h.Acme.ID)
	})
}
