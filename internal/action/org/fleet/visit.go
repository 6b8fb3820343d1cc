package fleet

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/org"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/store/operatordb"
	"roster/internal/store/orgdb"
)

// Visit lets the operator who asks enter the actor's organisation, to look, for an hour. Its history tells of it with the
// reason, and its Owners are told, by letter too. Kinds: Invalid for the reason, Denied (confirmation_required).
func (r *Room) Visit(ctx context.Context, reason string) (roster.Visit, error) {
	actor := roster.ActorFrom(ctx)
	return action.Do(ctx, r.gate, act.OrganisationVisit, roster.RefOrganisation(actor.Organisation, ""), func(ctx context.Context, tx *store.Tx) (roster.Visit, error) {
		clean, err := roster.CleanText(reason, roster.MaxVisitReason)
		if err == nil && clean == "" {
			err = roster.Errorf(roster.Invalid, "field_required", "Fill this in.")
		}
		if err != nil {
			return roster.Visit{}, roster.AsError(err).On("reason")
		}
		v := roster.Visit{
			Org: tx.Org(), ID: roster.NewID("vis_"), Person: actor.Person, Session: actor.Session, Reason: clean,
			EnteredAt: tx.At(), Until: tx.At().Add(roster.VisitLasts),
		}
		if err := operatordb.Visit(ctx, tx, v); err != nil {
			return v, err
		}
		if err := action.TellOwners(ctx, tx, tx.Org(), bulletin.NewsOperator, v.ID); err != nil {
			return v, err
		}
		return v, org.Tell(ctx, tx, jobdb.VisitLetter, jobdb.Visit{Who: actor.Name, Reason: v.Reason, Until: v.Until})
	})
}

// Leave ends the operator's visits to the actor's organisation.
func (r *Room) Leave(ctx context.Context) error {
	actor := roster.ActorFrom(ctx)
	_, err := action.Do(ctx, r.gate, act.OrganisationLeave, roster.RefOrganisation(actor.Organisation, ""), func(ctx context.Context, tx *store.Tx) (struct{}, error) {
		is, err := operatordb.Visiting(ctx, tx, tx.Org(), actor.Person, actor.Session, tx.At())
		if err != nil || !is.OK {
			return struct{}{}, err
		}
		return struct{}{}, operatordb.Leave(ctx, tx, actor.Person)
	})
	return err
}

// Admit lets operators who enter the actor's organisation change something in it, for a while from now; for no time at
// all they only look. Kinds: Invalid, Denied (people_only, confirmation_required).
func (r *Room) Admit(ctx context.Context, lasts time.Duration) (roster.Organisation, error) {
	on := roster.RefOrganisation(roster.ActorFrom(ctx).Organisation, "")
	return action.Do(ctx, r.gate, act.OperatorsAdmit, on, func(ctx context.Context, tx *store.Tx) (roster.Organisation, error) {
		now := tx.Organisation()
		if lasts < 0 || lasts > roster.LongestAdmission {
			return now, roster.Errorf(roster.Invalid, "admission_invalid", "Operators can be let in to change something for up to seven days.").On("lasts")
		}
		if now.OperatorsUntil = tx.At().Add(lasts); lasts == 0 {
			now.OperatorsUntil = time.Time{}
		}
		return orgdb.Update(ctx, tx, tx.Organisation(), now)
	})
}
