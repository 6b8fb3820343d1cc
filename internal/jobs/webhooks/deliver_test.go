package webhooks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/action/client"
	"roster/internal/action/org"
	"roster/internal/action/outbox"
	"roster/internal/action/team"
	"roster/internal/action/webhook"
	"roster/internal/courier"
	"roster/internal/endpoint"
	"roster/internal/jobs/webhooks"
	"roster/internal/outgoing"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// receiver is a server that is told of events.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []message
	status int           // what it answers; 200 when zero
	to     string        // where it leads on, with a status of 3xx
	hangs  chan struct{} // until it is closed nothing is answered; nil for at once
}

// message is what arrived.
type message struct {
	id, timestamp, signature string
	body                     []byte
	of                       string
	action                   string
	seq                      int64
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			return
		}
		var read struct {
			Type         string `json:"type"`
			Organisation string `json:"organisation"`
			Data         struct {
				Seq int64 `json:"seq"`
			} `json:"data"`
		}
		if err := json.Unmarshal(body, &read); err != nil {
			t.Errorf("a body that is no JSON: %v", err)
		}
		r.mu.Lock()
		hangs, status, to := r.hangs, r.status, r.to
		r.mu.Unlock()
		if hangs != nil {
			select {
			case <-hangs:
			case <-q.Context().Done():
				return
			}
		}
		if to != "" {
			w.Header().Set("Location", to)
		}
		if status == 0 {
			status = http.StatusOK
			r.mu.Lock()
			r.got = append(r.got, message{q.Header.Get("webhook-id"), q.Header.Get("webhook-timestamp"), q.Header.Get("webhook-signature"), body, read.Organisation, read.Type, read.Data.Seq})
			r.mu.Unlock()
		}
		w.WriteHeader(status)
		fmt.Fprint(w, "thank you")
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(status int, to string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status, r.to = status, to
}

func (r *receiver) all() []message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// seqs gives the places of an organisation's events as they arrived.
func (r *receiver) seqs(of roster.OrgID) (all []int64) {
	for _, m := range r.all() {
		if m.of == string(of) {
			all = append(all, m.seq)
		}
	}
	return all
}

// deliverer delivers a house's events, with little patience where a test is about that.
func deliverer(h *rostertest.House, s outgoing.Settings) *webhooks.Deliverer {
	return webhooks.New(webhooks.Settings{
		Room: h.Webhooks, Product: h.Products, Courier: courier.New(s, time.Now), Log: slog.New(slog.DiscardHandler), Gap: time.Millisecond,
	})
}

func local() outgoing.Settings { return outgoing.Settings{Private: true} }

func due(t *testing.T, d *webhooks.Deliverer) int {
	t.Helper()
	n, err := d.Due(t.Context())
	must(t, err)
	return n
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hook makes a webhook of Acme's, as its Owner.
func hook(t *testing.T, h *rostertest.House, r *receiver, events ...string) webhook.Made {
	t.Helper()
	made, err := h.Webhooks.Create(h.As(h.Owner), webhook.Draft{URL: r.URL + "/in?key=hush", Events: events})
	must(t, err)
	return made
}

// invite makes some lines of the history.
func invite(t *testing.T, h *rostertest.House, n int) {
	t.Helper()
	for range n {
		_, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: strings.ToLower(roster.NewID("p")) + "@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}})
		must(t, err)
	}
}

// run gives the numbers from one to another.
func run(from, to int64) (all []int64) {
	for ; from <= to; from++ {
		all = append(all, from)
	}
	return all
}

func head(t *testing.T, h *rostertest.House, o roster.OrgID) int64 {
	t.Helper()
	found, err := h.Orgs.Named(h.CLI(""), string(o))
	must(t, err)
	return found.Seq
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, not %v", what, got, want)
	}
}

