package connect

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/signin"
	"roster/internal/login"
	"roster/internal/policy"
	"roster/internal/relying"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// Back is a browser that came back.
type Back struct {
	Base   *url.URL
	Method string // of the path that it came to
	State  string
	Flow   string // what it left with
	relying.Back
	Agent string
}

// Returned is what became of it. Purpose, Slug and Method are known as soon as the browser proved that it is the one
// that left, whatever went wrong afterwards.
type Returned struct {
	Purpose  Purpose
	Slug     string // the organisation's
	Method   login.Method
	Next     string
	Signed   signin.Signed   // of a sign-in, an acceptance, and a confirmation
	Accepted signin.Accepted // of an acceptance
	Claim    string          // the name of the claim that is the identifier
	Claims   []relying.Claim // of a test: what the provider said
	Proven   login.Proven    // likewise
}

// over is the answer to a browser that did not leave, is late, or came back before.
func over() error {
	return roster.Errorf(roster.Denied, "login_flow_over", "This sign-in was begun in another browser, took longer than ten minutes, or was finished before. Begin it again.")
}

// Return finishes what a browser left for. Each leaving is good for one return, by the same browser, at the same
// connection, within ten minutes. Kinds: Denied (login_flow_over, identifier_mismatch, provider_untrusted,
// provider_refused, identifier_missing), Conflict (method_not_ready), Unavailable (provider_unreachable), and for
// invitations those of signin.AcceptBy; for confirmations Denied (other_account, signed_in_long_ago) and Unauthenticated
// (session_over).
func (r *Room) Return(ctx context.Context, b Back) (Returned, error) {
	f, now, err := r.resume(ctx, b)
	if err != nil {
		return Returned{}, err
	}
	back := Returned{Purpose: f.Purpose, Slug: f.Slug, Next: f.Next}
	m, err := action.Look(ctx, r.gate, act.ConnectionStart, func(ctx context.Context, rd store.Reader) (login.Method, error) {
		return find(ctx, rd, f.Org, f.Method)
	})
	if err != nil {
		return back, err
	}
	back.Method, back.Claim = m, m.Connection.IdentifierClaim
	back.Method.Connection = login.Connection{}
	if err := f.still(m, roster.ActorFrom(ctx)); err != nil {
		return back, err
	}
	to, err := r.provider(b.Base, m)
	if err != nil {
		return back, err
	}
	answer, err := r.party.Complete(ctx, to, f.Flow, b.Back, now)
	if f.Purpose == ToTest {
		back.Claims = answer.Claims
	}
	if err != nil {
		return back, err
	}
	answer.Proven.Method = m.ID
	back.Proven = answer.Proven
	switch f.Purpose {
	case ToTest:
		return back, r.tested(ctx, m)
	case ToConfirm:
		back.Signed, err = r.confirmed(ctx, m, answer.Proven)
		return back, err
	case ToAccept:
		if back.Accepted, err = r.signIn.AcceptBy(ctx, f.Accept, answer.Proven); err != nil {
			return back, err
		}
	}
	back.Signed, err = r.start(ctx, m, answer.Proven, b.Agent)
	return back, err
}

// resume opens what the browser left with, and uses it up.
func (r *Room) resume(ctx context.Context, b Back) (flow, time.Time, error) {
	var f flow
	plain, err := r.key.Open(sealing, b.Flow)
	if err != nil || json.Unmarshal(plain, &f) != nil {
		return f, time.Time{}, over()
	}
	now, err := r.now(ctx)
	switch {
	case err != nil:
		return f, now, err
	case !now.Before(f.Until) || f.Method != b.Method || !secret.Equal(f.State, b.State):
		return f, now, over()
	}
	err = action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		first, err := methoddb.Use(ctx, tx, f.Org, secret.Hash(f.State), f.Until)
		if err == nil && !first {
			err = over()
		}
		return err
	})
	return f, now, err
}

