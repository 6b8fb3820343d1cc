package action

import (
	"context"
	"strings"

	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/roledb"
)

// permit asks whether the actor may do the action at all, and gives the actor's authority.
func (g *Gate) permit(ctx context.Context, r store.Reader, a Action, actor roster.Actor) (authz.Authority, error) {
	switch {
	case actor.Root():
		return authz.Root(), nil
	case a.Who == RootOnly:
		return authz.Authority{}, roster.Errorf(roster.Denied, "forbidden", "Only the operator can do this.")
	case a.Who == Anybody:
		return authz.Authority{}, nil
	case !actor.SignedIn():
		return authz.Authority{}, signedOut()
	case a.Who == Persons && a.Permission == "":
		return authz.Authority{}, nil
	case !a.open(actor):
		return authz.Authority{}, roster.Errorf(roster.Denied, "people_only", "Only people can do this, not API users: it is about someone's way in.")
	}
	authority, err := g.standing(ctx, r, actor)
	if err != nil {
		return authority, err
	}
	if a.Permission != "" && !authority.Holds(a.Permission) {
		return authority, lacking("You need the permission %s for this. Someone who holds it can give it to you.", a.Permission)
	}
	return authority, nil
}

// open tells whether the action is for actors of such a kind at all.
func (a Action) open(actor roster.Actor) bool {
	return a.Who != People || actor.Kind != roster.ActorAPIUser
}

func signedOut() error {
	return roster.Errorf(roster.Unauthenticated, "not_signed_in", "Sign in first.")
}

func lacking(format string, missing ...string) error {
	e := roster.Errorf(roster.Denied, "forbidden", format, strings.Join(missing, ", "))
	e.Missing = missing
	return e
}

// Authority gives what an actor may do in their organisation; within an action, what the gate has found
// when it asked. Kind: Denied for a member who is not active, Unauthenticated for an API user who is
// not, NotFound for someone who is no member.
func Authority(ctx context.Context, r store.Reader, actor roster.Actor) (authz.Authority, error) {
	if actor.Root() {
		return authz.Root(), nil
	}
	if in := insideOf(ctx); in != nil && in.authority != nil && in.org == actor.Organisation && in.member == actor.Member {
		return *in.authority, nil
	}
	return ask(ctx, r, actor)
}

func ask(ctx context.Context, r store.Reader, actor roster.Actor) (authz.Authority, error) {
	var none authz.Authority
	if actor.Member == "" {
		return none, store.ErrNone("organisation")
	}
	status, grants, err := roledb.Standing(ctx, r, actor.Organisation, actor.Member)
	if err != nil {
		return none, err
	}
	switch {
	case actor.Kind == roster.ActorAPIUser && status != roster.Active:
		return none, roster.Errorf(roster.Unauthenticated, "invalid_token", "This access token is not valid any more.")
	case status == "" || status == roster.Removed:
		return none, store.ErrNone("organisation")
	case status != roster.Active:
		return none, roster.Errorf(roster.Denied, "blocked", "You are blocked in this organisation. Ask one of its administrators.")
	}
	now, err := r.Now(ctx)
	if err != nil {
		return none, err
	}
	of := authz.Of(grants, now)
	if actor.Scopes != nil {
		of = of.Narrow(actor.Scopes)
	}
	return of, nil
}

func authorityOf(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) (authz.Authority, error) {
	now, err := r.Now(ctx)
	if err != nil {
		return authz.Authority{}, err
	}
	grants, err := roledb.Grants(ctx, r, org, m)
	return authz.Of(grants, now), err
}

