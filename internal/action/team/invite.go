package team

import (
	"cmp"
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/invitationdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/roledb"
)

// Invitation is what is asked for a new member who is a person.
type Invitation struct {
	Kind         roster.MemberKind // regular when empty, or external
	Unit         string            // an external member's: an ID or external ID
	Email        string
	ExternalID   string // what the host product calls them; may be empty
	Profile      roster.Profile
	Coming       roster.Coming
	Grants       []Giving // the role member when empty
	StartBlocked bool
	TTL          time.Duration // the organisation's when zero
	Message      string        // the inviter's own words
	// NamesLater lets names and phone be left out, for the person to give as they accept.
	NamesLater bool
}

// Invite adds a regular or external member by invitation: seat taken, letter queued. Kinds: Invalid for the
// input (domain_not_allowed), Conflict for a member or invitation of that address (already_member, already_invited), for the host
// product's name (external_id_taken) and for the plan's seats (seat_limit), Denied (exceeds_authority).
func (r *Room) Invite(ctx context.Context, in Invitation) (View, error) {
	on := roster.RefMember(roster.NewMemberID(), in.Email)
	on.At = roster.UnitID(in.Unit)
	return action.Do(ctx, r.gate, act.MemberInvite, on, func(ctx context.Context, tx *store.Tx) (View, error) {
		return in.Send(ctx, tx, roster.MemberID(on.ID))
	})
}

// Send is what an invitation does in its transaction, or in its row of a batch or a series.
func (in Invitation) Send(ctx context.Context, tx *store.Tx, id roster.MemberID) (View, error) {
	m, i, err := in.draft(ctx, tx, id)
	if err != nil {
		return View{}, err
	}
	if len(in.Grants) == 0 {
		in.Grants = RoleGivings(roster.RoleMember)
	}
	grants, err := settle(ctx, tx, m, nil, in.Grants)
	if err != nil {
		return View{}, err
	}
	return insert(ctx, tx, m, grants, &i)
}

// draft checks the input and gives the member and the invitation it describes.
func (in Invitation) draft(ctx context.Context, tx *store.Tx, id roster.MemberID) (roster.Member, roster.Invitation, error) {
	by, o := roster.ActorFrom(ctx), tx.Organisation()
	var bad roster.Problems
	in.Kind = cmp.Or(in.Kind, roster.Regular)
	unit, err := in.place(ctx)
	bad.Join(err)
	address, err := roster.ParseEmail(in.Email)
	if err == nil {
		err = o.CheckDomain(in.Kind, address)
	}
	bad.Add("email", err)
	message, err := roster.CleanText(in.Message, roster.MaxMessage)
	bad.Add("message", err)
	if in.TTL == 0 {
		in.TTL = o.InvitationTTL
	}
	bad.Add("invitation_ttl", roster.CheckInvitationTTL(in.TTL))
	clean := in.Profile.Clean
	if in.NamesLater {
		clean = in.Profile.CleanPart
	}
	profile, err := clean(roster.Regular, o.PhoneRequired && in.Kind == roster.Regular)
	bad.Join(err)
	m := roster.Member{
		Org: o.ID, ID: id, Kind: in.Kind, Status: roster.Invited, Unit: unit, ExternalID: in.ExternalID, Email: address,
		FirstName: profile.FirstName, LastName: profile.LastName, Name: profile.Name, Phone: profile.Phone,
		CreatedAt: tx.At(), CreatedBy: by.ID(), UpdatedAt: tx.At(), UpdatedBy: by.ID(), Version: 1,
	}
	bad.Add("external_id", m.CheckExternalID())
	bad.Join(methoddb.Comes(ctx, tx, in.Coming))
	if in.StartBlocked {
		m.Status, m.Before = roster.Blocked, roster.Invited
	}
	i := roster.Invitation{
		Member: id, Generation: 1, State: roster.InvitationLive, Inviter: by.ID(), InviterBy: by.Name,
		Message: message, TTL: in.TTL, MadeAt: tx.At(), Coming: in.Coming.Clean(),
	}
	return m, i, bad.Err()
}

