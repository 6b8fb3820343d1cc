package recovery_test

import (
	"testing"
	"time"

	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/signin/recovery"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestNoStrangerKeepsAnybodyFromALink: whatever strangers ask for, and however often, a person has a link that works, or is
// sent one; so do their administrators, each organisation for itself; and an address can be changed to theirs.
func TestNoStrangerKeepsAnybodyFromALink(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna := h.Own(h.Owner, roster.Actor{}, called("anna@example.com", "Anna", "Berg"))
		from := func(ip string) roster.Actor {
			return roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: ip}
		}
		hers, stranger := h.As(from("203.0.113.7")), h.As(from("198.51.100.9"))
		limited := func(what string, err error) {
			t.Helper()
			if !roster.Is(err, "too_many_letters") {
				t.Errorf("%s: %v", what, err)
			}
		}
		for range 3 {
			must(t, h.Recovery.Find(stranger, "anna@example.com"))
		}
		limited("a fourth letter of organisations", h.Recovery.Find(stranger, "anna@example.com"))
		must(t, h.Recovery.Forgot(hers, "anna@example.com", ""))
		h.Clock.Pass(time.Minute)
		for range 2 {
			must(t, h.Recovery.Forgot(stranger, "anna@example.com", ""))
		}
		limited("a fourth link", h.Recovery.Forgot(hers, "anna@example.com", ""))

		var last recovery.Letter
		for _, l := range lettersOf(t, h, signin.Asked) {
			if l.What == "recovery" {
				last = l
			}
		}
		h.Clock.Pass(recovery.Lasts - time.Minute - time.Second)
		limited("while a link works", h.Recovery.Forgot(hers, "anna@example.com", ""))
		if _, err := h.SignIn.Choosing(hers, last.Secret); err != nil {
			t.Errorf("the last link, while there is no other: %v", err)
		}

		f, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Globex", Plan: roster.PlanUnlimited, Owner: "nora@example.com"})
		must(t, err)
		nora := h.Accept(f.Organisation.ID, f.Link, "Nora", "Owner")
		there := h.Own(nora, anna, called("anna@example.com", "Anna", "Berg"))
		for range 3 {
			_, err := h.Recovery.Send(h.As(h.Owner), anna.Member)
			must(t, err)
		}
		_, err = h.Recovery.Send(h.As(h.Owner), anna.Member)
		limited("a fourth of one organisation", err)
		_, err = h.Recovery.Send(h.As(nora), there.Member)
		must(t, err)
		if all := letters(t, h); len(all) != 4 || all[3].Secret == "" {
			t.Errorf("the letters of administrators: %+v", all)
		}

		h.Clock.Pass(time.Second)
		must(t, h.Recovery.Forgot(hers, "anna@example.com", ""))

		for range 3 {
			must(t, h.Recovery.Find(stranger, "berg@example.com"))
			must(t, h.Recovery.Forgot(stranger, "berg@example.com", ""))
		}
		_, err = h.Mailbox.Ask(h.As(anna), "berg@example.com")
		must(t, err)
	})
}
