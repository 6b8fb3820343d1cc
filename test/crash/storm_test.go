package crash

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Seats of the plan that the storm rages in: few, so that most of what is added meets the limit.
const (
	people = 40
	robots = 12
)

// TestSeatsInAStorm is law 2 (design page 1): whatever is done at once, and whenever the server is killed, at no
// commit are there more members than seats, the counter is the count, and each act was done once or not at all.
func TestSeatsInAStorm(t *testing.T) {
	each(t, storm)
}

func storm(t *testing.T, i *installation) {
	rounds, deeds := count(3, 20), count(130, 500)
	i.command(&struct{}{}, "init", "--organisation", "Acme", "--owner", "olga@example.com")
	i.command(&struct{}{}, "plan", "create", "tight", "--name", "Tight", "--max-users", fmt.Sprint(people), "--max-api-users", fmt.Sprint(robots))
	i.command(&struct{}{}, "org", "plan", "acme", "tight")
	var loader struct {
		ID     string
		Client string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	i.command(&loader, "apiuser", "create", "Loader", "--role", "user_administrator")
	i.start()
	w := &weather{program: enter(t, i, loader.Client, loader.Secret), i: i, done: map[string]int{}, made: map[string]string{}, ended: map[string]bool{}}
	began := time.Now()
	for round := range rounds {
		var answered atomic.Int64
		var busy sync.WaitGroup
		for c := range clients {
			busy.Go(func() {
				for n := range deeds / clients {
					w.deed(fmt.Sprintf("r%dc%dn%d", round, c, n))
					answered.Add(1)
				}
			})
		}
		done := make(chan struct{})
		go func() { busy.Wait(); close(done) }()
		at := rand.Int64N(int64(deeds * 9 / 10)) // in the middle of something
		i.until(&answered, at)
		time.Sleep(time.Duration(rand.IntN(8_000)) * time.Microsecond)
		i.kill()
		i.start()
		served(i, done)
	}
	t.Logf("%d rounds of %d deeds from %d clients in %s: %v", rounds, deeds, clients, time.Since(began).Round(time.Millisecond), w.done)
	i.quiet()
	w.judge(loader.ID)
}

// weather is what is known of the members while everything happens at once.
type weather struct {
	program
	i *installation

	mu    sync.Mutex
	all   []one             // who was added, the newest last; some are gone
	gone  []string          // addresses of who was removed
	made  map[string]string // IDs that were acknowledged, by what was done
	ended map[string]bool   // IDs whose removal was acknowledged
	done  map[string]int    // outcomes
}

// one is somebody who was added.
type one struct{ id, email string }

// some picks a few, mostly of the newest.
func (w *weather) some(n int) []one {
	w.mu.Lock()
	defer w.mu.Unlock()
	var few []one
	for range min(n, len(w.all)) {
		few = append(few, w.all[len(w.all)-1-rand.IntN(min(len(w.all), 2*people))])
	}
	return few
}

// address is a new one, or that of somebody who was removed.
func (w *weather) address(key string, again bool) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if again && len(w.gone) > 0 {
		return w.gone[rand.IntN(len(w.gone))]
	}
	return key + "@example.com"
}

const members = "/api/v1/orgs/acme/members"

// deed does something at random, until it is answered.
func (w *weather) deed(key string) {
	n := rand.IntN(100)
	on := w.some(1)
	switch {
	case n < 24 || len(on) == 0:
		w.adds(key, "add", members, w.address(key, false))
	case n < 34:
		w.adds(key, "come again", members, w.address(key, true))
	case n < 40:
		w.adds(key, "add API user", members, "")
	case n < 50:
		w.adds(key, "clone", members+"/"+on[0].id+"/clone", w.address(key, n%2 == 0))
	case n < 59:
		w.acts(key, "block", on[0])
	case n < 68:
		w.acts(key, "unblock", on[0])
	case n < 84:
		w.removes(key, on[0])
	case n < 88:
		w.acts(key, "resend", on[0])
	case n < 93:
		w.accepts(on[0])
	default:
		w.several(key, w.some(5))
	}
}

// until sends a request under a key until somebody answers, which may be another server than the first.
func (w *weather) until(key, method, path string, body any) answer {
	for over := time.Now().Add(2 * time.Minute); time.Now().Before(over); time.Sleep(time.Duration(5+rand.IntN(40)) * time.Millisecond) {
		if a, err := w.send(method, path, key, body); err == nil {
			return a
		}
	}
	w.t.Errorf("%s was never answered", key)
	return answer{}
}

