package doors_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	clients "roster/internal/action/client"
	"roster/internal/action/factor"
	"roster/internal/action/method"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/signin/portal"
	"roster/internal/action/team"
	"roster/internal/login"
	"roster/internal/passkey"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/authenticator"
	"roster/internal/rostertest/provider"
)

func TestAConnectionFromDraftToSignIn(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		id := c.ready(owner, "Okta")
		if e := c.newest(); e.Action != "method.enable" || e.Target.ID != id {
			t.Errorf("the newest line: %+v", e)
		}
		c.isSealed(t, owner, id)
		link := c.invited(id, "anna@example.com", "anna@example.com")
		anna := c.Visitor()
		landing := anna.Get(link)
		if !strings.Contains(landing.Body, "Continue with Okta") || strings.Contains(landing.Body, `name="password"`) {
			t.Fatalf("landing: %d %.3000s", landing.Status, landing.Body)
		}
		a := c.through(anna, anna.Post("/invitation/connection"))
		if !isIn(a) {
			t.Fatalf("accepted: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		e := c.newest()
		if e.Action != "invitation.accept" || !strings.Contains(changesOf(e), "subject=anna-1") || !strings.Contains(changesOf(e), "status=active") {
			t.Errorf("the line of the acceptance: %s", changesOf(e))
		}
		m, err := c.Team.Show(c.As(c.Owner), roster.MemberID(e.Target.ID))
		must(t, err)
		if m.Status != roster.Active || len(m.Grants) != 1 || m.Grants[0].Role != roster.RoleMember {
			t.Errorf("the member: %+v %+v", m.Status, m.Grants)
		}
		// And from then on by the organisation's own sign-in page.
		again := c.Visitor()
		page := again.Get("/o/acme/sign-in")
		if !strings.Contains(page.Body, "Continue with Okta") {
			t.Fatalf("sign-in page: %.2000s", page.Body)
		}
		if a := c.through(again, again.Post("/o/acme/sign-in/"+id)); !isIn(a) {
			t.Fatalf("signed in: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		_, err = c.Networks.Set(c.CLI(c.Acme.ID), []string{"203.0.113.0/24"})
		must(t, err)
		elsewhere := c.Visitor()
		stayedOut(t, "from elsewhere", elsewhere, c.through(elsewhere, elsewhere.Post("/o/acme/sign-in/"+id)), "Acme lets nobody in from your address")
		c.Verified(c.Acme.ID)
	})
}

func changesOf(e roster.Event) string {
	var all []string
	for _, ch := range e.Changes {
		all = append(all, ch.Field+"="+ch.To)
	}
	return strings.Join(all, " ")
}

// TestASecretThatWasTypedIsNotSentBack is a form of a login method with a mistake elsewhere: made and edited, it says that
// the secret is asked for again.
func TestASecretThatWasTypedIsNotSentBack(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		id := c.make(owner, "Okta")
		for _, at := range []string{"add", id + "/edit"} {
			const typed = "s3cr3t-as-typed"
			a := owner.Post("/o/acme/settings/methods/"+at, "version", "1", "kind", "oidc", "name", "", "issuer", c.p.URL, "client_id", provider.Client, "client_secret", typed,
				"scopes", "openid email", "identifier_claim", "email")
			if a.Status != http.StatusUnprocessableEntity || strings.Contains(a.Body, typed) || !strings.Contains(a.Body, "It is not shown again: type it once more.") {
				t.Errorf("%s: %d %.3000s", at, a.Status, a.Body)
			}
		}
	})
}

