package team

import (
	"context"
	"maps"
	"slices"
	"time"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/apidb"
	"roster/internal/store/credentialdb"
	"roster/internal/store/invitationdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/persondb"
	"roster/internal/store/roledb"
	"roster/internal/store/sessiondb"
)

// Detail is everything the member's own page shows, but the history.
type Detail struct {
	View
	OrgRoles    []roster.Role
	Invitations []roster.Invitation // the newest first
	Letters     []jobdb.Job         // the newest first
	Sessions    []roster.Session    // of an active person
	Secrets     []apidb.Secret      // of an API user
	Managed     bool                // the person is this organisation's, whose administrators act on their ways in by rule 3
	ChooseBy    time.Time           // until when a managed person must choose their own password; zero where they have
	Givers      map[string]string   // names of who gave the grants that are shown, by the actors' IDs; who is no member is not in it
}

// Detail gives a member's page. Sessions are shown of active members only, as far as they were used here: any other
// would tell that they belong elsewhere (design page 1, rule 7). Kinds: NotFound, Denied.
func (r *Room) Detail(ctx context.Context, id roster.MemberID, idle time.Duration) (Detail, error) {
	return action.LookAt(ctx, r.gate, action.MemberShow, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (Detail, error) {
		v, err := view(ctx, rd, id)
		if err != nil {
			return Detail{}, err
		}
		d := Detail{View: v}
		if d.OrgRoles, err = roledb.Roles(ctx, rd, v.Org); err != nil {
			return d, err
		}
		if d.Givers, err = roledb.Givers(ctx, rd, v.Org, id); err != nil {
			return d, err
		}
		maps.DeleteFunc(d.Givers, func(giver, _ string) bool {
			return !slices.ContainsFunc(v.Grants, func(g roster.Grant) bool { return g.GivenBy == giver })
		})
		if v.Kind == roster.API {
			d.Secrets, err = apidb.Secrets(ctx, rd, v.Org, id)
			return d, err
		}
		if d.Invitations, err = invitationdb.Of(ctx, rd, v.Org, id); err != nil {
			return d, err
		}
		if d.Letters, err = jobdb.About(ctx, rd, v.Org, string(id)); err != nil {
			return d, err
		}
		if err := d.waysIn(ctx, rd); err != nil {
			return d, err
		}
		if v.Status == roster.Active {
			d.Sessions, err = sessiondb.In(ctx, rd, v.Org, v.Person, v.Now, idle)
		}
		return d, err
	})
}

// waysIn fills in how the person signs in. Of a person of their own it is told that they are, and nothing of what is
// the installation's (rule 7).
func (d *Detail) waysIn(ctx context.Context, rd store.Reader) error {
	if d.Person == "" || d.Status == roster.Removed {
		return nil
	}
	p, err := persondb.ByID(ctx, rd, d.Person)
	if err != nil || p.Value.ManagedBy != d.Org {
		return err
	}
	d.Managed = true
	way, err := credentialdb.Password(ctx, rd, d.Person)
	d.ChooseBy = way.Value.ChangeBy
	return err
}
