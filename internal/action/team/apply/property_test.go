package apply_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/action/team/apply"
	"roster/internal/people"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// rounds is how many files the properties are held to.
func rounds() int {
	if os.Getenv("ROSTER_PROOF") != "" {
		return 500
	}
	return 40
}

// draw makes a file about a small world, in which much is there already, much is wrong, and little is new.
type draw struct {
	*rand.Rand
	actors []roster.Actor // who are kept
	tame   bool           // nothing is asked for that cannot be
}

func (d draw) of(all ...string) string { return all[d.IntN(len(all))] }
func (d draw) may(n int) bool          { return d.IntN(n) == 0 }

// odd gives one of several, of which a tame file has the first alone.
func (d draw) odd(all ...string) string {
	if d.tame {
		return all[0]
	}
	return d.of(all...)
}

func (d draw) file(named bool) string {
	var b strings.Builder
	if d.may(12) && !d.tame {
		fmt.Fprintf(&b, "prune: %s\n", d.of("block", "remove"))
	}
	b.WriteString("units:\n")
	for _, u := range []string{"north", "south", "berlin", "depot"} {
		if d.may(2) && !d.tame {
			continue
		}
		kind := "account"
		if u == "depot" {
			kind = "group"
		}
		fmt.Fprintf(&b, "  - {external_id: %s, name: %s, kind: %s", u, d.of(u, "New "+u, d.odd("Old "+u, "Wind")), kind)
		switch {
		case u == "depot":
			fmt.Fprintf(&b, ", parent: %s", d.of("north", d.odd("north", "berlin"), "south"))
		case d.may(2):
			fmt.Fprintf(&b, ", parent: %s", d.odd("''", "south", "north", "berlin"))
		}
		if d.tame || d.may(6) {
			fmt.Fprintf(&b, ", archived: %s", d.odd("false", "true"))
		}
		b.WriteString("}\n")
	}
	b.WriteString("roles:\n")
	for _, r := range []string{"dispatcher", "reader"} {
		switch {
		case d.may(8) && !d.tame:
			fmt.Fprintf(&b, "  - {key: %s, removed: true}\n", r)
		case d.tame || !d.may(3):
			fmt.Fprintf(&b, "  - {key: %s, name: %s, description: %s, permissions: [%s], scopes: [%s]}\n", r, d.of(r, "Other "+r), d.of("One", "Two"), d.of("devices.read", "notices.read, devices.write", "members.read"), d.of("", "network"))
		}
	}
	b.WriteString("members:\n")
	for _, a := range d.actors {
		if !d.tame {
			fmt.Fprintf(&b, "  - {id: %s}\n", a.Member)
		}
	}
	for i := range 9 {
		if d.may(2) {
			continue
		}
		who := fmt.Sprintf("p%d@example.com", i)
		fmt.Fprintf(&b, "  - {email: %s", who)
		if i > 6 {
			fmt.Fprintf(&b, ", kind: external, unit: %s", d.odd("north", "north", "nowhere"))
		}
		if named && d.may(3) {
			fmt.Fprintf(&b, ", external_id: %s", fmt.Sprintf("e%d-%d", i, d.IntN(2)))
		}
		if d.may(2) {
			fmt.Fprintf(&b, ", first_name: %s, last_name: %s", d.of("Ann", "Bob", "'  Cleo  '"), d.of("One", "Two"))
		}
		if d.may(4) {
			fmt.Fprintf(&b, ", phone: '%s'", d.of("+49 170 1234567", "+491701234567", ""))
		}
		if d.may(8) {
			b.WriteString(", removed: true")
		}
		if d.may(5) {
			fmt.Fprintf(&b, ", blocked: %s", d.of("true", "false"))
		}
		if d.may(2) {
			fmt.Fprintf(&b, ", grants: [%s]", d.grants())
		}
		b.WriteString("}\n")
	}
	for _, name := range []string{"gateway", "meter"} {
		if d.may(3) {
			fmt.Fprintf(&b, "  - {kind: api, external_id: %s, name: %s, grants: [%s]", name, d.of("Gate", "Way"), d.grants())
			if d.may(2) {
				fmt.Fprintf(&b, ", ends_at: %s", d.of("2037-06-01", "2036-12-24T18:00:00Z", "''", d.odd("''", "2020-01-01")))
			}
			b.WriteString("}\n")
		}
	}
	return b.String()
}