// still tells whether a method is what the browser left by, and whether who came back is who left.
func (f flow) still(m login.Method, actor roster.Actor) error {
	switch {
	case f.Revision != m.Revision:
		return roster.Errorf(roster.Conflict, "method_not_ready", "%s was changed while you were there. Begin again.", m.Name)
	case f.Purpose != ToTest && m.Ready() != nil:
		return m.Ready()
	case f.Purpose != ToSignIn && (f.Session != actor.Session || f.Person != actor.Person):
		return over()
	}
	return nil
}

// tested keeps that a connection works as it is. Whether the organisation lets the session in and the right are asked again:
// either may be gone by now.
func (r *Room) tested(ctx context.Context, m login.Method) error {
	entered, err := r.enter(ctx, m.Org)
	if err != nil {
		return err
	}
	_, err = action.Do(roster.WithActor(ctx, entered), r.gate, act.MethodTest, m.Ref(), func(ctx context.Context, tx *store.Tx) (struct{}, error) {
		was, err := find(ctx, tx, tx.Org(), m.ID)
		if err != nil {
			return struct{}{}, err
		}
		if was.Revision != m.Revision {
			return struct{}{}, store.ErrStale()
		}
		now := was
		now.TestedAt = tx.At()
		_, err = methoddb.Update(ctx, tx, was, now)
		return struct{}{}, err
	})
	return err
}

// start begins the session of who is known by the provider's subject, and by the identifier that they were invited
// with. Who comes with a session of their own keeps what they proved in it, and its end.
func (r *Room) start(ctx context.Context, by login.Method, proven login.Proven, agent string) (signin.Signed, error) {
	m, err := r.known(ctx, by, proven)
	if err == nil && m.anew {
		err = r.bind(ctx, by, m.Member, proven)
	}
	if err != nil {
		return signin.Signed{}, err
	}
	was := roster.ActorFrom(ctx)
	actor := was
	actor.Kind, actor.Person, actor.Name = roster.ActorPerson, m.Person, m.Email.Typed
	key, set := secret.New(act.SessionPrefix), r.signIn.Settings()
	return action.Do(roster.WithActor(ctx, actor), r.gate, act.SessionStart, roster.RefPerson(m.Person), func(ctx context.Context, tx *store.Tx) (signin.Signed, error) {
		if _, err := persondb.Lock(ctx, tx, m.Person); err != nil {
			return signin.Signed{}, err
		}
		if err := m.stands(ctx, tx, by, proven); err != nil {
			return signin.Signed{}, err
		}
		s := roster.Session{
			ID: roster.NewID("ses_"), Person: m.Person, Agent: signin.AgentName(agent), IP: actor.IP, CreatedAt: tx.At(), SeenAt: tx.At(), ExpiresAt: tx.At().Add(set.Lifetime),
			Proofs: []roster.Proof{proofBy(by, proven.At, tx.At())},
		}
		if was.Person == m.Person && was.Session != "" {
			if err := carry(ctx, tx, was, &s); err != nil {
				return signin.Signed{}, err
			}
		}
		return signin.Signed{Session: s, Secret: key}, sessiondb.Insert(ctx, tx, s, secret.Hash(key))
	})
}

// proofBy is the proof that a connection's provider gave, of when it says that somebody signed in there, and when it came.
func proofBy(by login.Method, at, came time.Time) roster.Proof {
	return roster.Proof{Method: roster.ProofConnection, Connection: by.ID, Organisation: by.Org, At: at, Here: came}
}

// own refuses who comes by a connection that an administrator chose for a person of their own, unless it is from a session
// of theirs: that confirms that the account there is theirs. Kind: Denied (own_session_needed).
func own(was roster.Actor, m roster.Member, by login.Method) error {
	if _, confined := roster.Confined(roster.Person{}, was.Proofs); was.Session != "" && was.Person == m.Person && !confined {
		return nil
	}
	return roster.Errorf(roster.Denied, "own_session_needed", "You are to come in by %s from now on. Confirm that the account there is yours: sign in with your own password first, and then by %s.", by.Name, by.Name)
}