func TestEventsArriveInOrderSignedAndOnce(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		r, picky, d := receive(t), receive(t), deliverer(h, local())
		first := head(t, h, h.Acme.ID) + 1
		made := hook(t, h, r)
		hook(t, h, picky, "member.block", "webhook.*")
		invite(t, h, 60)
		last := head(t, h, h.Acme.ID)
		if n := due(t, d); n != int(last-first)+1+1 {
			t.Errorf("%d attempts", n)
		}
		same(t, "what arrived", r.seqs(h.Acme.ID), run(first, last))
		same(t, "who wants little", picky.seqs(h.Acme.ID), run(first+1, first+1))
		for _, m := range r.all()[:3] {
			seconds, err := strconv.ParseInt(m.timestamp, 10, 64)
			must(t, err)
			want, err := courier.Sign(made.Secret, m.id, time.Unix(seconds, 0), m.body)
			must(t, err)
			same(t, "signature", m.signature, want)
			same(t, "ID", m.id, endpoint.MessageID(h.Acme.ID, m.seq))
		}
		if m := r.all()[2]; m.action != "member.invite" || !strings.Contains(string(m.body), `"name":"Olga Owner"`) || strings.Contains(string(m.body), `"field":"person"`) {
			t.Errorf("a body: %s", m.body)
		}
		if n := due(t, d); n != 0 {
			t.Errorf("%d attempts though nothing happened", n)
		}
		page, err := h.Webhooks.Deliveries(h.As(h.Owner), made.ID, webhook.Query{Limit: 10})
		must(t, err)
		if d := page.Deliveries[0]; len(page.Deliveries) != 10 || page.Next == "" || d.Seq != last || d.Status != 200 || d.Answer != "thank you" || !d.Done() {
			t.Errorf("%d deliveries, the newest %+v", len(page.Deliveries), page.Deliveries[0])
		}
		sent, err := h.Webhooks.Delivery(h.As(h.Owner), made.ID, page.Deliveries[0].ID)
		must(t, err)
		same(t, "what was sent", sent.Body, string(r.all()[last-first].body))
	})
}

func TestAnEventThatFailsHoldsTheOthersUntilItArrives(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		r, d := receive(t), deliverer(h, local())
		first := head(t, h, h.Acme.ID) + 1
		made := hook(t, h, r)
		due(t, d)
		r.answers(http.StatusInternalServerError, "")
		invite(t, h, 3)
		if n := due(t, d); n != 1 {
			t.Errorf("%d attempts while the first event fails", n)
		}
		if n := due(t, d); n != 0 {
			t.Errorf("it was tried %d times without a wait", n)
		}
		v, err := h.Webhooks.Show(h.As(h.Owner), made.ID)
		must(t, err)
		if p, failing := v.Failing(); !failing || p.Tries != 1 || p.Seq != first || p.DueAt.Sub(p.FailedAt) != 5*time.Second {
			t.Errorf("it stands at %+v", p)
		}
		for range 40 { // the receiver is away for a day
			h.Clock.Pass(36 * time.Minute)
			due(t, d)
		}
		r.answers(0, "")
		h.Clock.Pass(4 * time.Hour)
		due(t, d)
		same(t, "what arrived", r.seqs(h.Acme.ID), run(first, first+3))
	})
}

func TestAWebhookThatFailsForThreeDaysIsPausedAndLosesNothing(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		r, d := receive(t), deliverer(h, local())
		first := head(t, h, h.Acme.ID) + 1
		made := hook(t, h, r)
		r.answers(http.StatusServiceUnavailable, "")
		tries := 0
		for range 24 {
			tries += due(t, d)
			h.Clock.Pass(4 * time.Hour)
		}
		v, err := h.Webhooks.Show(h.As(h.Owner), made.ID)
		must(t, err)
		if v.Why != endpoint.Failing || tries < 15 || tries > 22 {
			t.Errorf("after %d tries it is %q", tries, v.Why)
		}
		all, err := h.Outbox.List(h.CLI(""), 100)
		must(t, err)
		if !slices.ContainsFunc(all, func(l outbox.Waiting) bool { return l.Kind == "letter.news" && l.About == string(h.Owner.Member) }) {
			t.Errorf("the Owner gets no letter: %+v", all)
		}
		r.answers(0, "")
		invite(t, h, 2)
		if n := due(t, d); n != 0 {
			t.Errorf("%d attempts though it is paused", n)
		}
		_, err = h.Webhooks.Resume(h.As(h.Owner), made.ID)
		must(t, err)
		due(t, d)
		same(t, "what arrived", r.seqs(h.Acme.ID), run(first, head(t, h, h.Acme.ID)))
		h.Verified(h.Acme.ID)

		r.answers(http.StatusGone, "")
		invite(t, h, 1)
		due(t, d)
		v, err = h.Webhooks.Show(h.As(h.Owner), made.ID)
		must(t, err)
		same(t, "a receiver that is there no more", v.Why, endpoint.Gone)
	})
}

