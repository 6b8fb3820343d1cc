// Package signin is the room at the door: sessions begin and end here, invitations are shown and
// accepted. It knows no cookie and no page.
package signin

import (
	"cmp"
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// Settings are how long sessions last.
type Settings struct {
	Lifetime time.Duration // from sign-in
	Idle     time.Duration // since last used
}

// Room holds the use cases of signing in.
type Room struct {
	gate   *action.Gate
	hasher *secret.Hasher
	key    *secret.Key
	set    Settings
}

// New makes the room. The key seals what is handed out between a given password and the chosen one.
func New(g *action.Gate, h *secret.Hasher, k *secret.Key, s Settings) *Room { return &Room{g, h, k, s} }

// Settings tells how long sessions last.
func (r *Room) Settings() Settings { return r.set }

// Try is one try to sign in.
type Try struct {
	Email        string
	Password     string
	Organisation string // a hint: the organisation whose managed person is meant, by ID or slug; or OperatorArea
	Agent        string // the browser, as it calls itself
	Device       string // the secret of its cookie, where somebody signed in there before
}

// OperatorArea is the hint that an operator's account is meant: no organisation is called so.
const OperatorArea = "/operator"

// Signed is a session that began, or one that goes on with another secret. Secret belongs in the cookie; only its
// hash is kept. Where the password must be changed first no session began, and Choice is what Choose asks for.
type Signed struct {
	Session roster.Session
	Secret  string
	Choice  string
	// Half is what the second step asks for, where the person has a second factor: no session began either.
	Half string
	// Device belongs in a cookie of its own, for as long as roster.DeviceLasts; empty where the browser has it.
	Device string
}

// wrong is the one answer to every failure.
func wrong() error {
	return roster.Errorf(roster.Unauthenticated, "wrong_credentials", "The e-mail address or the password is not right.")
}

// SignIn begins a session by address and password. Every failure (unknown, invited, wrong password) gives
// the same answer after the same work; only who proves a password that somebody else set learns that it must be
// changed, or was not used in time. Kinds: Unauthenticated (wrong_credentials), Denied (password_expired),
// Limited (too_many_tries), Unavailable when too many sign in at once.
func (r *Room) SignIn(ctx context.Context, t Try) (Signed, error) {
	if err := r.hasher.Open(); err != nil {
		return Signed{}, err
	}
	address, bad := roster.ParseEmail(t.Email)
	c, err := r.candidate(ctx, t, address)
	if err != nil {
		return Signed{}, err
	}
	on := device{held(t.Device), c.SeenAt}
	tries, err := r.reserve(ctx, triesOf(address.Folded, roster.ActorFrom(ctx).IP, c.Person.ID).on(on, c.Person.ID, c.now))
	if err != nil {
		return Signed{}, err
	}
	if bad != nil || c.Password.Hash == "" {
		if err := r.hasher.Decoy(ctx, t.Password); err != nil {
			return Signed{}, err
		}
		return Signed{}, wrong()
	}
	ok, rehash, err := r.hasher.Verify(ctx, t.Password, c.Password.Hash)
	if err != nil {
		return Signed{}, err
	}
	if !ok {
		return Signed{}, wrong()
	}
	if c.Password.MustChange() {
		return r.offer(c)
	}
	better := ""
	if rehash {
		if better, err = r.hasher.Hash(ctx, t.Password); err != nil {
			return Signed{}, err
		}
	}
	return r.start(ctx, beginning{agent: t.Agent, device: on, person: c.Person, given: c.Password.Hash, better: better, tries: tries})
}

// candidate is the one person that a try means.
type candidate struct {
	persondb.Meant
	now time.Time
}

// candidate finds who is meant: the hinted organisation's managed person, else the own person, else the one managed
// person there is. Of several nobody is meant: they come by their organisations' own sign-in addresses.
func (r *Room) candidate(ctx context.Context, t Try, address roster.Email) (candidate, error) {
	return action.Look(ctx, r.gate, act.SessionCheck, func(ctx context.Context, rd store.Reader) (candidate, error) {
		var o store.Found[roster.Organisation]
		var err error
		switch t.Organisation {
		case "":
		case OperatorArea:
			o.Value.ID = roster.Installation
		default:
			if o, err = orgdb.ByName(ctx, rd, t.Organisation); err != nil {
				return candidate{}, err
			}
		}
		m, err := persondb.Candidate(ctx, rd, persondb.Meaning{Org: o.Value.ID, Folded: address.Folded, Device: device{secret: held(t.Device)}.hash()})
		return candidate{m, action.Moment(ctx)}, err
	})
}

// beginning is a session that is about to begin.
type beginning struct {
	agent, ip     string
	device        device
	person        roster.Person
	given, better string // the hash of the password that was right, and a better one
	tries         tries
}

// start keeps the session, if the password is still the one that was verified. Where the person has a second factor
// none begins, and the second step is asked for.
func (r *Room) start(ctx context.Context, b beginning) (Signed, error) {
	actor := roster.ActorFrom(ctx)
	actor.Kind, actor.Person, actor.Name = roster.ActorPerson, b.person.ID, b.person.Email.Typed
	ctx, b.ip = roster.WithActor(ctx, actor), actor.IP
	half := false
	signed, err := action.Do(ctx, r.gate, act.SessionStart, roster.RefPerson(b.person.ID), func(ctx context.Context, tx *store.Tx) (Signed, error) {
		var err error
		if half, err = b.verified(ctx, tx); err != nil || half {
			return Signed{}, err
		}
		s, err := r.begin(ctx, tx, b, roster.Proof{Method: roster.ProofPassword, At: tx.At()})
		if err != nil {
			return Signed{}, err
		}
		return s, forgive(ctx, tx, b.tries)
	})
	if err == nil && half {
		b.given = cmp.Or(b.better, b.given)
		return r.halve(ctx, b)
	}
	return signed, err
}

// verified looks, under the person's lock, whether the password is still the one that was right, and keeps the better
// hash of it. It tells whether the person has a second factor, so that the password is half of what is asked for.
func (b *beginning) verified(ctx context.Context, tx *store.Tx) (half bool, err error) {
	now, err := credentialdb.Locked(ctx, tx, b.person.ID)
	if err != nil {
		return false, err
	}
	if now.Value.Hash != b.given {
		return false, wrong()
	}
	if b.better == "" {
		return now.Value.Second, nil
	}
	return now.Value.Second, credentialdb.Rehash(ctx, tx, b.person.ID, b.better)
}

// begin begins the session with its proofs, and keeps that the person signed in on the device.
func (r *Room) begin(ctx context.Context, tx *store.Tx, b beginning, proofs ...roster.Proof) (Signed, error) {
	s := roster.Session{
		ID: roster.NewID("ses_"), Person: b.person.ID, Proofs: proofs, Agent: clip(b.agent, 300),
		IP: b.ip, CreatedAt: tx.At(), SeenAt: tx.At(), ExpiresAt: tx.At().Add(r.set.Lifetime),
	}
	begun := Signed{Session: s, Secret: secret.New(act.SessionPrefix)}
	err := sessiondb.Insert(ctx, tx, s, secret.Hash(begun.Secret))
	if err == nil {
		begun.Device, err = b.remember(ctx, tx)
	}
	return begun, err
}

// clip gives a browser's name for itself, cut to n characters; empty when it is no text.
func clip(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		s = string(runes[:n])
	}
	clean, err := roster.CleanText(s, n)
	if err != nil {
		return ""
	}
	return clean
}

