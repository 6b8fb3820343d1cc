package rostertest

import (
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
)

// Own brings a person of their own into an organisation, by a mailed link: a new one with the tests' password, or
// whoever is signed in as the actor, who just accepts.
func (h *House) Own(by roster.Actor, person roster.Actor, in team.Invitation) roster.Actor {
	h.T.Helper()
	v, err := h.Team.Invite(h.As(by), in)
	if err != nil {
		h.T.Fatalf("invite %s: %v", in.Email, err)
	}
	a := signin.Acceptance{Org: v.Org, Secret: h.Mailed(v.Org, v.ID)}
	if person.Person == "" {
		person = roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.7"}
		a.FirstName, a.LastName, a.Password, a.Repeat = in.Profile.FirstName, in.Profile.LastName, Password, Password
	}
	done, err := h.SignIn.Accept(h.As(person), a)
	if err != nil {
		h.T.Fatalf("accept as %s: %v", in.Email, err)
	}
	return Actor(done.Member)
}
