package signin_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/action/outbox"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// waiting is somebody invited, and the administrators who gave what they will hold: Ada what is about devices,
// writing them for an hour; Bert a role. Carl holds some of it and gave nothing.
type waiting struct {
	*rostertest.House
	t                     *testing.T
	ada, bert, carl, ivan roster.Actor
	inside, south         roster.UnitID
	role                  string
	secret                string // of the letter that came last
}

// wait makes everybody anew.
func wait(t *testing.T, h *rostertest.House, n int) *waiting {
	t.Helper()
	w := &waiting{House: h, t: t}
	w.inside, w.south = h.Account(fmt.Sprint("Inside ", n), ""), h.Account(fmt.Sprint("South ", n), "")
	north := h.Account(fmt.Sprint("North ", n), "")
	_, err := h.Units.Move(h.As(h.Owner), w.inside, unit.Moving{Parent: string(north)})
	w.must(err)
	made, err := h.Roles.Create(h.As(h.Owner), role.Draft{Name: fmt.Sprint("Reader ", n), Description: "Reads", Permissions: []string{"invoices.read"}})
	w.must(err)
	w.role = made.ID
	administers, network := team.Giving{Role: "user_administrator"}, team.Giving{Scope: "network"}
	w.ada = h.Holder("Ada", administers, network, team.Giving{Permission: "devices.read"}, team.Giving{Permission: "devices.write", Unit: north})
	w.bert = h.Holder("Bert", administers, team.Giving{Permission: "invoices.read"})
	w.carl = h.Holder("Carl", administers, network, team.Giving{Permission: "devices.read"})
	guest, err := h.Team.Invite(h.As(w.ada), team.Invitation{
		Email: roster.NewID("guest") + "@example.com", Profile: roster.Profile{FirstName: "Ivan", LastName: "Invited"},
		Grants: []team.Giving{{Permission: "devices.read"}, {Permission: "devices.write", Unit: w.inside, Until: h.Clock.Now().Add(time.Hour)}, network},
	})
	w.must(err)
	_, err = h.Team.Grant(h.As(w.bert), guest.ID, team.Grants{All: append(team.Givings(guest.Grants), team.Giving{Role: w.role})})
	w.must(err)
	w.ivan = rostertest.Actor(guest.Member)
	w.post()
	return w
}

func (w *waiting) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// post brings the guest the letters that wait.
func (w *waiting) post() {
	w.t.Helper()
	var jobs []jobdb.Job
	w.must(action.Note(w.CLI(""), w.Gate, func(ctx context.Context, tx store.Noter) (err error) {
		jobs, err = jobdb.Claim(ctx, tx, []string{outbox.Invitation}, 50, time.Hour)
		return err
	}))
	for _, j := range jobs {
		l, err := w.Outbox.Prepare(w.CLI(""), j)
		w.must(err)
		w.must(w.Outbox.Sent(w.CLI(""), j, l))
		if j.About == string(w.ivan.Member) {
			w.secret = l.Secret
		}
	}
}

func (w *waiting) block(a roster.Actor) {
	_, err := w.Team.Block(w.As(w.Owner), a.Member, "")
	w.must(err)
}

func (w *waiting) unblock(a roster.Actor) {
	_, err := w.Team.Unblock(w.As(w.Owner), a.Member)
	w.must(err)
}

func (w *waiting) remove(a roster.Actor) {
	_, err := w.Team.Remove(w.As(w.Owner), a.Member)
	w.must(err)
}

// change makes somebody's grants of one thing others, which may be none.
func (w *waiting) change(a roster.Actor, what string, to func(roster.Grant) []roster.Grant) {
	w.t.Helper()
	v, err := w.Team.Show(w.As(w.Owner), a.Member)
	w.must(err)
	var all []roster.Grant
	for _, g := range v.Grants {
		if g.What() == what {
			all = append(all, to(g)...)
		} else {
			all = append(all, g)
		}
	}
	_, err = w.Team.Grant(w.As(w.Owner), a.Member, team.Grants{All: team.Givings(all)})
	w.must(err)
}

func (w *waiting) lose(a roster.Actor, what string) {
	w.change(a, what, func(roster.Grant) []roster.Grant { return nil })
}

