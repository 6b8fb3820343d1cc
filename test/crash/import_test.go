package crash

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/rostertest/postgres"
)

// TestRowsAreDoneOnceWhenKilled: a table comes in in the background while the server is killed again and again. What a row was
// told to have done stands, each row is done once, and none is lost; what is wrong with a row is told.
func TestRowsAreDoneOnceWhenKilled(t *testing.T) {
	program := build(t)
	for _, rows := range []int{1, 1000, count(2000, 100_000)} {
		t.Run(fmt.Sprintf("%d rows, sqlite", rows), func(t *testing.T) {
			importing(t, install(t, program, filepath.Join(t.TempDir(), "roster.db")), rows)
		})
		if postgres.Wanted() {
			t.Run(fmt.Sprintf("%d rows, postgres", rows), func(t *testing.T) {
				importing(t, install(t, program, postgres.Database(t)), rows)
			})
		}
	}
}

// said is a row of the table, by its number from 0 on: mostly of an API user, of a person in each twenty, who gets a letter,
// and now and then of one with something wrong. wrong is the code of what is wrong with it; same tells that all is as it says.
func said(n int) (text, wrong string, same bool) {
	switch n % 100 {
	case 11:
		return fmt.Sprintf(",,,n%d example.com,N%d,,", n, n), "email_invalid", false
	case 23:
		return fmt.Sprintf("api,Meter %d,meter-%d,,,No such role,", n, n), "role_unknown", false
	case 37:
		return fmt.Sprintf(",,,n%d@example.com,N%d,owner,", n, n), "exceeds_authority", false
	case 53:
		return fmt.Sprintf("robot,Meter %d,meter-%d,,,,", n, n), "kind_unknown", false
	case 61:
		return fmt.Sprintf("api,Meter %d,meter-%d,,,auditor,Nowhere", n, n), "unit_unknown", false
	case 79:
		return fmt.Sprintf("api,Meter %d,meter-%d,,,,", n-1, n-1), "", true
	case 87:
		return ",,,,Nobody,,", "field_required", false
	}
	if person(n) {
		return fmt.Sprintf(",,,n%d@example.com,N%d,,", n, n), "", false
	}
	return fmt.Sprintf("api,Meter %d,meter-%d,,,,", n, n), "", false
}

// person tells whether a row is of a person.
func person(n int) bool { return n%20 == 19 && n%100 != 79 }

// table is one of so many rows.
func table(rows int) string {
	var b strings.Builder
	b.WriteString("Kind,Name,External ID,E-mail,First name,Roles,Where\n")
	for n := range rows {
		text, _, _ := said(n)
		b.WriteString(text + "\n")
	}
	return b.String()
}

// expected is what is to become of a table.
type expected struct{ people, robots, same, wrong int }

func expect(rows int) (of expected) {
	for n := range rows {
		switch _, wrong, same := said(n); {
		case wrong != "":
			of.wrong++
		case same:
			of.same++
		case person(n):
			of.people++
		default:
			of.robots++
		}
	}
	return of
}

// progress is how far an import is.
type progress struct {
	ID    string
	State string
	Rows  struct{ Total, Waiting, Changed, Same, Wrong, Refused int }
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

// row is one as the API tells it.
type row struct {
	Row     int
	Done    []struct{ ID string }
	Problem *struct {
		Code   string
		Errors []struct{ Code string }
	}
}

// rows gives the rows of a state.
func (p program) rows(id, state string) (all []row) {
	p.t.Helper()
	var page struct {
		Items []row
		Next  string `json:"next_cursor"`
	}
	for more := true; more; more = page.Next != "" {
		cursor := page.Next
		page.Items, page.Next = nil, ""
		p.read("/api/v1/orgs/acme/imports/"+id+"/rows?state="+state+"&limit=200&cursor="+cursor, &page)
		all = append(all, page.Items...)
	}
	return all
}

// done gives whom each row of an import that was done is told to have made, by its number.
func (p program) done(id string) map[int]string {
	p.t.Helper()
	all := map[int]string{}
	for _, r := range p.rows(id, "changed") {
		if len(r.Done) != 1 {
			p.t.Errorf("row %d did %d acts", r.Row, len(r.Done))
			continue
		}
		all[r.Row] = r.Done[0].ID
	}
	return all
}

// reaches waits until an import has dealt with so many rows, or has ended.
func (p program) reaches(id string, dealt int) (of progress) {
	p.t.Helper()
	for late := time.Now().Add(time.Duration(count(2, 15)) * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		p.read("/api/v1/orgs/acme/imports/"+id, &of)
		if of.State != "running" || of.Rows.Total-of.Rows.Waiting >= dealt {
			return of
		}
		if time.Now().After(late) {
			p.t.Fatalf("the import stands at %+v", of)
		}
	}
}

func importing(t *testing.T, i *installation, rows int) {
	rounds := min(rows, count(3, 20))
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
		at += rand.IntN(rows/rounds + 1)
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
	last, want := p.reaches(of.ID, rows+1), expect(rows)
	if last.State != "done" || last.Rows.Changed != want.people+want.robots || last.Rows.Same != want.same || last.Rows.Wrong+last.Rows.Refused != want.wrong {
		t.Fatalf("in the end: %+v, expected %+v\n%s", last, want, i.logged(2000))
	}
	if interrupted == 0 && rows > 1 { // with one row nothing but the two ends is held
		t.Errorf("killed %d times, and never while rows were done", rounds)
	}
	t.Logf("killed %d times, %d of them while rows were done; %d rows were told to be done before", rounds, interrupted, len(told))
	p.told(of.ID)
	i.once(p, p.done(of.ID), told, want)
}

// told holds that each row with something wrong says what, and each that says what is so already that nothing changed.
func (p program) told(id string) {
	t := p.t
	for _, state := range []string{"wrong", "refused"} {
		for _, r := range p.rows(id, state) {
			_, wrong, _ := said(r.Row - 2) // the headings are row 1
			if r.Problem == nil {
				t.Errorf("row %d is %s and does not say why", r.Row, state)
				continue
			}
			codes := []string{r.Problem.Code}
			for _, e := range r.Problem.Errors {
				codes = append(codes, e.Code)
			}
			if wrong == "" || !slices.Contains(codes, wrong) {
				t.Errorf("row %d is %s for %v, expected %q", r.Row, state, codes, wrong)
			}
		}
	}
	for _, r := range p.rows(id, "same") {
		if _, _, same := said(r.Row - 2); !same {
			t.Errorf("row %d changed nothing", r.Row)
		}
	}
}

// once holds that each row made one member, whom one line of the history tells of, and those it was told to have made before.
func (i *installation) once(p program, all, told map[int]string, want expected) {
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
	if len(all) != want.people+want.robots || len(made) != 0 || people != 1+want.people || robots != 1+want.robots ||
		len(f.people) != people || len(f.robots) != robots || len(f.invited) != len(all)+1 {
		t.Errorf("%d rows were done; %d people and %d API users have seats, %d and %d are there, %d lines tell of them, and %d of whom rows tell are not there",
			len(all), people, robots, len(f.people), len(f.robots), len(f.invited), len(made))
	}
	i.command(&struct{}{}, "verify")
	i.command(&struct{}{}, "doctor")
}