// note counts an outcome, and fails the test for one that nothing explains.
func (w *weather) note(what string, a answer, allowed ...int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done[fmt.Sprint(what, " ", a.status)]++
	if !slices.Contains(allowed, a.status) {
		w.t.Errorf("%s: %d %s", what, a.status, a.text)
	}
	if a.replayed {
		w.done["answered again"]++
	}
	return a.status < 300
}

// adds asks for a new member; without an address for an API user. A clone is of the source's kind.
func (w *weather) adds(key, what, path, email string) {
	body := map[string]any{"email": email, "first_name": "New", "last_name": strings.ToUpper(key)}
	if email == "" {
		body = map[string]any{"kind": "api", "name": key}
	}
	a := w.until(key, http.MethodPost, path, body)
	if what == "clone" && a.status == http.StatusUnprocessableEntity { // of an API user, which has a name alone
		a = w.until(key+"x", http.MethodPost, path, map[string]any{"name": key})
	}
	// An address that comes again too often in an hour waits.
	if !w.note(what, a, http.StatusCreated, http.StatusConflict, http.StatusNotFound, http.StatusTooManyRequests) {
		return
	}
	var got struct{ ID, Email string }
	if err := json.Unmarshal(a.text, &got); err != nil || got.ID == "" {
		w.t.Errorf("%s: %s", key, a.text)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made[key] = got.ID
	w.all = append(w.all, one{got.ID, got.Email})
}

func (w *weather) acts(key, act string, m one) {
	a := w.until(key, http.MethodPost, members+"/"+m.id+"/"+act, nil)
	w.note(act, a, http.StatusOK, http.StatusConflict, http.StatusNotFound, http.StatusTooManyRequests, http.StatusUnprocessableEntity)
}

func (w *weather) removes(key string, m one) {
	if w.note("remove", w.until(key, http.MethodDelete, members+"/"+m.id, nil), http.StatusNoContent, http.StatusConflict, http.StatusNotFound) {
		w.left(m)
	}
}

// left notes that somebody is gone, and that the address may come again.
func (w *weather) left(m one) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended[m.id] = true
	w.all = slices.DeleteFunc(w.all, func(o one) bool { return o.id == m.id })
	if m.email != "" {
		w.gone = append(w.gone, m.email)
	}
}

