// Package profile is the room of all that a member's page tells: what they hold and who gave it, how they were invited,
// how they sign in, where they are signed in, which secrets an API user has; and there they are signed out. It tells nothing
// that their person has elsewhere; the history is another room's.
package profile

import (
	"context"
	"maps"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/apidb"
	"roster/internal/store/credentialdb"
	"roster/internal/store/invitationdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/persondb"
	"roster/internal/store/roledb"
	"roster/internal/store/sessiondb"
)

// Room holds the use cases.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Profile is everything the member's own pages show, but the history.
type Profile struct {
	team.View
	Givers      map[string]string   // names of who gave the grants that are shown, by the actors' IDs; who is no member is not in it
	Invitations []roster.Invitation // the newest first
	Letters     []jobdb.Job         // the newest first
	Secrets     []apidb.Secret      // of an API user
	Sessions    []roster.Session    // of an active person
	Managed     bool                // the person is this organisation's, whose administrators act on their ways in by rule 3
	Password    bool                // a managed person has one
	ChooseBy    time.Time           // until when a managed person must choose their own password; zero where they have
	Connection  Connection          // by which the member comes in; zero without one
}

// Connection is how a member comes in by a provider.
type Connection struct {
	Name       string // the button's
	Identifier string // what the provider calls them
	Bound      bool   // they came in by it
	// Unconfirmed tells that it waits for a person of their own, who confirms it from a session of theirs.
	Unconfirmed bool
}

// Show gives a member's page; a session that was quiet for so long as idle is over. Sessions are shown of active members
// only, as far as they were used here: any other would tell that they belong elsewhere (decisions/023). Kinds: NotFound,
// Denied.
func (r *Room) Show(ctx context.Context, id roster.MemberID, idle time.Duration) (Profile, error) {
	return action.LookAt(ctx, r.gate, act.MemberShow, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (Profile, error) {
		v, err := team.Of(ctx, rd, id)
		if err != nil {
			return Profile{}, err
		}
		p := Profile{View: v}
		if p.Givers, err = roledb.Givers(ctx, rd, v.Org, id); err != nil {
			return p, err
		}
		maps.DeleteFunc(p.Givers, func(giver, _ string) bool {
			return !slices.ContainsFunc(v.Grants, func(g roster.Grant) bool { return g.GivenBy == giver })
		})
		if v.Kind == roster.API {
			p.Secrets, err = apidb.Secrets(ctx, rd, v.Org, id)
			return p, err
		}
		return p, p.person(ctx, rd, idle)
	})
}

// person fills in what only people have.
func (p *Profile) person(ctx context.Context, rd store.Reader, idle time.Duration) (err error) {
	if p.Invitations, err = invitationdb.Of(ctx, rd, p.Org, p.ID); err != nil {
		return err
	}
	if p.Letters, err = jobdb.About(ctx, rd, p.Org, string(p.ID)); err != nil {
		return err
	}
	if p.Status == roster.Removed {
		return nil
	}
	if err := p.connection(ctx, rd); err != nil || p.Person == "" {
		return err
	}
	if err := p.waysIn(ctx, rd); err != nil {
		return err
	}
	if p.Status == roster.Active {
		p.Sessions, err = sessiondb.In(ctx, rd, p.Org, p.Person, p.Now, idle)
	}
	return err
}

// connection fills in by which of the organisation's connections the member comes in.
func (p *Profile) connection(ctx context.Context, rd store.Reader) error {
	identity, err := methoddb.Of(ctx, rd, p.Org, p.ID)
	if err != nil || !identity.OK {
		return err
	}
	by, err := methoddb.ByID(ctx, rd, p.Org, identity.Value.Method)
	p.Connection = Connection{Name: by.Value.Name, Identifier: identity.Value.Identifier, Bound: !identity.Value.BoundAt.IsZero(), Unconfirmed: identity.Value.Unconfirmed}
	return err
}

// waysIn fills in how the person signs in. Of a person of their own it is told that they are, and nothing of what is
// the installation's (rule 7).
func (p *Profile) waysIn(ctx context.Context, rd store.Reader) error {
	person, err := persondb.ByID(ctx, rd, p.Person)
	if err != nil || person.Value.ManagedBy != p.Org {
		return err
	}
	p.Managed = true
	way, err := credentialdb.Password(ctx, rd, p.Person)
	p.Password, p.ChooseBy = way.OK, way.Value.ChangeBy
	return err
}