func (d draw) grants() string {
	var all []string
	for range d.IntN(4) {
		g := d.of("role: dispatcher", "role: reader", "role: member", "permission: devices.read", "scope: network", d.odd("role: member", "role: owner", "role: nobody"))
		if d.may(2) {
			g += ", unit: " + d.odd("north", "berlin", "depot", "nowhere")
		}
		if d.may(5) && !d.tame {
			g += ", until: " + d.of("2037-01-01", "2036-12-24T18:00:00Z", "2020-01-01")
		}
		all = append(all, "{"+g+"}")
	}
	return strings.Join(all, ", ")
}

// TestAPlanIsWhatApplyingDoes holds, over files about one organisation as it grows: a plan tells exactly what applying
// then does, also in small steps; a file that was applied whole changes nothing when it is planned or applied again; and
// what is exported changes nothing, in whatever format.
func TestAPlanIsWhatApplyingDoes(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		north := h.Account("Anfang", "")
		ada := h.Join("ada@example.com", "Ada", "Min", roster.RoleUserAdministrator)
		lea := h.Holder("Lea", team.Giving{Role: roster.RoleUserAdministrator, Unit: north}, team.Giving{Permission: "units.write", Unit: north})
		for i := range 3 {
			h.Join(fmt.Sprintf("p%d@example.com", i), "Pia", fmt.Sprint("N", i), roster.RoleMember)
		}
		actors := []context.Context{h.As(h.Owner), h.CLI(h.Acme.ID), h.As(h.Owner), h.As(ada), h.As(lea)}
		d := draw{rand.New(rand.NewPCG(6, 8)), []roster.Actor{h.Owner, ada, lea}, false}
		whole, refused := 0, 0
		for n := range rounds() {
			h.Clock.Pass(time.Hour) // so that letters may go out again
			ctx, steps := actors[d.IntN(len(actors))], d.may(3)
			if d.tame = d.may(2); d.tame {
				ctx = actors[d.IntN(3)]
			}
			text := d.file(!steps)
			f := read(t, text)
			planned, err := h.People.Plan(ctx, f)
			must(t, err)
			var done apply.Result
			for most := 500; ; {
				if steps {
					most = 1 + d.IntN(3)
				}
				step, err := apply.InSteps(h.People, most).Step(ctx, f, done.Next)
				must(t, err)
				if done = done.With(step); done.Over() {
					break
				}
			}
			if all(planned) != all(done) {
				t.Fatalf("round %d:\n%s\nplanned:\n%s\ndone:\n%s", n, text, all(planned), all(done))
			}
			refused += done.Refused
			if done.Refused == 0 {
				whole++
				if left := plan(t, ctx, h, f); left != "" {
					t.Fatalf("round %d:\n%s\nleft:\n%s\nof:\n%s", n, text, left, all(done))
				}
				if again := applied(t, ctx, h, f); len(again.Changes) > 0 {
					t.Fatalf("round %d: applied again: %s", n, all(again))
				}
			}
			format, out := people.Formats()[n%3], actors[[]int{0, 1, 3, 4}[n%4]]
			text = exported(t, out, h, format)
			if left := plan(t, out, h, read(t, text)); left != "" {
				t.Fatalf("round %d: what was exported changes:\n%s\n%s", n, left, text)
			}
		}
		if whole < rounds()/20 || refused < rounds() {
			t.Errorf("%d files were applied whole, %d acts refused: the draw tells too little", whole, refused)
		}
	})
}

// TestManyAreAppliedStepByStep applies more than one step holds, tells after each how far it is, and exports what is there.
func TestManyAreAppliedStepByStep(t *testing.T) {
	h := rostertest.SQLite(t)
	n := many()
	var b strings.Builder
	b.WriteString("email,first_name,last_name\n")
	for i := range n {
		fmt.Fprintf(&b, "m%d@example.com,Mia,N%d\n", i, i)
	}
	f, ctx := read(t, b.String()), h.CLI(h.Acme.ID)
	var told []int
	done, err := apply.Apply(ctx, h.People, f, func(r apply.Result) { told = append(told, r.Done) })
	must(t, err)
	if done.Done != n || len(told) != n/500+1 || told[0] != 500 {
		t.Errorf("%d were done, told %v", done.Done, told)
	}
	equal(t, "plan", plan(t, ctx, h, read(t, exported(t, ctx, h, people.CSV))), "")
}

// many is how many are applied at once.
func many() int {
	if os.Getenv("ROSTER_PROOF") != "" {
		return 9_900
	}
	return 600
}