func (w *waiting) shorten(a roster.Actor, what string, d time.Duration) {
	w.change(a, what, func(g roster.Grant) []roster.Grant {
		g.Until = w.Clock.Now().Add(d)
		return []roster.Grant{g}
	})
}

// widen adds a permission to the role.
func (w *waiting) widen(permission string) {
	more := []string{"invoices.read", permission}
	_, err := w.Roles.Edit(w.As(w.Owner), w.role, role.Edit{Permissions: &more})
	w.must(err)
}

func (w *waiting) move() {
	_, err := w.Units.Move(w.As(w.Owner), w.inside, unit.Moving{Parent: string(w.south)})
	w.must(err)
}

func (w *waiting) resend(by roster.Actor) {
	_, err := w.Team.Resend(w.As(by), w.ivan.Member)
	w.must(err)
	w.post()
}

// edit saves the guest's grants as they are, as one who opened the form and found nothing to change.
func (w *waiting) edit(by roster.Actor) {
	v, err := w.Team.Show(w.As(by), w.ivan.Member)
	w.must(err)
	got, err := w.Team.Grant(w.As(by), w.ivan.Member, team.Grants{All: team.Givings(v.Grants)})
	w.must(err)
	if len(got.Gained)+len(got.Lost)+len(got.Shifts) > 0 {
		w.t.Errorf("taking over is told as a change: %+v", got)
	}
}