// place gives the unit that an external member is bound to; others are bound to none.
func (in Invitation) place(ctx context.Context) (roster.UnitID, error) {
	switch {
	case in.Kind != roster.Regular && in.Kind != roster.External:
		return "", roster.Errorf(roster.Invalid, "kind_unknown", "Invite a regular or an external member.").On("kind")
	case in.Kind == roster.Regular && in.Unit != "":
		return "", roster.Errorf(roster.Invalid, "unit_regular", "Only external users are bound to a customer account. Give others access there instead.").On("unit")
	case in.Kind == roster.Regular:
		return "", nil
	case in.Unit == "":
		return "", roster.Errorf(roster.Invalid, "field_required", "Choose the customer account of an external user.").On("unit")
	}
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return "", err
	}
	u, err := unitNamed(snap, in.Unit, SeesUnit(ctx))
	if err == nil {
		err = open(snap, u.ID, SeesUnit(ctx))
	}
	if err != nil {
		err = roster.AsError(err).On("unit")
	}
	return u.ID, err
}

// taken refuses an address that is in the organisation already, naming who has it to who sees them.
func taken(ctx context.Context, tx *store.Tx, address roster.Email) error {
	found, err := memberdb.ByAddress(ctx, tx, tx.Org(), address.Folded)
	if err != nil {
		return err
	}
	m := found.Value
	if !action.Sees(ctx, m.ID) {
		return roster.Errorf(roster.Conflict, "already_member", "%s belongs to somebody here whom you do not see. Ask an administrator of the whole organisation.", address.Typed).On("email")
	}
	e := roster.Errorf(roster.Conflict, "already_member", "%s is a member already.", m.Email.Typed).On("email")
	if m.Pending() {
		e = roster.Errorf(roster.Conflict, "already_invited", "%s is invited already. Send the invitation again from their page.", m.Email.Typed).On("email")
	}
	grants, err := roledb.Grants(ctx, tx, tx.Org(), m.ID)
	if err != nil {
		return err
	}
	if len(action.Allowed(ctx, m, grants)) > 0 {
		e.Existing = m.ID
	}
	return e
}

// naming says who has an external ID that is taken, to who sees them.
func naming(ctx context.Context, tx *store.Tx, m roster.Member, taken error) error {
	if !roster.Is(taken, "external_id_taken") {
		return taken
	}
	holder, err := memberdb.ByExternalID(ctx, tx, tx.Org(), m.ExternalID)
	if err != nil {
		return err
	}
	if !action.Sees(ctx, holder.Value.ID) {
		return taken
	}
	return roster.Errorf(roster.Conflict, "external_id_taken", "%s has this external ID already.", holder.Value.Label()).On("external_id")
}

// insert keeps a new member with grants and perhaps an invitation, and gives the view without reading it back.
func insert(ctx context.Context, tx *store.Tx, m roster.Member, grants []roster.Grant, i *roster.Invitation) (View, error) {
	had, err := memberdb.Insert(ctx, tx, m)
	if err != nil {
		return View{}, naming(ctx, tx, m, err)
	}
	if had {
		return View{}, taken(ctx, tx, m.Email)
	}
	for _, g := range grants {
		if err := roledb.Give(ctx, tx, m, g); err != nil {
			return View{}, err
		}
	}
	if i != nil {
		if err := invitationdb.Insert(ctx, tx, m.Ref(), *i); err != nil {
			return View{}, err
		}
		if err := methoddb.Expect(ctx, tx, m, i.Coming); err != nil {
			return View{}, err
		}
	}
	return fresh(ctx, tx, m, grants, i), nil
}

// fresh gives the view of a member that the transaction has just made.
func fresh(ctx context.Context, tx *store.Tx, m roster.Member, grants []roster.Grant, i *roster.Invitation) View {
	actor := roster.ActorFrom(ctx)
	v := View{Row: memberdb.Row{Member: m, CreatedBy: actor.Name, UpdatedBy: actor.Name}, Grants: grants, Now: tx.At()}
	if i != nil {
		v.Live, v.Coming = *i, i.Coming
	}
	v.Allowed = action.Allowed(ctx, m, grants)
	return v
}

// hourlyInvitations bounds how many invitations one member may be sent in an hour (design page 6, mail abuse).
const hourlyInvitations = 5

// Resend starts a new generation of a member's invitation and queues its letter: every earlier link is
// dead. Kinds: Conflict (not_invited), Limited.
func (r *Room) Resend(ctx context.Context, id roster.MemberID) (View, error) {
	return action.Do(ctx, r.gate, act.MemberResend, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (View, error) {
		return SendAgain(ctx, tx, id)
	})
}

// Linked is a member's fresh invitation link. The secret is given once; only its hash is kept.
type Linked struct {
	View   View
	Secret string
}

