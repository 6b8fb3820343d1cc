package factor_test

import (
	"encoding/json"
	"slices"
	"testing"

	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/authenticator"
	"roster/internal/store/jobdb"
)

// told gives what the person is told by letters that wait: what, about which factor, and from where it was done.
func (p *person) told() (all []jobdb.Telling) {
	p.T.Helper()
	waiting, err := p.Outbox.List(p.CLI(""), 100)
	if err != nil {
		p.T.Fatal(err)
	}
	for _, w := range waiting {
		var t jobdb.Telling
		if w.Kind != jobdb.Told {
			continue
		}
		if err := json.Unmarshal([]byte(w.Payload), &t); err != nil {
			p.T.Fatal(err)
		}
		if t.Person == p.actor.Person {
			t.Person = ""
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b jobdb.Telling) int {
		return slices.Compare([]string{a.What, a.Name}, []string{b.What, b.Name})
	})
	return all
}

// TestWhateverChangesAWayInIsToldInALetterOnceEach does all that people and administrators do to second factors and given
// passwords. What is refused, and what changes no way in, is told by none.
func TestWhateverChangesAWayInIsToldInALetterOnceEach(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p, d := anna(h), authenticator.New(t, origin)
		codes, _ := p.setUp()
		p.adds(d, "Laptop")
		if _, err := p.second(p.signIn().Half, "nonsense-code"); err == nil {
			t.Fatal("a wrong code signs in")
		}
		s, err := p.second(p.signIn().Half, codes[0])
		if err != nil {
			t.Fatal(err)
		}
		p.begins(s)
		if _, err := h.Factors.Codes(p.As(p.actor)); err != nil {
			t.Fatal(err)
		}
		me, err := h.SignIn.Ways(p.As(p.actor))
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range me.Factors {
			if f.Name != "Phone" {
				continue
			}
			if _, err := h.Factors.Rename(p.As(p.actor), f.ID, "Old phone"); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Factors.Remove(p.As(p.actor), me.Factors[i].ID); err != nil {
				t.Fatal(err)
			}
		}
		by, err := h.Team.List(h.As(h.Owner), team.Query{Text: "anna"})
		if err != nil {
			t.Fatal(err)
		}
		const given = "silver-pebble-orchard-92"
		for range 2 { // the second time there is none
			_, err = h.Factors.Reset(h.As(h.Owner), by.Members[0].ID)
		}
		refused(t, err, "no_factor")
		if _, err := h.Team.SetPassword(h.As(h.Owner), by.Members[0].ID, team.NewPassword{Password: given, Repeat: given}); err != nil {
			t.Fatal(err)
		}
		const here = "203.0.113.7"
		want := []jobdb.Telling{
			{What: "app_added", Name: "Phone", From: here},
			{What: "code_used", From: here},
			{What: "codes_made", From: here},
			{What: "device", From: here},
			{What: "factor_removed", Name: "Old phone", From: here},
			{What: "factors_reset"},
			{What: "given"},
			{What: "passkey_added", Name: "Laptop", From: here},
		}
		if got := p.told(); !slices.Equal(got, want) {
			t.Errorf("told: %+v\nwant: %+v", got, want)
		}
		o, id := own(h, "oda@example.com")
		if _, err := h.Factors.Reset(h.As(h.Owner), id); err != nil {
			t.Fatal(err)
		}
		if err := h.SignIn.LetGo(o.nobody(), h.Acme.ID, signin.Letting{Secret: letter(h), Password: o.password}); err != nil {
			t.Fatal(err)
		}
		want = []jobdb.Telling{{What: "app_added", Name: "Phone", From: here}, {What: "factors_let_go", From: here}}
		if got := o.told(); !slices.Equal(got, want) {
			t.Errorf("told: %+v\nwant: %+v", got, want)
		}
		h.Verified(roster.Installation)
	})
}
