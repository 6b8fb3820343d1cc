package signin

import (
	"cmp"
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/bulletin"
	"roster/internal/login"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/invitationdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/jobdb/newsdb"
	"roster/internal/store/mailboxdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/roledb"
)

// Way is how the holder of an invitation can come in.
type Way string

// The ways in.
const (
	NewPassword Way = "new_password" // set names and a password
	SignInFirst Way = "sign_in"      // a known person: sign in, then accept
	JustAccept  Way = "accept"       // the right person is signed in
	WrongPerson Way = "wrong_person" // someone else is signed in
	Connected   Way = "connected"    // go to the provider that the invitation is for
)

// Landing is what an invitation's page shows.
type Landing struct {
	Organisation roster.Organisation
	Member       roster.Member
	Invitation   roster.Invitation
	ByMail       bool
	Way          Way
	SignedInAs   string // the signed-in person's address, when it is another one
	Now          time.Time
	// Connection is the login method that the invitation is for; zero for e-mail and password. Who just accepts goes
	// to its provider too, and confirms by it that the account there is theirs.
	Connection login.Method
}

// AsksNames tells whether whoever accepts gives their names: a new person always, a known one where the invitation
// was made without.
func (l Landing) AsksNames() bool {
	return l.Way == NewPassword || (l.Way == JustAccept || l.Way == Connected) && (l.Member.FirstName == "" || l.Member.LastName == "")
}

// AsksPhone tells whether whoever accepts gives a phone number: the organisation needs it of regular members, and
// the invitation was made without.
func (l Landing) AsksPhone() bool {
	return (l.Way == NewPassword || l.Way == JustAccept || l.Way == Connected) && l.Organisation.PhoneRequired && l.Member.Kind == roster.Regular && l.Member.Phone == ""
}

// profile gives what the member's will be, of what is asked for and what the invitation says.
func (l Landing) profile(a Acceptance) roster.Profile {
	p := roster.Profile{FirstName: l.Member.FirstName, LastName: l.Member.LastName, Phone: l.Member.Phone}
	if l.AsksNames() {
		p.FirstName, p.LastName = a.FirstName, a.LastName
	}
	if l.AsksPhone() {
		p.Phone = a.Phone
	}
	return p
}

// Landing shows an invitation to the holder of its secret; it changes nothing. Kinds: NotFound for an
// unknown secret, Gone for a dead one, saying why.
func (r *Room) Landing(ctx context.Context, org roster.OrgID, key string) (Landing, error) {
	return action.Look(ctx, r.gate, act.InvitationShow, func(ctx context.Context, rd store.Reader) (Landing, error) {
		found, err := orgdb.ByName(ctx, rd, string(org))
		if err != nil {
			return Landing{}, err
		}
		return landing(ctx, rd, found.Value, key)
	})
}

// Opened notes that an invitation's page was shown, at most once a minute. It uses nothing up, and tells only that
// somebody or something opened it: scanners of mails do too.
func (r *Room) Opened(ctx context.Context, l Landing) error {
	if l.Now.Sub(l.Invitation.OpenedAt) < time.Minute {
		return nil
	}
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		return invitationdb.Opened(ctx, tx, l.Member.Org, l.Invitation)
	})
}

func landing(ctx context.Context, rd store.Reader, o roster.Organisation, key string) (Landing, error) {
	l, org := Landing{Organisation: o}, o.ID
	link, err := invitationdb.LinkByHash(ctx, rd, org, secret.Hash(key))
	if err != nil {
		return l, err
	}
	if !link.OK {
		return l, roster.Errorf(roster.NotFound, "invitation_unknown", "This link is not complete or was never valid. Copy the whole link from the letter.")
	}
	i, err := invitationdb.ByGeneration(ctx, rd, org, link.Value.Member, link.Value.Generation)
	if err != nil {
		return l, err
	}
	m, err := memberdb.ByID(ctx, rd, org, link.Value.Member)
	if err != nil {
		return l, err
	}
	if l.Now, err = rd.Now(ctx); err != nil {
		return l, err
	}
	l.Member, l.Invitation, l.ByMail = m.Value, i.Value, link.Value.ByMail
	if err := cmp.Or(i.Value.Usable(l.Now), o.Open(), policy.Reach(o, roster.ActorFrom(ctx))); err != nil {
		return l, err
	}
	if err := l.comes(ctx, rd); err != nil {
		return l, err
	}
	return l, l.chooseWay(ctx, rd, org)
}

