package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/org"
	"roster/internal/action/outbox"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// Demo is a sample organisation and the visitor's own way in: an invitation as Owner that works once.
type Demo struct {
	Organisation roster.Organisation
	Visitor      roster.Member
	Path         string // of the visitor's link
}

// SeedDemo fills an empty database with a sample organisation: members of every kind and status, and
// a history of sixty days that ends at now. Every line of it was made by a use case; only the clock is
// turned back. Nobody knows the sample people's passwords, so they are hashed cheaply; the visitor's
// own is not made here.
func SeedDemo(ctx context.Context, database string, now time.Time) (Demo, error) {
	s := &stage{now: now.UTC().Truncate(time.Microsecond), cast: map[string]*player{}, units: map[string]roster.UnitID{}}
	s.clock = s.now
	h, err := Open(ctx, Settings{Database: database, Hashing: secret.Params{MemoryKiB: 64, Time: 1, Threads: 1}, Clock: func() time.Time { return s.clock }})
	if err != nil {
		return Demo{}, err
	}
	s.House = h
	demo, err := s.play(ctx)
	return demo, errors.Join(err, h.Close())
}

// stage is where the sample organisation's past is played, act by act.
type stage struct {
	*House
	now    time.Time
	clock  time.Time
	org    roster.Organisation
	cast   map[string]*player
	scenes []scene
	units  map[string]roster.UnitID // by the names they have in the play
}

// player is a sample member as the play goes on.
type player struct {
	sample
	member   roster.Member
	password string // random; forgotten at the end
	secret   string // of the letter or the API user
}

// scene is one thing that happens at a moment.
type scene struct {
	at time.Time
	do func(context.Context) error
}

// at plans a scene so long before now.
func (s *stage) at(before time.Duration, do func(context.Context) error) {
	s.scenes = append(s.scenes, scene{s.now.Add(-before), do})
}

func (s *stage) play(ctx context.Context) (Demo, error) {
	if err := s.found(ctx); err != nil {
		return Demo{}, fmt.Errorf("demo: %w", err)
	}
	for i, sample := range samples() {
		r := &player{sample: sample}
		s.cast[r.key()] = r
		s.plan(r, i)
	}
	s.fleet()
	s.slips()
	slices.SortStableFunc(s.scenes, func(a, b scene) int { return a.at.Compare(b.at) })
	for _, a := range s.scenes {
		s.clock = a.at
		if err := a.do(ctx); err != nil {
			return Demo{}, fmt.Errorf("demo: at %s: %w", a.at.Format(time.DateTime), err)
		}
	}
	s.clock = s.now
	return s.welcome(ctx)
}

// found makes the organisation and lets its first Owner in, by the printed link.
func (s *stage) found(ctx context.Context) error {
	s.clock = s.now.Add(-60 * day)
	cli := roster.WithActor(ctx, roster.Actor{Kind: roster.ActorCLI, Name: "Command line", Door: roster.DoorCLI})
	if err := s.product(cli); err != nil {
		return err
	}
	owner := &player{sample: founder()}
	founded, err := s.Orgs.Create(cli, org.Founding{Name: "Lanternway Freight", Plan: roster.PlanUnlimited, Owner: owner.email()})
	if err != nil {
		return err
	}
	s.org, owner.secret = founded.Organisation, founded.Link
	s.cast[owner.key()] = owner
	s.at(60*day-20*time.Minute, s.accept(owner))
	s.at(12*time.Minute, s.visit(owner))
	return nil
}

// welcome invites the visitor as Owner and makes their link.
func (s *stage) welcome(ctx context.Context) (Demo, error) {
	ctx = s.as(ctx, founder().key())
	v, err := s.Team.Invite(ctx, team.Invitation{
		Email: "you@example.com", Profile: roster.Profile{FirstName: "Demo", LastName: "Visitor"},
		Grants: team.RoleGivings(roster.RoleOwner), Message: "Welcome aboard! Look around; it is all made up.",
	})
	if err != nil {
		return Demo{}, fmt.Errorf("demo: %w", err)
	}
	linked, err := s.Team.Link(ctx, v.ID)
	if err != nil {
		return Demo{}, fmt.Errorf("demo: %w", err)
	}
	return Demo{Organisation: s.org, Visitor: linked.View.Member, Path: act.InvitationPath(s.org.ID, linked.Secret)}, nil
}

