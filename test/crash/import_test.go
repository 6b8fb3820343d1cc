package crash

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/rostertest/postgres"
)

// TestRowsAreDoneOnceWhenKilled: a table comes in in the background while the server is killed again and again. What a row was
// told to have done stands, each row is done once, and none is lost.
func TestRowsAreDoneOnceWhenKilled(t *testing.T) {
	program := build(t)
	t.Run("sqlite", func(t *testing.T) { importing(t, install(t, program, filepath.Join(t.TempDir(), "roster.db"))) })
	if postgres.Wanted() {
		t.Run("postgres", func(t *testing.T) { importing(t, install(t, program, postgres.Database(t))) })
	}
}

// table is one of so many API users, and of a person for each nine of them, who gets a letter.
func table(rows int) string {
	var b strings.Builder
	b.WriteString("Kind,Name,External ID,E-mail,First name\n")
	for n := range rows {
		if n%10 == 9 {
			fmt.Fprintf(&b, ",,,n%d@example.com,N%d\n", n, n)
		} else {
			fmt.Fprintf(&b, "api,Meter %d,meter-%d,,\n", n, n)
		}
	}
	return b.String()
}

// progress is how far an import is.
type progress struct {
	ID    string
	State string
	Rows  struct{ Total, Waiting, Changed int }
}

// sends sends a table in and starts it.
func (p program) sends(text string) (of progress) {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodPost, p.url+"/api/v1/orgs/acme/imports?name=meters.csv", strings.NewReader(text))
	must(p.t, err)
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Content-Type", "text/csv")
	a, err := client.Do(r)
	must(p.t, err)
	defer a.Body.Close()
	answer, err := io.ReadAll(a.Body)
	must(p.t, err)
	if a.StatusCode != http.StatusCreated {
		p.t.Fatalf("sent in: %d %s", a.StatusCode, answer)
	}
	must(p.t, json.Unmarshal(answer, &of))
	started, err := p.send(http.MethodPost, "/api/v1/orgs/acme/imports/"+of.ID+"/start", "", nil)
	if err != nil || started.status != http.StatusOK {
		p.t.Fatalf("started: %d %s %v", started.status, started.text, err)
	}
	return of
}

// done gives whom each row of an import that was done is told to have made, by its number.
func (p program) done(id string) map[int]string {
	p.t.Helper()
	all := map[int]string{}
	var page struct {
		Items []struct {
			Row  int
			Done []struct{ ID string }
		}
		Next string `json:"next_cursor"`
	}
	for more := true; more; more = page.Next != "" {
		cursor := page.Next
		page.Items, page.Next = nil, ""
		p.read("/api/v1/orgs/acme/imports/"+id+"/rows?state=changed&limit=200&cursor="+cursor, &page)
		for _, r := range page.Items {
			if len(r.Done) != 1 {
				p.t.Errorf("row %d did %d acts", r.Row, len(r.Done))
				continue
			}
			all[r.Row] = r.Done[0].ID
		}
	}
	return all
}

// reaches waits until an import has done so many rows, or has ended.
func (p program) reaches(id string, changed int) (of progress) {
	p.t.Helper()
	for late := time.Now().Add(time.Duration(count(2, 10)) * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		p.read("/api/v1/orgs/acme/imports/"+id, &of)
		if of.State != "running" || of.Rows.Changed >= changed {
			return of
		}
		if time.Now().After(late) {
			p.t.Fatalf("the import stands at %+v", of)
		}
	}
}

func importing(t *testing.T, i *installation) {
	rounds, rows := count(3, 20), count(2000, 20_000)
	i.command(&struct{}{}, "init", "--organisation", "Acme", "--owner", "olga@example.com", "--plan", "unlimited")
	var loader struct {
		Client string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	i.command(&loader, "apiuser", "create", "Loader", "--role", "user_administrator")
	i.start()
	p := enter(t, i, loader.Client, loader.Secret)
	of := p.sends(table(rows))
	told, at, interrupted := map[int]string{}, 0, 0
	for range rounds {
		at += rand.IntN(rows / rounds)
		now := p.reaches(of.ID, at)
		for row, id := range p.done(of.ID) {
			if was, known := told[row]; known && was != id {
				t.Errorf("row %d made %s, and now %s", row, was, id)
			}
			told[row] = id
		}
		if now.State == "running" {
			interrupted++
		}
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond) // in the middle of a step
		i.kill()
		i.start()
	}
	last := p.reaches(of.ID, rows+1)
	if last.State != "done" || last.Rows.Changed != rows {
		t.Fatalf("in the end: %+v\n%s", last, i.logged(2000))
	}
	t.Logf("killed %d times, %d of them while rows were done; %d rows were told to be done before", rounds, interrupted, len(told))
	i.once(p, p.done(of.ID), told, rows)
}

// once holds that each row made one member, whom one line of the history tells of, and those it was told to have made before.
func (i *installation) once(p program, all, told map[int]string, rows int) {
	t := i.t
	f := look(t, p)
	made := map[string]bool{}
	for row, id := range all {
		made[id] = true
		if was, known := told[row]; known && was != id {
			t.Errorf("row %d had made %s, and now it tells of %s", row, was, id)
		}
		if f.invited[id] != 1 {
			t.Errorf("row %d made %s, of whom %d lines tell", row, id, f.invited[id])
		}
	}
	for _, m := range f.people {
		delete(made, m.ID)
	}
	for _, m := range f.robots {
		delete(made, m.ID)
	}
	people, robots := i.seats()
	if len(all) != rows || len(made) != 0 || people != 1+rows/10 || robots != 1+rows-rows/10 || len(f.people) != people || len(f.robots) != robots || len(f.invited) != rows+1 {
		t.Errorf("%d rows were done; %d people and %d API users have seats, %d and %d are there, %d lines tell of them, and %d of whom rows tell are not there",
			len(all), people, robots, len(f.people), len(f.robots), len(f.invited), len(made))
	}
	i.command(&struct{}{}, "verify")
	i.command(&struct{}{}, "doctor")
}