// chooseWay decides how the holder can come in. That an address has an account elsewhere is told only
// to who proved to own it: the holder of a mailed secret.
func (l *Landing) chooseWay(ctx context.Context, rd store.Reader, org roster.OrgID) error {
	actor := roster.ActorFrom(ctx)
	p, err := persondb.ByID(ctx, rd, actor.Person)
	if err != nil {
		return err
	}
	// What another organisation's provider says of somebody accepts nothing here.
	if to, is := roster.Confined(p.Value, actor.Proofs); actor.Person != "" && (!is || slices.Contains(to, org)) {
		fits := p.OK && p.Value.Email.Folded == l.Member.Email.Folded && (p.Value.ManagedBy == "" || p.Value.ManagedBy == org)
		if l.Way = JustAccept; !fits {
			l.Way, l.SignedInAs = WrongPerson, p.Value.Email.Typed
		}
		return nil
	}
	if l.Connection.ID != "" {
		l.Way = Connected
		return nil
	}
	l.Way = NewPassword
	p, err = l.known(ctx, rd, org)
	if err != nil || !p.OK {
		if err == nil && l.ByMail {
			err = mailboxdb.Free(ctx, rd, l.Member.Email, l.Now)
		}
		return err
	}
	way, err := credentialdb.Password(ctx, rd, p.Value.ID)
	if way.OK {
		l.Way = SignInFirst
	}
	return err
}

// known finds the person that accepting without a session would be for.
func (l *Landing) known(ctx context.Context, rd store.Reader, org roster.OrgID) (store.Found[roster.Person], error) {
	if l.ByMail {
		return persondb.ByAddress(ctx, rd, "", l.Member.Email.Folded)
	}
	return persondb.ByAddress(ctx, rd, org, l.Member.Email.Folded)
}

// Acceptance is what the holder of an invitation fills in; a signed-in person needs no password.
type Acceptance struct {
	Org       roster.OrgID
	Secret    string
	FirstName string // where AsksNames
	LastName  string
	Phone     string // where AsksPhone
	Password  string
	Repeat    string
}

// Accepted is a membership that began.
type Accepted struct {
	Organisation roster.Organisation
	Member       roster.Member
}

// Accept makes the invited member a person's: the signed-in one's with the same address, or a new
// person's with the password given. Kinds: Gone for a dead link, Invalid for names and password, Conflict
// (invitation_other_address), Unauthenticated (sign_in_to_accept).
func (r *Room) Accept(ctx context.Context, a Acceptance) (Accepted, error) {
	l, err := r.Landing(ctx, a.Org, a.Secret)
	if err == nil {
		err = l.unconnected()
	}
	if err != nil {
		return Accepted{}, err
	}
	hash := ""
	if l.Way == NewPassword {
		if hash, err = r.newPassword(ctx, a, l); err != nil {
			return Accepted{}, err
		}
	}
	actor := roster.ActorFrom(ctx)
	actor.Kind, actor.Organisation, actor.Member, actor.Name = roster.ActorInvitee, l.Organisation.ID, l.Member.ID, l.Member.Label()
	return action.Do(roster.WithActor(ctx, actor), r.gate, act.InvitationAccept, l.Member.Ref(), func(ctx context.Context, tx *store.Tx) (Accepted, error) {
		now, err := landing(ctx, tx, tx.Organisation(), a.Secret)
		if err == nil {
			err = now.unconnected()
		}
		if err != nil {
			return Accepted{}, err
		}
		p, err := now.person(ctx, tx, hash)
		if err != nil {
			return Accepted{}, err
		}
		m, err := now.join(ctx, tx, p, a)
		return Accepted{tx.Organisation(), m}, err
	})
}

// newPassword checks names and password, all at once, and hashes the password outside any transaction.
func (r *Room) newPassword(ctx context.Context, a Acceptance, l Landing) (string, error) {
	var bad roster.Problems
	_, err := l.profile(a).Clean(roster.Regular, l.AsksPhone())
	bad.Join(err)
	bad.Join(secret.CheckTwice(a.Password, a.Repeat, l.Personal(a.FirstName, a.LastName)...))
	if err := bad.Err(); err != nil {
		return "", err
	}
	return r.hasher.Hash(ctx, a.Password)
}

// Personal gives what a password must not be built from.
func (l Landing) Personal(names ...string) []string {
	return append(names, l.Member.Email.Typed, l.Organisation.Name, l.Member.FirstName, l.Member.LastName)
}

