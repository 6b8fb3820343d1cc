package doors_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// full is a small organisation with one seat left of ten: its Owner, members to be cloned, and people who are about
// to accept or to be unblocked, which takes no seat.
type full struct {
	*site
	sam     roster.Actor
	owner   caller
	robot   caller
	source  roster.MemberID   // to be cloned
	blocked []roster.MemberID // to be unblocked
	links   []string          // to be accepted
}

// nine fills a small organisation up to the last seat. Addresses of some who were removed are there to come again.
func nine(t *testing.T, h *rostertest.House, gone int) full {
	t.Helper()
	f := full{site: serve(t, h)}
	founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Small", Plan: roster.PlanPlayground, Owner: "sam@example.com"})
	must(t, err)
	f.sam = h.Accept(founded.Organisation.ID, founded.Link, "Sam", "Small")
	invite := func(address string) roster.MemberID {
		v, err := h.Team.Invite(h.As(f.sam), team.Invitation{Email: address, Profile: roster.Profile{FirstName: "A", LastName: "Seat"}})
		must(t, err)
		return v.ID
	}
	for n := range gone {
		_, err := h.Team.Remove(h.As(f.sam), invite(again(n)))
		must(t, err)
	}
	for n := range 8 {
		id := invite(fmt.Sprintf("seat%d@example.com", n))
		switch {
		case n == 0:
			f.source = id
		case n < 5:
			linked, err := h.Team.Link(h.As(f.sam), id)
			must(t, err)
			f.links = append(f.links, linked.Secret)
		default:
			_, err := h.Team.Block(h.As(f.sam), id, "")
			must(t, err)
			f.blocked = append(f.blocked, id)
		}
	}
	f.owner = f.person("sam@example.com")
	f.robot, _ = f.program(f.sam, "Robot", roster.RoleUserAdministrator)
	return f
}

func late(n int) string  { return fmt.Sprintf("late%d@example.com", n) }
func again(n int) string { return fmt.Sprintf("again%d@example.com", n) }

// seats are the ways to ask for one more: whether it was given, and what was told.
func (f full) seats(t *testing.T) map[string]func(n int) (won bool, told string) {
	small := func(parts ...string) string { return at(f.sam.Organisation, parts...) }
	rest := func(c caller, path string, body map[string]any, headers ...string) (bool, string) {
		r := c.json(http.MethodPost, path, body, headers...)
		return r.status == http.StatusCreated, r.said(t, http.StatusConflict, "seat_limit")
	}
	form := func(path string, fields ...string) (bool, string) {
		r := f.owner.form(path, fields...)
		return r.status == http.StatusSeeOther, r.said(t, http.StatusConflict, "")
	}
	line := func(args ...string) (bool, string) {
		code, out, complaint := f.command(append(args, "--org", "small")...)
		return code == 0, out + complaint
	}
	named := func(address string) map[string]any {
		return map[string]any{"email": address, "first_name": "Late", "last_name": "Comer"}
	}
	key := func(n int) string { return fmt.Sprintf("key-%d", n) }
	return map[string]func(n int) (bool, string){
		"add by REST": func(n int) (bool, string) { return rest(f.robot, small("members"), named(late(n))) },
		"add by session": func(n int) (bool, string) {
			return rest(f.owner, small("members"), named(late(n)), "Sec-Fetch-Site", "same-origin")
		},
		"come again by REST": func(n int) (bool, string) { return rest(f.robot, small("members"), named(again(n))) },
		"clone by REST": func(n int) (bool, string) {
			return rest(f.robot, small("members", string(f.source), "clone"), named(late(n)))
		},
		"add by form": func(n int) (bool, string) {
			return form("/o/small/team/add", "form_key", key(n), "kind", "regular", "email", late(n), "first_name", "Late", "last_name", "Form", "role", "member")
		},
		"come again by form": func(n int) (bool, string) {
			return form("/o/small/team/add", "form_key", key(n), "kind", "regular", "email", again(n), "first_name", "Late", "last_name", "Form", "role", "member")
		},
		"clone by form": func(n int) (bool, string) {
			return form("/o/small/team/"+string(f.source)+"/clone", "form_key", key(n), "email", late(n), "first_name", "Late", "last_name", "Twin")
		},
		"add with a password": func(n int) (bool, string) {
			return form("/o/small/team/add", "form_key", key(n), "kind", "regular", "email", late(n), "first_name", "Late", "last_name", "Form", "role", "member",
				"way", "password", "password", rostertest.Password, "repeat", rostertest.Password)
		},
		"add by command": func(n int) (bool, string) {
			return line("user", "invite", late(n), "--first-name", "Late", "--last-name", "Line")
		},
		"clone by command": func(n int) (bool, string) {
			return line("user", "clone", "seat0@example.com", late(n), "--first-name", "Late", "--last-name", "Line")
		},
		"several by command": func(n int) (bool, string) { return line("user", "invite", fmt.Sprintf("Late Lines <%s>", late(n))) },
		"several by form": func(n int) (bool, string) {
			r := f.owner.form("/o/small/team/invite", "form_key", key(n), "kind", "regular", "addresses", late(n)+"\nnobody", "role", "member")
			return strings.Contains(r.body, `data-outcome="invited"`), r.body
		},
		"a batch by REST": func(n int) (bool, string) { // with one more who is none
			r := f.robot.json(http.MethodPost, small("members/bulk"), map[string]any{"invite": []any{map[string]any{"email": "nobody"}, map[string]any{"email": late(n)}}})
			var out struct{ Items []struct{ Status int } }
			if err := json.Unmarshal([]byte(r.body), &out); err != nil || len(out.Items) != 2 {
				t.Errorf("a batch: %d %s", r.status, r.body)
				return false, r.body
			}
			return out.Items[1].Status == http.StatusCreated, r.body
		},
	}
}

