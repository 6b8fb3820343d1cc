package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/roster"
	"roster/internal/server"
)

// ticking is a clock that moves when it is told to.
type ticking struct {
	mu sync.Mutex
	at time.Time
}

func (c *ticking) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *ticking) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func TestAnAddressHasABudget(t *testing.T) {
	clock := &ticking{at: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)}
	d := within(t, server.Bounds{Address: 3, Clock: clock.now}, "http://127.0.0.1", "127.0.0.1")
	d.on("GET", "/api/v1/things", ok)
	d.on("GET", "/page", ok)
	d.mux.Handle(server.Route{Method: "GET", Pattern: "/livez", Action: "health", Reason: "lives", Handler: http.HandlerFunc(ok)})
	d.mux.Handle(server.Route{Method: "GET", Pattern: "/assets/a", Action: "static", Reason: "ours", Handler: http.HandlerFunc(ok)})
	from := func(ip, path string) answer { t.Helper(); return d.ask("GET", path, "", "X-Forwarded-For", ip) }

	for i, left := range []string{`"address";r=2;t=20`, `"address";r=1;t=40`, `"address";r=0;t=60`} {
		a := from("203.0.113.1", "/api/v1/things")
		equal(t, fmt.Sprintf("status %d", i), a.StatusCode, 200)
		equal(t, "what is left", a.Header.Get("RateLimit"), left)
		equal(t, "policy", a.Header.Get("RateLimit-Policy"), `"address";q=3;w=60`)
	}
	over := from("203.0.113.1", "/api/v1/things")
	p := over.problem(t)
	equal(t, "status", over.StatusCode, 429)
	equal(t, "code", p.Code, "too_many_requests")
	equal(t, "Retry-After", over.Header.Get("Retry-After"), "20")
	equal(t, "what is left", over.Header.Get("RateLimit"), `"address";r=0;t=60`)
	equal(t, "the log's code", d.last(over.Header.Get("Request-Id"))["code"], any("too_many_requests"))
	equal(t, "the log's action", d.last(over.Header.Get("Request-Id"))["action"], any("test"))

	page := from("203.0.113.1", "/page")
	equal(t, "a page's status", page.StatusCode, 429)
	equal(t, "a page's text", page.text, "<h1>too_many_requests</h1>")
	equal(t, "what is nowhere", from("203.0.113.1", "/nowhere").StatusCode, 429)
	equal(t, "what cannot be read", from("203.0.113.1", "/%ff").StatusCode, 429)
	for _, path := range []string{"/livez", "/assets/a"} {
		a := from("203.0.113.1", path)
		equal(t, path, a.StatusCode, 200)
		equal(t, path+" counts", a.Header.Get("RateLimit"), "")
	}
	equal(t, "another address", from("203.0.113.2", "/page").StatusCode, 200)
	equal(t, "people are told nothing while it is well", from("203.0.113.2", "/page").Header.Get("RateLimit"), "")
	for i, ip := range []string{"2001:db8:1:1::1", "2001:db8:1:1::2", "2001:db8:1:1:ffff::3"} {
		equal(t, fmt.Sprintf("IPv6 %d", i), from(ip, "/page").StatusCode, 200)
	}
	equal(t, "the same network", from("2001:db8:1:1::4", "/page").StatusCode, 429)
	equal(t, "another network", from("2001:db8:1:2::4", "/page").StatusCode, 200)

	clock.pass(20 * time.Second)
	equal(t, "after the wait", from("203.0.113.1", "/page").StatusCode, 200)
	equal(t, "and once more", from("203.0.113.1", "/page").StatusCode, 429)
}