// as puts a sample member into the context, on the dashboard.
func (s *stage) as(ctx context.Context, key string) context.Context {
	r := s.cast[key]
	return roster.WithActor(ctx, roster.Actor{
		Kind: roster.ActorMember, Organisation: s.org.ID, Member: r.member.ID, Person: r.member.Person, Name: r.member.Label(),
		Door: roster.DoorDashboard, Request: roster.NewID("req_"), IP: r.ip(),
	})
}

// nobody puts a sample member's browser into the context, not signed in yet.
func (s *stage) nobody(ctx context.Context, r *player) context.Context {
	return roster.WithActor(ctx, roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, Request: roster.NewID("req_"), IP: r.ip()})
}

// invite is the act of inviting a member.
func (s *stage) invite(r *player) func(context.Context) error {
	return func(ctx context.Context) error {
		v, err := s.Team.Invite(s.as(ctx, r.inviter), team.Invitation{
			Kind: r.kind(), Unit: string(s.units[r.unit]), Email: r.email(), Profile: roster.Profile{FirstName: r.first, LastName: r.last, Phone: r.phone},
			Grants: team.RoleGivings(r.roles...), StartBlocked: r.fate == startBlocked || r.fate == startBlockedIn,
		})
		r.member = v.Member
		return err
	}
}

// deliver is the act of a mail server that takes, or refuses, every letter that is due.
func (s *stage) deliver(refused string) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx = roster.WithActor(ctx, roster.Actor{Kind: roster.ActorSystem, Name: "Roster", Door: roster.DoorJobs})
		var jobs []jobdb.Job
		err := action.Note(ctx, s.Gate, func(ctx context.Context, tx store.Noter) (err error) {
			jobs, err = jobdb.Claim(ctx, tx, []string{outbox.Invitation}, 10, time.Minute)
			return err
		})
		if err != nil {
			return err
		}
		for _, j := range jobs {
			l, err := s.Outbox.Prepare(ctx, j)
			if err != nil {
				return err
			}
			if refused != "" {
				err = s.Outbox.Failed(ctx, j, l, outbox.Failure{State: jobdb.Refused, Why: refused, Certain: true})
			} else {
				err = s.Outbox.Sent(ctx, j, l)
			}
			if err != nil {
				return err
			}
			if r := s.cast[strings.ToLower(l.Member.FirstName)]; r != nil {
				r.secret = l.Secret
			}
		}
		return nil
	}
}

// accept is the act of accepting an invitation with a password that nobody knows.
func (s *stage) accept(r *player) func(context.Context) error {
	return func(ctx context.Context) error {
		r.password = secret.New("")
		done, err := s.SignIn.Accept(s.nobody(ctx, r), signin.Acceptance{
			Org: s.org.ID, Secret: r.secret, FirstName: r.first, LastName: r.last, Password: r.password, Repeat: r.password,
		})
		r.member = done.Member
		return err
	}
}

// visit is the act of signing in and looking at the dashboard.
func (s *stage) visit(r *player) func(context.Context) error {
	return func(ctx context.Context) error {
		signed, err := s.SignIn.SignIn(s.nobody(ctx, r), signin.Try{Email: r.email(), Password: r.password, Agent: r.agent()})
		if err != nil {
			return err
		}
		_, err = s.Orgs.Enter(roster.WithActor(ctx, roster.Actor{
			Kind: roster.ActorPerson, Person: signed.Session.Person, Session: signed.Session.ID, Proofs: signed.Session.Proofs, Door: roster.DoorDashboard, IP: r.ip(),
		}), s.org.Slug)
		return err
	}
}