// Check finds the session of a cookie's secret, and notes at most once a minute that it was used. Kind:
// Unauthenticated when there is none or its time is over.
func (r *Room) Check(ctx context.Context, key string) (roster.Session, error) {
	var now time.Time
	s, err := action.Look(ctx, r.gate, act.SessionCheck, func(ctx context.Context, rd store.Reader) (roster.Session, error) {
		found, err := sessiondb.ByHash(ctx, rd, secret.Hash(key))
		if err != nil {
			return found.Value, err
		}
		s := found.Value
		now = action.Moment(ctx)
		if !found.OK || !now.Before(s.ExpiresAt) || now.Sub(s.SeenAt) >= r.set.Idle {
			return s, roster.Errorf(roster.Unauthenticated, "session_over", "Your session is over. Sign in again.")
		}
		return s, nil
	})
	if err != nil || now.Sub(s.SeenAt) < time.Minute {
		return s, err
	}
	// That a visit could not be noted does not change the answer: the next one is noted.
	_ = action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error { return sessiondb.Seen(ctx, tx, s.ID) })
	return s, nil
}

// Self is a signed-in person with their organisations and sessions.
type Self struct {
	Person      roster.Person
	Memberships []memberdb.Membership
	Sessions    []roster.Session
}

// Me gives the actor's own person. Kind: Unauthenticated.
func (r *Room) Me(ctx context.Context) (Self, error) {
	return action.Look(ctx, r.gate, act.MeShow, r.self)
}