func TestAProgramHasABudgetOfItsOwn(t *testing.T) {
	clock := &ticking{at: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)}
	d := within(t, server.Bounds{Address: 2, Client: 3, Decisions: 5, Clock: clock.now}, "http://127.0.0.1")
	known := func(w http.ResponseWriter, r *http.Request) {
		token, err := server.BearerToken(r)
		if err == nil {
			if token == "forged" {
				err = server.Unrecognised(r.Context(), roster.Errorf(roster.Unauthenticated, "invalid_token", "No."))
			} else {
				err = server.Recognised(r.Context(), token)
			}
		}
		if err != nil {
			server.WriteProblem(w, r, err)
			return
		}
		ok(w, r)
	}
	d.on("GET", "/api/v1/things", known)
	d.mux.Handle(server.Route{Method: "POST", Pattern: "/access/v1/evaluation", Action: "decision.evaluate", Handler: http.HandlerFunc(known)})
	d.on("GET", "/api/v1/careless", ok)
	d.mux.Handle(server.Route{Method: "POST", Pattern: "/oauth2/token", Action: "token.issue", Handler: http.HandlerFunc(known)})
	as := func(who, method, path string) answer {
		t.Helper()
		return d.ask(method, path, "", "Authorization", "Bearer "+who)
	}
	for range 3 {
		equal(t, "within the budget", as("mem_1", "GET", "/api/v1/things").StatusCode, 200)
	}
	over := as("mem_1", "GET", "/api/v1/things")
	equal(t, "beyond it", over.StatusCode, 429)
	equal(t, "whose it is", over.Header.Get("RateLimit-Policy"), `"client";q=3;w=60`)
	equal(t, "another program from the same address", as("mem_2", "GET", "/api/v1/things").StatusCode, 200)
	for range 5 {
		equal(t, "questions", as("mem_1", "POST", "/access/v1/evaluation").StatusCode, 200)
	}
	equal(t, "too many questions", as("mem_1", "POST", "/access/v1/evaluation").Header.Get("RateLimit"), `"decisions";r=0;t=60`)

	equal(t, "a forged token", as("forged", "GET", "/api/v1/things").StatusCode, 401)
	equal(t, "and again", as("forged", "POST", "/access/v1/evaluation").StatusCode, 401)
	equal(t, "and again", as("forged", "GET", "/api/v1/things").StatusCode, 429)
	equal(t, "who brings nothing from that address", d.ask("GET", "/api/v1/things", "").StatusCode, 429)
	equal(t, "a program from there is not stopped by others", as("mem_2", "GET", "/api/v1/things").StatusCode, 200)

	clock.pass(time.Hour)
	for range 2 {
		equal(t, "a door that looks at no token", as("any", "GET", "/api/v1/careless").StatusCode, 200)
	}
	equal(t, "counts by the address", d.ask("GET", "/api/v1/careless", "").StatusCode, 429)
	equal(t, "a token is no use on pages", as("any", "GET", "/page").StatusCode, 429)
}

// shows waits until the metrics show a figure.
func (d *door) shows(figure string) {
	d.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		w := httptest.NewRecorder()
		d.metrics.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		if strings.Contains(w.Body.String(), "\n"+figure+"\n") {
			return
		}
		if time.Now().After(deadline) {
			d.t.Fatalf("the metrics do not show %s", figure)
		}
	}
}