func TestAReceiverThatHangsHoldsNobodyElse(t *testing.T) {
	h := rostertest.SQLite(t)
	quick, d := receive(t), deliverer(h, local())
	hung := make([]*receiver, 3)
	for i := range hung {
		hung[i] = receive(t)
		hung[i].hangs = make(chan struct{})
		hook(t, h, hung[i])
	}
	first := head(t, h, h.Acme.ID) + 1
	hook(t, h, quick)
	invite(t, h, 5)
	last := head(t, h, h.Acme.ID)
	done := make(chan error, 1)
	go func() { _, err := d.Due(context.Background()); done <- err }()
	for late := time.Now().Add(20 * time.Second); len(quick.seqs(h.Acme.ID)) < int(last-first)+1; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("who answers has %v", quick.seqs(h.Acme.ID))
		}
	}
	for i, r := range hung {
		if n := len(r.all()); n != 0 {
			t.Errorf("the receiver that hangs has %d", n)
		}
		close(r.hangs)
		hung[i] = r
	}
	must(t, <-done)
	for i, r := range hung {
		same(t, "once it answers", r.seqs(h.Acme.ID), run(first-3+int64(i), last))
	}
}

// TestAnOrganisationOfSlowReceiversLeavesRoom: its webhooks take their share of the places, however many they are and
// though none of them fails, so that another organisation's event arrives meanwhile.
func TestAnOrganisationOfSlowReceiversLeavesRoom(t *testing.T) {
	h := rostertest.SQLite(t)
	slow := make([]*receiver, 6)
	for i := range slow {
		slow[i] = receive(t)
		slow[i].hangs = make(chan struct{})
		hook(t, h, slow[i])
	}
	h.Clock.Pass(time.Minute) // theirs have waited longer
	founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Beta", Owner: "bo@example.com"})
	must(t, err)
	beta, quick := founded.Organisation.ID, receive(t)
	bo := h.Accept(beta, founded.Link, "Bo", "Beta")
	_, err = h.Webhooks.Create(h.As(bo), webhook.Draft{URL: quick.URL})
	must(t, err)
	d := webhooks.New(webhooks.Settings{
		Room: h.Webhooks, Product: h.Products, Courier: courier.New(local(), time.Now), Log: slog.New(slog.DiscardHandler), Gap: time.Millisecond, Parallel: 4,
	})
	done := make(chan error, 1)
	go func() { _, err := d.Due(context.Background()); done <- err }()
	for late := time.Now().Add(10 * time.Second); len(quick.seqs(beta)) == 0; time.Sleep(2 * time.Millisecond) { // sooner than the others are given up
		if time.Now().After(late) {
			t.Fatal("an organisation waits for another's receivers")
		}
	}
	for i, r := range slow {
		if n := len(r.all()); n != 0 {
			t.Errorf("receiver %d has answered %d times", i, n)
		}
		close(r.hangs)
	}
	must(t, <-done)
	last := head(t, h, h.Acme.ID)
	for i, r := range slow {
		if got := r.seqs(h.Acme.ID); len(got) == 0 || got[len(got)-1] != last {
			t.Errorf("receiver %d has %v, up to %d", i, got, last)
		}
	}
}

func TestNoReceiverLeadsToAPrivateNetwork(t *testing.T) {
	h := rostertest.SQLite(t)
	r, inner := receive(t), receive(t)
	made := hook(t, h, r)
	r.answers(http.StatusTemporaryRedirect, inner.URL)
	due(t, deliverer(h, local()))
	newest := func() endpoint.Delivery {
		page, err := h.Webhooks.Deliveries(h.As(h.Owner), made.ID, webhook.Query{})
		must(t, err)
		return page.Deliveries[0]
	}
	if d := newest(); d.Failure != endpoint.Redirected || d.Status != http.StatusTemporaryRedirect || len(inner.all()) != 0 {
		t.Errorf("a redirect: %+v, and it arrived %d times", d, len(inner.all()))
	}
	h.Clock.Pass(time.Hour)
	r.answers(0, "")
	due(t, webhooks.New(webhooks.Settings{Room: h.Webhooks, Product: h.Products, Courier: courier.New(outgoing.Settings{}, time.Now), Log: slog.New(slog.DiscardHandler)}))
	if d := newest(); d.Done() || d.Status != 0 || len(r.all()) != 0 {
		t.Errorf("an address of this machine: %+v, and it arrived %d times", d, len(r.all()))
	}
	h.Clock.Pass(time.Hour)
	slow := local()
	slow.Time = 50 * time.Millisecond
	r.hangs = make(chan struct{})
	due(t, deliverer(h, slow))
	close(r.hangs)
	if d := newest(); d.Failure != endpoint.Slow || d.Try != 3 {
		t.Errorf("a receiver that hangs: %+v", d)
	}
}

