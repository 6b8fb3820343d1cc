package crash

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestRowsAreDoneOnceWhenKilled: a table comes in in the background while the server is killed again and again. What a row was
// told to have done stands, each row is done once, and none is lost; what is wrong with a row is told.
func TestRowsAreDoneOnceWhenKilled(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{count(2000, 100_000), 1000, 1} { // what takes longest begins first
		t.Run(fmt.Sprintf("%d rows", rows), func(t *testing.T) {
			each(t, func(t *testing.T, i *installation) { importing(t, i, sheetOf(rows)) })
		})
	}
}

// sheet is a table of so many rows, of whose people so many find a seat: the first ones.
type sheet struct{ rows, seats int }

// sheetOf gives a table of whose people a third find no seat.
func sheetOf(rows int) sheet {
	all := peopleBefore(rows)
	return sheet{rows, all - all/3}
}

// said is a row of the table, by its number from 0 on: mostly of an API user, of a person in each twenty, who gets a letter,
// and now and then of one with something wrong. wrong is the code of what is wrong with it; same tells that all is as it says.
func (s sheet) said(n int) (text, wrong string, same bool) {
	switch n % 100 {
	case 11:
		return fmt.Sprintf(",,,n%d example.com,N%d,,", n, n), "email_invalid", false
	case 23:
		return fmt.Sprintf("api,Meter %d,meter-%d,,,No such role,", n, n), "role_unknown", false
	case 37:
		return fmt.Sprintf(",,,n%d@example.com,N%d,owner,", n, n), "exceeds_authority", false
	case 43:
		return ",,," + busy + ",Busy,,", "too_many_invitations", false
	case 53:
		return fmt.Sprintf("robot,Meter %d,meter-%d,,,,", n, n), "kind_unknown", false
	case 61:
		return fmt.Sprintf("api,Meter %d,meter-%d,,,auditor,Nowhere", n, n), "unit_unknown", false
	case 67:
		return fmt.Sprintf(",,meter-%d,olga@example.com,,,", n-3), "member_ambiguous", false
	case 79:
		return fmt.Sprintf("api,Meter %d,meter-%d,,,,", n-1, n-1), "", true
	case 87:
		return ",,,,Nobody,,", "field_required", false
	}
	if person(n) {
		if s.full(n) {
			wrong = "seat_limit"
		}
		return fmt.Sprintf(",,,n%d@example.com,N%d,,", n, n), wrong, false
	}
	return fmt.Sprintf("api,Meter %d,meter-%d,,,,", n, n), "", false
}

// busy is an address that got as many letters as it may within an hour.
const busy = "busy@example.com"

// person tells whether a row is of a person.
func person(n int) bool { return n%20 == 19 && n%100 != 79 }

// peopleBefore counts the rows of people before one.
func peopleBefore(n int) int {
	all := n / 100 * 4
	for i := n / 100 * 100; i < n; i++ {
		if person(i) {
			all++
		}
	}
	return all
}

// full tells whether all seats are taken when it is a row's turn.
func (s sheet) full(n int) bool { return peopleBefore(n) >= s.seats }

// table is the table's text.
func (s sheet) table() string {
	var b strings.Builder
	b.WriteString("Kind,Name,External ID,E-mail,First name,Roles,Where\n")
	for n := range s.rows {
		text, _, _ := s.said(n)
		b.WriteString(text + "\n")
	}
	return b.String()
}

// expected is what is to become of a table.
type expected struct{ people, robots, same, wrong int }

