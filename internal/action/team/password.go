package team

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// NewPassword is a password that is set for somebody else, typed twice.
type NewPassword struct {
	Password string
	Repeat   string
}

// Creation is a new member who gets a password instead of a letter. Its TTL is how long the password waits to
// be changed; it has no Message, since nothing is sent.
type Creation struct {
	Invitation
	NewPassword
}

// Create adds a regular or external member with a password that is handed over by hand: a managed person, who
// is active at once (or blocked, with StartBlocked), not verified, and must choose a password of their own at the
// first sign-in, in time. Kinds: as Invite, Invalid for the password (password_criteria, passwords_differ), Denied
// also where the organisation's settings let nobody set passwords (admin_passwords_off), Unavailable.
func (r *Room) Create(ctx context.Context, in Creation) (View, error) {
	o, err := r.creating(ctx)
	if err != nil {
		return View{}, err
	}
	hash, weak := "", in.check(o)
	if weak == nil {
		if hash, err = r.hasher.Hash(ctx, in.Password); err != nil {
			return View{}, err
		}
	}
	on := roster.RefMember(roster.NewMemberID(), in.Email)
	on.At = roster.UnitID(in.Unit)
	return action.Do(ctx, r.gate, act.MemberCreate, on, func(ctx context.Context, tx *store.Tx) (View, error) {
		m, i, err := in.draft(ctx, tx, roster.MemberID(on.ID))
		if err != nil && roster.AsError(err).Kind != roster.Invalid {
			return View{}, err
		}
		var bad roster.Problems
		bad.Join(err)
		bad.Join(weak)
		if err := bad.Err(); err != nil {
			return View{}, err
		}
		if len(in.Grants) == 0 {
			in.Grants = RoleGivings(roster.RoleMember)
		}
		grants, err := settle(ctx, tx, m, nil, in.Grants)
		if err != nil {
			return View{}, err
		}
		if m.Person, err = managed(ctx, tx, m.Email, roster.Password{Hash: hash, ChangeBy: tx.At().Add(i.TTL)}); err != nil {
			return View{}, err
		}
		m.Managed = true
		return insert(ctx, tx, m.Admit(), grants, nil)
	})
}

// creating asks whether the actor may create members with passwords anywhere, before anything slow is done for
// them, and gives the organisation.
func (r *Room) creating(ctx context.Context) (roster.Organisation, error) {
	return action.Look(ctx, r.gate, act.MemberCreateOffer, organisation)
}

func organisation(ctx context.Context, rd store.Reader) (roster.Organisation, error) {
	found, err := orgdb.ByName(ctx, rd, string(roster.ActorFrom(ctx).Organisation))
	if err != nil {
		return found.Value, err
	}
	return found.Or("organisation")
}

func (in Creation) check(o roster.Organisation) error {
	var bad roster.Problems
	bad.Join(secret.CheckTwice(in.Password, in.Repeat, in.Profile.FirstName, in.Profile.LastName, in.Email, o.Name))
	bad.Join(in.Coming.CheckPassword())
	if in.Message != "" {
		bad.Add("message", roster.Errorf(roster.Invalid, "field_unknown", "Nothing is sent to who gets a password, so there is no letter for a message."))
	}
	return bad.Err()
}

// managed makes the organisation's own person of an address, or takes up the one whose membership here ended and
// with it their ways in, and gives them a password. Kind: Conflict (already_member, already_invited).
func managed(ctx context.Context, tx *store.Tx, address roster.Email, p roster.Password) (roster.PersonID, error) {
	here, err := memberdb.ByAddress(ctx, tx, tx.Org(), address.Folded)
	if err != nil {
		return "", err
	}
	if here.OK {
		return "", taken(ctx, tx, address)
	}
	found, err := persondb.ByAddress(ctx, tx, tx.Org(), address.Folded)
	if err != nil {
		return "", err
	}
	id := found.Value.ID
	if found.OK {
		if _, err := persondb.Lock(ctx, tx, id); err != nil {
			return "", err
		}
	} else {
		id = roster.NewPersonID()
		made, err := persondb.Insert(ctx, tx, roster.Person{ID: id, ManagedBy: tx.Org(), Email: address, CreatedAt: tx.At()})
		if err != nil {
			return "", err
		}
		if !made {
			return "", store.ErrStale()
		}
	}
	return id, credentialdb.SetPassword(ctx, tx, id, p)
}