func TestOnlyTheInvitedIdentifierComesIn(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		id := c.ready(c.owner(), "Okta")
		link := c.invited(id, "anna@example.com", "anna.b@example.com")
		anna := c.Visitor()
		anna.Get(link)
		stayedOut(t, "another identifier", anna, c.through(anna, anna.Post("/invitation/connection")), "Okta says that you are &#34;anna@example.com&#34;, and that is not who was invited to Acme.")
		// The address is Anna's, and links nobody.
		stranger := c.Visitor()
		stayedOut(t, "nobody's identifier", stranger, c.through(stranger, stranger.Post("/o/acme/sign-in/"+id)), "that is not who was invited")
		// Who was invited opens the invitation first.
		c.p.SignsIn(map[string]any{"sub": "anna-2", "email": "anna.b@example.com", "email_verified": true})
		stayedOut(t, "an invitation that is not accepted", stranger, c.through(stranger, stranger.Post("/o/acme/sign-in/"+id)), "Open the link in your invitation first")
		anna.Get(link)
		if a := c.through(anna, anna.Post("/invitation/connection")); !isIn(a) {
			t.Fatalf("the right one: %d %s %.1500s", a.Status, a.Path, a.Body)
		}
		// Another account that got the identifier later is somebody else.
		c.p.SignsIn(map[string]any{"sub": "anna-3", "email": "anna.b@example.com", "email_verified": true})
		stayedOut(t, "another subject", stranger, c.through(stranger, stranger.Post("/o/acme/sign-in/"+id)), "that is not who was invited")
		c.p.SignsIn(map[string]any{"sub": "anna-2", "email": "other@example.com", "email_verified": true})
		stayedOut(t, "the subject with another identifier", stranger, c.through(stranger, stranger.Post("/o/acme/sign-in/"+id)), "that is not who was invited")
	})
}

func TestAConnectionCountsInItsOwnOrganisationAlone(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		id := c.ready(c.owner(), "Okta")
		s := &site{Site: c.Site}
		_, otto := s.other("Beta", "otto@example.com")
		// An own person of two organisations: Anna proved her address by mail.
		own := c.ownPerson("anna@example.com", otto)
		link := c.invited(id, "anna@example.com", "anna@example.com")
		landing := own.Get(link)
		if !strings.Contains(landing.Body, "You are signed in as anna@example.com.") || !strings.Contains(landing.Body, "Continue with Okta") {
			t.Fatalf("landing: %.2500s", landing.Body)
		}
		if a := own.Post("/invitation"); a.Status != http.StatusConflict || own.Get("/o/acme/team").Status == http.StatusOK {
			t.Errorf("accepted past the provider: %d %s", a.Status, a.Path)
		}
		if a := c.through(own, own.Post("/invitation/connection")); !isIn(a) {
			t.Fatalf("confirmed: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		if a := own.Get("/o/beta/team"); a.Status != http.StatusOK || a.Path != "/o/beta/team" {
			t.Errorf("what was proved before still counts: %d %s", a.Status, a.Path)
		}
		// By the connection alone: in at Acme, not at Beta, and nothing is told of it.
		v := c.Visitor()
		if a := c.through(v, v.Post("/o/acme/sign-in/"+id)); !isIn(a) {
			t.Fatalf("signed in: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		if a := v.Get("/o/beta/team"); strings.Contains(a.Body, "Otto") || a.Path == "/o/beta/team" && a.Status == http.StatusOK {
			t.Errorf("Acme's connection opens Beta: %d %s", a.Status, a.Path)
		}
		for _, path := range []string{"/me", "/api/v1/me", "/", "/api/v1/orgs"} {
			if a := v.Get(path); strings.Contains(a.Body, "Beta") || strings.Contains(a.Body, "beta") {
				t.Errorf("%s tells of Beta: %.2000s", path, a.Body)
			}
		}
		for _, path := range []string{"/me/authenticator", "/me/authenticator?in=acme"} {
			if a := v.Get(path); a.Path != "/confirm" {
				t.Errorf("Acme's connection opens %s, and with it every way in: %d %s", path, a.Status, a.Path)
			}
		}
		c.leavesPortal(id)
		v.Post("/me/sessions/end-others")
		if a := own.Get("/o/beta/team"); a.Path != "/o/beta/team" {
			t.Errorf("a session that Acme's connection began ended one elsewhere: %s", a.Path)
		}
	})
}

