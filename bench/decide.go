package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/roster"
)

// atOnce is how many decisions are one step: a single one is too short for the clock.
const atOnce = 4096

// reachDecide is what design page 9 wants of a decision: at most three times the bare look-ups.
const reachDecide = 1.0 / 3

// decisions compares deciding with the bare look-ups of subject, permission and unit in Go maps. Cold is
// one question about each member after the processor's caches were filled with something else.
func decisions(ctx context.Context, b *bench, show func(line)) error {
	for _, members := range []int{10_000, 100_000} {
		d, err := newDecider(members)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("decide, %d members", members)
		l, err := b.compare(ctx, pair{name: name + ", warm", ours: d.side(d.decide), limit: d.side(d.lookUp), reach: reachDecide})
		if err != nil {
			return err
		}
		l.ours, l.limit = l.ours*atOnce, l.limit*atOnce
		show(l)
		show(d.cold(name+", cold", b.rounds))
		show(line{name: name + ", a change", figure: fmt.Sprintf("%.0f µs", d.change().Seconds()*1e6)})
		show(line{name: name + ", load", figure: fmt.Sprintf("%.0f ms, %d bytes a grant", 1000*d.load.Seconds(), d.size/uint64(d.snapshot.Grants()))})
	}
	return nil
}

// decider is an organisation, the questions asked about it, and the bare look-ups.
type decider struct {
	snapshot  *authz.Snapshot
	questions []authz.Question
	now       time.Time
	load      time.Duration
	size      uint64 // bytes on the heap, with all texts

	members     map[roster.MemberID]uint32
	permissions map[string]uint32
	units       map[roster.UnitID]uint32
}

func newDecider(members int) (*decider, error) {
	d := &decider{now: time.Now(), members: map[roster.MemberID]uint32{}, permissions: map[string]uint32{}, units: map[roster.UnitID]uint32{}}
	random := rand.New(rand.NewPCG(1, 2))
	catalogue, err := authz.NewCatalogue(1, fleet())
	if err != nil {
		return nil, err
	}
	before := heap()
	facts := crowd(catalogue, members, random)
	start := time.Now()
	d.snapshot = authz.NewSnapshot(catalogue, facts)
	d.load = time.Since(start)
	facts = authz.Facts{}
	d.size = heap() - before
	d.ask(random)
	return d, nil
}

// heap gives the bytes in use, with what nobody needs any more taken away.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// fleet declares some forty permissions in six scopes.
func fleet() authz.Declaration {
	var d authz.Declaration
	for _, area := range []string{"network", "provisioning", "customer", "billing", "device", "report"} {
		d.Scopes = append(d.Scopes, authz.Scope{Key: area, Name: area})
		for _, verb := range []string{"read", "write", "export", "suspend", "resume", "assign", "close"} {
			d.Permissions = append(d.Permissions, authz.Permission{Key: area + "." + verb, Scope: area, Kind: authz.Write, Name: area + " " + verb})
		}
	}
	return d
}

// crowd makes members with two grants each, a thousand roles and a thousand units three deep.
func crowd(c *authz.Catalogue, members int, random *rand.Rand) authz.Facts {
	const thousand = 1000
	var f authz.Facts
	for i := range thousand {
		u := roster.Unit{ID: roster.NewUnitID(), Kind: roster.Account, Name: fmt.Sprintf("Account %d", i), ExternalID: fmt.Sprintf("A-%06d", i)}
		if i >= 50 {
			u.Parent = f.Units[random.IntN(min(i, 250))].ID
		}
		r := roster.Role{ID: roster.NewRoleID(), Key: fmt.Sprintf("role-%d", i), Name: fmt.Sprintf("Role %d", i), Description: "One of many."}
		for _, p := range c.Permissions() {
			if random.IntN(3) == 0 {
				r.Permissions = append(r.Permissions, p.Key)
			}
		}
		for _, s := range c.Scopes() {
			if random.IntN(3) > 0 {
				r.Scopes = append(r.Scopes, s.Key)
			}
		}
		f.Units, f.Roles = append(f.Units, u), append(f.Roles, r)
	}
	for i := range members {
		m := authz.Subject{ID: roster.NewMemberID(), Kind: roster.Regular, Status: roster.Active, Email: fmt.Sprintf("person%d@example.com", i), ExternalID: fmt.Sprintf("P-%08d", i)}
		f.Members = append(f.Members, m)
		for range 2 {
			g := roster.Grant{Member: m.ID, Role: f.Roles[random.IntN(thousand)].ID}
			if random.IntN(4) > 0 {
				g.Unit = f.Units[random.IntN(thousand)].ID
			}
			if random.IntN(10) == 0 {
				g.Until = time.Now().Add(24 * time.Hour)
			}
			f.Grants = append(f.Grants, g)
		}
	}
	return f
}

