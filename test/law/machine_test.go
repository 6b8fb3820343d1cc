package law_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"roster/internal/act"
	"roster/internal/action/decision"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/authz"
	"roster/internal/authz/question"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// machine tries acts in an organisation and holds what comes of each to what the model expects.
type machine struct {
	*stage
	t     *rapid.T
	c     *authz.Catalogue
	doors map[string]door
	tally map[string]int
}

// found makes an organisation with an Owner who has accepted.
func found(t rapid.TB, h *rostertest.House) *stage {
	t.Helper()
	s := &stage{t: t, h: h, rows: map[roster.MemberID]roster.Member{}, secrets: map[roster.MemberID]string{}}
	owner := roster.NewID("owner")
	made, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "House " + owner, Plan: roster.PlanPlayground, Owner: owner + "@example.com"})
	s.must(err)
	s.org = made.Organisation
	_, err = h.SignIn.Accept(h.As(roster.Actor{Kind: roster.ActorNobody}), signin.Acceptance{
		Org: s.org.ID, Secret: made.Link, FirstName: "Olga", LastName: "Owner", Password: rostertest.Password, Repeat: rostertest.Password,
	})
	s.must(err)
	s.connect()
	yes := true
	_, err = h.Orgs.Edit(s.root(), org.Edit{SecondSecrets: &yes})
	s.must(err)
	return s
}

// TestNobodyHandsOnWhatTheyDoNotHold tries random acts of random principals through every door. After each
// the organisation is what design page 1 says that it is, no more and no less: what is lawful succeeds, what
// is not is refused and changes nothing, and every decision from then on is as the model makes it.
func TestNobodyHandsOnWhatTheyDoNotHold(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		c, doors, tally := catalogue(t), ways(h), map[string]int{}
		doors["batch"] = batch{} // it opens for some acts alone
		organisations(h)
		rapid.Check(t, func(rt *rapid.T) {
			m := &machine{stage: found(rt, h), t: rt, c: c, doors: doors, tally: tally}
			m.now = m.read(c)
			m.furnish()
			rt.Repeat(map[string]func(*rapid.T){
				"an act":       func(*rapid.T) { m.try(m.drawPrincipal(), m.drawAct()) },
				"another act":  func(*rapid.T) { m.try(m.drawPrincipal(), m.drawAct()) },
				"one more act": func(*rapid.T) { m.try(m.drawPrincipal(), m.drawAct()) },
				"an awakening": func(*rapid.T) {
					if a, ok := m.drawAwakening(); ok {
						m.try(m.drawPrincipal(), a)
					}
				},
				"time goes by":  func(*rapid.T) { m.pass() },
				"an acceptance": func(*rapid.T) { m.accept() },
				"a late one":    func(*rapid.T) { m.acceptLate() },
				"acts at once":  func(*rapid.T) { m.together() },
			})
		})
		for _, line := range slices.Sorted(maps.Keys(tally)) {
			t.Logf("%-40s %d", line, tally[line])
		}
	})
}

// ways gives the doors of a house.
func ways(h *rostertest.House) map[string]door {
	w := newWire(h.Serve())
	return map[string]door{"room": room{}, "command line": room{roster.DoorCLI}, "API": rest{w}, "dashboard": page{w}}
}

// furnish fills the organisation as root, whom rule 1 does not bind.
func (m *machine) furnish() {
	root := principal{root: true}
	m.try(root, deed{name: act.UnitCreate, label: m.label()})
	for range rapid.IntRange(0, 4).Draw(m.t, "units") {
		m.try(root, m.complete(deed{name: act.UnitCreate}))
	}
	for range rapid.IntRange(1, 3).Draw(m.t, "roles") {
		m.try(root, m.complete(deed{name: act.RoleCreate}))
	}
	for range rapid.IntRange(3, 7).Draw(m.t, "members") {
		a := m.complete(deed{name: rapid.SampledFrom([]act.Name{act.MemberInvite, act.MemberInvite, act.APIUserCreate}).Draw(m.t, "kind")})
		if rapid.IntRange(0, 4).Draw(m.t, "of some standing") > 0 {
			a.grants, a.later = m.drawStanding(a.unit), false
		}
		m.try(root, a)
		if rapid.IntRange(0, 5).Draw(m.t, "accepted") > 0 {
			m.accept()
		}
	}
}

