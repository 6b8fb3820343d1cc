package network_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"slices"
	"testing"
	"time"

	"roster/internal/action/apiuser"
	"roster/internal/action/history"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

const here, elsewhere = "203.0.113.7", "198.51.100.9"

func from(a roster.Actor, ip string) roster.Actor {
	a.IP = ip
	return a
}

func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if !roster.Is(err, code) {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

func newest(t *testing.T, h *rostertest.House) roster.Event {
	t.Helper()
	page, err := h.History.List(h.CLI(h.Acme.ID), history.Query{Limit: 1})
	if err != nil || len(page.Events) == 0 {
		t.Fatal(err)
	}
	return page.Events[0]
}

// signed signs the Owner in from an address and gives the actor at the organisation's door.
func signed(t *testing.T, h *rostertest.House, ip string) context.Context {
	t.Helper()
	nobody := from(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard}, ip)
	s, err := h.SignIn.SignIn(h.As(nobody), signin.Try{Email: "olga@example.com", Password: rostertest.Password})
	if err != nil {
		t.Fatal(err)
	}
	return h.As(roster.Actor{Kind: roster.ActorPerson, Person: s.Session.Person, Session: s.Session.ID, Proofs: s.Session.Proofs, Door: roster.DoorDashboard, IP: ip})
}

func TestAnOrganisationsListBindsEverybodyWhoComesIn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		owner := h.As(from(h.Owner, here))
		made, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleAuditor)})
		if err != nil {
			t.Fatal(err)
		}
		invited, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "ina@example.com", Profile: roster.Profile{FirstName: "Ina", LastName: "New"}})
		if err != nil {
			t.Fatal(err)
		}
		link := h.Mailed(h.Acme.ID, invited.ID)
		known, away := signed(t, h, here), signed(t, h, elsewhere)

		_, err = h.Networks.Set(owner, []string{"198.51.100.0/24"})
		refused(t, "a list without one's own address", err, "locks_you_out")
		_, err = h.Networks.Set(owner, []string{"nowhere"})
		refused(t, "no block", err, "network_invalid")
		uma := h.Join("uma@example.com", "Uma", "Admin", roster.RoleUserAdministrator)
		_, err = h.Networks.Set(h.As(uma), []string{here})
		refused(t, "who is no Owner", err, "forbidden")
		robot := rostertest.Actor(made.Member)
		_, err = h.Networks.Set(h.As(robot), []string{here})
		if roster.AsError(err).Kind != roster.Denied {
			t.Errorf("an API user: %v", err)
		}
		stale := from(h.Owner, here)
		stale.Session, stale.Proofs = "ses_x", []roster.Proof{{Method: roster.ProofPassword, At: h.Clock.Now().Add(-time.Hour)}}
		_, err = h.Networks.Set(h.As(stale), []string{here})
		refused(t, "without a fresh proof", err, "confirmation_required")

		l, err := h.Networks.Set(owner, []string{"203.0.113.77/24"})
		if err != nil || !slices.Equal(l.From, []string{"203.0.113.0/24"}) {
			t.Fatalf("%v, %v", l.From, err)
		}
		if e := newest(t, h); e.Action != "organisation.addresses" || !slices.ContainsFunc(e.Changes, func(c roster.Change) bool { return c.Field == "allowed_from" && c.To == "203.0.113.0/24" }) {
			t.Errorf("the line is %+v", e)
		}
		if _, err := h.Orgs.Enter(known, "acme"); err != nil {
			t.Errorf("from here: %v", err)
		}
		_, err = h.Orgs.Enter(away, "acme")
		refused(t, "a session elsewhere", err, "address_not_allowed")
		at := func(ip string) context.Context { return h.As(from(roster.Actor{Kind: roster.ActorNobody}, ip)) }
		if _, err := h.APIUser.Authenticate(at(here), made.ClientID, made.Secret); err != nil {
			t.Errorf("a program here: %v", err)
		}
		_, err = h.APIUser.Authenticate(at(elsewhere), made.ClientID, made.Secret)
		refused(t, "a program elsewhere", err, "address_not_allowed")
		_, err = h.APIUser.Authenticate(at(elsewhere), made.ClientID, "rsec_wrong")
		refused(t, "a wrong secret elsewhere learns nothing", err, "invalid_client")
		token := apiuser.Token{ID: "tok_1", Org: h.Acme.ID, Member: made.ID, Client: made.ClientID, Issued: h.Clock.Now(), Expires: h.Clock.Now().Add(time.Hour)}
		_, err = h.APIUser.Check(at(elsewhere), token, roster.ActorFrom(at(elsewhere)))
		refused(t, "a token elsewhere", err, "address_not_allowed")
		_, err = h.SignIn.Accept(at(elsewhere), signin.Acceptance{Org: h.Acme.ID, Secret: link, FirstName: "Ina", LastName: "New", Password: rostertest.Password, Repeat: rostertest.Password})
		refused(t, "an acceptance elsewhere", err, "address_not_allowed")
		h.Accept(h.Acme.ID, link, "Ina", "New")

		if l, err = h.Networks.Set(h.CLI(h.Acme.ID), nil); err != nil || len(l.From) > 0 {
			t.Errorf("the operator clears it: %v, %v", l.From, err)
		}
		if _, err := h.Orgs.Enter(away, "acme"); err != nil {
			t.Errorf("after that: %v", err)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestTheListBindsTheWaysThatAreNoSession: an invitation's picture, the choice of another password than a given one, and of
// one that was forgotten.
func TestTheListBindsTheWaysThatAreNoSession(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		at := func(ip string) context.Context { return h.As(from(roster.Actor{Kind: roster.ActorNobody}, ip)) }
		const given = "given-anchor-tuesday-47"
		_, err := h.Team.Create(h.As(h.Owner), team.Creation{
			Invitation:  team.Invitation{Email: "gus@example.com", Profile: roster.Profile{FirstName: "Gus", LastName: "Given"}},
			NewPassword: team.NewPassword{Password: given, Repeat: given},
		})
		must(t, err)
		choice, err := h.SignIn.SignIn(at(elsewhere), signin.Try{Email: "gus@example.com", Password: given})
		must(t, err)
		link, err := h.Recovery.Recover(h.CLI(h.Acme.ID), h.Join("bea@example.com", "Bea", "Back").Member, false)
		must(t, err)
		_, err = h.Emblems.Set(h.As(h.Owner), drawn(t))
		must(t, err)
		invited, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "ina@example.com", Profile: roster.Profile{FirstName: "Ina", LastName: "New"}})
		must(t, err)
		key := h.Mailed(h.Acme.ID, invited.ID)

		_, err = h.Networks.Set(h.CLI(h.Acme.ID), []string{here})
		must(t, err)
		for what, open := range map[string]string{"a given password": choice.Choice, "a forgotten one": link.Secret} {
			_, err = h.SignIn.Choosing(at(elsewhere), open)
			refused(t, what, err, "address_not_allowed")
			_, err = h.SignIn.Choose(at(elsewhere), signin.Chosen{Choice: open, Password: rostertest.Password + "-2", Repeat: rostertest.Password + "-2"})
			refused(t, what+", chosen", err, "address_not_allowed")
			if _, err = h.SignIn.Choosing(at(here), open); err != nil {
				t.Errorf("%s, from here: %v", what, err)
			}
		}
		_, err = h.Emblems.Invited(at(elsewhere), h.Acme.ID, key)
		refused(t, "an invitation's picture", err, "not_found")
		if _, err = h.Emblems.Invited(at(here), h.Acme.ID, key); err != nil {
			t.Errorf("an invitation's picture, from here: %v", err)
		}
		_, err = h.Fleet.Suspend(h.CLI(h.Acme.ID))
		must(t, err)
		_, err = h.Emblems.Invited(at(here), h.Acme.ID, key)
		refused(t, "an invitation's picture, while nobody comes in", err, "not_found")
		h.Verified(h.Acme.ID)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func drawn(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 40, 30))))
	return out.Bytes()
}

