package doors_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/action/method"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postgres"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
)

// How long an answer takes must not tell whether there is an account (design page 6, enumeration). What always holds is
// the work: as many passwords are hashed and as many statements sent for one as for the other. The times themselves are
// measured in turn and compared by rank; how strictly depends on how many there are, since few say little on a busy machine.

// wire counts what a house asks of PostgreSQL, transactions' ends included: each statement that is sent over the connection.
type wire struct {
	sent atomic.Int64
}

// tap gives the address of a database whose connections are counted.
func tap(t *testing.T, database string) (string, *wire) {
	t.Helper()
	u, err := url.Parse(database)
	must(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	w, server := &wire{}, u.Host
	go func() {
		for {
			asks, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(asks, server)
		}
	}()
	u.Host = l.Addr().String()
	return u.String(), w
}

// carry carries one connection both ways. The first message has no kind, in each later one it is the first byte
// (PostgreSQL's documentation, "Message Formats"): E executes a prepared statement, Q is a statement's text.
func (w *wire) carry(asks net.Conn, server string) {
	defer asks.Close()
	answers, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer answers.Close()
	go func() {
		_, _ = io.Copy(asks, answers)
		_ = asks.Close()
	}()
	in, head := bufio.NewReader(asks), make([]byte, 5)
	for n := 4; ; n = 5 {
		head = head[:n]
		if _, err := io.ReadFull(in, head); err != nil {
			return
		}
		if n == 5 && (head[0] == 'E' || head[0] == 'Q') {
			w.sent.Add(1)
		}
		if _, err := answers.Write(head); err != nil {
			return
		}
		if _, err := io.CopyN(answers, in, int64(binary.BigEndian.Uint32(head[n-4:]))-4); err != nil {
			return
		}
	}
}

// work is what an answer costs: passwords hashed, statements that read outside a writing transaction, and on PostgreSQL all
// that are sent.
type work struct{ hashes, reads, sent int64 }

// workshop is a site whose work is counted.
type workshop struct {
	*site
	wire *wire
}

func eachWorkshop(t *testing.T, test func(t *testing.T, w workshop)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, workshop{serve(t, rostertest.New(t, filepath.Join(t.TempDir(), "roster.db")), "127.0.0.0/8"), &wire{}})
	})
	if postgres.Wanted() {
		t.Run("postgres", func(t *testing.T) {
			database, wire := tap(t, rostertest.Database(t))
			test(t, workshop{serve(t, rostertest.New(t, database), "127.0.0.0/8"), wire})
		})
	}
}

// of tells what something costs.
func (w workshop) of(do func()) work {
	before := work{w.Hasher.Load().Done, w.DB.Looked(), w.wire.sent.Load()}
	do()
	return work{w.Hasher.Load().Done - before.hashes, w.DB.Looked() - before.reads, w.wire.sent.Load() - before.sent}
}

// asks sends a form from a client's address to the doors themselves, past any network, and gives the status.
func (w workshop) asks(path, from string, fields ...string) int {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, w.URL+path, strings.NewReader(form.Encode()))
	r.RemoteAddr = "127.0.0.1:4711"
	for name, value := range map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": from} {
		r.Header.Set(name, value)
	}
	answer := httptest.NewRecorder()
	w.Doors.Handler.ServeHTTP(answer, r)
	return answer.Code
}

// people makes one of each kind of address there can be, of the same length: with an account and without.
func (w workshop) people(t *testing.T) map[string]string {
	t.Helper()
	h := w.House
	all := map[string]string{}
	for kind, name := range map[string]string{"known": "anna", "managed": "mara", "invited": "ivan", "blocked": "bert", "removed": "rita", "given": "gina", "late": "lara", "without a password": "cora", "by a connection": "paul", "nobody": "nora"} {
		all[kind] = name + "@example.com"
	}
	h.Own(h.Owner, roster.Actor{}, named(all["known"], "Anna", "Berg"))
	h.Join(all["managed"], "Mara", "Berg")
	invited(t, h, h.Owner, all["invited"])
	_, err := h.Team.Block(h.As(h.Owner), h.Join(all["blocked"], "Bert", "Berg").Member, "")
	must(t, err)
	_, err = h.Team.Remove(h.As(h.Owner), h.Join(all["removed"], "Rita", "Berg").Member)
	must(t, err)
	given(t, h, all["given"], 0)
	given(t, h, all["late"], time.Hour)
	w.connected(t, h.Join(all["without a password"], "Cora", "Berg"), "")
	okta, err := h.Methods.Create(h.As(h.Owner), method.Draft{Kind: "oidc", Name: "Okta", Connection: login.Connection{Issuer: "https://okta.example", ClientID: "roster"}})
	must(t, err)
	w.connected(t, h.Join(all["by a connection"], "Paul", "Berg"), okta.ID)
	h.Clock.Pass(2 * time.Hour)
	return all
}