// holds tells what the guest holds and who gave it.
func (w *waiting) holds() string {
	w.t.Helper()
	v, err := w.Team.Show(w.As(w.Owner), w.ivan.Member)
	w.must(err)
	givers := map[string]string{string(w.ada.Member): "Ada", string(w.bert.Member): "Bert", string(w.carl.Member): "Carl", string(w.Owner.Member): "Olga"}
	var all []string
	for _, g := range v.Grants {
		all = append(all, w.name(g.What())+" by "+givers[g.GivenBy])
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func (w *waiting) name(what string) string {
	what = strings.ReplaceAll(what, w.role, "reader")
	what, _, _ = strings.Cut(what, " on ")
	what, _, _ = strings.Cut(what, " until ")
	return strings.TrimPrefix(what, "permission ")
}

// left tells what the line of the acceptance takes away.
func (w *waiting) left() string {
	w.t.Helper()
	page, err := w.History.List(w.As(w.Owner), history.Query{Member: w.ivan.Member, Action: string(act.InvitationAccept)})
	w.must(err)
	var all []string
	for _, e := range page.Events {
		for _, c := range e.Changes {
			if c.Field == "grant" {
				all = append(all, w.name(c.From))
			}
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// TestAcceptanceGivesWhatEachGiverCouldGiveThen is rule 1 at acceptance: each pending grant is asked of whoever
// gave it, as they are then; what another administrator took over is theirs; the rest is left out and told.
func TestAcceptanceGivesWhatEachGiverCouldGiveThen(t *testing.T) {
	const (
		all      = "devices.read by Ada, devices.write by Ada, role reader by Bert, scope network by Ada"
		olgas    = "devices.read by Olga, devices.write by Olga, role reader by Bert, scope network by Olga"
		carls    = "devices.read by Carl, role reader by Bert, scope network by Carl"
		berts    = "role reader by Bert"
		adas     = "devices.read by Ada, devices.write by Ada, scope network by Ada"
		less     = "devices.read by Ada, role reader by Bert, scope network by Ada"
		whatAdas = "devices.read, devices.write, scope network"
	)
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		for i, c := range []struct {
			what  string
			since func(w *waiting)
			holds string
			left  string
		}{
			{"nothing happened", func(*waiting) {}, all, ""},
			{"the giver lost one thing", func(w *waiting) { w.lose(w.ada, "permission devices.read") }, "devices.write by Ada, role reader by Bert, scope network by Ada", "devices.read"},
			{"the giver lost the scope", func(w *waiting) { w.lose(w.ada, "scope network") }, "devices.read by Ada, devices.write by Ada, role reader by Bert", "scope network"},
			{"the giver may not administer any more, and holds it still", func(w *waiting) { w.lose(w.ada, "role user_administrator") }, berts, whatAdas},
			{"the giver is blocked", func(w *waiting) { w.block(w.ada) }, berts, whatAdas},
			{"the giver was blocked for a while", func(w *waiting) { w.block(w.ada); w.unblock(w.ada) }, all, ""},
			{"the giver is gone", func(w *waiting) { w.remove(w.ada) }, berts, whatAdas},
			{"both are gone", func(w *waiting) { w.remove(w.ada); w.remove(w.bert) }, "", "devices.read, devices.write, role reader, scope network"},
			{"the giver holds it for shorter now", func(w *waiting) { w.shorten(w.ada, "permission devices.write", time.Hour/2) }, less, "devices.write"},
			{"the giver holds it for as long still", func(w *waiting) { w.shorten(w.ada, "permission devices.write", time.Hour) }, all, ""},
			{"the role holds more than its giver", func(w *waiting) { w.widen("notices.read") }, adas, "role reader"},
			{"the place is the giver's no more", func(w *waiting) { w.move() }, less, "devices.write"},
			{"another sent it again", func(w *waiting) { w.block(w.ada); w.resend(w.Owner) }, olgas, ""},
			{"another sent it again who could give some of it", func(w *waiting) { w.block(w.ada); w.resend(w.carl) }, carls, "devices.write"},
			{"another sent it again while the giver could still", func(w *waiting) { w.resend(w.carl) }, all, ""},
			{"another saved it", func(w *waiting) { w.block(w.ada); w.edit(w.Owner) }, olgas, ""},
			{"another saved it who could give some of it", func(w *waiting) { w.block(w.ada); w.edit(w.carl) }, carls, "devices.write"},
			{"another saved it before the giver was blocked", func(w *waiting) { w.edit(w.Owner); w.block(w.ada) }, berts, whatAdas},
			{"who took it over is blocked too", func(w *waiting) { w.block(w.ada); w.resend(w.carl); w.block(w.carl) }, berts, whatAdas},
			{"the first giver is back, and who took over would awake what they lack", func(w *waiting) { w.block(w.ada); w.resend(w.carl); w.unblock(w.ada) }, "devices.read by Carl, devices.write by Ada, role reader by Bert", "scope network"},
		} {
			w := wait(t, h, i)
			c.since(w)
			w.Accept(h.Acme.ID, w.secret, "Ivan", "Invited")
			if got := w.holds(); got != c.holds {
				t.Errorf("%s: holds %q, want %q", c.what, got, c.holds)
			}
			if got := w.left(); got != c.left {
				t.Errorf("%s: left out %q, want %q", c.what, got, c.left)
			}
		}
		h.Verified(h.Acme.ID)
	})
}

// TestWhatAProgramGaveLapsesWithItsTime: an API user whose end has come gives nothing any more, as one that is blocked; and
// again once it has none.
func TestWhatAProgramGaveLapsesWithItsTime(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		for later, want := range map[bool]int{false: 0, true: 1} {
			robot, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Sync", Grants: team.RoleGivings(roster.RoleUserAdministrator)})
			w := &waiting{House: h, t: t}
			w.must(err)
			guest, err := h.Team.Invite(h.As(rostertest.Actor(robot.Member)), team.Invitation{
				Email: roster.NewID("guest") + "@example.com", Profile: roster.Profile{FirstName: "Ivan", LastName: "Invited"}, Grants: team.RoleGivings(roster.RoleUserAdministrator),
			})
			w.must(err)
			w.ivan = rostertest.Actor(guest.Member)
			w.post()
			_, err = h.Credentials.SetEnd(h.As(h.Owner), robot.ID, h.Clock.Now().Add(time.Hour))
			w.must(err)
			h.Clock.Pass(time.Hour)
			if later {
				_, err = h.Credentials.SetEnd(h.As(h.Owner), robot.ID, time.Time{})
				w.must(err)
			}
			w.Accept(h.Acme.ID, w.secret, "Ivan", "Invited")
			now, err := h.Team.Show(h.As(h.Owner), guest.ID)
			w.must(err)
			if len(now.Grants) != want {
				t.Errorf("with a later end %v the guest holds %+v", later, now.Grants)
			}
			_, err = h.Team.Remove(h.As(h.Owner), robot.ID)
			w.must(err)
		}
		h.Verified(h.Acme.ID)
	})
}
