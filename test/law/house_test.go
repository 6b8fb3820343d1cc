package law_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/outbox"
	"roster/internal/authz"
	"roster/internal/login"
	"roster/internal/replay"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/invitationdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/roledb"
	"roster/internal/store/unitdb"
)

// count gives how often something is done: few times in `make test`, in full for `make proof`.
func count(few, full int) int {
	if os.Getenv("ROSTER_PROOF") != "" {
		return full
	}
	return few
}

// given are the flags that the command line sets.
var given = map[string]bool{}

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	set("rapid.steps", "30")
	set("rapid.nofailfile", "true")
	os.Exit(m.Run())
}

// set sets a flag that the command line does not.
func set(name, value string) {
	if given[name] {
		return
	}
	if err := flag.Set(name, value); err != nil {
		panic(err)
	}
}

// organisations sets how many the random acts are done in: the rules that they try are the same code on both databases, and
// on PostgreSQL each takes more than three times as long.
func organisations(h *rostertest.House) {
	n := count(20, 300)
	if h.DB.Kind() == "postgres" {
		n = count(10, 100)
	}
	set("rapid.checks", fmt.Sprint(n))
}

// stage is one organisation of a house, with what is known of it beside what the house keeps.
type stage struct {
	t       rapid.TB
	h       *rostertest.House
	org     roster.Organisation
	by      login.Method // a connection that is ready
	now     *world
	rows    map[roster.MemberID]roster.Member // as they were read last, also those who were removed
	secrets map[roster.MemberID]string        // of API users
	links   []*link
	labels  int
	told    *replay.Replay // what the history says of it
}

// link is an invitation's way in that somebody got hold of.
type link struct {
	member roster.MemberID
	secret string
	copied bool // handed over, and not mailed
	dead   bool
}

// must ends the test with what should not have gone wrong.
func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// root gives the context of the command line in the organisation.
func (s *stage) root() context.Context { return s.h.CLI(s.org.ID) }

// catalogue gives what there is to hold.
func catalogue(t rapid.TB) *authz.Catalogue {
	t.Helper()
	c, err := authz.NewCatalogue(1, rostertest.Fleet())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// read gives the organisation as its tables have it.
func (s *stage) read(c *authz.Catalogue) *world {
	s.t.Helper()
	ctx, r := context.Background(), s.h.DB.Reader()
	w := &world{
		permissions: c.Permissions(), units: map[roster.UnitID]roster.Unit{}, roles: map[string]roster.Role{},
		members: map[roster.MemberID]authz.Subject{}, before: map[roster.MemberID]roster.Status{}, spent: map[roster.MemberID]bool{}, managed: map[roster.MemberID]bool{}, given: map[roster.MemberID]bool{},
		comes: map[roster.MemberID]string{}, shut: map[roster.MemberID]bool{}, open: map[roster.MemberID]bool{},
		secrets: map[roster.MemberID][]string{}, keys: map[roster.MemberID][]string{}, at: s.h.Clock.Now(),
	}
	for _, v := range c.Scopes() {
		w.scopes = append(w.scopes, v.Key)
	}
	rows, err := memberdb.List(ctx, r, memberdb.Filter{
		Org: s.org.ID, Status: []roster.Status{roster.Invited, roster.Active, roster.Blocked, roster.Removed}, Sort: memberdb.ByAge, Limit: 1000,
	})
	s.must(err)
	var ids []roster.MemberID
	for _, row := range rows {
		s.rows[row.ID] = row.Member
		if row.Status == roster.Removed {
			continue
		}
		ids = append(ids, row.ID)
		w.members[row.ID] = authz.Subject{ID: row.ID, Kind: row.Kind, Status: row.Status, Unit: row.Unit, Ends: row.Ends}
		if row.Before != "" {
			w.before[row.ID] = row.Before
		}
	}
	grants, err := roledb.GrantsOf(ctx, r, s.org.ID, ids)
	s.must(err)
	for _, id := range ids {
		w.grants = append(w.grants, grants[id]...)
	}
	units, err := unitdb.All(ctx, r, s.org.ID)
	s.must(err)
	for _, u := range units {
		w.units[u.ID] = u
	}
	roles, err := roledb.Roles(ctx, r, s.org.ID)
	s.must(err)
	for _, v := range roles {
		if !v.BuiltIn {
			w.roles[v.ID] = v
		}
	}
	s.ways(w)
	s.placed(w)
	s.replays()
	return w
}

// ways reads how everybody comes in.
func (s *stage) ways(w *world) {
	s.t.Helper()
	ctx, r := context.Background(), s.h.DB.Reader()
	s.must(store.Each(ctx, r, func(row store.Row) error {
		var id roster.MemberID
		var given int64
		err := row.Scan(&id, &given)
		w.managed[id], w.given[id], w.shut[id] = true, given > 0, given < 0
		return err
	}, `SELECT m.id, COALESCE(c.change_by, -1) FROM member m JOIN person p ON p.id = m.person_id AND p.managed_by = m.org_id
		LEFT JOIN credential c ON c.person_id = p.id AND c.kind = 'password' WHERE m.org_id = $1 AND m.status <> 'removed'`, s.org.ID))
	s.must(store.Each(ctx, r, func(row store.Row) error {
		var id roster.MemberID
		var identifier string
		err := row.Scan(&id, &identifier)
		w.comes[id] = identifier
		return err
	}, `SELECT member_id, identifier FROM identity WHERE org_id = $1`, s.org.ID))
	s.credentials(w)
	s.must(store.Each(ctx, r, func(row store.Row) error {
		var id roster.MemberID
		err := row.Scan(&id)
		w.open[id] = true
		return err
	}, `SELECT member_id FROM invitation WHERE org_id = $1 AND state = 'live'`, s.org.ID))
}

// connect gives the organisation a connection that is ready: no act here asks its provider anything.
func (s *stage) connect() {
	s.t.Helper()
	s.must(s.h.DB.Write(s.root(), s.org.ID, func(ctx context.Context, tx *store.Tx) error {
		s.by = login.Method{Org: s.org.ID, ID: roster.NewID("lgm_"), Kind: login.OIDC, Name: "Okta", Connection: login.Connection{
			Issuer: "https://id.example.com", ClientID: "roster", Scopes: []string{"openid"}, IdentifierClaim: "sub",
		}, CreatedAt: tx.At()}
		if err := methoddb.Insert(ctx, tx, s.by); err != nil {
			return err
		}
		was, err := methoddb.ByID(ctx, tx, s.org.ID, s.by.ID)
		if err != nil {
			return err
		}
		s.by = was.Value
		s.by.Enabled, s.by.TestedAt = true, tx.At()
		if s.by, err = methoddb.Update(ctx, tx, was.Value, s.by); err != nil {
			return err
		}
		_, err = tx.Record(ctx, roster.Event{Action: string(act.MethodTest), ActorKind: roster.ActorCLI, Target: s.by.Ref()})
		return err
	}))
}

// coming gives the way in that a deed chooses.
func (s *stage) coming(a deed) roster.Coming {
	if a.comes == "" {
		return roster.Coming{Method: roster.PasswordMethod}
	}
	return roster.Coming{Method: s.by.ID, Identifier: a.comes}
}

// placed holds the places of the list to what they are derived from: at a unit stands whoever is bound there or below
// it, or was given something there, by the name they have, and nobody else.
func (s *stage) placed(w *world) {
	s.t.Helper()
	type place struct {
		member roster.MemberID
		unit   roster.UnitID
	}
	want, got := map[place]bool{}, map[place]bool{}
	stands := func(m roster.MemberID, u roster.UnitID) {
		for ; u != ""; u = w.units[u].Parent {
			want[place{m, u}] = true
		}
	}
	for id, m := range w.members {
		stands(id, m.Unit)
	}
	for _, g := range w.grants {
		stands(g.Member, g.Unit)
	}
	s.must(store.Each(context.Background(), s.h.DB.Reader(), func(row store.Row) error {
		var p place
		var named bool
		err := row.Scan(&p.member, &p.unit, &named)
		if !named {
			s.t.Fatalf("%s stands at an account by another name", s.rows[p.member].Label())
		}
		got[p] = true
		return err
	}, `SELECT p.member_id, p.unit_id, p.sort_name = m.sort_name FROM member_place p JOIN member m ON m.org_id = p.org_id AND m.id = p.member_id
		WHERE p.org_id = $1`, s.org.ID))
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Fatalf("others stand at the accounts than have to do with them: %s", diff)
	}
}