func TestAnAPIUserHasAListOfItsOwn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		made, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleAuditor)})
		if err != nil {
			t.Fatal(err)
		}
		at := func(ip string) context.Context { return h.As(from(roster.Actor{Kind: roster.ActorNobody}, ip)) }
		token := apiuser.Token{ID: "tok_1", Org: h.Acme.ID, Member: made.ID, Client: made.ClientID, Issued: h.Clock.Now(), Expires: h.Clock.Now().Add(time.Hour)}
		check := func(ip string) error {
			_, err := h.APIUser.Check(at(ip), token, roster.ActorFrom(at(ip)))
			return err
		}
		if err := check(elsewhere); err != nil {
			t.Fatal(err)
		}
		l, err := h.Networks.SetProgram(h.As(h.Owner), made.ID, []string{"2001:db8::/32", here})
		if err != nil || len(l.From) != 2 {
			t.Fatalf("%v, %v", l.From, err)
		}
		if e := newest(t, h); e.Action != "api_user.addresses" || e.Target.ID != string(made.ID) {
			t.Errorf("the line is %+v", e)
		}
		refused(t, "a token elsewhere, at once", check(elsewhere), "address_not_allowed")
		_, err = h.APIUser.Authenticate(at(elsewhere), made.ClientID, made.Secret)
		refused(t, "a new token elsewhere", err, "address_not_allowed")
		if err := check("2001:db8::9"); err != nil {
			t.Errorf("from its list: %v", err)
		}
		if _, err := h.Networks.Set(h.CLI(h.Acme.ID), []string{here}); err != nil {
			t.Fatal(err)
		}
		refused(t, "from its list and not the organisation's", check("2001:db8::9"), "address_not_allowed")
		if err := check(here); err != nil {
			t.Errorf("from both: %v", err)
		}
		_, err = h.Networks.SetProgram(h.As(h.Owner), h.Owner.Member, []string{here})
		if err == nil {
			t.Error("people have no list of their own")
		}
		h.Verified(h.Acme.ID)
	})
}
