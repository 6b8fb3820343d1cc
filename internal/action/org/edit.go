package org

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/footer"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/orgdb"
)

// Edit is a change of an organisation's name and settings; what is nil stays. Its slug and plan are no settings.
type Edit struct {
	Name           *string
	InvitationTTL  *time.Duration
	PhoneRequired  *bool
	Domains        *[]string // of the addresses that regular members may be invited by; empty for any
	AdminPasswords *bool
	SecondSecrets  *bool          // whether API users may have a second secret beside the first
	EraseAfter     *int           // how many days after their removal what is kept of members is erased by itself; 0 for never
	FactorRequired *bool          // whether people need a second factor to come in
	FactorGrace    *time.Duration // how long who has none is let in without, from when it began to be required
	Accent         *string        // the colour of its pages, such as "#1f6f4a"; empty for the installation's
	Sender         *string        // who writes its letters, as their reader sees it; empty for the installation alone
	ReplyTo        *string        // whom answers to its letters reach; empty for the installation's sender
	Product        *string        // what the product is called on its pages and in its letters; empty for the installation's name
	Footer         *[]footer.Link // links below its pages; none for the installation's
	Version        int64          // the version that was looked at; 0 to take whatever is there
}

// Edit changes the actor's organisation. What is set here counts for what is done from now on: nobody who was
// invited before loses anything by it. Kinds: Invalid for the input, Conflict (changed_meanwhile), Denied;
// some of it is sensitive (confirmation_required) and for people alone (people_only).
func (r *Room) Edit(ctx context.Context, e Edit) (Usage, error) {
	actor := roster.ActorFrom(ctx)
	return action.Do(ctx, r.gate, act.OrganisationEdit, roster.RefOrganisation(actor.Organisation, ""), func(ctx context.Context, tx *store.Tx) (Usage, error) {
		was := tx.Organisation()
		if e.Version != 0 && e.Version != was.Version {
			return Usage{}, store.ErrStale()
		}
		now, err := e.apply(was, tx.At())
		if err != nil {
			return Usage{}, err
		}
		if sensitive(was, now) {
			if actor.Kind == roster.ActorAPIUser { // design page 6, step-up: as with login methods
				return Usage{}, roster.Errorf(roster.Denied, "people_only", "Only people can change what is asked of sign-ins, not API users.")
			}
			if err := action.Confirmed(ctx); err != nil {
				return Usage{}, err
			}
		}
		if err := mayErase(ctx, was, now); err != nil {
			return Usage{}, err
		}
		if now, err = orgdb.Update(ctx, tx, was, now); err != nil {
			return Usage{}, err
		}
		return usage(ctx, tx, now, actor)
	})
}

// sensitive tells whether a change is of what is asked of sign-ins, of how many secrets programs have, or of when members
// are erased; or whether it lets administrators set passwords. That they no longer may is not.
func sensitive(was, now roster.Organisation) bool {
	return !now.FactorSince.Equal(was.FactorSince) || now.FactorGrace != was.FactorGrace || now.SecondSecrets != was.SecondSecrets || now.EraseAfter != was.EraseAfter ||
		now.AdminPasswords && !was.AdminPasswords
}

// apply gives the organisation as it shall be.
func (e Edit) apply(o roster.Organisation, at time.Time) (roster.Organisation, error) {
	var bad roster.Problems
	if e.Name != nil {
		name, err := roster.CleanName(*e.Name)
		if err == nil && name == "" {
			err = roster.Errorf(roster.Invalid, "field_required", "Fill this in.")
		}
		bad.Add("name", err)
		o.Name = name
	}
	if e.InvitationTTL != nil {
		bad.Add("invitation_ttl", roster.CheckInvitationTTL(*e.InvitationTTL))
		o.InvitationTTL = *e.InvitationTTL
	}
	if e.PhoneRequired != nil {
		o.PhoneRequired = *e.PhoneRequired
	}
	if e.Domains != nil {
		domains, err := roster.ParseDomains(*e.Domains)
		bad.Join(err)
		o.Domains = domains
	}
	if e.AdminPasswords != nil {
		o.AdminPasswords = *e.AdminPasswords
	}
	if e.SecondSecrets != nil {
		o.SecondSecrets = *e.SecondSecrets
	}
	if e.EraseAfter != nil {
		bad.Add("erase_after_days", policy.CheckEraseAfter(*e.EraseAfter))
		o.EraseAfter = *e.EraseAfter
	}
	if e.FactorGrace != nil {
		bad.Add("factor_grace", policy.CheckFactorGrace(*e.FactorGrace))
		o.FactorGrace = *e.FactorGrace
	}
	bad.Join(e.Paint(&o.Brand))
	if e.FactorRequired != nil && *e.FactorRequired == o.FactorSince.IsZero() {
		if o.FactorSince = at; !*e.FactorRequired {
			o.FactorSince = time.Time{}
		}
	}
	return o, bad.Err()
}

// mayErase asks of who has members erased by time what who erases one needs.
func mayErase(ctx context.Context, was, now roster.Organisation) error {
	if was.EraseAfter == now.EraseAfter || now.EraseAfter == 0 {
		return nil
	}
	authority, err := action.Authority(ctx)
	if err != nil || authority.Holds(authz.MembersErase, "") {
		return err
	}
	e := roster.Errorf(roster.Denied, "forbidden", "You need the permission %s for this.", authz.MembersErase)
	e.Missing = []string{authz.MembersErase}
	return e
}