// post carries the letters that wait to whoever they are for: their links are known afterwards.
func (s *stage) post() {
	s.t.Helper()
	var jobs []jobdb.Job
	s.must(action.Note(s.h.CLI(""), s.h.Gate, func(ctx context.Context, tx store.Noter) (err error) {
		jobs, err = jobdb.Claim(ctx, tx, []string{outbox.Invitation}, 50, time.Hour)
		return err
	}))
	for _, j := range jobs {
		l, err := s.h.Outbox.Prepare(s.h.CLI(""), j)
		s.must(err)
		if l.Unwanted {
			s.must(s.h.Outbox.Failed(s.h.CLI(""), j, l, outbox.Failure{State: jobdb.Cancelled}))
			continue
		}
		s.must(s.h.Outbox.Sent(s.h.CLI(""), j, l))
		s.links = append(s.links, &link{member: l.Member.ID, secret: l.Secret})
	}
}

// kill notes that a member's links open nothing any more.
func (s *stage) kill(m roster.MemberID) {
	for _, l := range s.links {
		l.dead = l.dead || l.member == m
	}
}

// refresh finds out which links open something, after acts at once: of two that were made at once nobody knows
// which is the later.
func (s *stage) refresh() {
	s.t.Helper()
	ctx, r := context.Background(), s.h.DB.Reader()
	for _, l := range s.links {
		kept, err := invitationdb.LinkByHash(ctx, r, s.org.ID, secret.Hash(l.secret))
		s.must(err)
		i, err := invitationdb.ByGeneration(ctx, r, s.org.ID, l.member, kept.Value.Generation)
		s.must(err)
		l.dead = !kept.OK || i.Value.Usable(s.h.Clock.Now()) != nil
	}
}

// link gives the newest link of a member.
func (s *stage) link(m roster.MemberID) *link {
	for _, l := range slices.Backward(s.links) {
		if l.member == m {
			return l
		}
	}
	return nil
}

// label gives a name that nobody else has.
func (s *stage) label() string {
	s.labels++
	return fmt.Sprintf("n%s-%d", s.org.ID[len(s.org.ID)-8:], s.labels)
}