// leavesPortal holds that who came in by the product's link and then by the connection goes on by that alone: what the link
// proved ends with the link.
func (c *connected) leavesPortal(method string) {
	c.t.Helper()
	_, err := c.Portals.Set(c.As(c.Owner), policy.PortalOwners)
	must(c.t, err)
	made, err := c.Client.Create(c.CLI(""), clients.Draft{Name: "Fleet", Permissions: []string{act.ClientPortal}})
	must(c.t, err)
	product := roster.Actor{Kind: roster.ActorClient, Client: made.ID, Name: "Fleet", Organisation: c.Acme.ID, Scopes: []string{act.ClientPortal}, Door: roster.DoorAPI}
	link, err := c.Links.Create(c.As(product), portal.Asked{Member: "anna@example.com"})
	must(c.t, err)
	v := c.Visitor()
	page := v.Get(act.PortalPath(c.Acme.ID, link.Secret))
	if a := v.Post("/portal", "link", offered(page)); a.Status != http.StatusOK || !strings.Contains(v.Get("/me/security").Body, "rom Fleet") {
		c.t.Fatalf("by the link: %d %s %.1000s", a.Status, a.Path, a.Body)
	}
	if a := c.through(v, v.Post("/o/acme/sign-in/"+method)); !isIn(a) {
		c.t.Fatalf("by the connection: %d %s %.1000s", a.Status, a.Path, a.Body)
	}
	if a := v.Get("/me/security"); a.Status != http.StatusOK || strings.Contains(a.Body, "rom Fleet") {
		c.t.Errorf("the link's proof went along: %d", a.Status)
	}
}

// TestAPasskeyBesideAConnectionIsASecondFactor: whoever their organisation manages and comes in by its connection has that
// one way in. A passkey that they make confirms that it is they, lets nobody in by itself, with the connection on or off,
// and can go; once they come in by a password it is what passkeys are.
func TestAPasskeyBesideAConnectionIsASecondFactor(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		id := c.ready(owner, "Okta")
		anna := c.Visitor()
		anna.Get(c.invited(id, "anna@example.com", "anna@example.com"))
		if a := c.through(anna, anna.Post("/invitation/connection")); !isIn(a) {
			t.Fatalf("accepted: %d %s", a.Status, a.Path)
		}
		c.passkeyBeside(t, owner, anna, id, roster.MemberID(c.newest().Target.ID))
	})
}

// TestAPasskeyBesideAConnectionAfterAGivenPassword is the same for whom an administrator gave a password first: it ended
// with the choice of the connection, and is no second way in.
func TestAPasskeyBesideAConnectionAfterAGivenPassword(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		id := c.ready(owner, "Okta")
		given, err := c.Team.Create(c.As(c.Owner), team.Creation{
			Invitation:  team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}},
			NewPassword: team.NewPassword{Password: oncePassword, Repeat: oncePassword},
		})
		must(t, err)
		if a := chooses(t, owner, given.ID, id, "anna@example.com"); a.Status != http.StatusOK {
			t.Fatalf("by Okta: %d %.2000s", a.Status, a.Body)
		}
		if a := c.Visitor().Post("/sign-in", "email", "anna@example.com", "password", oncePassword); a.Status != http.StatusUnauthorized {
			t.Errorf("the given password: %d %s", a.Status, a.Path)
		}
		anna := c.Visitor()
		if a := c.through(anna, anna.Post("/o/acme/sign-in/"+id)); !isIn(a) {
			t.Fatalf("by Okta: %d %s", a.Status, a.Path)
		}
		c.passkeyBeside(t, owner, anna, id, given.ID)
	})
}