// stands holds that the connection lets people in, and that who was known when they came is known as the session begins: an
// administrator may have chosen another way in for them, which ended the sessions by this one.
func (c comer) stands(ctx context.Context, tx *store.Tx, by login.Method, proven login.Proven) error {
	now, err := methoddb.Hold(ctx, tx, by.Org, by.ID)
	if err != nil || now.Value.Ready() != nil {
		return cmp.Or(err, now.Value.Ready())
	}
	i, err := methoddb.Of(ctx, tx, by.Org, c.ID)
	if err == nil && i.Value.Unconfirmed {
		err = store.ErrStale()
	}
	if err != nil {
		return err
	}
	return proven.Fits(i.Value, by.Name, c.place)
}

// carry takes what was proved before over into a new session, with the end that it had, and ends the old one. What a portal's
// link proved stays behind: it ends with its link, which knows the old session.
func carry(ctx context.Context, tx *store.Tx, was roster.Actor, s *roster.Session) error {
	old, err := sessiondb.ByID(ctx, tx, was.Person, was.Session)
	if err != nil || !old.OK || !tx.At().Before(old.Value.ExpiresAt) {
		return err
	}
	s.Proofs = append(slices.DeleteFunc(old.Value.Proofs, func(p roster.Proof) bool {
		return p.Connection == s.Proofs[0].Connection || p.Method == roster.ProofPortal
	}), s.Proofs...)
	s.ExpiresAt = old.Value.ExpiresAt
	_, err = sessiondb.End(ctx, tx, was.Person, was.Session)
	return err
}

// comer is the member whom a provider's answer means.
type comer struct {
	roster.Member
	anew  bool   // they are recognised by their identifier, since the connection was changed or they are new to it
	place string // what the organisation is called
}

// known finds the member whom a provider's answer means: by its subject, or, where the connection was changed since
// they came in, by their identifier once more. Kind: Denied, code identifier_mismatch.
func (r *Room) known(ctx context.Context, by login.Method, proven login.Proven) (comer, error) {
	return action.Look(ctx, r.gate, act.ConnectionStart, func(ctx context.Context, rd store.Reader) (comer, error) {
		o, err := orgdb.ByName(ctx, rd, string(by.Org))
		if err == nil {
			err = policy.Reach(o.Value, roster.ActorFrom(ctx))
		}
		if err != nil {
			return comer{}, err
		}
		i, err := methoddb.BySubject(ctx, rd, by.Org, by.ID, proven.Subject)
		if err == nil && !i.OK {
			i, err = methoddb.ByIdentifier(ctx, rd, by.Org, by.ID, proven.Identifier)
		}
		if err != nil {
			return comer{}, err
		}
		if err := proven.Fits(i.Value, by.Name, o.Value.Name); err != nil {
			return comer{}, err
		}
		m, err := memberdb.ByID(ctx, rd, by.Org, i.Value.Member)
		if err == nil && m.Value.Person == "" {
			err = roster.Errorf(roster.Denied, "not_accepted", "You are invited to %s. Open the link in your invitation first: it leads to %s too.", o.Value.Name, by.Name)
		}
		return comer{m.Value, i.Value.Subject == "", o.Value.Name}, err
	})
}

// bind keeps the provider's own name for a member who is recognised by their identifier.
func (r *Room) bind(ctx context.Context, by login.Method, m roster.Member, proven login.Proven) error {
	was := roster.ActorFrom(ctx)
	actor := was
	actor.Kind, actor.Organisation, actor.Member, actor.Person, actor.Name = roster.ActorMember, by.Org, m.ID, m.Person, m.Label()
	_, err := action.Do(roster.WithActor(ctx, actor), r.gate, act.ConnectionBind, m.Ref(), func(ctx context.Context, tx *store.Tx) (struct{}, error) {
		i, err := methoddb.Of(ctx, tx, by.Org, m.ID)
		if err != nil {
			return struct{}{}, err
		}
		err = proven.Fits(i.Value, by.Name, tx.Organisation().Name)
		if err == nil && i.Value.Unconfirmed {
			err = own(was, m, by)
		}
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, methoddb.Bind(ctx, tx, m, by, proven.Subject)
	})
	return err
}