// TestNoHeaderGoesRoundTheBudgetOfAnAddress: who sends what might be a token, to whoever does not look at it, is held as who
// sends nothing. A program that is recognised is not, whatever others from its address did.
func TestNoHeaderGoesRoundTheBudgetOfAnAddress(t *testing.T) {
	clock := &ticking{at: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)}
	d := within(t, server.Bounds{Address: 2, Client: 100, Clock: clock.now}, "http://127.0.0.1")
	known := func(w http.ResponseWriter, r *http.Request) {
		token, err := server.BearerToken(r)
		if err == nil {
			err = server.Recognised(r.Context(), token)
		}
		if err != nil {
			server.WriteProblem(w, r, err)
			return
		}
		ok(w, r)
	}
	d.on("GET", "/api/v1/things/{id}", known)
	d.on("GET", "/oauth2/jwks", ok)
	d.on("POST", "/access/v1/evaluation", known)
	d.mux.Handle(server.Route{Method: "GET", Pattern: "/api/v1/openapi.json", Action: "document", Reason: "the same for everybody", Handler: http.HandlerFunc(ok)})
	d.mux.Handle(server.Route{Method: "POST", Pattern: "/oauth2/token", Action: "token.issue", MaxBody: 10, Handler: http.HandlerFunc(known)})
	for _, c := range []struct {
		method, path, authorization, body string
		status                            int
	}{
		{"GET", "/oauth2/jwks", "Bearer x", "", 200},
		{"GET", "/api/v1/openapi.json", "Bearer x", "", 200},
		{"GET", "/api/v1/nowhere", "Bearer x", "", 404},
		{"GET", "/oauth2/nowhere", "Bearer x", "", 404},
		{"GET", "/access/v1/nowhere", "Bearer x", "", 404},
		{"GET", "/.well-known/nowhere", "Bearer x", "", 404},
		{"GET", "/api/v1/things/%ff", "Bearer x", "", 404},
		{"GET", "/api/v1/things/1?q=%ff", "Bearer x", "", 400},
		{"PUT", "/api/v1/things/1", "Bearer x", "", 405},
		{"GET", "/oauth2/token", "Bearer x", "", 405},
		{"POST", "/oauth2/token", "Bearer x", "longer than it may be", 413},
		{"GET", "/api/v1/things/1", "Basic eDp5", "", 401},
		{"POST", "/access/v1/evaluation", "Bearer", "", 400},
	} {
		clock.pass(time.Hour)
		for n, want := range []int{c.status, c.status, 429} {
			a := d.ask(c.method, c.path, c.body, "Authorization", c.authorization)
			equal(t, fmt.Sprintf("%s %s with %s, time %d", c.method, c.path, c.authorization, n+1), a.StatusCode, want)
		}
		for range 3 {
			equal(t, "a program that is recognised", d.ask("GET", "/api/v1/things/1", "", "Authorization", "Bearer mem_1").StatusCode, 200)
		}
	}
}

