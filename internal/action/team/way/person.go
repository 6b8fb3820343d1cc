package way

import (
	"context"

	"roster/internal/act"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/factordb"
	"roster/internal/store/methoddb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// accepted changes how somebody comes in who is a person already, and tells them by a letter.
func (m move) accepted(ctx context.Context, tx *store.Tx) error {
	p, err := persondb.Lock(ctx, tx, m.Member.Person)
	if err != nil {
		return err
	}
	managed := p.Value.ManagedBy == tx.Org()
	m.Unconfirmed = !managed && m.To.Connected()
	if m.same() {
		return m.again(ctx, tx, managed)
	}
	if managed {
		err = m.endOwn(ctx, tx)
	} else if m.From.Method != "" {
		err = methoddb.EndProofs(ctx, tx, m.Member, m.From.Method)
	}
	if err == nil {
		err = m.keep(ctx, tx)
	}
	if err == nil {
		m.tell(tx)
	}
	return err
}

// again sends somebody whom the organisation manages the letter once more by which they choose their first password; for
// anybody else nothing changes.
func (m move) again(ctx context.Context, tx *store.Tx, managed bool) error {
	if !managed || m.To.Connected() {
		return nil
	}
	password, err := credentialdb.Password(ctx, tx, m.Member.Person)
	if err == nil && !password.OK {
		m.tell(tx)
	}
	return err
}

// endOwn ends the sessions of somebody whom the organisation manages, who is nowhere else, and for a connection what
// they came in by before: a password, and passkeys that let them in alone.
func (m move) endOwn(ctx context.Context, tx *store.Tx) error {
	person := m.Member.Person
	if err := sessiondb.EndAll(ctx, tx, person, ""); err != nil || !m.To.Connected() {
		return err
	}
	password, err := credentialdb.Password(ctx, tx, person)
	if err == nil && password.OK {
		err = credentialdb.EndPassword(ctx, tx, person)
	}
	if err != nil {
		return err
	}
	factors, err := factordb.Of(ctx, tx, person)
	if err != nil {
		return err
	}
	left := len(factors)
	for _, f := range factors {
		if f.Alone {
			if _, err := factordb.Remove(ctx, tx, person, f); err != nil {
				return err
			}
			left--
		}
	}
	if left == 0 && len(factors) > 0 { // recovery codes stand in for a factor that is lost, and there is none
		return factordb.SetCodes(ctx, tx, person, nil)
	}
	return nil
}

// tell lets the letter follow that tells the member.
func (m move) tell(tx *store.Tx) {
	tx.Tell(roster.Change{Of: m.Member.Ref(), Field: act.WayTold, To: "(letter)"})
}