// ask makes one question about each member, in no order; about half of them are allowed. The strings are
// copies, for a question never comes with the very ones that are kept.
func (d *decider) ask(random *rand.Rand) {
	units := slices.Collect(d.snapshot.Units())
	permissions := d.snapshot.Catalogue().Permissions()
	for i, u := range units {
		d.units[u.ID] = uint32(i)
	}
	for i, p := range permissions {
		d.permissions[p.Key] = uint32(i)
	}
	for m := range d.snapshot.Members() {
		q := authz.Question{Member: m.ID, Permission: permissions[random.IntN(len(permissions))].Key, Unit: units[random.IntN(len(units))].ID}
		if all := d.snapshot.Authority(m.ID, d.now).Effective(); random.IntN(2) == 0 && len(all) > 0 {
			one := all[random.IntN(len(all))]
			q.Permission = one.Permission
			if one.Unit != "" {
				q.Unit = one.Unit
			}
		}
		q.Member, q.Permission, q.Unit = roster.MemberID(strings.Clone(string(q.Member))), strings.Clone(q.Permission), roster.UnitID(strings.Clone(string(q.Unit)))
		d.members[m.ID] = uint32(len(d.members))
		d.questions = append(d.questions, q)
	}
	random.Shuffle(len(d.questions), func(i, j int) { d.questions[i], d.questions[j] = d.questions[j], d.questions[i] })
}

func (d *decider) decide(q *authz.Question) bool { return d.snapshot.Decide(*q, d.now) }

func (d *decider) lookUp(q *authz.Question) bool {
	m, member := d.members[q.Member]
	p, permission := d.permissions[q.Permission]
	u, unit := d.units[q.Unit]
	return member && permission && unit && m+p+u > 0
}

// side asks all questions over and over.
func (d *decider) side(answer func(*authz.Question) bool) side {
	next := 0
	return side{workers: 1, op: func(context.Context, int) error {
		yes := 0
		for range atOnce {
			if answer(&d.questions[next]) {
				yes++
			}
			if next++; next == len(d.questions) {
				next = 0
			}
		}
		if yes == 0 {
			return errors.New("every answer is no")
		}
		return nil
	}}
}

// change tells how long a snapshot takes to follow, when a member's grants change.
func (d *decider) change() time.Duration {
	const times = 1000
	start := time.Now()
	for i := range times {
		id := d.questions[i].Member
		d.snapshot = d.snapshot.With(authz.Delta{Seq: int64(i), Grants: map[roster.MemberID][]roster.Grant{id: d.snapshot.GrantsOf(id)}})
	}
	return time.Since(start) / times
}

// cold asks each question once, with the caches filled with something else before each round.
func (d *decider) cold(name string, rounds int) line {
	other := make([]uint64, 16<<20)
	once := func(answer func(*authz.Question) bool) float64 {
		for i := range other {
			other[i]++
		}
		questions := d.questions[:1000]
		start := time.Now()
		for i := range questions {
			answer(&questions[i])
		}
		return float64(len(questions)) / time.Since(start).Seconds()
	}
	var ours, limit, ratio []float64
	for range rounds {
		o, l := once(d.decide), once(d.lookUp)
		ours, limit, ratio = append(ours, o), append(limit, l), append(ratio, o/l)
	}
	return line{name: name, ours: median(ours), limit: median(limit), ratio: median(ratio), reach: reachDecide}
}
