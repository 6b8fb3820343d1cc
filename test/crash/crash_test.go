package crash

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// count gives how often something is done: few times in `make test`, in full for `make proof`.
func count(few, full int) int {
	if os.Getenv("ROSTER_PROOF") != "" {
		return full
	}
	return few
}

// TestKilledAtAnyMoment is law 1 and half of law 2 (design page 1): what was acknowledged stands, and
// nothing stands by half.
func TestKilledAtAnyMoment(t *testing.T) {
	each(t, story)
}

const clients = 8

func story(t *testing.T, i *installation) {
	rounds, wishes := count(2, 20), count(60, 500)
	i.command(&struct{}{}, "init", "--organisation", "Acme", "--owner", "olga@example.com", "--plan", "unlimited")
	var loader struct {
		Client string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	i.command(&loader, "apiuser", "create", "Loader", "--role", "user_administrator")
	i.start()
	p := enter(t, i, loader.Client, loader.Secret)
	var all []*wish
	began := time.Now()
	for round := range rounds {
		var answered atomic.Int64
		done := make(chan []*wish)
		go func() { done <- p.work(round, clients, wishes, &answered) }()
		// At a random moment of the work, and within a few milliseconds of it: the server is in the
		// middle of something.
		at := rand.Int64N(int64(wishes))
		i.until(&answered, at)
		time.Sleep(time.Duration(rand.IntN(8_000)) * time.Microsecond)
		i.kill()
		i.start()
		all = append(all, served(i, done)...)
	}
	t.Logf("%d rounds of %d new members from %d clients in %s", rounds, wishes, clients, time.Since(began).Round(time.Millisecond))
	i.quiet()
	check(t, i, p, all)
}

// quiet waits until every letter was sent.
func (i *installation) quiet() {
	i.t.Helper()
	began := time.Now()
	for {
		var waiting struct {
			Items []struct{ State, To, Error string }
		}
		i.command(&waiting, "outbox")
		if len(waiting.Items) == 0 {
			return
		}
		if time.Since(began) > time.Duration(count(60, 300))*time.Second {
			i.t.Fatalf("letters are not sent: %d, such as %+v", len(waiting.Items), waiting.Items[0])
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// member is a member as the API shows it.
type member struct {
	ID, Kind, Status, Name, Email string
	Grants                        []struct{ Role string }
	Invitation                    *struct {
		State  string
		SentAt *time.Time `json:"sent_at"`
	}
}

// found is what is there after all.
type found struct {
	people, robots map[string]member
	invited        map[string]int // lines of the history by the member's ID
}

func look(t *testing.T, p program) found {
	t.Helper()
	f := found{people: map[string]member{}, robots: map[string]member{}, invited: map[string]int{}}
	var page struct {
		Items []member
		Next  string `json:"next_cursor"`
	}
	for more := true; more; more = page.Next != "" {
		cursor := page.Next
		page.Next = ""
		p.read("/api/v1/orgs/acme/members?sort=created_at&limit=200&cursor="+cursor, &page)
		for _, m := range page.Items {
			of, key := f.people, m.Email
			if m.Kind == "api" {
				of, key = f.robots, m.Name
			}
			if before, doubled := of[key]; doubled {
				t.Errorf("%s is there twice: %s and %s", key, before.ID, m.ID)
			}
			of[key] = m
		}
		page.Items = nil
	}
	var lines struct {
		Items []struct {
			Seq     int64
			Action  string
			Refused *string
			Target  struct{ ID string }
			Changes []struct{ Field, To string }
		}
		After int64 `json:"next_after"`
		More  bool
	}
	for lines.More = true; lines.More; {
		lines.Items = nil
		p.read(fmt.Sprintf("/api/v1/orgs/acme/history?limit=200&after=%d", lines.After), &lines)
		for _, l := range lines.Items {
			if l.Refused == nil && (l.Action == "member.invite" || l.Action == "api_user.create") {
				f.invited[l.Target.ID]++
			}
		}
	}
	return f
}

func check(t *testing.T, i *installation, p program, all []*wish) {
	f := look(t, p)
	acknowledged, lost, unanswered, again, replayed := 0, 0, 0, 0, 0
	for _, w := range all {
		of, key := f.people, w.address()
		if w.api {
			of, key = f.robots, w.name
		}
		m, there := of[key]
		switch {
		case w.id != "" && m.ID != w.id:
			t.Errorf("%s was acknowledged as %s and is %q", w.name, w.id, m.ID)
		case w.id != "":
			acknowledged++
		case there:
			unanswered++
		default:
			lost++
		}
		if w.tries > 1 {
			again++
		}
		if w.replayed {
			replayed++
		}
		if there {
			whole(t, i, f, m)
		}
	}
	if lines, members := len(f.invited), len(f.people)+len(f.robots)-1; lines != members { // the first Owner has no line of that kind
		t.Errorf("%d lines of the history tell of new members, and there are %d", lines, members)
	}
	if people, robots := i.seats(); people != len(f.people) || robots != len(f.robots) {
		t.Errorf("seats: %d and %d, members: %d and %d", people, robots, len(f.people), len(f.robots))
	}
	i.command(&struct{}{}, "verify") // fails when the chain does not hold
	letters, twice := i.letters(f)
	t.Logf("%d acknowledged (%d were asked for again, %d of these were there already), %d there without an answer, %d never arrived; %d letters, %d addresses with more than one; the chain verifies",
		acknowledged, again, replayed, unanswered, lost, letters, twice)
	if text := i.logged(1 << 30); strings.Contains(text, "rinv_") || strings.Contains(text, "rsec_") {
		t.Error("a secret stands in the log")
	}
}

// whole holds that a member has all that belongs to one.
func whole(t *testing.T, i *installation, f found, m member) {
	t.Helper()
	if n := f.invited[m.ID]; n != 1 {
		t.Errorf("%s has %d lines in the history", m.Name, n)
	}
	if len(m.Grants) != 1 || m.Grants[0].Role != "member" {
		t.Errorf("%s holds %v", m.Name, m.Grants)
	}
	if m.Kind == "api" {
		return
	}
	if m.Status != "invited" || m.Invitation == nil || m.Invitation.State != "live" || m.Invitation.SentAt == nil {
		t.Errorf("%s is %s with the invitation %+v", m.Email, m.Status, m.Invitation)
	}
	if len(i.box.To(m.Email)) == 0 {
		t.Errorf("%s got no letter", m.Email)
	}
}

// seats tells how many are counted.
func (i *installation) seats() (people, robots int) {
	i.t.Helper()
	var list struct {
		Items []struct {
			Users    int
			APIUsers int `json:"api_users"`
		}
	}
	i.command(&list, "org", "list")
	return list.Items[0].Users, list.Items[0].APIUsers
}
