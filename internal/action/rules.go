package action

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/authz/sight"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/plandb"
	"roster/internal/store/roledb"
)

// permit asks whether the actor may do the action at all, where it takes place, and whether the organisation
// lets anybody do it. It gives the actor's authority.
func (in *inside) permit(ctx context.Context, r store.Reader, on roster.Ref) (authz.Authority, error) {
	authority, err := in.entitled(ctx, r, on)
	if err == nil {
		err = in.open(ctx, r)
	}
	if err == nil && in.action.Confirm && !in.proved {
		err = in.confirmed(ctx, r)
	}
	if err == nil && in.action.Passwords {
		err = in.passwords(ctx, r)
	}
	return authority, err
}

// entitled asks the actor's right alone.
func (in *inside) entitled(ctx context.Context, r store.Reader, on roster.Ref) (authz.Authority, error) {
	a, actor := in.action, in.actor
	none := authz.Authority{}
	switch {
	case actor.Root():
		return authz.Root(), nil
	case actor.Kind == roster.ActorClient && a.Who != act.Anybody:
		return authz.Root(), a.ToClient(actor)
	case a.Who == act.RootOnly:
		return none, roster.Errorf(roster.Denied, "forbidden", "Only the operator can do this.")
	case a.Who == act.Operators:
		return authz.Root(), in.operates(ctx, r)
	case a.Who == act.Anybody:
		return none, nil
	case !actor.SignedIn():
		return none, roster.Errorf(roster.Unauthenticated, "not_signed_in", "Sign in first.")
	case a.Who == act.Persons && a.Permission == "":
		if actor.Kind == roster.ActorAPIUser && a.Clients == "" { // programs ask who they are, and have nothing else of a person's
			return none, peopleOnly()
		}
		return none, nil
	case actor.Kind == roster.ActorOperator:
		visit, err := in.visiting(ctx, r, actor.Organisation)
		if err != nil {
			return none, err
		}
		return authz.Root(), a.ToOperator(visit.Writes)
	case !a.Open(actor):
		return none, peopleOnly()
	}
	authority, err := in.authority(ctx, actor)
	if err != nil || a.Permission == "" {
		return authority, err
	}
	return authority, in.placed(ctx, r, authority, on)
}

func peopleOnly() error {
	return roster.Errorf(roster.Denied, "people_only", "Only people can do this, not API users: it is about someone's way in.")
}

// passwords asks whether administrators may set passwords in the organisation. It binds everybody: the
// command line too can first change the setting, and then it is seen that it did.
func (in *inside) passwords(ctx context.Context, r store.Reader) error {
	o, err := in.organisation(ctx, r)
	if err == nil && !o.AdminPasswords {
		err = roster.Errorf(roster.Denied, "admin_passwords_off", "The settings of %s let nobody set a password for somebody else. Send an invitation instead: its link lets people choose their own.", o.Name)
	}
	return err
}

// organisation gives the actor's organisation: as its lock found it, where it is locked.
func (in *inside) organisation(ctx context.Context, r store.Reader) (roster.Organisation, error) {
	if in.tx != nil && in.tx.Org() == in.actor.Organisation {
		return in.tx.Organisation(), nil
	}
	found, err := orgdb.ByName(ctx, r, string(in.actor.Organisation))
	if err != nil {
		return found.Value, err
	}
	return found.Or("organisation")
}

// placed asks for the action's permission at the place of the act. What lies out of the actor's sight is
// not found, exactly as what does not exist.
func (in *inside) placed(ctx context.Context, r store.Reader, authority authz.Authority, on roster.Ref) error {
	p := in.action.Permission
	switch {
	case authority.Holds(p, "") && on.At == "":
		return in.also(ctx, r, authority, "")
	case !authority.HoldsSomewhere(p):
		return in.lacks(ctx, r, []authz.Lacking{{Permission: p}}, "You need the permission %s for this.")
	}
	snap, err := in.snapshot(ctx, in.actor.Organisation)
	if err != nil {
		return err
	}
	at, seen, err := in.where(snap, authority, on)
	switch {
	case err != nil:
		return err
	case !seen:
		return store.ErrNone(in.action.Thing())
	case in.action.Anywhere || authority.Holds(p, at):
		return in.also(ctx, r, authority, at)
	}
	return in.lacks(ctx, r, []authz.Lacking{{Permission: p, Unit: at}}, "You need the permission %s for this.")
}

// also asks for the action's second permission, if it has one, at the place of the act.
func (in *inside) also(ctx context.Context, r store.Reader, authority authz.Authority, at roster.UnitID) error {
	p := in.action.Also
	if p == "" || authority.Holds(p, at) {
		return nil
	}
	return in.lacks(ctx, r, []authz.Lacking{{Permission: p, Unit: at}}, "You need the permission %s for this.")
}