func (s sheet) expect() (of expected) {
	for n := range s.rows {
		switch _, wrong, same := s.said(n); {
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
	patient := *client
	patient.Timeout = 5 * time.Minute // it answers once it has kept every row
	a, err := patient.Do(r)
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
	pause := 20 * time.Millisecond
	for late := time.Now().Add(time.Duration(count(2, 15)) * time.Minute); ; time.Sleep(pause) {
		p.read("/api/v1/orgs/acme/imports/"+id, &of)
		if of.State != "running" || of.Rows.Total-of.Rows.Waiting >= dealt {
			return of
		}
		if time.Now().After(late) {
			p.t.Fatalf("the import stands at %+v", of)
		}
		pause = max(pause, time.Duration(of.Rows.Total)*5*time.Microsecond) // each look counts all rows
	}
}

// prepare makes the organisation in which a table comes in: one address has got too many letters, and seats are few.
func prepare(t *testing.T, i *installation, s sheet) program {
	t.Helper()
	i.command(&struct{}{}, "init", "--organisation", "Acme", "--owner", "olga@example.com", "--plan", "unlimited")
	var loader struct {
		Client string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	i.command(&loader, "apiuser", "create", "Loader", "--role", "user_administrator")
	i.command(&struct{}{}, "user", "invite", busy, "--first-name", "Busy", "--last-name", "Ek")
	for range 4 {
		i.command(&struct{}{}, "user", "resend", busy)
	}
	i.command(&struct{}{}, "user", "remove", busy, "--yes")
	i.command(&struct{}{}, "plan", "create", "few", "--name", "Few", "--max-users", strconv.Itoa(1+s.seats), "--max-api-users", "unlimited")
	i.command(&struct{}{}, "org", "plan", "acme", "few")
	i.start()
	return enter(t, i, loader.Client, loader.Secret)
}

func importing(t *testing.T, i *installation, s sheet) {
	rounds := min(s.rows, count(3, 20))
	p := prepare(t, i, s)
	of := p.sends(s.table())
	told, at, interrupted := map[int]string{}, 0, 0
	for range rounds {
		at += rand.IntN(s.rows/rounds + 1)
		now := p.reaches(of.ID, at)
		p.notes(of.ID, told)
		if now.State == "running" {
			interrupted++
		}
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond) // in the middle of a step
		i.kill()
		i.start()
	}
	if interrupted == 0 && s.rows > 1 { // with one row nothing but the two ends is held
		t.Errorf("killed %d times, and never while rows were done", rounds)
	}
	i.ends(p, of.ID, s, told)
	t.Logf("killed %d times, %d of them while rows were done; %d rows were told to be done before", rounds, interrupted, len(told))
}

// notes keeps whom rows are told to have made so far: the same as before.
func (p program) notes(id string, told map[int]string) {
	p.t.Helper()
	for row, made := range p.done(id) {
		if was, known := told[row]; known && was != made {
			p.t.Errorf("row %d made %s, and now %s", row, was, made)
		}
		told[row] = made
	}
}

// ends waits until an import is over, and holds what became of it.
func (i *installation) ends(p program, id string, s sheet, told map[int]string) {
	i.t.Helper()
	last, want := p.reaches(id, s.rows+1), s.expect()
	if last.State != "done" || last.Rows.Changed != want.people+want.robots || last.Rows.Same != want.same || last.Rows.Wrong+last.Rows.Refused != want.wrong {
		i.t.Fatalf("in the end: %+v, expected %+v\n%s", last, want, i.logged(2000))
	}
	p.told(id, s)
	i.once(p, p.done(id), told, want)
}

// TestLettersPaceIsKeptWhenKilled: rows stop where more letters may not leave within the hour, and a server that is killed and
// comes back lets no more leave; once more may, each row is done once.
func TestLettersPaceIsKeptWhenKilled(t *testing.T) {
	each(t, pacing)
}

func pacing(t *testing.T, i *installation) {
	const pace = 5
	s, told := sheetOf(400), map[int]string{}
	i.pace = pace
	p := prepare(t, i, s)
	of := p.sends(s.table())
	for range 2 {
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
		i.kill()
		i.start()
	}
	for range 2 {
		p.waits(of.ID)
		p.notes(of.ID, told)
		if people, _ := i.seats(); people != 1+pace {
			t.Errorf("%d letters may leave within the hour, and %d people are there", pace, people)
		}
		i.kill()
		i.start()
	}
	i.kill()
	i.pace = 100_000
	i.start()
	for _, act := range []string{"cancel", "start"} { // else it goes on when the hour is over
		if a, err := p.send(http.MethodPost, "/api/v1/orgs/acme/imports/"+of.ID+"/"+act, "", nil); err != nil || a.status != http.StatusOK {
			t.Fatalf("%s: %d %s %v", act, a.status, a.text, err)
		}
	}
	i.ends(p, of.ID, s, told)
}

// waits waits until an import goes on much later, since letters must wait.
func (p program) waits(id string) {
	p.t.Helper()
	var jobs struct {
		Items []struct {
			ID   string
			Next *time.Time `json:"next_at"`
		}
	}
	for late := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		p.read("/api/v1/orgs/acme/jobs", &jobs)
		if len(jobs.Items) == 1 && jobs.Items[0].ID == id && jobs.Items[0].Next != nil && time.Until(*jobs.Items[0].Next) > 10*time.Minute {
			return
		}
		if time.Now().After(late) {
			p.t.Fatalf("it does not wait: %+v", jobs.Items)
		}
	}
}

// told holds that each row with something wrong says what, and each that says what is so already that nothing changed. Where no
// seat is left, that may be said of a row first.
func (p program) told(id string, s sheet) {
	t := p.t
	for _, state := range []string{"wrong", "refused"} {
		for _, r := range p.rows(id, state) {
			n := r.Row - 2 // the headings are row 1
			_, wrong, _ := s.said(n)
			if r.Problem == nil {
				t.Errorf("row %d is %s and does not say why", r.Row, state)
				continue
			}
			codes := []string{r.Problem.Code}
			for _, e := range r.Problem.Errors {
				codes = append(codes, e.Code)
			}
			seatless := s.full(n) && (wrong == "exceeds_authority" || wrong == "too_many_invitations") && slices.Contains(codes, "seat_limit")
			if wrong == "" || !slices.Contains(codes, wrong) && !seatless {
				t.Errorf("row %d is %s for %v, expected %q", r.Row, state, codes, wrong)
			}
		}
	}
	for _, r := range p.rows(id, "same") {
		if _, _, same := s.said(r.Row - 2); !same {
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
		len(f.people) != people || len(f.robots) != robots || len(f.invited) != len(all)+2 { // the loader, and who was busy
		t.Errorf("%d rows were done; %d people and %d API users have seats, %d and %d are there, %d lines tell of them, and %d of whom rows tell are not there",
			len(all), people, robots, len(f.people), len(f.robots), len(f.invited), len(made))
	}
	i.command(&struct{}{}, "verify")
	i.command(&struct{}{}, "doctor")
}