// passkeyBeside holds what a passkey is to somebody who came in by their organisation's connection.
func (c *connected) passkeyBeside(t *testing.T, owner, anna *rostertest.Visitor, id string, member roster.MemberID) {
	t.Helper()
	m, err := c.Team.Show(c.As(c.Owner), member)
	must(t, err)
	const origin = "https://roster.example.com"
	at, err := url.Parse(origin)
	must(t, err)
	hers := rostertest.Actor(m.Member)
	began, err := c.SignIn.Check(c.As(hers), anna.Cookie("__Host-roster"))
	must(t, err)
	hers.Session, hers.Proofs = began.ID, began.Proofs
	makes := func(key *authenticator.Device) string {
		t.Helper()
		asked, err := c.Factors.AskPasskey(c.As(hers), passkey.At(at), "Roster")
		must(t, err)
		added, err := c.Factors.AddPasskey(c.As(hers), factor.PasskeyAddition{At: passkey.At(at), Answer: key.Make(asked.JSON), Name: "Laptop"})
		must(t, err)
		if added.Factor.Alone || added.Session.ID != hers.Session || slices.ContainsFunc(added.Session.Proofs, func(p roster.Proof) bool { return p.Method == roster.ProofPasskey }) {
			t.Errorf("it lets her in alone: %+v, and the session has %+v", added.Factor, added.Session.Proofs)
		}
		return added.Factor.ID
	}
	alone := func(key *authenticator.Device) error {
		t.Helper()
		nobody := c.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "192.0.2.7"})
		asked, err := c.SignIn.AskPasskey(nobody, passkey.At(at))
		must(t, err)
		_, err = c.SignIn.SignInByPasskey(nobody, signin.KeyTry{Given: signin.Given{At: passkey.At(at), Answer: key.Use(asked.JSON)}, Secret: asked.Secret})
		return err
	}
	_, err = c.Factors.Remove(c.As(hers), makes(authenticator.New(t, origin)))
	must(t, err)
	key := authenticator.New(t, origin)
	last := makes(key)
	asked, err := c.SignIn.AskConfirm(c.As(hers), passkey.At(at))
	must(t, err)
	s, err := c.SignIn.Confirm(c.As(hers), signin.Confirmation{Passkey: signin.Given{At: passkey.At(at), Answer: key.Use(asked.JSON)}})
	if err != nil || slices.ContainsFunc(s.Session.Proofs, func(p roster.Proof) bool { return p.Method == roster.ProofPasskey }) {
		t.Errorf("it confirms that it is she: %v %+v", err, s.Session.Proofs)
	}
	if w, err := c.SignIn.Ways(c.As(hers)); err != nil || len(w.Factors) != 1 || w.Factors[0].Alone {
		t.Errorf("once it was used: %v %+v", err, w.Factors)
	}
	if err := alone(key); !roster.Is(err, "wrong_passkey") {
		t.Errorf("alone: %v", err)
	}
	owner.Post("/o/acme/settings/methods/" + id + "/disable")
	if err := alone(key); !roster.Is(err, "wrong_passkey") {
		t.Errorf("alone, with the connection off: %v", err)
	}
	if a := chooses(t, owner, m.ID, "link", ""); a.Status != http.StatusOK {
		t.Fatalf("by password: %d %.2000s", a.Status, a.Body)
	}
	if err := alone(key); err != nil {
		t.Errorf("beside a password: %v", err)
	}
	if _, err := c.Factors.Remove(c.As(hers), last); !roster.Is(err, "last_way_in") {
		t.Errorf("her only way in: %v", err)
	}
	// With the connection what lets her in alone ends, and the codes that stood in for it.
	owner.Post("/o/acme/settings/methods/" + id + "/enable")
	if a := chooses(t, owner, m.ID, id, "anna@example.com"); a.Status != http.StatusOK {
		t.Fatalf("by Okta: %d %.2000s", a.Status, a.Body)
	}
	if w, err := c.SignIn.Ways(c.As(hers)); err != nil || len(w.Factors) > 0 || w.Codes > 0 {
		t.Errorf("by Okta again: %v, %+v and %d codes", err, w.Factors, w.Codes)
	}
}