// try does an act through a door and judges what came of it.
func (m *machine) try(p principal, a deed) {
	m.t.Helper()
	name := m.drawDoor(p, a)
	enter(m.stage, m.doors[name], p, a)
	before := m.now
	want, why := before.expect(p, a)
	got := m.doors[name].try(m.stage, p, a)
	m.now = m.read(m.c)
	m.t.Logf("%s by %s, by the %s: %+v %q, expected %q", m.tell(a), m.called(p), name, got.done, got.code, why)
	switch id := m.made(before, a); {
	case beside(got):
		want = before
	case why != "" && got.done:
		m.t.Fatalf("passed, though: %s", why)
	case why == "" && !got.done:
		m.t.Fatalf("refused, though nothing stands against it: %s", got.text)
	default:
		want = want.named(id)
	}
	if diff := cmp.Diff(want.lines(), m.now.lines()); diff != "" {
		m.t.Fatalf("the organisation is another than expected: %s", diff)
	}
	m.learn(before, a, got)
	m.post()
	m.decide(m.now)
	what := string(a.name)
	if a.to != "" {
		what += " with hand-over"
	}
	m.tally[fmt.Sprintf("%s by the %s, done %v", what, name, got.done)]++
}

// together does some acts at once, of which the outcome must be that of some order one after the other.
func (m *machine) together() {
	m.t.Helper()
	all := make([]attempt, rapid.IntRange(2, 3).Draw(m.t, "acts"))
	for i := range all {
		t := &all[i]
		if t.p, t.a = m.drawPrincipal(), m.drawAct(); rapid.IntRange(0, 3).Draw(m.t, "of an invitation") == 0 {
			if a, ok := m.drawAcceptance(); ok {
				t.p, t.a = principal{}, a
			}
		}
		t.door = room{}
		if d := m.doors["API"]; rapid.Bool().Draw(m.t, "by the API") && d.opens(m.stage, t.p, t.a) {
			t.door = d
		}
		m.t.Logf("at once: %s by %s", m.tell(t.a), m.called(t.p))
	}
	m.race(m.c, all)
	m.decide(m.now)
	m.tally["acts at once"] += len(all)
}

// made gives the ID of what an act made; empty for nothing.
func (s *stage) made(before *world, a deed) string {
	for id, m := range s.rows {
		if _, was := before.members[id]; !was && (m.LastName == a.label || m.Name == a.label) && m.Status != roster.Removed {
			return string(id)
		}
	}
	for id, v := range s.now.roles {
		if _, was := before.roles[id]; !was && v.Name == a.label {
			return id
		}
	}
	for id, u := range s.now.units {
		if _, was := before.units[id]; !was && u.Name == a.label {
			return string(id)
		}
	}
	return ""
}

// beside tells whether an act was refused by what is no law: an invitation may be sent five times an hour.
func beside(got outcome) bool {
	return !got.done && (got.code == "too_many_invitations" || got.code == "too_many_letters" || got.code == "429")
}

// learn notes what an act told or ended.
func (s *stage) learn(before *world, a deed, got outcome) {
	if !got.done {
		return
	}
	if secret := clientSecret.FindString(got.text); secret != "" {
		s.secrets[roster.MemberID(s.made(before, a))] = secret
	}
	switch a.name {
	case act.MemberLink, act.MemberResend, act.MemberBlock, act.MemberRemove, act.InvitationAccept:
		s.kill(a.on)
	case act.MemberMethod:
		if before.open[a.on] && before.comes[a.on] != a.comes {
			s.kill(a.on)
		}
	}
	if a.name == act.MemberLink {
		s.links = append(s.links, &link{member: a.on, secret: linkSecret.FindString(got.text), copied: true})
	}
}