// where gives the place of an act (design page 1): a member's unit when external, else the organisation;
// the unit itself; where something new is made. seen is false for what the actor cannot see.
func (in *inside) where(snap *authz.Snapshot, authority authz.Authority, on roster.Ref) (at roster.UnitID, seen bool, err error) {
	switch {
	case on.At != "":
		u, known := snap.UnitNamed(string(on.At))
		if !known || !in.eye(snap, authority).Unit(u.ID) {
			return "", true, roster.Errorf(roster.Invalid, "unit_unknown", "There is no customer account %q here.", string(on.At)).On("unit")
		}
		return u.ID, true, nil
	case in.action.On == "unit":
		u, known := snap.Unit(roster.UnitID(on.ID))
		return u.ID, known && in.eye(snap, authority).Unit(u.ID), nil
	case in.action.On == "member" && on.ID != "":
		m, known := snap.Member(roster.MemberID(on.ID))
		if m.Kind == roster.External {
			at = m.Unit
		}
		return at, known && in.eye(snap, authority).Member(m), nil
	}
	return "", true, nil
}

// eye gives how the actor sees the organisation in this action.
func (in *inside) eye(snap *authz.Snapshot, authority authz.Authority) sight.Eye {
	return sight.Eye{Snap: snap, Authority: authority, Permission: in.action.Permission, Self: in.actor.Member, At: in.at}
}

// guard holds rules 2 to 4 against the member that is acted on, and completes the reference with the
// member's name. A member of another organisation is not found.
func (in *inside) guard(ctx context.Context, r store.Reader, authority authz.Authority, on roster.Ref) (roster.Ref, error) {
	a, actor := in.action, in.actor
	if a.Fits == nil {
		return on, nil
	}
	found, err := memberdb.ByID(ctx, r, actor.Organisation, roster.MemberID(on.ID))
	if err != nil {
		return on, err
	}
	m, err := found.Or("member")
	if err != nil {
		return on, err
	}
	if a.Guards != 0 && !actor.Root() {
		snap, err := in.snapshot(ctx, actor.Organisation)
		if err != nil {
			return on, err
		}
		if err := in.guards(ctx, r, authority, m, snap.Authority(m.ID, in.at)); err != nil {
			return m.Ref(), err
		}
	}
	if a.ConfirmAPI && m.Kind == roster.API && !in.proved {
		if err := in.confirmed(ctx, r); err != nil {
			return m.Ref(), err
		}
	}
	if in.tx != nil && actor.Call != nil && actor.Call.Version != 0 && actor.Call.Version != m.Version {
		return m.Ref(), store.ErrStale()
	}
	return m.Ref(), nil
}

// guards tells which of the action's guards stands in the way, if any.
func (in *inside) guards(ctx context.Context, r store.Reader, authority authz.Authority, m roster.Member, target authz.Authority) error {
	a := in.action
	if a.OnSelf(in.actor, m) {
		if a.Name == act.MemberClone || a.Name == act.MemberCloneOffer {
			return roster.Errorf(roster.Denied, "cannot_clone_yourself", "You cannot clone yourself. Clone someone else with the same access, or ask another administrator.")
		}
		return roster.Errorf(roster.Denied, "not_on_yourself", "You cannot do this to yourself. Ask another administrator.")
	}
	if missing := a.Above(in.actor, authority, m, target); len(missing) > 0 {
		e := in.lacks(ctx, r, missing, "%s holds permissions that you lack: %s.", m.Label())
		e.Code = "stronger_target"
		return e
	}
	return nil
}

// lawful holds what must be true after every action, whatever it did and through whatever door: nothing given or taken
// beyond the actor's own authority (rule 1), no seat too many (rule 6), and an Owner who can sign in (rule 5). It
// gives the organisation's snapshot as it is after the action, if the one before is at hand.
func (in *inside) lawful(ctx context.Context, authority authz.Authority) (*authz.Snapshot, error) {
	tx := in.tx
	before, after, err := in.move(ctx)
	if err != nil {
		return nil, err
	}
	if in.bound() {
		if err := in.delegated(ctx, authority, before, after); err != nil {
			return nil, err
		}
		if err := in.keepsOwnWay(before, after); err != nil {
			return nil, err
		}
		if err := in.bindings(ctx, authority, before); err != nil {
			return nil, err
		}
	}
	if err := in.raised(ctx, before, after); err != nil {
		return nil, err
	}
	org := tx.Organisation()
	if people, apis := tx.Seats(); people > 0 || apis > 0 {
		plan, err := plandb.ByKey(ctx, tx, org.Plan)
		if err != nil {
			return nil, err
		}
		if err := plan.CheckSeats(org.People-people, org.APIUsers-apis, people, apis); err != nil {
			return nil, err
		}
		if err := nearing(ctx, tx, plan); err != nil {
			return nil, err
		}
	}
	if !tx.WaysMoved() || tx.Org() == roster.Installation || org.AcceptedAt.IsZero() {
		return after, nil
	}
	owner, err := roledb.HasOwner(ctx, tx, org.ID)
	if err == nil && !owner {
		err = roster.Errorf(roster.Conflict, "last_owner", "This would leave %s without an Owner who can sign in. Make someone else Owner first.", org.Name)
	}
	return after, err
}

