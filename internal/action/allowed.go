package action

import (
	"context"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/authz/giving"
	"roster/internal/roster"
)

// Allowed gives the names of what the actor may do to a member who holds some grants, for buttons and
// allowed[]. It asks exactly what the gate asks.
func Allowed(ctx context.Context, m roster.Member, grants []roster.Grant) []string {
	in := insideOf(ctx)
	if in == nil {
		return nil
	}
	authority, err := in.authority(ctx, in.actor)
	if err != nil {
		return nil
	}
	var target authz.Authority
	if snap, err := in.snapshot(ctx, in.actor.Organisation); err == nil {
		target = snap.AuthorityOf(grants, in.at)
	} else if !in.actor.Root() {
		return nil
	}
	place := roster.UnitID("")
	if m.Kind == roster.External {
		place = m.Unit
	}
	var names []string
	for _, a := range in.gate.list {
		switch {
		case a.Fits == nil || !a.Open(in.actor) || !a.Fits(m):
		case !a.Anywhere && !authority.Holds(a.Permission, place) || a.Anywhere && !authority.HoldsSomewhere(a.Permission):
		case a.Passwords && !in.setsPasswords(ctx):
		case a.Name == act.MemberPasswordReset && in.settings(ctx).PasswordOff:
		case a.OnSelf(in.actor, m) || len(a.Above(in.actor, authority, m, target)) > 0:
		default:
			names = append(names, string(a.Name))
		}
	}
	return names
}

// AllowedOn gives the names of what the actor may do to a thing of a kind ("unit", "role", or empty for
// what is about nothing in particular) at a place.
func AllowedOn(ctx context.Context, kind string, at roster.UnitID) []string {
	authority, err := Authority(ctx)
	if err != nil {
		return nil
	}
	in := insideOf(ctx)
	return allowedHere(in.gate.list, authority, roster.ActorFrom(ctx), kind, at, in.setsPasswords(ctx))
}

// AllowedAfter is AllowedOn as it is once the organisation stands as a snapshot has it: after a move, or in what
// is new.
func AllowedAfter(ctx context.Context, after *authz.Snapshot, kind string, at roster.UnitID) []string {
	authority, err := Authority(ctx)
	if err != nil {
		return nil
	}
	in := insideOf(ctx)
	if in.actor.Member != "" {
		if authority = giving.Lasting(after, in.actor.Member, in.at); in.actor.Scopes != nil {
			authority = authority.Narrow(in.actor.Scopes)
		}
	}
	return allowedHere(in.gate.list, authority, in.actor, kind, at, in.setsPasswords(ctx))
}

// AllowedHere is AllowedOn for an authority that is known, in an organisation that lets administrators set
// passwords or does not.
func AllowedHere(authority authz.Authority, actor roster.Actor, kind string, at roster.UnitID, passwords bool) []string {
	return allowedHere(act.List(), authority, actor, kind, at, passwords)
}

func allowedHere(list []act.Action, authority authz.Authority, actor roster.Actor, kind string, at roster.UnitID, passwords bool) []string {
	var names []string
	for _, a := range list {
		if a.On != kind || a.Fits != nil || a.Who != act.Members && a.Who != act.People || a.Permission == "" || !a.Open(actor) || a.Passwords && !passwords {
			continue
		}
		here := authority.Holds(a.Permission, at) && (a.Also == "" || authority.Holds(a.Also, at))
		if here || a.Anywhere && authority.HoldsSomewhere(a.Permission) {
			names = append(names, string(a.Name))
		}
	}
	return names
}

// setsPasswords tells whether administrators may set passwords in the actor's organisation.
func (in *inside) setsPasswords(ctx context.Context) bool { return in.settings(ctx).AdminPasswords }

// settings gives the actor's organisation for what its settings turn off; it is asked once. Buttons are a help: where it
// cannot be found out, they are absent.
func (in *inside) settings(ctx context.Context) roster.Organisation {
	if in.set == nil {
		o, err := in.organisation(ctx, in.gate.db.Reader())
		if err != nil {
			o = roster.Organisation{PasswordOff: true}
		}
		in.set = &o
	}
	return *in.set
}

// AllowedOutside gives the names of what the actor may do outside organisations: what is about themselves
// and, for a product client, what its permissions reach; for an operator, what is the installation's.
func AllowedOutside(actor roster.Actor) []string {
	var names []string
	for _, a := range act.List() {
		own := a.Who == act.Persons && a.Permission == "" && actor.SignedIn() && (actor.Kind != roster.ActorAPIUser || a.Clients != "") || a.Who == act.Operators && a.Global && actor.Kind == roster.ActorOperator
		if actor.Kind == roster.ActorClient {
			own = a.Who != act.Anybody && a.ToClient(actor) == nil
		}
		if own {
			names = append(names, string(a.Name))
		}
	}
	return names
}