// several blocks, unblocks or removes some at once, each with an outcome of its own, and invites some.
func (w *weather) several(key string, on []one) {
	act := []string{"block", "unblock", "remove", "invite"}[rand.IntN(4)]
	if act == "invite" {
		w.invites(key)
		return
	}
	var ids []string
	for _, m := range on {
		ids = append(ids, m.id)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	a := w.until(key, http.MethodPost, members+"/bulk", map[string]any{"action": act, "members": ids})
	if !w.note(act+" several", a, http.StatusOK) || act != "remove" {
		return
	}
	var out struct {
		Items []struct {
			ID     string
			Status int
		}
	}
	must(w.t, json.Unmarshal(a.text, &out))
	for _, row := range out.Items {
		if at := slices.IndexFunc(on, func(m one) bool { return m.id == row.ID }); row.Status < 300 && at >= 0 {
			w.left(on[at])
		}
	}
}

// invites invites three at once.
func (w *weather) invites(key string) {
	var rows []any
	for n := range 3 {
		rows = append(rows, map[string]any{"email": fmt.Sprintf("%s.%d@example.com", key, n)})
	}
	a := w.until(key, http.MethodPost, members+"/bulk", map[string]any{"invite": rows})
	if !w.note("invite several", a, http.StatusOK) {
		return
	}
	var out struct {
		Items []struct {
			Status int
			Member *struct{ ID, Email string }
		}
	}
	must(w.t, json.Unmarshal(a.text, &out))
	w.mu.Lock()
	defer w.mu.Unlock()
	for n, row := range out.Items {
		if row.Member != nil {
			w.made[fmt.Sprint(key, ".", n)] = row.Member.ID
			w.all = append(w.all, one{row.Member.ID, row.Member.Email})
		}
	}
}

// accepts takes up the newest letter of somebody, once: a person presses no button again after an error.
func (w *weather) accepts(m one) {
	letters := w.i.box.To(m.email)
	if m.email == "" || len(letters) == 0 {
		return
	}
	visitor := &http.Client{Transport: &hand{map[string]string{}}, Timeout: client.Timeout}
	var links []string
	for _, l := range letters[len(letters)-1].Links() {
		if strings.Contains(l, "/invitation/") {
			links = append(links, l)
		}
	}
	if len(links) == 0 {
		w.t.Errorf("a letter to %s has no link", m.email)
		return
	}
	a, err := visitor.Get(links[0])
	if err == nil {
		_ = a.Body.Close()
		const password = "violet-anchor-tuesday-47"
		a, err = visitor.PostForm(w.i.url("/invitation"), url.Values{"first_name": {"New"}, "last_name": {"Person"}, "password": {password}, "repeat": {password}})
	}
	var broken *url.Error
	if errors.As(err, &broken) {
		return
	}
	must(w.t, err)
	_ = a.Body.Close()
	w.note("accept", answer{status: a.StatusCode}, http.StatusOK, http.StatusGone, http.StatusNotFound, http.StatusConflict, http.StatusSeeOther)
}

// judge reads the history from the beginning, and holds it to the limit, to what was acknowledged and to what is
// there in the end.
func (w *weather) judge(loader string) {
	t := w.t
	t.Helper()
	seats := map[bool]int{false: 1, true: 1} // the Owner whom init made, and the Loader
	most := map[bool]int{}
	made, ended := map[string]int{}, map[string]int{}
	apis := map[string]bool{}
	for _, l := range w.lines() {
		if l.Refused != "" { // a minute's refusals, such as for want of a seat
			continue
		}
		id := l.Target.ID
		switch l.Action {
		case "member.invite", "member.create", "member.clone", "api_user.create":
			if id == loader {
				continue
			}
			made[id]++
			apis[id] = l.kind() == "api"
			seats[apis[id]]++
		case "member.remove":
			ended[id]++
			seats[apis[id]]--
		}
		most[false], most[true] = max(most[false], seats[false]), max(most[true], seats[true])
		if seats[false] > people || seats[true] > robots {
			t.Fatalf("after line %d there are %d people and %d API users", l.Seq, seats[false], seats[true])
		}
	}
	if most[false] != people || most[true] < robots/2 {
		t.Errorf("the storm was a breeze: at most %d people and %d API users", most[false], most[true])
	}
	for what, id := range w.made {
		if made[id] != 1 {
			t.Errorf("%s was acknowledged as %s, of whom %d lines tell", what, id, made[id])
		}
	}
	if len(made) != len(w.made) {
		t.Errorf("%d members were made, and %d acknowledged", len(made), len(w.made))
	}
	for id := range w.ended {
		if ended[id] != 1 {
			t.Errorf("%s was removed, and %d lines tell of it", id, ended[id])
		}
	}
	f := look(t, w.program)
	if len(f.people) != seats[false] || len(f.robots) != seats[true] {
		t.Errorf("there are %d people and %d API users; by the history %d and %d", len(f.people), len(f.robots), seats[false], seats[true])
	}
	if p, r := w.i.seats(); p != len(f.people) || r != len(f.robots) {
		t.Errorf("counted are %d and %d, and there are %d people and %d API users", p, r, len(f.people), len(f.robots))
	}
	w.i.command(&struct{}{}, "verify") // fails when the chain does not hold
	t.Logf("%d were made and %d removed; at most %d people and %d API users at once", len(made), len(ended), most[false], most[true])
}

// line is one of the history.
type line struct {
	Seq     int64
	Action  string
	Refused string
	Target  struct{ ID string }
	Changes []struct{ Field, To string }
}

func (l line) kind() string {
	for _, c := range l.Changes {
		if c.Field == "kind" {
			return c.To
		}
	}
	return ""
}

// lines reads the whole history, whose numbers have no gap.
func (w *weather) lines() []line {
	var all []line
	var page struct {
		Items []line
		After int64 `json:"next_after"`
		More  bool
	}
	for page.More = true; page.More; {
		page.Items = nil
		w.read(fmt.Sprintf("/api/v1/orgs/acme/history?limit=200&after=%d", page.After), &page)
		all = append(all, page.Items...)
	}
	for n, l := range all {
		if l.Seq != int64(n+1) {
			w.t.Fatalf("line %d of the history has the number %d", n+1, l.Seq)
		}
	}
	return all
}
