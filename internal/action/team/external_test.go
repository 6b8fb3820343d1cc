package team_test

import (
	"strings"
	"testing"
	"time"

	"roster/internal/action/decision"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// wipes asks as the host product does whether somebody whom it calls so may wipe the devices of a unit.
func wipes(t *testing.T, h *rostertest.House, who, at string) bool {
	t.Helper()
	var q decision.Question
	q.Subject.Type, q.Subject.ID, q.Action.Name, q.Resource.Type, q.Resource.ID = "identity", who, "devices.wipe", "unit", at
	a, err := h.Decisions.Evaluate(h.As(h.Owner), &q)
	if err != nil {
		t.Fatal(err)
	}
	return a.Allowed
}

// TestNobodyTakesTheNameOfWhoIsStronger: the host product asks by external ID, so whoever could write a stronger
// member's could have the product answer for them under a name of one's own. Binding a name is binding an identity.
func TestNobodyTakesTheNameOfWhoIsStronger(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		owner := h.As(h.Owner)
		if _, err := h.Units.Create(owner, unit.Draft{Kind: roster.Account, Name: "North", ExternalID: "north"}); err != nil {
			t.Fatal(err)
		}
		chief := h.Holder("Chief", team.Giving{Permission: "devices.wipe"}, team.Giving{Scope: "network"}).Member
		peer := h.Holder("Peer", team.Giving{Role: "auditor"}).Member
		ada := h.Holder("Ada", team.Giving{Role: "user_administrator"}, team.Giving{Role: "auditor"})
		// Writer may edit members, and no ways in.
		writer := h.Holder("Writer", team.Giving{Scope: "admin"}, team.Giving{Permission: "members.read"}, team.Giving{Permission: "members.write"})
		name := func(s string) team.Edit { return team.Edit{ExternalID: &s} }
		edit := func(what string, by roster.Actor, of roster.MemberID, to, code string) {
			t.Helper()
			_, err := h.Team.Edit(h.As(by), of, name(to))
			want(t, what, err, code)
		}
		edit("the Owner names the chief", h.Owner, chief, "emp-1", "")
		edit("an administrator renames who is stronger", ada, chief, "ada-in-the-product", "stronger_target")
		edit("or takes the name", ada, chief, "", "stronger_target")
		edit("what stays as it is asks nothing", ada, chief, "emp-1", "")
		edit("an administrator names who is not stronger", ada, peer, "emp-2", "")
		edit("and oneself", ada, ada.Member, "emp-3", "")
		edit("who may not touch ways in names nobody", writer, h.Holder("Mate").Member, "emp-4", "forbidden")
		edit("not even oneself", writer, writer.Member, "emp-5", "forbidden")
		if !wipes(t, h, "emp-1", "north") || wipes(t, h, "ada-in-the-product", "north") || wipes(t, h, "emp-3", "north") {
			t.Error("the host product is answered for the chief under another name, or not under theirs")
		}
		if v, err := h.Team.Show(owner, chief); err != nil || v.ExternalID != "emp-1" {
			t.Errorf("the chief is called %q, %v", v.ExternalID, err)
		}
		edit("somebody else's address", h.Owner, peer, "Ceo@acme.example", "external_id_invalid")
		edit("one's own address", h.Owner, peer, emailOf(t, h, peer), "")
		_, err := h.Team.CreateAPIUser(owner, team.APIUser{Name: "Robot", ExternalID: "ceo@acme.example"})
		want(t, "an API user of an address", err, "external_id_invalid")
		robot, err := h.Team.CreateAPIUser(owner, team.APIUser{Name: "Robot"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.Team.Clone(owner, robot.ID, team.Clone{Profile: roster.Profile{Name: "Copy"}, ExternalID: "ceo@acme.example"})
		want(t, "a clone of an address", err, "external_id_invalid")
		in := invitation("new@example.com", "New", "Comer")
		in.ExternalID = "ceo@acme.example"
		_, err = h.Team.Invite(owner, in)
		want(t, "an invitation of another address", err, "external_id_invalid")
		in.ExternalID = "new@example.com"
		_, err = h.Team.Invite(owner, in)
		want(t, "an invitation of its own address", err, "")
		h.Verified(h.Acme.ID)
	})
}

func emailOf(t *testing.T, h *rostertest.House, m roster.MemberID) string {
	t.Helper()
	v, err := h.Team.Show(h.As(h.Owner), m)
	if err != nil {
		t.Fatal(err)
	}
	return v.Email.Typed
}

// TestTheHostProductsNameOfAnAccountStays: whoever may write customer accounts cannot let the product's name of one
// mean another, where they can do more.
func TestTheHostProductsNameOfAnAccountStays(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		owner := h.As(h.Owner)
		north, err := h.Units.Create(owner, unit.Draft{Kind: roster.Account, Name: "North 100%s", ExternalID: "north"})
		if err != nil {
			t.Fatal(err)
		}
		yard := h.Account("Yard", "")
		mia := h.Holder("Mia", team.Giving{Scope: "admin"}, team.Giving{Permission: "units.read"}, team.Giving{Permission: "units.write"},
			team.Giving{Permission: "devices.wipe", Unit: yard}, team.Giving{Scope: "network", Unit: yard})
		none, other := "", "north-1"
		for what, to := range map[string]*string{"clearing it": &none, "renaming it": &other} {
			_, err := h.Units.Edit(h.As(mia), north.ID, unit.Edit{ExternalID: to})
			want(t, what, err, "exceeds_authority")
			if err != nil && !strings.Contains(err.Error(), "at North 100%s. Only") {
				t.Errorf("%s: %v", what, err)
			}
		}
		if wipes(t, h, string(mia.Member), "north") {
			t.Error("the product lets her wipe what is not hers")
		}
		fresh, err := h.Units.Create(h.As(mia), unit.Draft{Kind: roster.Account, Name: "West", ExternalID: "west"})
		want(t, "a name for something new", err, "")
		_, err = h.Units.Edit(h.As(mia), yard, unit.Edit{ExternalID: &other})
		want(t, "a name that nothing had", err, "")
		_, err = h.Units.Edit(h.As(h.Owner), fresh.ID, unit.Edit{ExternalID: &none})
		want(t, "by who holds all there", err, "")
		h.Verified(h.Acme.ID)
	})
}