// guard holds rules 2 to 4 against the member that is acted on, and completes the reference with the
// member's name. A member of another organisation is not found.
func (g *Gate) guard(ctx context.Context, tx *store.Tx, a Action, actor roster.Actor, authority authz.Authority, on roster.Ref) (roster.Ref, error) {
	if a.Fits == nil {
		return on, nil
	}
	found, err := memberdb.ByID(ctx, tx, tx.Org(), roster.MemberID(on.ID))
	if err != nil {
		return on, err
	}
	m, err := found.Or("member")
	if err != nil {
		return on, err
	}
	if a.Guards != 0 && !actor.Root() {
		target, err := authorityOf(ctx, tx, tx.Org(), m.ID)
		if err != nil {
			return on, err
		}
		if err := a.guards(actor, authority, m, target); err != nil {
			return m.Ref(), err
		}
	}
	if actor.Call != nil && actor.Call.Version != 0 && actor.Call.Version != m.Version {
		return m.Ref(), memberdb.Stale()
	}
	return m.Ref(), nil
}

// guards tells which of the action's guards stands in the way, if any.
func (a Action) guards(actor roster.Actor, authority authz.Authority, m roster.Member, target authz.Authority) error {
	if actor.Root() {
		return nil
	}
	if a.Guards&NotOnSelf != 0 && m.ID == actor.Member {
		return roster.Errorf(roster.Denied, "not_on_yourself", "You cannot do this to yourself. Ask another administrator.")
	}
	if a.Guards&(NotUpwards|NotStronger) != 0 && m.ID != actor.Member {
		if missing := authority.Excess(target); len(missing) > 0 {
			e := roster.Errorf(roster.Denied, "stronger_target", "%s holds permissions that you lack: %s. Someone who holds them can do this.", m.Label(), strings.Join(missing, ", "))
			e.Missing = missing
			return e
		}
	}
	return nil
}

// Allowed gives the names of what the actor may do to a member, for buttons and allowed[].
func Allowed(actor roster.Actor, authority authz.Authority, m roster.Member, target authz.Authority) []string {
	var names []string
	for _, a := range List() {
		if a.Fits != nil && a.open(actor) && a.Fits(m) && authority.Holds(a.Permission) && a.guards(actor, authority, m, target) == nil {
			names = append(names, string(a.Name))
		}
	}
	return names
}

// AllowedHere gives the names of what the actor may do in the organisation, without a member in view.
func AllowedHere(authority authz.Authority) []string {
	var names []string
	for _, a := range List() {
		if a.Fits == nil && a.Who == Members && a.Permission != "" && authority.Holds(a.Permission) {
			names = append(names, string(a.Name))
		}
	}
	return names
}

// lawful holds what must be true after every action, whatever it did and through whatever door:
// nothing given or taken beyond the actor's own authority (rule 1), no seat too many (rule 6), and
// an Owner who can sign in (rule 5).
func (g *Gate) lawful(ctx context.Context, tx *store.Tx, actor authz.Authority) error {
	if roster.ActorFrom(ctx).Kind != roster.ActorInvitee {
		for _, grant := range append(tx.Given(), tx.Taken()...) {
			grant.Unit = "" // there is nothing but the whole organisation yet
			if missing := actor.Beyond(authz.Of([]roster.Grant{grant}, tx.At())); len(missing) > 0 {
				e := roster.Errorf(roster.Denied, "exceeds_authority", "You cannot give or take what you lack, nor for longer than you hold it: %s. Someone who holds it can.", strings.Join(missing, ", "))
				e.Missing = missing
				return e
			}
		}
	}
	org := tx.Organisation()
	if people, apis := tx.Seats(); people > 0 || apis > 0 {
		plan, err := roster.PlanByKey(org.Plan)
		if err != nil {
			return err
		}
		if err := plan.CheckSeats(org.People-people, org.APIUsers-apis, people, apis); err != nil {
			return err
		}
	}
	if !tx.WaysMoved() || tx.Org() == roster.Installation || org.AcceptedAt.IsZero() {
		return nil
	}
	owner, err := roledb.HasOwner(ctx, tx, org.ID)
	if err == nil && !owner {
		err = roster.Errorf(roster.Conflict, "last_owner", "This would leave %s without an Owner who can sign in. Make someone else Owner first.", org.Name)
	}
	return err
}