func TestSwitchingOffEndsWhatDependsOnIt(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		id := c.ready(owner, "Okta")
		anna := c.Visitor()
		anna.Get(c.invited(id, "anna@example.com", "anna@example.com"))
		c.through(anna, anna.Post("/invitation/connection"))
		open := c.Visitor()
		link := c.invited(id, "bo@example.com", "bo@example.com")
		at := "/o/acme/settings/methods/" + id
		if q := owner.Get(at + "/disable"); !strings.Contains(q.Body, "1 person loses their access at once") || !strings.Contains(q.Body, "1 invitation by it cannot be accepted.") {
			t.Errorf("the question: %.3000s", q.Body)
		}
		if a := owner.Post(at + "/disable"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Tested, off") {
			t.Fatalf("off: %d %.1500s", a.Status, a.Body)
		}
		if a := anna.Get("/o/acme"); a.Path != "/sign-in" {
			t.Errorf("Anna is still in: %s", a.Path)
		}
		if a := open.Get(link); a.Status != http.StatusConflict || !strings.Contains(a.Body, "Acme lets nobody in by Okta at the moment.") {
			t.Errorf("the invitation: %d %.1500s", a.Status, a.Body)
		}
		if a := open.Get("/o/acme/sign-in"); strings.Contains(a.Body, "Okta") {
			t.Error("the button is still there")
		}
		if a := open.Post("/o/acme/sign-in/" + id); a.Status != http.StatusNotFound {
			t.Errorf("sign in by it: %d", a.Status)
		}
		if _, err := c.Team.Invite(c.As(c.Owner), team.Invitation{Email: "cy@example.com", Profile: roster.Profile{FirstName: "Cy", LastName: "D"}, Coming: roster.Coming{Method: id, Identifier: "cy"}}); !roster.Is(err, "method_not_ready") {
			t.Errorf("an invitation by it: %v", err)
		}
		// The only Owner has a password alone: it cannot be switched off.
		if a := owner.Post("/o/acme/settings/methods/password/disable"); a.Status != http.StatusConflict || !strings.Contains(a.Body, "This would leave Acme without an Owner who can sign in.") {
			t.Errorf("password off: %d %.1500s", a.Status, a.Body)
		}
		c.Verified(c.Acme.ID)
	})
}

func TestAnOwnerByConnectionKeepsTheHouseWhenPasswordsAreOff(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		id := c.ready(owner, "Okta")
		v, err := c.Team.Invite(c.As(c.Owner), team.Invitation{
			Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}, Grants: team.RoleGivings(roster.RoleOwner),
			Coming: roster.Coming{Method: id, Identifier: "anna@example.com"},
		})
		must(t, err)
		linked, err := c.Team.Link(c.As(c.Owner), v.ID)
		must(t, err)
		anna := c.Visitor()
		anna.Get("/invitation/" + string(c.Acme.ID) + "/" + linked.Secret)
		c.through(anna, anna.Post("/invitation/connection"))
		if a := anna.Post("/o/acme/settings/methods/password/disable"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Off") {
			t.Fatalf("password off: %d %.1500s", a.Status, a.Body)
		}
		if a := owner.Get("/o/acme/team"); a.Status == http.StatusOK && a.Path == "/o/acme/team" {
			t.Error("a password still lets in")
		}
		page := c.Visitor().Get("/o/acme/sign-in")
		if strings.Contains(page.Body, `name="password"`) || !strings.Contains(page.Body, "Continue with Okta") {
			t.Errorf("sign-in page: %.2500s", page.Body)
		}
		if _, err := c.Team.Invite(c.As(c.Owner), team.Invitation{Email: "cy@example.com", Profile: roster.Profile{FirstName: "Cy", LastName: "D"}}); !roster.Is(err, "method_not_ready") {
			t.Errorf("an invitation with a password: %v", err)
		}
		// Several are invited by the connection, each by their address.
		a := anna.Post("/o/acme/team/invite", "form_key", "frm_1", "addresses", "Di Ek <di@example.com>", "kind", "regular", "role", "member", "way", id)
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "1 person is invited") || !strings.Contains(changesOf(c.newest()), "identifier=di@example.com") {
			t.Errorf("several: %d %s", a.Status, changesOf(c.newest()))
		}
		// Whatever takes the last way in away is refused.
		at := "/o/acme/settings/methods/" + id
		for _, path := range []string{"/disable", "/delete"} {
			if a := anna.Post(at + path); a.Status != http.StatusConflict || !strings.Contains(a.Body, "without an Owner who can sign in") {
				t.Errorf("%s: %d %.1500s", path, a.Status, a.Body)
			}
		}
		shown, err := c.Methods.Show(c.As(c.Owner), id)
		must(t, err)
		scopes := []string{"openid"}
		if _, err := c.Methods.Edit(c.CLI(c.Acme.ID), id, method.Edit{Scopes: &scopes, Version: shown.Version}); !roster.Is(err, "last_owner") {
			t.Errorf("an edit that takes the test back: %v", err)
		}
		if a := anna.Post("/o/acme/settings/methods/password/enable"); a.Status != http.StatusOK {
			t.Errorf("password on: %d", a.Status)
		}
	})
}