// TestRefusalsNameNothingHidden: whoever administers one account is told neither names of other accounts nor of people
// there, by no refusal.
func TestRefusalsNameNothingHidden(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		owner := h.As(h.Owner)
		north, south := h.Account("North", ""), h.Account("Secret South", "")
		name := "crm:south"
		if _, err := h.Units.Edit(owner, south, unit.Edit{ExternalID: &name}); err != nil {
			t.Fatal(err)
		}
		external := func(email, first string, at roster.UnitID, id string) team.Invitation {
			in := invitation(email, first, "Extern")
			in.Kind, in.Unit, in.ExternalID = roster.External, string(at), id
			return in
		}
		hidden := external("hidden@example.com", "Hidden", south, "crm:hidden")
		if _, err := h.Team.Invite(owner, hidden); err != nil {
			t.Fatal(err)
		}
		seen := external("seen@example.com", "Seen", north, "crm:seen")
		if _, err := h.Team.Invite(owner, seen); err != nil {
			t.Fatal(err)
		}
		boss := h.Holder("Boss", team.Giving{Role: "user_administrator", Unit: north}, team.Giving{Role: "user_administrator", Unit: south})
		nora := h.As(h.Holder("Nora", team.Giving{Role: "user_administrator", Unit: north}, team.Giving{Permission: "units.write", Unit: north}))
		refusal := func(what string, err error, code string, names bool) {
			t.Helper()
			want(t, what, err, code)
			for _, word := range []string{"Secret", "South", "Hidden", "invited", "Seen"} {
				if err != nil && strings.Contains(err.Error(), word) != (names && word == "Seen") && !(names && word == "invited") {
					t.Errorf("%s: %v", what, err)
				}
			}
		}
		_, err := h.Team.Invite(nora, external("hidden@example.com", "Other", north, ""))
		refusal("a hidden address", err, "already_member", false)
		_, err = h.Team.Invite(nora, external("new@example.com", "Other", north, "crm:hidden"))
		refusal("a hidden person's external ID", err, "external_id_taken", false)
		_, err = h.Team.Invite(nora, external("new@example.com", "Other", north, "crm:seen"))
		refusal("a seen person's external ID", err, "external_id_taken", true)
		_, err = h.Units.Create(nora, unit.Draft{Kind: roster.Account, Name: "Inner", Parent: string(north), ExternalID: "crm:south"})
		refusal("a hidden account's external ID", err, "external_id_taken", false)
		_, err = h.Team.Grant(nora, boss.Member, team.Grants{All: []team.Giving{{Role: "member", Unit: north}}})
		refusal("somebody who administers a hidden account", err, "stronger_target", false)
		h.Verified(h.Acme.ID)
	})
}

// TestSightEndsWithTheGrant: who held something in an account for a time is not seen by its administrators after it.
func TestSightEndsWithTheGrant(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		north := h.Account("North", "")
		guest := h.Holder("Guest", team.Giving{Role: "member"}, team.Giving{Role: "auditor", Unit: north, Until: h.Clock.Now().Add(time.Hour)}).Member
		nora := h.As(h.Holder("Nora", team.Giving{Role: "user_administrator", Unit: north}))
		sees := func(q team.Query) bool {
			page, err := h.Team.List(nora, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page.Members {
				if v.ID == guest {
					return true
				}
			}
			return false
		}
		if _, err := h.Team.Show(nora, guest); err != nil || !sees(team.Query{}) || !sees(team.Query{Role: "auditor"}) || !sees(team.Query{Unit: north}) {
			t.Fatalf("the guest is not seen while they hold something: %v", err)
		}
		h.Clock.Pass(2 * time.Hour)
		_, err := h.Team.Show(nora, guest)
		want(t, "after it", err, "not_found")
		if sees(team.Query{}) || sees(team.Query{Role: "auditor"}) || sees(team.Query{Unit: north}) {
			t.Error("the guest is listed after their grant ended")
		}
		page, err := h.Team.List(h.As(h.Owner), team.Query{Role: "auditor"})
		if err != nil || len(page.Members) != 0 {
			t.Errorf("the role's filter lists who held it: %v, %v", page.Members, err)
		}
	})
}
