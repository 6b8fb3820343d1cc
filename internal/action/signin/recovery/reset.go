package recovery

import (
	"context"
	"encoding/json"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/signin"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/recoverydb"
)

// Reset is the kind of jobs that send a link for a new password that an administrator asked for; it follows from Send.
const Reset = "letter.password_reset"

// Send has a member's own person sent the letter of a forgotten password (R21): they alone get the link, and nothing
// changes until they use it. Whether they have a password, or belong elsewhere, is asked when the letter leaves, so that
// whoever asked for it learns neither; what it could have told, the letter tells. An organisation has three an hour sent to
// one address, whatever anybody else asks for. Kinds: Conflict (no_password, removed, member_blocked, not_accepted,
// managed_person, passwords_off), Limited (too_many_letters, too_many_invitations), NotFound, Denied (stronger_target,
// not_on_yourself, confirmation_required).
func (r *Room) Send(ctx context.Context, id roster.MemberID) (roster.Member, error) {
	return action.Do(ctx, r.gate, act.MemberPasswordReset, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (roster.Member, error) {
		found, err := memberdb.ByID(ctx, tx, tx.Org(), id)
		if err != nil {
			return roster.Member{}, err
		}
		m, err := found.Or("member")
		if err != nil {
			return roster.Member{}, err
		}
		p, err := persondb.ByID(ctx, tx, m.Person)
		if err == nil {
			err = sendable(m, p.Value, tx.Organisation())
		}
		if err != nil {
			return roster.Member{}, err
		}
		over, ends, err := within(ctx, tx, "reset\n"+string(tx.Org())+"\n"+p.Value.Email.Folded, 3, time.Hour)
		if err != nil {
			return roster.Member{}, err
		}
		if over {
			return roster.Member{}, roster.Errorf(roster.Limited, "too_many_letters", "As many letters were asked for to this address as an hour allows. The last one still counts.").After(ends.Sub(tx.At()))
		}
		tx.Tell(roster.Change{Of: m.Ref(), Field: "recovery", To: "(letter)"})
		return m, nil
	})
}

// sendable tells why nobody is sent a link, if nobody is, and what to do instead.
func sendable(m roster.Member, p roster.Person, o roster.Organisation) error {
	switch {
	case m.Kind == roster.API:
		return roster.Errorf(roster.Conflict, "no_password", "%s is an API user and has no password.", m.Label())
	case policy.Settled(m) != nil:
		return policy.Settled(m)
	case p.ManagedBy != "":
		return roster.Errorf(roster.Conflict, "managed_person", "%s is managed by your organisation. Set a password for them, or change how they come in.", m.Label())
	case o.PasswordOff:
		return roster.Errorf(roster.Conflict, "passwords_off", "%s lets nobody in by a password: e-mail and password is switched off in its login methods.", o.Name)
	}
	return nil
}

// reset fills in a letter that an administrator asked for: the link, or how somebody signs in who has no password to
// choose anew. It is unwanted where the member is not active any more, or the organisation switched passwords off.
func (l *Letter) reset(ctx context.Context, tx store.Noter, j jobdb.Job) error {
	var by action.Doer
	if err := json.Unmarshal([]byte(j.Payload), &by); err != nil {
		return err
	}
	o, err := orgdb.ByName(ctx, tx, string(j.Org))
	if err != nil {
		return err
	}
	m, err := memberdb.ByID(ctx, tx, j.Org, roster.MemberID(j.About))
	if err != nil {
		return err
	}
	p, err := persondb.ByID(ctx, tx, m.Value.Person)
	if err != nil || !p.OK || sendable(m.Value, p.Value, o.Value) != nil {
		return err
	}
	l.Unwanted, l.Name, l.Organisation, l.To, l.Language = false, by.Name, o.Value.Name, p.Value.Email.Typed, p.Value.Language
	password, err := credentialdb.Password(ctx, tx, p.Value.ID)
	if err != nil {
		return err
	}
	if may, err := signin.Recoverable(ctx, tx, p.Value, password.Value); err != nil || may {
		l.What = "password_reset"
		if err == nil {
			err = l.mint(ctx, tx, p.Value.ID, password.Value)
		}
		return err
	}
	l.What = "other_ways_reset"
	l.Places, err = recoverydb.Places(ctx, tx, p.Value.Email.Folded)
	return err
}