func TestAPositionIsReplayedAndSecretsOverlap(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		r, d, olga := receive(t), deliverer(h, local()), h.As(h.Owner)
		made := hook(t, h, r, "member.*")
		invite(t, h, 4)
		due(t, d)
		before := r.seqs(h.Acme.ID)
		_, err := h.Webhooks.Replay(olga, made.ID, webhook.Replaying{After: before[1]})
		must(t, err)
		due(t, d)
		same(t, "again, in order", r.seqs(h.Acme.ID), append(slices.Clone(before), before[2:]...))
		if _, err := h.Webhooks.Replay(olga, made.ID, webhook.Replaying{After: 1 << 40}); !roster.Is(err, "position_invalid") {
			t.Errorf("a position ahead of the history: %v", err)
		}
		next, err := h.Webhooks.Rotate(olga, made.ID, endpoint.Overlap)
		must(t, err)
		signed := func() string {
			invite(t, h, 1)
			due(t, d)
			all := r.all()
			m, by := all[len(all)-1], ""
			for name, secret := range map[string]string{"old": made.Secret, "new": next.Secret} {
				s, err := courier.Sign(secret, m.id, h.Clock.Now(), m.body)
				must(t, err)
				if slices.Contains(strings.Fields(m.signature), s) {
					by += name + " "
				}
			}
			words := strings.Fields(by)
			slices.Sort(words)
			return strings.Join(words, " ")
		}
		same(t, "during the overlap", signed(), "new old")
		h.Clock.Pass(endpoint.Overlap)
		same(t, "after it", signed(), "new")
		made = next
		next, err = h.Webhooks.Rotate(olga, made.ID, endpoint.Overlap)
		must(t, err)
		_, err = h.Webhooks.Retire(olga, made.ID)
		must(t, err)
		same(t, "ended by hand", signed(), "new")
	})
}

func TestAProductClientIsToldOfEveryOrganisation(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		r, d := receive(t), deliverer(h, local())
		fleet, err := h.Client.Create(h.CLI(""), client.Draft{Name: "Fleet", Permissions: []string{"events.read"}})
		must(t, err)
		was := head(t, h, h.Acme.ID)
		made, err := h.Products.Create(h.CLI(""), webhook.Draft{URL: r.URL, Client: "fleet"})
		must(t, err)
		beta, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Beta", Owner: "bo@example.com"})
		must(t, err)
		invite(t, h, 3)
		_, err = h.Fleet.Suspend(h.CLI(h.Acme.ID))
		must(t, err)
		due(t, d)
		same(t, "Acme's", r.seqs(h.Acme.ID), run(was+1, was+4))
		same(t, "the new one's", r.seqs(beta.Organisation.ID), run(1, head(t, h, beta.Organisation.ID)))
		_, err = h.Products.Replay(h.CLI(""), made.ID, webhook.Replaying{Organisation: "beta", After: 0})
		must(t, err)
		due(t, d)
		same(t, "again", r.seqs(beta.Organisation.ID), append(run(1, head(t, h, beta.Organisation.ID)), run(1, head(t, h, beta.Organisation.ID))...))
		_, err = h.Client.Remove(h.CLI(""), fleet.ID)
		must(t, err)
		_, err = h.Fleet.Resume(h.CLI(h.Acme.ID))
		must(t, err)
		if n := due(t, d); n != 0 {
			t.Errorf("a client that is gone is told of %d things", n)
		}
		if all, err := h.Products.List(h.CLI("")); err != nil || len(all) != 0 {
			t.Errorf("its webhooks are left: %v %v", all, err)
		}
	})
}