// Sessions gives the same to people alone. Kinds: Unauthenticated, Denied (people_only).
func (r *Room) Sessions(ctx context.Context) (Self, error) {
	return action.Look(ctx, r.gate, act.MeSessions, r.self)
}

func (r *Room) self(ctx context.Context, rd store.Reader) (Self, error) {
	actor := roster.ActorFrom(ctx)
	p, err := persondb.ByID(ctx, rd, actor.Person)
	if err != nil {
		return Self{}, err
	}
	self := Self{Person: p.Value}
	if self.Memberships, err = memberdb.OfPerson(ctx, rd, actor.Person); err != nil {
		return self, err
	}
	self.Sessions, err = sessiondb.Of(ctx, rd, actor.Person, action.Moment(ctx), r.set.Idle)
	return self.confined(actor), err
}

// confined gives of a person what a session may know that a connection alone proved.
func (s Self) confined(actor roster.Actor) Self {
	to, is := roster.Confined(s.Person, actor.Proofs)
	if !is {
		return s
	}
	s.Person.Preferences = roster.Preferences{}
	s.Memberships = slices.DeleteFunc(s.Memberships, func(m memberdb.Membership) bool { return !slices.Contains(to, m.Org) })
	s.Sessions = slices.DeleteFunc(s.Sessions, func(o roster.Session) bool { return o.ID != actor.Session })
	return s
}

// End ends one of the actor's own sessions; empty for all but the present one, and then no device is known any more but
// the one that shows its cookie's secret. Kinds: NotFound; Denied for others of a session that a connection alone proved.
func (r *Room) End(ctx context.Context, id, shown string) error {
	actor := roster.ActorFrom(ctx)
	_, err := action.Do(ctx, r.gate, act.SessionEnd, roster.RefPerson(actor.Person), func(ctx context.Context, tx *store.Tx) (struct{}, error) {
		if id != actor.Session {
			p, err := persondb.ByID(ctx, tx, actor.Person)
			if err != nil {
				return struct{}{}, err
			}
			if _, is := roster.Confined(p.Value, actor.Proofs); is {
				return struct{}{}, roster.Errorf(roster.Denied, "own_proof_needed", "Sign in with a password of your own to end your other sessions.")
			}
		}
		if id == "" {
			if err := credentialdb.Forget(ctx, tx, actor.Person, device{secret: held(shown)}.hash()); err != nil {
				return struct{}{}, err
			}
			return struct{}{}, sessiondb.EndAll(ctx, tx, actor.Person, actor.Session)
		}
		ended, err := sessiondb.End(ctx, tx, actor.Person, id)
		if err == nil && !ended {
			err = store.ErrNone("session")
		}
		return struct{}{}, err
	})
	return err
}
