package contract_test

import (
	"strings"
	"testing"

	"roster/internal/rostertest/rest"
)

// exceptions are operations that differ from what is said of all, each with its reason.
type exceptions map[string]string

// The reasons for which a write takes no dry_run.
const (
	alone      = "it changes the one thing that it names, and the answer shows it"
	elsewhere  = "GET at the same place, or above it, tells what it would do"
	secretMade = "it makes or replaces a secret, which only the one who makes it may see"
	file       = "its answer is a file, and it changes nothing"
	taken      = "its own request has dry_run, and a plan"
	letter     = "what would come of it is one letter, and members/bulk tries that with dry_run"
	forThem    = "what would come of it is one letter to its person, of which nobody else learns anything"
	plan       = "it is the plan itself, and changes nothing"
	unstarted  = "nothing of it is done before it is started; each one sent in is another"
	ping       = "it asks the receiver at once, outside any transaction"
)

// tried are the writes that cannot be tried.
func tried() exceptions {
	return exceptions{
		"POST /orgs": secretMade, "POST /orgs/{org}/portal-links": secretMade, "POST /orgs/{org}/export": file, "POST /orgs/{org}/members/export": file, "POST /orgs/{org}/history/export": file, "POST /orgs/{org}/members/{id}/data": file,
		"POST /orgs/{org}/members": secretMade, "POST /orgs/{org}/members/{id}/clone": elsewhere, "POST /orgs/{org}/members/{id}/invitation-link": secretMade,
		"POST /orgs/{org}/members/{id}/password": secretMade, "POST /orgs/{org}/members/{id}/reset-mfa": secretMade, "POST /orgs/{org}/members/{id}/reset-password": forThem, "POST /orgs/{org}/members/{id}/resend": letter,
		"POST /orgs/{org}/imports": unstarted, "POST /orgs/{org}/imports/{id}/plan": plan,
		"POST /orgs/{org}/members/{id}/secrets": secretMade, "POST /orgs/{org}/people/plan": plan, "POST /orgs/{org}/people/export": file,
		"POST /orgs/{org}/webhooks": secretMade, "POST /orgs/{org}/webhooks/{id}/rotate": secretMade, "POST /orgs/{org}/webhooks/{id}/test": ping,
		"PATCH /orgs/{org}/webhooks/{id}": alone, "POST /orgs/{org}/webhooks/{id}/retire": alone,
		"POST /webhooks": secretMade, "POST /webhooks/{id}/rotate": secretMade, "POST /webhooks/{id}/test": ping, "PATCH /webhooks/{id}": alone, "POST /webhooks/{id}/retire": alone,
		"POST /orgs/{org}/members/bulk": taken, "PATCH /orgs/{org}/members/{id}": alone,
		"POST /orgs/{org}/login-methods": alone, "POST /orgs/{org}/login-methods/{id}/test": alone, "POST /orgs/{org}/units": alone,
		"PATCH /me": alone, "PATCH /me/factors/{id}": alone, "DELETE /me/factors/{id}": alone, "DELETE /me/sessions/{id}": alone,
		"PATCH /orgs/{org}/me": alone, "PATCH /orgs/{org}/me/notifications": alone, "POST /orgs/{org}/notifications/read": alone, "POST /orgs/{org}/views": alone, "PATCH /orgs/{org}/views/{id}": alone, "DELETE /orgs/{org}/views/{id}": alone,
		"PUT /orgs/{org}/picture": alone, "DELETE /orgs/{org}/picture": alone, "PUT /orgs/{org}/me/picture": alone, "DELETE /orgs/{org}/me/picture": alone,
		"PUT /orgs/{org}/members/{id}/picture": alone, "DELETE /orgs/{org}/members/{id}/picture": alone,
	}
}

// repeated are the writes that take no Idempotency-Key.
func repeated() exceptions {
	return exceptions{
		"POST /orgs/{org}/export": file, "POST /orgs/{org}/members/export": file, "POST /orgs/{org}/history/export": file, "POST /orgs/{org}/people/export": file, "POST /orgs/{org}/members/{id}/data": file, "POST /orgs/{org}/people/plan": plan,
		"POST /orgs/{org}/imports": unstarted, "POST /orgs/{org}/imports/{id}/plan": plan,
		"POST /orgs/{org}/login-methods/{id}/test": "it only tells where a connection is tested",
	}
}

