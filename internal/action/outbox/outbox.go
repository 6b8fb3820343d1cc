// Package outbox is the room of letters on their way: what one says, the secret minted when it is sent,
// and the fate it met. It does not send; jobs does.
package outbox

import (
	"context"
	"encoding/json"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/invitationdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/jobdb/newsdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
)

// Invitation is the kind of jobs that send an invitation's letter.
const Invitation = "letter.invitation"

// Room holds the use cases of the outbox.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Waiting is a letter that waits, was refused or given up.
type Waiting = jobdb.Addressed

// Open gives the states of letters that are not done.
func Open() []jobdb.State {
	return append([]jobdb.State{jobdb.Waiting, jobdb.Running}, jobdb.Dead()...)
}

// Listing is letters of all organisations that are not done.
type Listing struct {
	Letters []Waiting
	Counts  map[jobdb.State]int // of all of them
}

// List gives letters that are not done, the next due first. For the operator.
func (r *Room) List(ctx context.Context, limit int) ([]Waiting, error) {
	return action.Look(ctx, r.gate, act.OutboxList, func(ctx context.Context, rd store.Reader) ([]Waiting, error) {
		return open(ctx, rd, Open(), limit)
	})
}

// In gives letters that are in some states of those that are not done, the next due first, and how many are in each. For the
// operator.
func (r *Room) In(ctx context.Context, states []jobdb.State, limit int) (Listing, error) {
	return action.Look(ctx, r.gate, act.OutboxList, func(ctx context.Context, rd store.Reader) (Listing, error) {
		counts, err := jobdb.CountOpen(ctx, rd)
		if err != nil {
			return Listing{}, err
		}
		all, err := open(ctx, rd, states, limit)
		return Listing{all, counts}, err
	})
}

func open(ctx context.Context, rd store.Reader, states []jobdb.State, limit int) ([]Waiting, error) {
	all, err := jobdb.Open(ctx, rd, states, limit)
	for i, w := range all {
		if w.Kind == Trial {
			all[i].To = w.About
		} else if w.Org == roster.Installation { // asked for by who cannot come in: it stands under the address that they gave
			var asked struct{ Address string }
			_ = json.Unmarshal([]byte(w.Payload), &asked)
			all[i].To = asked.Address
		}
	}
	return all, err
}

// Letter is one invitation about to be sent. Secret stands in the letter's link and nowhere else.
type Letter struct {
	Organisation roster.Organisation
	Member       roster.Member
	Invitation   roster.Invitation
	Secret       string
	Unwanted     bool     // nothing is to be sent: accepted, withdrawn or superseded meanwhile
	Languages    []string // to write it in, the best first: who gets it chose one, or who invites did
}

// Prepare mints the secret of a letter that is about to leave and keeps its hash. A letter is unwanted
// when its job was cancelled or claimed anew meanwhile. Kind: Gone after as many attempts as an
// invitation may have secrets.
func (r *Room) Prepare(ctx context.Context, j jobdb.Job) (Letter, error) {
	var l Letter
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		l = Letter{Secret: secret.New(act.InvitationPrefix)}
		held, err := l.address(ctx, tx, j)
		if err != nil {
			return err
		}
		i, err := invitationdb.Latest(ctx, tx, j.Org, roster.MemberID(j.About))
		if err != nil {
			return err
		}
		l.Invitation = i.Value
		if err := l.speak(ctx, tx); err != nil {
			return err
		}
		if l.Unwanted = !held || !i.OK || i.Value.Usable(tx.At()) != nil; l.Unwanted {
			return nil
		}
		n, err := invitationdb.CountLinks(ctx, tx, j.Org, i.Value.Member, i.Value.Generation)
		if err != nil {
			return err
		}
		if n >= roster.MaxLinks {
			return roster.Errorf(roster.Gone, "links_used_up", "The mail server left %d attempts unanswered. Resend the invitation to try again.", n)
		}
		return invitationdb.AddLink(ctx, tx.Tx, j.Org, invitationdb.Link{
			Hash: secret.Hash(l.Secret), Member: i.Value.Member, Generation: i.Value.Generation, ByMail: true,
		})
	})
	return l, err
}

// address fills in whom a job's letter is from and to, and tells whether the job is still the asker's.
func (l *Letter) address(ctx context.Context, tx store.Noter, j jobdb.Job) (held bool, err error) {
	if held, err = jobdb.Held(ctx, tx, j); err != nil {
		return false, err
	}
	org, err := orgdb.ByName(ctx, tx, string(j.Org))
	if err != nil {
		return false, err
	}
	m, err := memberdb.ByID(ctx, tx, j.Org, roster.MemberID(j.About))
	l.Organisation, l.Member = org.Value, m.Value
	return held, err
}

// Sent keeps that the mail server took a letter; the first time, the invitation's clock starts.
func (r *Room) Sent(ctx context.Context, j jobdb.Job, l Letter) error {
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		if err := invitationdb.Start(ctx, tx, j.Org, l.Invitation.Started(tx.At())); err != nil {
			return err
		}
		return jobdb.Finish(ctx, tx, j, jobdb.Done, tx.At(), "")
	})
}

// Failed keeps that a letter did not leave: forget its secret when that is certain, and try again
// after a while, or never. At the end of trying, the clock of an invitation starts even so when an
// attempt went unanswered: its letter may have arrived, and no link lasts for ever.
func (r *Room) Failed(ctx context.Context, j jobdb.Job, l Letter, f Failure) error {
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		if f.Certain && l.Secret != "" {
			if err := invitationdb.DropLink(ctx, tx, j.Org, secret.Hash(l.Secret)); err != nil {
				return err
			}
		}
		if f.State == jobdb.Refused || f.State == jobdb.GivenUp {
			if err := startIfOut(ctx, tx, j.Org, l.Invitation); err != nil {
				return err
			}
			if err := refused(ctx, tx, j, l); err != nil {
				return err
			}
		}
		return jobdb.Finish(ctx, tx, j, f.State, tx.At().Add(f.Again), f.Why)
	})
}

// refused lets the inviter be told that an invitation's letter did not arrive.
func refused(ctx context.Context, tx store.Noter, j jobdb.Job, l Letter) error {
	if j.Kind != Invitation {
		return nil
	}
	return newsdb.Tell(ctx, tx.Tx, j.Org, roster.MemberID(l.Invitation.Inviter), bulletin.NewsRefused, j.About)
}

// startIfOut starts the clock of an invitation of which a secret may have left.
func startIfOut(ctx context.Context, tx store.Noter, org roster.OrgID, i roster.Invitation) error {
	n, err := invitationdb.CountLinks(ctx, tx, org, i.Member, i.Generation)
	if err != nil || n == 0 {
		return err
	}
	return invitationdb.Start(ctx, tx, org, i.Started(tx.At()))
}

// Failure is why a letter did not leave and what follows.
type Failure struct {
	State   jobdb.State   // Waiting to try again, Refused or GivenUp
	Again   time.Duration // when, for Waiting
	Why     string        // in words for an administrator
	Certain bool          // the letter surely did not leave, so its secret is dead
}
