package doors_test

import (
	"strings"
	"testing"
	"time"

	"roster/internal/rostertest"
)

func TestAReturnIsGoodOnceForItsOwnBrowserAndConnection(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		id, other := c.ready(owner, "Okta"), c.ready(owner, "Entra")
		anna := c.Visitor()
		anna.Get(c.invited(id, "anna@example.com", "anna@example.com"))
		if a := c.through(anna, anna.Post("/invitation/connection")); !isIn(a) {
			t.Fatalf("accept: %s %.1500s", a.Path, a.Body)
		}
		const over = "begun in another browser"
		v := c.Visitor()
		at, fields := c.away(v, v.Post("/o/acme/sign-in/"+id))
		thief := c.Visitor()
		stayedOut(t, "another browser", thief, thief.Post(at, fields...), over)
		stayedOut(t, "another connection", v, v.Post("/sign-in/return/"+other, fields...), over)
		at, fields = c.away(v, v.Post("/o/acme/sign-in/"+id))
		tampered := append([]string{}, fields...)
		for i := range tampered {
			if tampered[i] == "state" {
				tampered[i+1] = strings.Repeat("A", 43)
			}
		}
		stayedOut(t, "another state", v, v.Post(at, tampered...), over)
		at, fields = c.away(v, v.Post("/o/acme/sign-in/"+id))
		c.Clock.Pass(11 * time.Minute)
		stayedOut(t, "too late", v, v.Post(at, fields...), over)
		// Twice, by a browser that kept its cookie.
		at, fields = c.away(v, v.Post("/o/acme/sign-in/"+id))
		keeper := v.Copy()
		if a := v.Post(at, fields...); !isIn(a) {
			t.Fatalf("once: %d %s %.1500s", a.Status, a.Path, a.Body)
		}
		stayedOut(t, "twice", keeper, keeper.Post(at, fields...), over)
		// A code that was made for another connection, with this one's state.
		w := c.Visitor()
		_, foreign := c.away(w, w.Post("/o/acme/sign-in/"+other))
		at, fields = c.away(w, w.Post("/o/acme/sign-in/"+id))
		for i := range fields {
			if fields[i] == "code" {
				fields[i+1] = foreign[index(foreign, "code")+1]
			}
		}
		stayedOut(t, "another connection's code", w, w.Post(at, fields...), "the code was not taken")
	})
}

func TestOfReturnsAtOnceOneComesIn(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		id := c.ready(c.owner(), "Okta")
		anna := c.Visitor()
		anna.Get(c.invited(id, "anna@example.com", "anna@example.com"))
		at, fields := c.away(anna, anna.Post("/invitation/connection"))
		var copies []*rostertest.Visitor
		for range 8 {
			copies = append(copies, anna.Copy())
		}
		in := make(chan bool)
		for _, v := range copies {
			go func() { in <- isIn(v.Post(at, fields...)) }()
		}
		n := 0
		for range copies {
			if <-in {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d of %d returns came in", n, len(copies))
		}
		c.Verified(c.Acme.ID)
	})
}

func index(fields []string, name string) int {
	for i, f := range fields {
		if f == name {
			return i
		}
	}
	return 0
}