// keepsOwnWay is the last part of rule 4 (design page 1), whatever the action did, be it to a grant or to a role
// of the actor's own: nobody takes their own last administrative access away, nor lets it end sooner. Who leaves does.
func (in *inside) keepsOwnWay(before, after *authz.Snapshot) error {
	if before == nil || in.actor.Member == "" || in.action.Name == act.ProfileLeave {
		return nil
	}
	was, held := before.Authority(in.actor.Member, in.at).Last(authz.MembersWrite)
	if !held {
		return nil
	}
	now, holds := after.Authority(in.actor.Member, in.at).Last(authz.MembersWrite)
	switch {
	case !holds:
		return roster.Errorf(roster.Denied, "not_on_yourself", "You cannot take your own last administrative role away. Ask another administrator.")
	case !now.IsZero() && (was.IsZero() || now.Before(was)):
		return roster.Errorf(roster.Denied, "not_on_yourself", "You cannot let your own last administrative role end sooner. Ask another administrator.")
	}
	return nil
}

// confirmed asks, before a sensitive act, that the session's person proved just now that it is they, and since they were last
// signed out (design page 6, step-up). Who has no session, such as an API user, has nothing to confirm with.
func (in *inside) confirmed(ctx context.Context, r store.Reader) error {
	actor := in.actor
	if actor.Session == "" {
		return nil
	}
	since, err := memberdb.SignedOut(ctx, r, "", actor.Person)
	proofs := policy.Given(actor.Proofs, since)
	if err != nil || roster.Confirmed(proofs, actor.Organisation, in.at) {
		return err
	}
	if actor.Organisation == "" { // about themselves: a managed person's connection is their organisation's
		p, err := persondb.ByID(ctx, r, actor.Person)
		if err != nil || p.OK && p.Value.ManagedBy != "" && roster.Confirmed(proofs, p.Value.ManagedBy, in.at) {
			return err
		}
	}
	return roster.Unconfirmed()
}

// Confirmed asks the same within a change that is sensitive only for what it is given.
func Confirmed(ctx context.Context) error {
	in := insideOf(ctx)
	if in == nil {
		return errOutside
	}
	if in.visit != "" { // what is sensitive is closed to operators inside (act.Action.ToOperator)
		return act.Action{Confirm: true}.ToOperator(true)
	}
	return in.confirmed(ctx, in.tx)
}

// Pace bounds how many letters an hour may follow (design page 6, mail abuse): to one address from one organisation,
// whoever it belongs to there and however often it is removed and added; by one actor; and from one organisation.
type Pace struct{ Address, Actor, Organisation int }

// paced counts a letter that follows about a member. The command line is bound by the address alone. Kind: Limited,
// code too_many_invitations.
func (in *inside) paced(ctx context.Context, p Pace, on roster.Ref) error {
	tx := in.tx
	m, known := roster.Member{}, false
	for _, s := range tx.Subjects() {
		if string(s.ID) == on.ID {
			m, known = s, true
		}
	}
	if !known {
		found, err := memberdb.ByID(ctx, tx, tx.Org(), roster.MemberID(on.ID))
		if err != nil {
			return err
		}
		m = found.Value
	}
	key := func(of, what string) string { return "letter:" + secret.Hash(string(tx.Org())+"\n"+of+"\n"+what) }
	budgets := []jobdb.Budget{{Key: key("address", m.Email.Folded), Most: p.Address}}
	if !in.actor.Root() {
		budgets = append(budgets, jobdb.Budget{Key: key("actor", in.actor.ID()), Most: p.Actor}, jobdb.Budget{Key: key("organisation", ""), Most: p.Organisation})
	}
	over, ends, err := jobdb.Paced(ctx, tx, budgets, time.Hour)
	if err != nil || over < 0 {
		return err
	}
	most := budgets[over].Most
	return []*roster.Error{
		roster.Errorf(roster.Limited, "too_many_invitations", "Within an hour this address was sent %d invitations, and more must wait a while.", most).On("email"),
		roster.Errorf(roster.Limited, "too_many_invitations", "Within an hour you sent %d invitations, and more must wait a while.", most),
		roster.Errorf(roster.Limited, "too_many_invitations", "Within an hour your organisation sent %d invitations, and more must wait a while.", most),
	}[over].After(ends.Sub(tx.At()))
}