// TestAReturnFromATestEntersTheOrganisation: a session that the organisation lets in no more since it left for the provider
// makes no connection ready.
func TestAReturnFromATestEntersTheOrganisation(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		id := c.ready(owner, "Okta")
		wrong, right, yes := "wrong", provider.Secret, true
		for _, secret := range []*string{&wrong, &right} {
			_, err := c.Methods.Edit(c.As(c.Owner), id, method.Edit{Secret: secret})
			must(t, err)
		}
		left := owner.Post("/o/acme/settings/methods/" + id + "/test")
		_, err := c.Orgs.Edit(c.CLI(c.Acme.ID), org.Edit{FactorRequired: &yes})
		must(t, err)
		if a := c.through(owner, left); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "asks for a second factor") {
			t.Errorf("the return: %d %s %.600s", a.Status, a.Path, a.Body)
		}
		if m, err := c.Methods.Show(c.As(c.Owner), id); err != nil || m.State() != login.Draft {
			t.Errorf("it is %s, %v", m.State(), err)
		}
	})
}

func TestAChangeTakesTheTestBack(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		id := c.ready(owner, "Okta")
		anna := c.Visitor()
		anna.Get(c.invited(id, "anna@example.com", "anna@example.com"))
		c.through(anna, anna.Post("/invitation/connection"))
		name := "Okta for Acme"
		m, err := c.Methods.Edit(c.As(c.Owner), id, method.Edit{Name: &name})
		must(t, err)
		if m.State() != login.Ready {
			t.Errorf("a new name takes the test back: %s", m.State())
		}
		wrong := "wrong"
		m, err = c.Methods.Edit(c.As(c.Owner), id, method.Edit{Secret: &wrong})
		must(t, err)
		if m.State() != login.Draft || m.Connection.Secret != "" {
			t.Errorf("a new secret: %s %q", m.State(), m.Connection.Secret)
		}
		if e := c.newest(); strings.Contains(changesOf(e), wrong) || !strings.Contains(changesOf(e), "client_secret=(set)") {
			t.Errorf("the line: %s", changesOf(e))
		}
		if a := c.through(owner, owner.Post("/o/acme/settings/methods/"+id+"/test")); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "invalid_client") {
			t.Errorf("a test with a wrong secret: %d %.1500s", a.Status, a.Body)
		}
		right, claim := provider.Secret, "sub"
		_, err = c.Methods.Edit(c.As(c.Owner), id, method.Edit{Secret: &right, IdentifierClaim: &claim})
		must(t, err)
		if a := anna.Get("/o/acme"); a.Path != "/sign-in" {
			t.Errorf("a session outlives the change of whom it is: %s", a.Path)
		}
		if a := c.through(owner, owner.Post("/o/acme/settings/methods/"+id+"/test")); a.Status != http.StatusOK || !strings.Contains(a.Body, "works") {
			t.Fatalf("test: %d %.1500s", a.Status, a.Body)
		}
		stayedOut(t, "an identifier of before", anna, c.through(anna, anna.Post("/o/acme/sign-in/"+id)), "that is not who was invited")
		email := "email"
		_, err = c.Methods.Edit(c.As(c.Owner), id, method.Edit{IdentifierClaim: &email})
		must(t, err)
		c.through(owner, owner.Post("/o/acme/settings/methods/"+id+"/test"))
		if a := c.through(anna, anna.Post("/o/acme/sign-in/"+id)); !isIn(a) {
			t.Errorf("recognised anew: %d %s %.1500s", a.Status, a.Path, a.Body)
		}
		if e := c.newest(); e.Action != "connection.bind" {
			t.Errorf("the line: %s %s", e.Action, changesOf(e))
		}
	})
}
