package contract_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/factor"
	"roster/internal/action/operator"
	"roster/internal/action/signin"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/methoddb"
)

// tour is a walk through all operations, each asked for something that it gives. What it sends and gets are the examples
// of the document, and what other tests spoil to see it refused.
type tour struct {
	*rest.Rig
	t       testing.TB
	doc     *document
	callers map[string]*rest.Caller
	kept    map[string]string // what answers gave, by the name under which requests have it: {anna}
	visits  []*visit
	before  func(*visit) // what is done before each request; nil for nothing
}

// visit is a request and what came back.
type visit struct {
	*operation
	by      *rest.Caller
	address string // of the API, with its query
	body    string
	media   string
	reply   rest.Reply
}

// take makes the tour.
func take(t testing.TB) *tour {
	t.Helper()
	g := prepare(t)
	g.walk()
	return g
}

// prepare gives those who go on the tour, who has not begun.
func prepare(t testing.TB) *tour {
	t.Helper()
	return prepareIn(t, rest.Open(rostertest.SQLite(t)))
}

// prepareIn is prepare in a house that is open.
func prepareIn(t testing.TB, r *rest.Rig) *tour {
	t.Helper()
	g := &tour{Rig: r, t: t, doc: read(t, r), kept: map[string]string{}}
	portal, _ := r.Product(t, "Portal", act.ClientOrganisations, act.ClientCatalogue, act.ClientEvents, act.ClientPortal)
	g.callers = map[string]*rest.Caller{"olga": r.Olga(t), "portal": portal, "ops": g.operator()}
	return g
}

// operator makes an operator with a second factor.
func (g *tour) operator() *rest.Caller {
	const given = "amber-harbour-lantern-33"
	_, err := g.Operators.Add(g.CLI(""), operator.Draft{Email: "ops@example.net", Password: given, Repeat: given})
	rest.Must(g.t, err)
	nobody := g.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.9"})
	halfway, err := g.SignIn.SignIn(nobody, signin.Try{Email: "ops@example.net", Password: given})
	rest.Must(g.t, err)
	chosen, err := g.SignIn.Choose(nobody, signin.Chosen{Choice: halfway.Choice, Password: rostertest.Password, Repeat: rostertest.Password})
	rest.Must(g.t, err)
	_, c := g.factor(chosen.Secret)
	return c
}

// factor sets an authenticator app up for a session, and gives the app and the session as it goes on.
func (g *tour) factor(session string) (string, *rest.Caller) {
	s, err := g.SignIn.Check(g.As(roster.Actor{Kind: roster.ActorNobody}), session)
	rest.Must(g.t, err)
	a := g.As(roster.Actor{Kind: roster.ActorPerson, Person: s.Person, Session: s.ID, Proofs: s.Proofs, Door: roster.DoorDashboard, IP: "203.0.113.9"})
	offer, err := g.Factors.Offer(a, "Roster", "")
	rest.Must(g.t, err)
	code, err := secret.TOTPCode(offer.Key, g.Clock.Now())
	rest.Must(g.t, err)
	added, err := g.Factors.Add(a, factor.Addition{Sealed: offer.Sealed, Name: "Phone", Code: code})
	rest.Must(g.t, err)
	return added.Factor.ID, g.Nobody(g.t).With("Cookie", "__Host-roster="+added.Secret)
}

// tested lets a login method have been tested, as a sign-in by a browser does.
func (g *tour) tested(id string) {
	rest.Must(g.t, g.DB.Write(g.CLI(g.Acme.ID), g.Acme.ID, func(ctx context.Context, tx *store.Tx) error {
		was, err := methoddb.ByID(ctx, tx, g.Acme.ID, id)
		if err != nil {
			return err
		}
		now := was.Value
		now.TestedAt = g.Clock.Now()
		if _, err := methoddb.Update(ctx, tx, was.Value, now); err != nil {
			return err
		}
		_, err = tx.Record(ctx, roster.Event{Action: string(act.MethodTest), ActorKind: roster.ActorCLI, Target: now.Ref()})
		return err
	}))
}

var place = regexp.MustCompile(`\{(\w+)\}`)

// filled puts in what was kept.
func (g *tour) filled(s string) string {
	return place.ReplaceAllStringFunc(s, func(name string) string {
		v, ok := g.kept[strings.Trim(name, "{}")]
		if !ok {
			g.t.Errorf("nothing was kept as %s", name)
		}
		return v
	})
}

// asks sends a request such as "GET members/{anna}" and keeps fields of the answer's body, each told as "name=field".
func (g *tour) asks(by, request, body string, keep ...string) {
	g.t.Helper()
	method, address, _ := strings.Cut(g.filled(request), " ")
	if !strings.HasPrefix(address, "/") {
		address = "/orgs/acme/" + address
	}
	path, _, _ := strings.Cut(address, "?")
	o := g.doc.at(method, path)
	if o == nil {
		g.t.Errorf("the document has no operation %s %s", method, path)
		return
	}
	v := &visit{operation: o, by: g.callers[by], address: address, body: body, media: "application/json"}
	switch {
	case o.Body == nil:
		v.media = ""
	case o.json() == nil:
		v.media = o.media()
	default:
		v.body = place.ReplaceAllStringFunc(body, func(name string) string {
			if _, ok := g.kept[strings.Trim(name, "{}")]; ok {
				return g.filled(name)
			}
			return name
		})
	}
	if g.before != nil {
		g.before(v)
	}
	v.reply = v.send(v.by, v.body)
	if v.reply.StatusCode/100 != 2 {
		g.t.Errorf("%s %s: %d %s", method, address, v.reply.StatusCode, v.reply.Text)
		return
	}
	g.visits = append(g.visits, v)
	if len(keep) > 0 {
		answer := v.reply.Is(v.reply.StatusCode)
		for _, k := range keep {
			name, field, _ := strings.Cut(k, "=")
			g.kept[name], _ = answer[field].(string)
		}
	}
}

// send sends a visit's request, by somebody and with some body.
func (v *visit) send(by *rest.Caller, body string) rest.Reply {
	if v.media != "" {
		by = by.With("Content-Type", v.media)
	}
	if v.takes("header", "If-Match") {
		by = by.Any()
	}
	return by.Ask(v.method, v.address, body)
}

// first gives each operation's first visit.
func (g *tour) first() []*visit {
	seen := map[*operation]bool{}
	var all []*visit
	for _, v := range g.visits {
		if !seen[v.operation] {
			seen[v.operation] = true
			all = append(all, v)
		}
	}
	return all
}

// dot gives a small PNG.
func dot() string {
	m := image.NewGray(image.Rect(0, 0, 8, 8))
	m.Set(3, 3, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.String()
}

// TestTheTourGoesThroughEveryOperation: there is none that was never seen to give what it is for.
func TestTheTourGoesThroughEveryOperation(t *testing.T) {
	g := take(t)
	seen := map[*operation]bool{}
	for _, v := range g.first() {
		seen[v.operation] = true
	}
	for _, o := range g.doc.operations() {
		if !seen[o] {
			t.Errorf("the tour does not ask %s (%s): add a line to walk in test/contract/stop_test.go that asks it for something it gives", o.route(), o.ID)
		}
	}
}