func TestWhatIsTooMuchIsTurnedAwayQuestionsAndHealthLast(t *testing.T) {
	d := within(t, server.Bounds{InFlight: 2}, "http://127.0.0.1", "127.0.0.1")
	inside, finish := make(chan struct{}, 100), make(chan struct{})
	slow := func(w http.ResponseWriter, r *http.Request) {
		inside <- struct{}{}
		<-finish
		ok(w, r)
	}
	d.on("GET", "/page", slow)
	d.on("GET", "/api/v1/things", slow)
	d.mux.Handle(server.Route{Method: "GET", Pattern: "/file", Action: "test", Patient: true, Handler: http.HandlerFunc(ok)})
	d.mux.Handle(server.Route{Method: "POST", Pattern: "/access/v1/evaluation", Action: "decision.evaluate", Handler: http.HandlerFunc(ok)})
	d.mux.Handle(server.Route{Method: "GET", Pattern: "/livez", Action: "health", Reason: "lives", Handler: http.HandlerFunc(ok)})
	d.mux.Handle(server.Route{Method: "POST", Pattern: "/oauth2/token", Action: "token.issue", Handler: particular{ok}})
	var under sync.WaitGroup
	addresses := 0
	ask := func(path string, n int) { // each from an address of its own
		for range n {
			addresses++
			from := fmt.Sprintf("203.0.113.%d", addresses)
			under.Go(func() {
				if a := d.ask("GET", path, "", "X-Forwarded-For", from); a.StatusCode != 200 {
					t.Errorf("%s from %s: %d", path, from, a.StatusCode)
				}
			})
		}
	}
	ask("/page", 2)
	<-inside
	<-inside
	ask("/page", 4) // who wait
	d.shows(`roster_http_lane_requests{lane="pages"} 2`)
	d.shows(`roster_http_lane_waiting{lane="pages"} 4`)
	a := d.ask("GET", "/nowhere", "", "X-Forwarded-For", "203.0.113.99")
	equal(t, "one too many", a.StatusCode, 503)
	equal(t, "Retry-After", a.Header.Get("Retry-After"), "1")
	equal(t, "a page's text", a.text, "<h1>busy</h1>")
	ask("/api/v1/things", 2) // programs do not wait for people
	<-inside
	<-inside
	token := d.ask("POST", "/oauth2/token", "", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", addresses))
	equal(t, "who has their share, in the door's own form", token.text, "own busy\n")
	for _, path := range []string{"/livez", "/file"} {
		equal(t, path, d.ask("GET", path, "").StatusCode, 200)
	}
	equal(t, "a question", d.ask("POST", "/access/v1/evaluation", "").StatusCode, 200)
	close(finish)
	under.Wait()
	equal(t, "afterwards", d.ask("GET", "/page", "").StatusCode, 200)
}

// TestLargeBodiesHaveAFewPlacesOfTheirOwn: what is held in memory is bounded, and who finds no place is answered before
// anything of their body is asked for.
func TestLargeBodiesHaveAFewPlacesOfTheirOwn(t *testing.T) {
	d := within(t, server.Bounds{InFlight: 2}, "http://127.0.0.1", "127.0.0.1")
	inside, finish := make(chan struct{}, 100), make(chan struct{})
	finished := sync.OnceFunc(func() { close(finish) })
	t.Cleanup(finished) // before the server waits for them
	read := func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			t.Errorf("a body: %v", err)
		}
		inside <- struct{}{}
		<-finish
		ok(w, r)
	}
	d.mux.Handle(server.Route{Method: "POST", Pattern: "/api/v1/file", Action: "test", MaxBody: 10 << 20, Handler: http.HandlerFunc(read)})
	d.on("POST", "/api/v1/things", ok)
	var under sync.WaitGroup
	for i := range 6 { // two are worked on, four wait
		under.Go(func() {
			if a := d.ask("POST", "/api/v1/file", "a file", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i)); a.StatusCode != 200 {
				t.Errorf("file %d: %d", i, a.StatusCode)
			}
		})
	}
	<-inside
	<-inside
	d.shows(`roster_http_lane_requests{lane="bulky"} 2`)
	d.shows(`roster_http_lane_waiting{lane="bulky"} 4`)
	c, err := net.Dial("tcp", strings.TrimPrefix(d.address, "http://"))
	must(t, err)
	defer c.Close()
	must(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(c, "POST /api/v1/file HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\nExpect: 100-continue\r\nX-Forwarded-For: 203.0.113.99\r\n\r\n")
	must(t, err)
	said, err := bufio.NewReader(c).ReadString('\n') // a body that is read is asked for by "100 Continue"
	must(t, err)
	equal(t, "one too many", said, "HTTP/1.1 503 Service Unavailable\r\n")
	a := d.ask("POST", "/api/v1/file", "a file", "X-Forwarded-For", "203.0.113.98")
	equal(t, "its code", a.problem(t).Code, "busy")
	equal(t, "Retry-After", a.Header.Get("Retry-After"), "1")
	equal(t, "a small body beside them", d.ask("POST", "/api/v1/things", "small").StatusCode, 200)
	finished()
	under.Wait()
}

// particular is a handler with its own way to refuse.
type particular struct{ http.HandlerFunc }

func (particular) Refuse(w http.ResponseWriter, _ *http.Request, err error) {
	http.Error(w, "own "+roster.AsError(err).Code, http.StatusServiceUnavailable)
}

