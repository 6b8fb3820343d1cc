package crash

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// program is a client of the API.
type program struct {
	t     *testing.T
	url   string
	token string
}

// client gives up on a request soon: the server it was put to may be dead.
var client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}

// enter gets a token for an API user.
func enter(t *testing.T, i *installation, id, secret string) program {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
	a, err := client.PostForm(i.url("/oauth2/token"), form)
	must(t, err)
	defer a.Body.Close()
	var got struct {
		Token string `json:"access_token"`
	}
	must(t, json.NewDecoder(a.Body).Decode(&got))
	if got.Token == "" {
		t.Fatalf("no token: %d", a.StatusCode)
	}
	return program{t, i.url(""), got.Token}
}

// send sends a request; an error says that nobody answered.
func (p program) send(method, path, key string, body any) (a answer, err error) {
	var text []byte
	if body != nil {
		if text, err = json.Marshal(body); err != nil {
			return a, err
		}
	}
	r, err := http.NewRequest(method, p.url+path, bytes.NewReader(text))
	if err != nil {
		return a, err
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	got, err := client.Do(r)
	if err != nil {
		return a, err
	}
	defer got.Body.Close()
	a.status, a.replayed = got.StatusCode, got.Header.Get("Idempotent-Replayed") == "true"
	a.text, err = io.ReadAll(got.Body)
	return a, err
}

// answer is what a server said.
type answer struct {
	status   int
	text     []byte
	replayed bool // it had been said before, to somebody who did not hear it
}

// read gets something that must be there.
func (p program) read(path string, v any) {
	p.t.Helper()
	a, err := p.send(http.MethodGet, path, "", nil)
	if err != nil || a.status != http.StatusOK {
		p.t.Fatalf("%s: %d %s %v", path, a.status, a.text, err)
	}
	must(p.t, json.Unmarshal(a.text, v))
}

// wish is one new member that a client asks for.
type wish struct {
	name     string // of the address, or of the API user
	api      bool
	id       string // once it was acknowledged
	tries    int
	replayed bool
}

func (w *wish) address() string { return w.name + "@example.com" }

func (w *wish) body() map[string]any {
	if w.api {
		return map[string]any{"kind": "api", "name": w.name}
	}
	return map[string]any{"email": w.address(), "first_name": "New", "last_name": strings.ToUpper(w.name[:1]) + w.name[1:]}
}

// fulfil asks until it is answered, always under the same key; the impatient never ask for what may
// have arrived.
func (p program) fulfil(w *wish, patient bool) {
	for over := time.Now().Add(2 * time.Minute); time.Now().Before(over); time.Sleep(time.Duration(5+rand.IntN(40)) * time.Millisecond) {
		w.tries++
		a, err := p.send(http.MethodPost, "/api/v1/orgs/acme/members", "wish-"+w.name, w.body())
		switch {
		case err != nil && !patient && !errors.Is(err, syscall.ECONNREFUSED):
			return
		case err != nil:
			continue
		case a.status != http.StatusCreated:
			p.t.Errorf("%s at try %d: %d %s", w.name, w.tries, a.status, a.text)
			return
		}
		var got struct{ ID string }
		if err := json.Unmarshal(a.text, &got); err != nil || got.ID == "" {
			p.t.Errorf("%s: %s", w.name, a.text)
		}
		w.id, w.replayed = got.ID, a.replayed
		return
	}
	p.t.Errorf("%s was never answered", w.name)
}

// work lets clients ask for so many new members at once, and gives what became of each. answered
// counts those that were.
func (p program) work(round, clients, wishes int, answered *atomic.Int64) []*wish {
	all := make([]*wish, wishes)
	for n := range all {
		all[n] = &wish{name: fmt.Sprintf("n%dr%d", n, round), api: n%10 == 7}
	}
	todo := make(chan *wish, wishes)
	for _, w := range all {
		todo <- w
	}
	close(todo)
	var busy sync.WaitGroup
	for c := range clients {
		busy.Go(func() {
			for w := range todo {
				p.fulfil(w, c%4 != 3) // one of four is impatient
				answered.Add(1)
			}
		})
	}
	busy.Wait()
	return all
}
