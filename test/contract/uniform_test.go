package contract_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/roster"
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
	plan       = "it is the plan itself, and changes nothing"
	ping       = "it asks the receiver at once, outside any transaction"
)

// tried are the writes that cannot be tried.
func tried() exceptions {
	return exceptions{
		"POST /orgs": secretMade, "POST /orgs/{org}/export": file, "POST /orgs/{org}/members/export": file, "POST /orgs/{org}/history/export": file,
		"POST /orgs/{org}/members": secretMade, "POST /orgs/{org}/members/{id}/clone": elsewhere, "POST /orgs/{org}/members/{id}/invitation-link": secretMade,
		"POST /orgs/{org}/members/{id}/password": secretMade, "POST /orgs/{org}/members/{id}/reset-mfa": secretMade, "POST /orgs/{org}/members/{id}/resend": letter,
		"POST /orgs/{org}/members/{id}/secrets": secretMade, "POST /orgs/{org}/people/plan": plan, "POST /orgs/{org}/people/export": file,
		"POST /orgs/{org}/webhooks": secretMade, "POST /orgs/{org}/webhooks/{id}/rotate": secretMade, "POST /orgs/{org}/webhooks/{id}/test": ping,
		"PATCH /orgs/{org}/webhooks/{id}": alone, "POST /orgs/{org}/webhooks/{id}/retire": alone,
		"POST /webhooks": secretMade, "POST /webhooks/{id}/rotate": secretMade, "POST /webhooks/{id}/test": ping, "PATCH /webhooks/{id}": alone, "POST /webhooks/{id}/retire": alone,
		"POST /orgs/{org}/members/bulk": taken, "PATCH /orgs/{org}/members/{id}": alone,
		"POST /orgs/{org}/login-methods": alone, "POST /orgs/{org}/login-methods/{id}/test": alone, "POST /orgs/{org}/units": alone,
		"PATCH /me": alone, "PATCH /me/factors/{id}": alone, "DELETE /me/factors/{id}": alone, "DELETE /me/sessions/{id}": alone,
		"PATCH /orgs/{org}/me": alone, "PATCH /orgs/{org}/me/notifications": alone, "POST /orgs/{org}/views": alone, "PATCH /orgs/{org}/views/{id}": alone, "DELETE /orgs/{org}/views/{id}": alone,
		"PUT /orgs/{org}/picture": alone, "DELETE /orgs/{org}/picture": alone, "PUT /orgs/{org}/me/picture": alone, "DELETE /orgs/{org}/me/picture": alone,
		"PUT /orgs/{org}/members/{id}/picture": alone, "DELETE /orgs/{org}/members/{id}/picture": alone,
	}
}

// repeated are the writes that take no Idempotency-Key.
func repeated() exceptions {
	return exceptions{
		"POST /orgs/{org}/export": file, "POST /orgs/{org}/members/export": file, "POST /orgs/{org}/history/export": file, "POST /orgs/{org}/people/export": file, "POST /orgs/{org}/people/plan": plan,
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

// TestWhatIsTriedIsWhatIsDone: on the tour each write that can be tried is tried first. That changes nothing, and its answer is
// the one that doing it gets.
func TestWhatIsTriedIsWhatIsDone(t *testing.T) {
	g := prepare(t)
	trials := map[*visit]rest.Reply{}
	g.before = func(v *visit) {
		if !v.takes("query", "dry_run") || strings.Contains(v.address, "dry_run") {
			return
		}
		before := g.stands()
		trial := *v
		if trial.address += "?dry_run=true"; strings.Contains(v.address, "?") {
			trial.address = v.address + "&dry_run=true"
		}
		trials[v] = trial.send(trial.by, trial.body)
		rest.Equal(t, "Roster-Seq of "+v.route(), trials[v].Header.Get("Roster-Seq"), "")
		rest.Equal(t, "the histories after "+v.route(), g.stands(), before)
	}
	g.walk()
	for v, trial := range trials {
		if v.ID == "role.create" || v.ID == "role.edit" || v.ID == "catalogue.apply" {
			continue // they answer more: who gains and loses what
		}
		rest.Equal(t, "the status of "+v.route(), trial.StatusCode, v.reply.StatusCode)
		rest.Equal(t, "the answer of "+v.route(), steady(t, trial.Text), steady(t, v.reply.Text))
	}
	if len(trials) < 20 {
		t.Errorf("only %d writes were tried", len(trials))
	}
}

// stands tells where all histories stand.
func (g *tour) stands() string {
	g.t.Helper()
	all, err := g.Orgs.List(g.CLI(""))
	rest.Must(g.t, err)
	var at []string
	for _, o := range all {
		at = append(at, fmt.Sprint(o.ID, " ", o.Seq))
	}
	installation, err := g.History.OfInstallation(g.CLI(""), history.Query{Limit: 1})
	rest.Must(g.t, err)
	slices.Sort(at)
	return strings.Join(append(at, fmt.Sprint(roster.Installation, " ", installation.Events[0].Seq)), ", ")
}

// steady gives an answer without what is another each time.
func steady(t testing.TB, text string) string {
	t.Helper()
	if text == "" {
		return ""
	}
	var body map[string]any
	rest.Must(t, json.Unmarshal([]byte(text), &body))
	return rest.Show(body)
}