// connected makes somebody come in by a provider alone, as a connection's method has them; by none where it is empty.
func (w workshop) connected(t *testing.T, who roster.Actor, by string) {
	t.Helper()
	must(t, w.DB.Write(context.Background(), w.Acme.ID, func(ctx context.Context, tx *store.Tx) error {
		if err := credentialdb.Erase(ctx, tx, who.Person); err != nil {
			return err
		}
		if by != "" {
			if _, err := tx.Change(ctx, []roster.Change{{Of: roster.RefMember(who.Member, ""), Field: "identifier", To: "paul"}},
				`INSERT INTO identity (org_id, member_id, method_id, identifier, subject, invited_at, bound_at) VALUES ($1, $2, $3, 'paul', 'paul-1', 1, 1)`, w.Acme.ID, who.Member, by); err != nil {
				return err
			}
		}
		_, err := tx.Record(ctx, roster.Event{Action: "factor.remove"})
		return err
	}))
}

// question is something that anybody can ask about an address.
type question struct {
	what string
	ask  func(email, from string) int
	want int
}

func (w workshop) questions() []question {
	return []question{
		{"signing in", func(email, from string) int {
			return w.asks("/sign-in", from, "email", email, "password", "a guess")
		}, http.StatusUnauthorized},
		{"signing in to an organisation", func(email, from string) int {
			return w.asks("/sign-in", from, "email", email, "password", "a guess", "organisation", "acme")
		}, http.StatusUnauthorized},
		{"a forgotten password", func(email, from string) int { return w.asks("/forgot-password", from, "email", email) }, http.StatusOK},
		{"one's organisations", func(email, from string) int { return w.asks("/o", from, "email", email) }, http.StatusOK},
	}
}

// from gives an address that nobody came from before.
func from(n int) string { return fmt.Sprintf("198.%d.%d.%d", 18+n/62500%2, n/250%250, n%250+1) }

// TestAskingAboutAnAddressIsTheSameWork, whoever it belongs to, and whether or not it has to wait.
func TestAskingAboutAnAddressIsTheSameWork(t *testing.T) {
	eachWorkshop(t, func(t *testing.T, w workshop) {
		people, n := w.people(t), 0
		for _, q := range w.questions() {
			once := func(email string, want int) work {
				return w.of(func() {
					if n++; q.ask(email, from(n)) != want {
						t.Errorf("%s as %s is not answered %d", q.what, email, want)
					}
				})
			}
			once("warm@example.com", q.want) // what is kept in memory is there
			once("warm@example.com", q.want)
			nobodys := once(people["nobody"], q.want)
			for kind, email := range people {
				if kind == "nobody" {
					continue
				}
				if got := once(email, q.want); got != nobodys {
					t.Errorf("%s, %s: %+v, of nobody %+v", q.what, kind, got, nobodys)
				}
			}
			t.Logf("%s: %+v", q.what, nobodys)
			if q.want != http.StatusUnauthorized {
				w.Clock.Pass(24 * time.Hour)
				continue
			}
			for _, email := range people {
				for q.ask(email, from(n)) == q.want {
					n++
				}
			}
			waits := once(people["nobody"], http.StatusTooManyRequests)
			for kind, email := range people {
				if got := once(email, http.StatusTooManyRequests); got != waits {
					t.Errorf("%s that must wait, %s: %+v, of nobody %+v", q.what, kind, got, waits)
				}
			}
			if waits.hashes != 0 || nobodys.hashes != 1 {
				t.Errorf("%s hashes %d passwords, and %d while it waits", q.what, nobodys.hashes, waits.hashes)
			}
			w.Clock.Pass(24 * time.Hour)
		}
	})
}