// TestTheLastSeat is rule 6: whatever runs at once, through whatever door, one gets the last seat and the others are
// told the plan, its limit and how many there are. Accepting and unblocking take no seat, and succeed meanwhile.
func TestTheLastSeat(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		parallel := count(39, 500)
		f := nine(t, h, parallel)
		ways := f.seats(t)
		names := slices.Sorted(maps.Keys(ways))
		won, told := make([]bool, parallel), make([]string, parallel)
		var all sync.WaitGroup
		begin := make(chan struct{})
		for n := range parallel {
			all.Go(func() {
				<-begin
				won[n], told[n] = ways[names[n%len(names)]](n)
			})
		}
		f.meanwhile(t, &all, begin)
		close(begin)
		all.Wait()
		var winners []string
		for n := range parallel {
			if won[n] {
				winners = append(winners, names[n%len(names)])
			} else if !strings.Contains(told[n], "The plan Playground allows 10 users and 10 are in use.") {
				t.Errorf("%s is told: %s", names[n%len(names)], told[n])
			}
		}
		if len(winners) != 1 {
			t.Errorf("of %d these got the last seat: %q", parallel, winners)
		}
		f.counted(t)
	})
}

// meanwhile lets people accept and be unblocked beside what is tried for the last seat.
func (f full) meanwhile(t *testing.T, all *sync.WaitGroup, begin chan struct{}) {
	for n, link := range f.links {
		all.Go(func() {
			<-begin
			_, err := f.SignIn.Accept(f.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.7"}), signin.Acceptance{
				Org: f.sam.Organisation, Secret: link, FirstName: "Seat", LastName: fmt.Sprint(n), Password: rostertest.Password, Repeat: rostertest.Password,
			})
			if err != nil {
				t.Errorf("accepting while others ask for a seat: %v", err)
			}
		})
	}
	for _, id := range f.blocked {
		all.Go(func() {
			<-begin
			if r := f.robot.json(http.MethodPost, at(f.sam.Organisation, "members", string(id), "unblock"), nil); r.status != http.StatusOK {
				t.Errorf("unblocking while others ask for a seat: %d %s", r.status, r.body)
			}
		})
	}
}

// counted holds the counter to who is there, and the history to itself.
func (f full) counted(t *testing.T) {
	t.Helper()
	use, err := f.Orgs.Show(f.As(f.sam))
	page, err2 := f.Team.List(f.As(f.sam), team.Query{Kinds: []roster.MemberKind{roster.Regular, roster.External}, Limit: 100})
	if err != nil || err2 != nil || use.Organisation.People != 10 || len(page.Members) != 10 {
		t.Errorf("seats in use: %d, members: %d: %v %v", use.Organisation.People, len(page.Members), err, err2)
	}
	active := 0
	for _, m := range page.Members {
		if m.Status == roster.Active {
			active++
		}
		if m.Status == roster.Blocked {
			t.Errorf("%s is blocked still", m.Label())
		}
	}
	if active < 1+len(f.links) {
		t.Errorf("%d are active", active)
	}
	f.Verified(f.sam.Organisation)
}

// said gives the text of a refusal, and holds its status and code.
func (r reply) said(t testing.TB, status int, code string) string {
	t.Helper()
	if r.status < 400 {
		return ""
	}
	if r.status != status || code != "" && r.code(t) != code {
		t.Errorf("refused with %d: %s", r.status, r.body)
	}
	return r.body
}