// CreateCriteria judges a password for a new member while it is typed. Kind: Denied.
func (r *Room) CreateCriteria(ctx context.Context, password string, about ...string) ([]secret.Criterion, error) {
	o, err := r.creating(ctx)
	if err != nil {
		return nil, err
	}
	return secret.Criteria(password, secret.MinOnlyFactor, append(about, o.Name)...), nil
}

// PasswordOffer is what the form shows before another's password is set.
type PasswordOffer struct {
	View
	Managed      bool // the organisation's own person; nobody sets the password of others
	Lasts        time.Duration
	Organisation roster.Organisation
}

func (o PasswordOffer) personal() []string {
	return []string{o.FirstName, o.LastName, o.Email.Typed, o.Organisation.Name}
}

// PasswordOffer tells whether a member's password can be set. Kinds: NotFound, Denied.
func (r *Room) PasswordOffer(ctx context.Context, id roster.MemberID) (PasswordOffer, error) {
	return action.LookAt(ctx, r.gate, act.PasswordOffer, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (PasswordOffer, error) {
		v, err := view(ctx, rd, id)
		if err != nil {
			return PasswordOffer{}, err
		}
		o, err := organisation(ctx, rd)
		if err != nil {
			return PasswordOffer{}, err
		}
		p, err := persondb.ByID(ctx, rd, v.Person)
		return PasswordOffer{v, p.Value.ManagedBy == o.ID, o.InvitationTTL, o}, err
	})
}

// PasswordCriteria judges a password for a member while it is typed. Kinds: NotFound, Denied.
func (r *Room) PasswordCriteria(ctx context.Context, id roster.MemberID, password string) ([]secret.Criterion, error) {
	o, err := r.PasswordOffer(ctx, id)
	if err != nil {
		return nil, err
	}
	return secret.Criteria(password, secret.MinOnlyFactor, o.personal()...), nil
}

// SetPassword sets a managed person's password: their sessions end, the old password is dead, and the new one must
// be changed at the next sign-in, in time. Nobody sets an own person's, whether or not they belong elsewhere, nor that of who
// comes in by a connection. Kinds: Invalid for the password, Conflict (own_password, comes_by_connection, not_accepted,
// last_owner), NotFound, Denied (stronger_target, not_on_yourself, admin_passwords_off), Unavailable.
func (r *Room) SetPassword(ctx context.Context, id roster.MemberID, in NewPassword) (View, error) {
	o, err := r.PasswordOffer(ctx, id)
	if err != nil {
		return View{}, err
	}
	if err := settable(o.View, o.Managed); err != nil {
		return View{}, err
	}
	if err := secret.CheckTwice(in.Password, in.Repeat, o.personal()...); err != nil {
		return View{}, err
	}
	hash, err := r.hasher.Hash(ctx, in.Password)
	if err != nil {
		return View{}, err
	}
	return action.Do(ctx, r.gate, act.MemberPassword, o.Ref(), func(ctx context.Context, tx *store.Tx) (View, error) {
		m, err := view(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		p, err := persondb.Lock(ctx, tx, m.Person)
		if err != nil {
			return View{}, err
		}
		if err := settable(m, p.Value.ManagedBy == tx.Org()); err != nil {
			return View{}, err
		}
		until := tx.At().Add(tx.Organisation().InvitationTTL)
		if err := credentialdb.SetPassword(ctx, tx, m.Person, roster.Password{Hash: hash, ChangeBy: until}); err != nil {
			return View{}, err
		}
		if err := sessiondb.EndAll(ctx, tx, m.Person, ""); err != nil {
			return View{}, err
		}
		if err := jobdb.Tell(ctx, tx, jobdb.Telling{Person: m.Person, What: "given"}); err != nil {
			return View{}, err
		}
		return view(ctx, tx, id)
	})
}

// settable tells why somebody's password cannot be set by another, if it cannot.
func settable(m View, managed bool) error {
	switch {
	case m.Kind == roster.API:
		return roster.Errorf(roster.Conflict, "no_password", "%s is an API user and has no password.", m.Label())
	case m.Status == roster.Removed:
		return m.Gone()
	case m.Person == "":
		return roster.Errorf(roster.Conflict, "not_accepted", "%s has not accepted the invitation yet. Send it again, or withdraw it and create the user with a password.", m.Label())
	case !managed:
		return roster.Errorf(roster.Conflict, "own_password", "%s chose their password by a link from a letter, and nobody else can set it. Have a link for a new one sent to them, or block them if they shall not come in any more.", m.Label())
	case m.Coming.Connected():
		return methoddb.OneWay(m.Member)
	}
	return nil
}