// TestAllWritesAreAlike: what a client knows of one operation it knows of all, or the difference has a reason.
func TestAllWritesAreAlike(t *testing.T) {
	d := read(t, prepare(t).Rig)
	for what, c := range map[string]struct {
		in, name string
		but      exceptions
	}{"Idempotency-Key": {"header", "Idempotency-Key", repeated()}, "dry_run": {"query", "dry_run", tried()}} {
		seen := exceptions{}
		for _, o := range d.operations() {
			if name := o.method + " " + o.path; o.method != "GET" {
				switch reason := c.but[name]; {
				case o.takes(c.in, c.name) && reason != "":
					t.Errorf("%s takes %s, and is excepted", name, what)
				case !o.takes(c.in, c.name) && reason == "":
					t.Errorf("%s takes no %s, and no reason says why", name, what)
				}
				seen[name] = c.but[name]
			}
		}
		for name := range c.but {
			if _, there := seen[name]; !there {
				t.Errorf("%s is excepted from %s, and there is no such operation", name, what)
			}
		}
	}
}

// TestAllListsAreAlike: a list that is cut into pages takes limit, and either a cursor or, where it goes on, after.
func TestAllListsAreAlike(t *testing.T) {
	d := read(t, prepare(t).Rig)
	for _, o := range d.operations() {
		if o.method != "GET" {
			continue
		}
		limit, cursor, after, wait := o.takes("query", "limit"), o.takes("query", "cursor"), o.takes("query", "after"), o.takes("query", "wait")
		if cursor && !limit || after && (!limit || cursor) || after != wait {
			t.Errorf("%s: limit %v, cursor %v, after %v, wait %v", o.route(), limit, cursor, after, wait)
		}
		if s := d.resolve(pageOf(o)); cursor && s != nil && s.Properties["next_cursor"] == nil && s.Properties["held_by"] == nil && s.Properties["members"] == nil {
			t.Errorf("%s takes a cursor and gives none", o.route())
		}
	}
}

func pageOf(o *operation) *schema {
	m, ok := o.Responses["200"].Content["application/json"]
	if !ok {
		return nil
	}
	return &m.Schema
}

// trial is what a write that was tried was answered, and what there was then.
type trial struct {
	rest.Reply
	before map[string]string
}

// TestWhatIsTriedIsWhatIsDone: on the tour each write that can be tried is tried first. That changes nothing, and its answer is
// the one that doing it gets.
func TestWhatIsTriedIsWhatIsDone(t *testing.T) {
	g := prepare(t)
	trials := map[*visit]trial{}
	g.before = func(v *visit) {
		if !v.takes("query", "dry_run") || strings.Contains(v.address, "dry_run") {
			return
		}
		v.by.Ask("OPTIONS", v.address, "") // that somebody came in is noted once a minute, whatever they ask
		before, tried := rows(t, g.Rig), *v
		if tried.address += "?dry_run=true"; strings.Contains(v.address, "?") {
			tried.address = v.address + "&dry_run=true"
		}
		trials[v] = trial{tried.send(tried.by, tried.body), before}
		rest.Equal(t, "Roster-Seq of "+v.route(), trials[v].Header.Get("Roster-Seq"), "")
		for table, now := range rows(t, g.Rig) {
			rest.Equal(t, table+" after "+v.route(), others(now, before[table])+others(before[table], now), "")
		}
	}
	g.walk()
	for v, was := range trials {
		if v.ID == "role.create" || v.ID == "role.edit" || v.ID == "catalogue.apply" {
			continue // they answer more: who gains and loses what
		}
		rest.Equal(t, "the status of "+v.route(), was.StatusCode, v.reply.StatusCode)
		tried, done := told(t, was.before, was.Text), told(t, was.before, v.reply.Text)
		if v.ID == "people.apply" {
			unknown(0, tried, done)
		}
		rest.Equal(t, "the answer of "+v.route(), rest.Show(tried), rest.Show(done))
	}
	if len(trials) < 40 {
		t.Errorf("only %d writes were tried", len(trials))
	}
}
