package doors_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

// sensitive is what asks for a fresh proof (design page 6, step-up): written out, so that nothing leaves the list unseen.
func sensitive() []string {
	return []string{
		"api_user.addresses", "api_user.create", "api_user.end", "api_user.key_add", "api_user.key_remove", "api_user.secret_add", "api_user.secret_remove",
		"catalogue.apply",
		"email.ask", "email.offer",
		"factor.add", "factor.codes", "factor.offer", "factor.remove",
		"history.export",
		"import.apply", "import.start",
		"member.clone", // of an API user
		"member.create", "member.data", "member.erase", "member.export", "member.factor_reset", "member.link", "member.method", "member.password", "member.password_reset", "member.remove",
		"method.create", "method.delete", "method.disable", "method.edit", "method.enable",
		"organisation.addresses", "organisation.admit_operators", "organisation.create", "organisation.delete", "organisation.export", "organisation.portal", "organisation.resume",
		"organisation.suspend", "organisation.undelete", "organisation.visit",
		"password.change", "password.change_offer",
		"people.apply", "people.export",
		"person.data",
		"plan.assign", "plan.create", "plan.delete", "plan.edit",
		"profile.leave",
		"signing_key.rotate",
		"webhook.create", "webhook.delete", "webhook.edit", "webhook.retire", "webhook.rotate",
	}
}

// TestEachSensitiveActAsksForAFreshProof asks the gate for each by a session, as soon as it began and ten minutes later.
func TestEachSensitiveActAsksForAFreshProof(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	anna := h.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
	robot, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot"})
	must(t, err)
	olga := s.Visitor()
	olga.SignIn("olga@example.com", rostertest.Password)
	owner, operator := s.signedIn(h.Owner, olga), s.signedIn(roster.Actor{Kind: roster.ActorOperator, Organisation: h.Acme.ID, Door: roster.DoorDashboard, IP: "203.0.113.7"}, s.operates("ana@example.net"))
	person := owner
	person.Kind, person.Organisation, person.Member = roster.ActorPerson, "", ""
	ask := func(a act.Action) error {
		actor, on := owner, roster.Ref{}
		switch {
		case a.Who == act.Operators:
			actor = operator
		case a.Who == act.Persons:
			actor = person
		case a.ConfirmAPI:
			on = robot.Ref()
		case a.On == "member":
			on = roster.RefMember(anna.Member, "")
		}
		return asksGate(h.As(actor), h.Gate, a, on)
	}
	all := sensitive()
	var missing []string
	each := func(then func(act.Action, error)) {
		for _, a := range act.List() {
			if slices.Contains(all, string(a.Name)) {
				then(a, ask(a))
			} else if a.Confirm || a.ConfirmAPI {
				missing = append(missing, string(a.Name))
			}
		}
	}
	n := 0
	each(func(a act.Action, err error) {
		if n++; err == nil || roster.Is(err, "confirmation_required") {
			t.Errorf("%s, as the session begins: %v", a.Name, err)
		}
	})
	if n != len(all) || len(missing) > 0 {
		t.Errorf("%d of %d are actions; not written out here: %v", n, len(all), missing)
	}
	h.Clock.Pass(roster.FreshFor)
	each(func(a act.Action, err error) {
		if !roster.Is(err, "confirmation_required") {
			t.Errorf("%s, ten minutes later: %v", a.Name, err)
		}
	})
}

// signedIn is an actor in the session of a browser.
func (s *site) signedIn(a roster.Actor, v *rostertest.Visitor) roster.Actor {
	s.T.Helper()
	began, err := s.SignIn.Check(s.As(roster.Actor{Kind: roster.ActorNobody}), v.Cookie("__Host-roster"))
	must(s.T, err)
	a.Person, a.Session, a.Proofs = began.Person, began.ID, began.Proofs
	return a
}

var errAllowed = errors.New("the gate lets it through")

// asksGate asks the gate for an action, and does nothing.
func asksGate(ctx context.Context, g *action.Gate, a act.Action, on roster.Ref) error {
	var err error
	if a.Kind == authz.Read {
		_, err = action.LookAt(ctx, g, a.Name, on, func(context.Context, store.Reader) (int, error) { return 0, errAllowed })
	} else {
		_, err = action.Do(ctx, g, a.Name, on, func(context.Context, *store.Tx) (int, error) { return 0, errAllowed })
	}
	return err
}