// TestAnAdministratorAsksAboutWhoBelongsElsewhereByTheSameWork: searching for somebody, and inviting an address, with an
// account in another organisation and without.
func TestAnAdministratorAsksAboutWhoBelongsElsewhereByTheSameWork(t *testing.T) {
	eachWorkshop(t, func(t *testing.T, w workshop) {
		h := w.House
		anna := h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		h.Own(h.Owner, roster.Actor{}, named("cleo@example.com", "Cleo", "Berg"))
		_, otto := w.other("Beta", "otto@example.com")
		h.Own(otto, shared{site: w.site}.as("anna@example.com"), named("anna@example.com", "Anna", "Bergström"))
		h.Own(otto, roster.Actor{}, named("beaa@example.com", "Bea", "Beta"))
		ctx := h.As(h.Owner)
		search := func(word string) { _, err := h.Team.List(ctx, team.Query{Text: word}); must(t, err) }
		invite := func(email string) {
			_, err := h.Team.Invite(ctx, named(email, "X", "Y"))
			must(t, err)
		}
		for what, pair := range map[string]struct {
			do         func(string)
			warm, a, b string
		}{
			"a search for who is here":      {search, "olga", "anna", "cleo"},
			"a search for who is elsewhere": {search, "warm", "beaa", "nora"},
			"an invitation":                 {invite, "warm@example.com", "beaa@example.com", "nora@example.com"},
		} {
			pair.do(pair.warm)
			if a, b := w.of(func() { pair.do(pair.a) }), w.of(func() { pair.do(pair.b) }); a != b {
				t.Errorf("%s: %+v of who belongs elsewhere, else %+v", what, a, b)
			}
		}
		if anna.Member == "" {
			t.Error("Anna is nobody")
		}
	})
}

// TestFindingASessionIsOneStatement: whatever else a page asks, who asks for it costs one read by an index.
func TestFindingASessionIsOneStatement(t *testing.T) {
	eachWorkshop(t, func(t *testing.T, w workshop) {
		ctx := w.As(roster.Actor{Kind: roster.ActorNobody, IP: "203.0.113.7"})
		signed, err := w.SignIn.SignIn(ctx, signin.Try{Email: "olga@example.com", Password: rostertest.Password})
		must(t, err)
		check := func() { _, err := w.SignIn.Check(ctx, signed.Secret); must(t, err) }
		check() // the statement is prepared
		want := work{reads: 1}
		if w.DB.Kind() == "postgres" {
			want.sent = 1
		}
		if got := w.of(check); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
}

// TestTimesTellNothing measures how long answers take, of every kind of address in turn, in an order that is drawn anew each
// time, and compares each kind with nobody's. In full there are enough of them to compare by rank: of two answers, one of each, either
// must be the later as often as the other, within what chance allows at a level of 1 in 10,000, or within 10 in 100. That 0.1 is a
// tolerance that was chosen, not derived: so much of a difference a busy machine makes by itself. That the work is the same is held
// above, without one.
func TestTimesTellNothing(t *testing.T) {
	h := rostertest.SQLite(t)
	w := workshop{serve(t, h, "127.0.0.0/8"), &wire{}}
	people := w.people(t)
	kinds, n := make([]string, 0, len(people)), 0
	for kind := range people {
		kinds = append(kinds, kind)
	}
	for _, q := range w.questions() {
		var told string
		for range 3 { // a machine may be busy with one kind alone for once, and not again and again
			times := map[string][]float64{}
			for round := range count(15, 400) {
				rand.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
				for _, kind := range kinds {
					n++
					start := time.Now()
					got := q.ask(people[kind], from(n))
					if took := time.Since(start); round > 0 { // the first warms up
						times[kind] = append(times[kind], took.Seconds())
					}
					if got != q.want {
						t.Fatalf("%s, %s: %d", q.what, kind, got)
					}
				}
				h.Clock.Pass(3 * time.Hour)
			}
			if told = tells(t, q.what, times, count(0, 1) == 1); told == "" {
				break
			}
		}
		if told != "" {
			t.Error(told)
		}
	}
}

// tells gives what the times of some kinds tell apart from nobody's, if anything.
func tells(t *testing.T, what string, times map[string][]float64, strict bool) (told string) {
	t.Helper()
	nobodys := times["nobody"]
	for kind, all := range times {
		ratio := middle(all) / middle(nobodys)
		later, chance := ranks(all, nobodys)
		t.Logf("%s, %s: median %.0f µs, %.2f of nobody's; the later of two in %.1f %% (chance ± %.1f)", what, kind, 1e6*middle(all), ratio, 100*later, 100*chance)
		if ratio > 4 || ratio < 0.25 || strict && math.Abs(later-0.5) > max(chance, 0.1) {
			told += fmt.Sprintf("%s, %s: %.2f of nobody's median, the later of two in %.1f %%\n", what, kind, ratio, 100*later)
		}
	}
	return told
}

// middle gives the median.
func middle(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// ranks gives how often one of a is the later of it and one of b (Mann and Whitney's U over all pairs), and how far from a half
// that strays by chance at a level of 1 in 10,000, both sides.
func ranks(a, b []float64) (later, chance float64) {
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				later++
			case x == y:
				later += 0.5
			}
		}
	}
	pairs := float64(len(a) * len(b))
	return later / pairs, 3.89 * math.Sqrt(float64(len(a)+len(b)+1)/(12*pairs))
}