// Link starts a new generation whose link is handed over by hand: earlier links and an unsent letter
// are dead, and the clock runs from now. Who accepts by it is not verified, since no mail proved the
// address. Kinds: Conflict (not_invited), Limited, Denied (stronger_target).
func (r *Room) Link(ctx context.Context, id roster.MemberID) (Linked, error) {
	link := secret.New(act.InvitationPrefix)
	return action.Do(ctx, r.gate, act.MemberLink, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (Linked, error) {
		i, err := renew(ctx, tx, id, func(i roster.Invitation) roster.Invitation { return i.Started(tx.At()) })
		if err != nil {
			return Linked{}, err
		}
		if err := invitationdb.AddLink(ctx, tx, tx.Org(), invitationdb.Link{Hash: secret.Hash(link), Member: id, Generation: i.Generation}); err != nil {
			return Linked{}, err
		}
		v, err := view(ctx, tx, id)
		return Linked{View: v, Secret: link}, err
	})
}

// renew ends a member's present generation and begins the next.
func renew(ctx context.Context, tx *store.Tx, id roster.MemberID, finish func(roster.Invitation) roster.Invitation) (roster.Invitation, error) {
	var none roster.Invitation
	m, err := load(ctx, tx, id)
	if err != nil {
		return none, err
	}
	if err := m.Resendable(); err != nil {
		return none, err
	}
	all, err := invitationdb.Of(ctx, tx, tx.Org(), id)
	if err != nil {
		return none, err
	}
	if err := pace(all, tx.At()); err != nil {
		return none, err
	}
	next := roster.Invitation{Member: id, Generation: 1, TTL: tx.Organisation().InvitationTTL}
	if len(all) > 0 {
		next.Generation, next.TTL, next.Message = all[0].Generation+1, all[0].TTL, all[0].Message
	}
	if err := closeInvitation(ctx, tx, m, roster.InvitationSuperseded); err != nil {
		return none, err
	}
	by := roster.ActorFrom(ctx)
	next.State, next.Inviter, next.InviterBy, next.MadeAt = roster.InvitationLive, by.ID(), by.Name, tx.At()
	next = finish(next)
	if err := takeOver(ctx, tx, m, by.ID()); err != nil {
		return none, err
	}
	return next, invitationdb.Insert(ctx, tx, m.Ref(), next)
}

// takeOver makes the actor the giver of what the first giver could not give any more, as far as the actor
// could. The rest is left out when the invitation is accepted.
func takeOver(ctx context.Context, tx *store.Tx, m roster.Member, by string) error {
	over, err := action.Takeable(ctx, tx, m.ID)
	if err != nil {
		return err
	}
	for _, g := range over {
		if err := Regive(ctx, tx, m, g, by); err != nil {
			return err
		}
	}
	return nil
}

// Regive makes another the giver of what a member holds.
func Regive(ctx context.Context, tx *store.Tx, m roster.Member, g roster.Grant, by string) error {
	if err := roledb.Take(ctx, tx, m, g); err != nil {
		return err
	}
	g.ID, g.GivenBy, g.GivenAt = roster.NewID("grt_"), by, tx.At()
	return roledb.Give(ctx, tx, m, g)
}

func pace(all []roster.Invitation, now time.Time) error {
	if len(all) < hourlyInvitations {
		return nil
	}
	if wait := time.Hour - now.Sub(all[hourlyInvitations-1].MadeAt); wait > 0 {
		return roster.Errorf(roster.Limited, "too_many_invitations", "This invitation was made %d times within an hour. Wait a while before the next.", hourlyInvitations).After(wait)
	}
	return nil
}

// closeInvitation ends a member's live invitation, if there is one, and what was still to be sent of it.
func closeInvitation(ctx context.Context, tx *store.Tx, m roster.Member, state roster.InvitationState) error {
	i, err := invitationdb.Latest(ctx, tx, tx.Org(), m.ID)
	if err != nil || !i.OK || i.Value.State != roster.InvitationLive {
		return err
	}
	if err := invitationdb.End(ctx, tx, m.Ref(), i.Value, i.Value.Ended(state, tx.At())); err != nil {
		return err
	}
	return jobdb.Cancel(ctx, tx, tx.Org(), string(m.ID))
}

func load(ctx context.Context, tx *store.Tx, id roster.MemberID) (roster.Member, error) {
	found, err := memberdb.ByID(ctx, tx, tx.Org(), id)
	if err != nil {
		return found.Value, err
	}
	return found.Or("member")
}