// decide asks everything there is to ask of the organisation, and holds the answers to the model.
func (m *machine) decide(w *world) {
	m.t.Helper()
	var asked []decision.Question
	var want []bool
	for _, id := range slices.Sorted(maps.Keys(m.rows)) {
		h := w.member(id)
		for _, u := range w.places() {
			for _, p := range w.permissions {
				var q decision.Question
				q.Subject.Type, q.Subject.ID, q.Action.Name = question.TypeIdentity, string(id), p.Key
				if q.Resource.Type, q.Resource.ID = question.TypeUnit, string(u); u == "" {
					q.Resource.Type, q.Resource.ID = question.TypeOrganisation, string(m.org.ID)
				}
				asked, want = append(asked, q), append(want, w.may(id, h, p.Key, u))
			}
		}
	}
	answers, err := m.h.Decisions.EvaluateAll(m.root(), decision.Batch{Questions: asked})
	m.must(err)
	for i, a := range answers {
		if q := asked[i]; a.Allowed != want[i] {
			m.t.Fatalf("may %s do %s at %s %s: %v, not %v", q.Subject.ID, q.Action.Name, q.Resource.Type, q.Resource.ID, a.Allowed, want[i])
		}
	}
}

// pass lets time go by, which changes nothing that is kept.
func (m *machine) pass() {
	before := m.now
	m.h.Clock.Pass(time.Duration(rapid.IntRange(1, 8).Draw(m.t, "quarters of an hour")) * 15 * time.Minute)
	m.now = m.read(m.c)
	m.t.Logf("it is %s", m.now.at.Format(time.DateTime))
	if diff := cmp.Diff(before.lines(), m.now.lines()); diff != "" {
		m.t.Fatalf("time changed something: %s", diff)
	}
	m.decide(m.now)
}

// accept takes up a link.
func (m *machine) accept() {
	if a, ok := m.drawAcceptance(); ok {
		m.try(principal{}, a)
	}
}

// acceptLate takes up an invitation whose giver has fallen meanwhile: blocked, removed or with less than before.
// The invitation is made first, out of what the giver holds, if nobody waits for one.
func (m *machine) acceptLate() {
	p := m.drawPrincipal()
	if p.root || m.rows[p.member].Kind == roster.API {
		return
	}
	a := m.complete(deed{name: act.MemberInvite})
	for _, g := range m.now.of(p.member) {
		if a.kind == roster.Regular && rapid.Bool().Draw(m.t, "of one's own") {
			a.grants = append(a.grants, g)
		}
	}
	before := m.now
	m.try(p, a)
	guest := roster.MemberID(m.made(before, a))
	if guest == "" {
		return
	}
	fall := m.complete(deed{name: rapid.SampledFrom([]act.Name{act.MemberBlock, act.MemberRemove, act.MemberGrant, act.MemberGrant}).Draw(m.t, "fall")})
	fall.on, fall.kind, fall.grants = p.member, m.rows[p.member].Kind, m.drawGrants(m.rows[p.member].Kind, m.rows[p.member].Unit, m.now.of(p.member))
	m.try(principal{root: true}, fall)
	if rapid.IntRange(0, 3).Draw(m.t, "taken over") == 0 {
		by := m.drawPrincipal()
		m.try(by, deed{name: act.MemberGrant, on: guest, kind: a.kind, grants: m.now.of(guest), label: m.label()})
	}
	if l := m.link(guest); l != nil {
		m.try(principal{}, deed{name: act.InvitationAccept, on: guest, secret: l.secret, copied: l.copied, live: !l.dead, label: m.label()})
	}
}

// called names a principal for whoever reads a failure.
func (m *machine) called(p principal) string {
	switch {
	case p.root:
		return "root"
	case p.member == "":
		return "the holder of a link"
	case p.token != nil:
		return fmt.Sprintf("%s with a token for %v", p.member, p.token)
	}
	return fmt.Sprintf("%s who holds %s", p.member, held(m.now.of(p.member)))
}

func held(grants []roster.Grant) string {
	var all []string
	for _, g := range grants {
		all = append(all, fmt.Sprintf("%s @ %q until %s", g.What(), g.Unit, g.Until.Format(time.DateTime)))
	}
	return fmt.Sprint(all)
}

// tell tells an act.
func (m *machine) tell(a deed) string {
	return fmt.Sprintf("%s on %q role %q %v %v unit %q under %q kind %q later %v to %q comes by %q ends %s credential %q: %s", a.name, a.on, a.role, a.draft.Permissions, a.draft.Scopes, a.unit, a.under, a.kind, a.later, a.to, a.comes, a.ends.Format(time.DateTime), a.which, held(a.grants))
}