// TestALargeTableMayTakeLong: as long as it keeps coming it has more time than other requests, and so has its answer; its
// handler's time does not end meanwhile.
func TestALargeTableMayTakeLong(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	d := open(t, "http://127.0.0.1")
	take := func(w http.ResponseWriter, r *http.Request) {
		until, bounded := r.Context().Deadline()
		f, _, err := server.SpooledFile(r, "file", 10<<20)
		if err != nil {
			server.WriteProblem(w, r, err)
			return
		}
		defer f.Close()
		if left := time.Until(until); !bounded || left < server.HandleTime {
			t.Errorf("there is a bound: %v, and %s are left", bounded, left)
		}
		_, _ = fmt.Fprint(w, f.Size)
	}
	for path, patient := range map[string]bool{"/api/v1/table": true, "/api/v1/picture": false} {
		d.mux.Handle(server.Route{Method: "POST", Pattern: path, Action: "test", MaxBody: 10<<20 + server.FileRoom, Patient: patient, Handler: http.HandlerFunc(take)})
	}
	const short = 200 * time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- server.Serve(ctx, slog.New(slog.DiscardHandler), server.Service{Listener: l, Handler: d.handler, Times: server.Times{Header: short, Read: short, Write: 2 * short, Idle: short}})
	}()
	send := func(path string, after time.Duration) (int, string) {
		t.Helper()
		const head, tail = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"team.csv\"\r\n\r\n", "\r\n--b--\r\n"
		c, err := net.Dial("tcp", l.Addr().String())
		must(t, err)
		defer c.Close()
		must(t, c.SetDeadline(time.Now().Add(20*time.Second)))
		_, err = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n%s01234", path, len(head)+10+len(tail), head)
		must(t, err)
		if after > 0 {
			time.Sleep(after) // this is how slow it is; nothing is waited for
			_, err = io.WriteString(c, "56789"+tail)
			must(t, err)
		}
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		must(t, err)
		text, err := io.ReadAll(res.Body)
		must(t, err)
		return res.StatusCode, string(text)
	}
	if status, text := send("/api/v1/table", 4*short); status != 200 || text != "10" {
		t.Errorf("a table that comes slowly is answered %d %s", status, text)
	}
	if status, text := send("/api/v1/picture", 0); status != 503 || !strings.Contains(text, "did not arrive in the time") {
		t.Errorf("what has no more time is answered %d %s", status, text)
	}
	stop()
	must(t, <-served)
}

func TestWhoIsSlowIsCutOff(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	failed := make(chan error, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /body", func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		failed <- err
		server.WriteProblem(w, r, server.BodyError(err))
	})
	mux.HandleFunc("GET /long", func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				failed <- err
				return
			}
		}
	})
	const short = 150 * time.Millisecond
	ctx := t.Context()
	served := make(chan error, 1)
	go func() {
		served <- server.Serve(ctx, slog.New(slog.DiscardHandler), server.Service{Listener: l, Handler: mux, Times: server.Times{Header: short, Read: 2 * short, Write: 4 * short, Idle: short}})
	}()
	say := func(text string) net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", l.Addr().String())
		must(t, err)
		t.Cleanup(func() { _ = c.Close() })
		_, err = io.WriteString(c, text)
		must(t, err)
		must(t, c.SetDeadline(time.Now().Add(20*time.Second)))
		return c
	}
	header := say("GET /long HTTP/1.1\r\nHost: a\r\nX-Slow: ")
	idle := say("")
	body := say("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nslow")
	reader := say("GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
	_ = reader // reads nothing
	for name, c := range map[string]net.Conn{"a header": header, "silence": idle} {
		if text, err := io.ReadAll(c); err != nil || strings.Contains(string(text), "200") {
			t.Errorf("%s without end is answered %q: %v", name, text, err)
		}
	}
	text, err := io.ReadAll(body)
	if err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 503 ") || !strings.Contains(string(text), "did not arrive in the time") {
		t.Errorf("a body without end is answered %q: %v", text, err)
	}
	for range 2 {
		select {
		case err := <-failed:
			var timeout net.Error
			if !errors.As(err, &timeout) || !timeout.Timeout() {
				t.Errorf("it ended by %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("a handler waits for a client that is slow")
		}
	}
}
