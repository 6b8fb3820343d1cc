package self_test

import (
	"context"
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/self"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/words"
)

func anna(h *rostertest.House) roster.Actor {
	return h.Own(h.Owner, roster.Actor{}, team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Silva"}})
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

func TestPreferencesAreTheirPersonsOwnAndTold(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		a := anna(h)
		now, err := h.Self.Prefer(h.As(a), self.Preferring{Language: to("pt-BR"), Zone: to("America/Sao_Paulo"), Theme: to("dark")})
		if err != nil || now != (roster.Preferences{Language: "pt-BR", Zone: "America/Sao_Paulo", Theme: "dark"}) {
			t.Fatalf("%+v, %v", now, err)
		}
		e := newest(t, h, roster.Installation)
		if e.Action != "preference.edit" || e.Target.ID != string(a.Person) || len(e.Changes) != 3 || e.Changes[1].To != "America/Sao_Paulo" {
			t.Errorf("the line is %+v", e)
		}
		if _, err := h.Self.Prefer(h.As(a), self.Preferring{Theme: to(""), Density: to("compact")}); err != nil {
			t.Fatal(err)
		}
		me, err := h.SignIn.Me(h.As(a))
		if err != nil || me.Person.Preferences != (roster.Preferences{Language: "pt-BR", Zone: "America/Sao_Paulo", Density: "compact"}) {
			t.Errorf("what is kept: %+v, %v", me.Person.Preferences, err)
		}
		seq := newest(t, h, roster.Installation).Seq
		if _, err := h.Self.Prefer(h.As(a), self.Preferring{Density: to("compact")}); err != nil || newest(t, h, roster.Installation).Seq != seq {
			t.Errorf("what is chosen already is told again (%v)", err)
		}
		_, err = h.Self.Prefer(h.As(a), self.Preferring{Language: to("xx"), Zone: to("Mars/Base"), Theme: to("pink"), Density: to("tiny")})
		if e := roster.AsError(err); e.Kind != roster.Invalid || len(e.Fields) != 4 {
			t.Errorf("what cannot be chosen: %v", err)
		}
		if _, err := h.Self.Prefer(h.As(roster.Actor{Kind: roster.ActorNobody}), self.Preferring{}); roster.AsError(err).Kind != roster.Unauthenticated {
			t.Errorf("nobody: %v", err)
		}
		h.Verified(roster.Installation)
	})
}

func TestWhatCanBeChosenIsSpoken(t *testing.T) {
	all, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range roster.Languages() {
		if !all.Known(tag) {
			t.Errorf("%s can be chosen, and nothing speaks it", tag)
		}
	}
	if len(all.All()) != len(roster.Languages()) {
		t.Error("a language is spoken that nobody can choose")
	}
}

func TestASessionThatAConnectionAloneProvedPrefersNothing(t *testing.T) {
	h := rostertest.SQLite(t)
	a := anna(h)
	if _, err := h.Self.Prefer(h.As(a), self.Preferring{Zone: to("Asia/Tokyo")}); err != nil {
		t.Fatal(err)
	}
	a.Proofs = []roster.Proof{{Method: roster.ProofConnection, Connection: "lgm_1", Organisation: h.Acme.ID, At: h.Clock.Now()}}
	_, err := h.Self.Prefer(h.As(a), self.Preferring{Theme: to("dark")})
	refused(t, err, "own_proof_needed")
	me, err := h.SignIn.Me(context.WithoutCancel(h.As(a)))
	if err != nil || me.Person.Preferences != (roster.Preferences{}) {
		t.Errorf("it learns %+v, %v", me.Person.Preferences, err)
	}
}