// person gives the person who accepts: as the transaction sees it, not as the page did.
func (l Landing) person(ctx context.Context, tx *store.Tx, hash string) (roster.Person, error) {
	switch l.Way {
	case WrongPerson:
		return roster.Person{}, roster.Errorf(roster.Conflict, "invitation_other_address",
			"This invitation is for %s. The account %s that you are signed in to cannot accept it. Sign out and come back by the link.", l.Member.Email.Typed, l.SignedInAs)
	case SignInFirst:
		return roster.Person{}, roster.Errorf(roster.Unauthenticated, "sign_in_to_accept", "Sign in as %s to accept this invitation.", l.Member.Email.Typed)
	case JustAccept:
		p, err := persondb.Lock(ctx, tx, roster.ActorFrom(ctx).Person)
		if err != nil {
			return p.Value, err
		}
		way, err := credentialdb.Password(ctx, tx, p.Value.ID)
		if err == nil && !way.OK { // their last membership ended this very moment, and with it their ways in
			err = store.ErrStale()
		}
		if err == nil {
			err = memberdb.Alone(ctx, tx, l.Organisation, p.Value.ID)
		}
		return p.Value, err
	}
	if hash == "" {
		return roster.Person{}, store.ErrStale()
	}
	return l.newPerson(ctx, tx, hash)
}

// newPerson makes a person, or takes up one whose last membership ended and with it their ways in.
func (l Landing) newPerson(ctx context.Context, tx *store.Tx, hash string) (roster.Person, error) {
	found, err := l.known(ctx, tx, tx.Org())
	if err != nil {
		return found.Value, err
	}
	p := found.Value
	if !found.OK {
		p = roster.Person{ID: roster.NewPersonID(), Email: l.Member.Email, CreatedAt: tx.At()}
		if !l.ByMail {
			p.ManagedBy = tx.Org()
		}
		made, err := persondb.Insert(ctx, tx, p)
		if err != nil {
			return p, err
		}
		if !made {
			return p, store.ErrStale()
		}
	} else if _, err := persondb.Lock(ctx, tx, p.ID); err != nil {
		return p, err
	}
	way, err := credentialdb.Password(ctx, tx, p.ID)
	if err != nil {
		return p, err
	}
	if way.OK {
		return p, store.ErrStale()
	}
	return p, credentialdb.SetPassword(ctx, tx, p.ID, roster.Password{Hash: hash})
}

// join makes the member the person's, uses the invitation up and, for the first Owner, begins rule 5.
func (l Landing) join(ctx context.Context, tx *store.Tx, p roster.Person, a Acceptance) (roster.Member, error) {
	was := l.Member
	now, err := was.Accept(p.ID, l.ByMail, tx.At())
	if err != nil {
		return now, err
	}
	if l.AsksNames() || l.AsksPhone() {
		if now, err = now.Edit(l.profile(a), l.AsksPhone()); err != nil {
			return now, err
		}
	}
	if now, err = memberdb.Update(ctx, tx, was, now); err != nil {
		return now, err
	}
	if err := invitationdb.End(ctx, tx, now.Ref(), l.Invitation, l.Invitation.Ended(roster.InvitationAccepted, tx.At())); err != nil {
		return now, err
	}
	if err := jobdb.Cancel(ctx, tx, tx.Org(), string(was.ID)); err != nil {
		return now, err
	}
	if err := leaveOut(ctx, tx, now); err != nil {
		return now, err
	}
	if err := newsdb.Tell(ctx, tx, tx.Org(), roster.MemberID(l.Invitation.Inviter), bulletin.NewsAccepted, string(now.ID)); err != nil {
		return now, err
	}
	return now, accepted(ctx, tx)
}

// accepted begins rule 5 in an organisation once its first Owner can sign in.
func accepted(ctx context.Context, tx *store.Tx) error {
	if !tx.Organisation().AcceptedAt.IsZero() {
		return nil
	}
	owner, err := roledb.HasOwner(ctx, tx, tx.Org())
	if err != nil || !owner {
		return err
	}
	return orgdb.Accepted(ctx, tx)
}

// leaveOut takes the grants that whoever gave them could not give any more (design page 1, rule 1). The
// history's line shows them.
func leaveOut(ctx context.Context, tx *store.Tx, m roster.Member) error {
	over, err := action.Overtaken(ctx, tx, m.ID)
	if err != nil {
		return err
	}
	for _, g := range over {
		if err := roledb.Take(ctx, tx, m, g); err != nil {
			return err
		}
	}
	return nil
}
