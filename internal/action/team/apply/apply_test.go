package apply_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/action/team/apply"
	"roster/internal/people"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, text string) people.File {
	t.Helper()
	f, err := people.Read([]byte(text))
	if err != nil {
		t.Fatalf("%v %+v\n%s", err, roster.AsError(err).Fields, text)
	}
	return f
}

// told tells a change in a line.
func told(c apply.Change) string {
	s := fmt.Sprintf("%d %s %s", c.Line, c.Does, c.Name)
	for _, f := range c.Fields {
		s += fmt.Sprintf(" %s:%s→%s", f.Name, f.From, f.To)
	}
	for _, g := range c.Gained {
		s += " +" + g.String()
	}
	for _, g := range c.Lost {
		s += " -" + g.String()
	}
	if c.Err != nil {
		s += " !" + c.Err.Code
		if c.Err.Field != "" {
			s += "@" + c.Err.Field
		}
	}
	return s
}

func all(r apply.Result) string {
	var lines []string
	for _, c := range r.Changes {
		lines = append(lines, told(c))
	}
	return strings.Join(lines, "\n")
}

func plan(t testing.TB, ctx context.Context, h *rostertest.House, f people.File) string {
	t.Helper()
	r, err := h.People.Plan(ctx, f)
	must(t, err)
	return all(r)
}

func applied(t testing.TB, ctx context.Context, h *rostertest.House, f people.File) apply.Result {
	t.Helper()
	r, err := apply.Apply(ctx, h.People, f, func(apply.Result) {})
	must(t, err)
	return r
}

// exported gives what there is as a file.
func exported(t testing.TB, ctx context.Context, h *rostertest.House, format people.Format) string {
	t.Helper()
	f, err := h.People.Export(ctx, format)
	must(t, err)
	defer f.Close()
	text, err := io.ReadAll(f)
	must(t, err)
	return string(text)
}

// lines tells the history since a position: each line's action and whom it is about.
func lines(t testing.TB, h *rostertest.House, since int64) []string {
	t.Helper()
	page, err := h.History.List(h.As(h.Owner), history.Query{Limit: 200})
	must(t, err)
	var out []string
	for _, e := range page.Events {
		if e.Seq > since && e.Refused == "" {
			out = append(out, strings.TrimSpace(e.Action+" "+e.Target.Name))
		}
	}
	slices.Reverse(out)
	return out
}

func last(t testing.TB, h *rostertest.House) int64 {
	t.Helper()
	page, err := h.History.List(h.As(h.Owner), history.Query{Limit: 1})
	must(t, err)
	return page.Events[0].Seq
}

func equal(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

const file = `units:
  - {external_id: berlin, name: Berlin, kind: group, parent: north}
  - {external_id: north, name: Nordwind}
roles:
  - {key: dispatcher, name: Dispatcher, description: Sends people out, permissions: [devices.read], scopes: [network]}
members:
  - email: bob@example.com
    first_name: Robert
    external_id: emp-17
    grants: [{role: dispatcher, unit: berlin}]
  - {email: ina@example.com, first_name: Ina, last_name: New, kind: external, unit: north, grants: [{role: dispatcher}]}
  - {email: out@example.com, removed: true}
  - {email: zoe@example.com, blocked: true}
  - {kind: api, external_id: gateway, name: Gateway, grants: []}
`

// TestAFileIsPlannedAndApplied tells what a file would change, changes it, writes the ordinary lines of it, and finds
// nothing left to do.
func TestAFileIsPlannedAndApplied(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		h.Join("bob@example.com", "Bob", "One", roster.RoleMember)
		h.Join("out@example.com", "Otto", "Out", roster.RoleMember)
		h.Join("zoe@example.com", "Zoe", "Two", roster.RoleMember)
		ctx, f, since := h.As(h.Owner), read(t, file), last(t, h)
		f.Name = "team.yaml"
		want := `3 unit.create Nordwind name:→Nordwind external_id:→north kind:→account
2 unit.create Berlin name:→Berlin external_id:→berlin kind:→group parent:→north
5 role.create Dispatcher name:→Dispatcher description:→Sends people out for:→any permissions:→devices.read scopes:→network
7 member.edit Bob One first_name:Bob→Robert external_id:→emp-17
7 member.grant Bob One +role dispatcher at berlin -role member
12 member.remove Otto Out
13 member.block Zoe Two
11 member.invite ina@example.com kind:→external first_name:→Ina last_name:→New unit:→north external_id:→ +role dispatcher at north
14 api_user.create Gateway kind:→api external_id:→gateway name:→Gateway +role member
14 member.grant Gateway -role member`
		want = strings.ReplaceAll(want, " external_id:→ ", " ")
		planned := plan(t, ctx, h, f)
		equal(t, "plan", planned, want)
		if now := last(t, h); now != since {
			t.Errorf("a plan moved the history from %d to %d", since, now)
		}
		done := applied(t, ctx, h, f)
		equal(t, "applied", all(done), want)
		equal(t, "history", strings.Join(lines(t, h, since), "\n"), `unit.create Nordwind
unit.create Berlin
role.create Dispatcher
member.edit Bob One
member.grant Robert One
member.remove Otto Out
member.block Zoe Two
member.invite ina@example.com
api_user.create Gateway
member.grant Gateway
people.apply team.yaml`)
		made := done.Changes[8]
		if made.Secret == "" || made.ClientID == "" {
			t.Error("the API user's secret is not answered")
		}
		since = last(t, h)
		equal(t, "second plan", plan(t, ctx, h, f), "")
		equal(t, "second apply", all(applied(t, ctx, h, f)), "")
		if now := last(t, h); now != since {
			t.Errorf("applying it again moved the history from %d to %d", since, now)
		}
		for _, format := range people.Formats() {
			equal(t, "plan of what was exported as "+string(format), plan(t, ctx, h, read(t, exported(t, ctx, h, format))), "")
		}
		if e := lines(t, h, since); !slices.Equal(e, []string{"people.export people-2026-11-22.yaml", "people.export people-2026-11-22.json", "people.export people-2026-11-22.csv"}) {
			t.Errorf("exports: %q", e)
		}
	})
}

// TestAFileDoesNoMoreThanItsActor lets a user administrator and an administrator of one account apply what they may, and
// tells them the rest; a plan says the same.
func TestAFileDoesNoMoreThanItsActor(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		north, south := h.Account("Nordwind", ""), h.Account("Südwind", "")
		ada := h.Join("ada@example.com", "Ada", "Min", roster.RoleUserAdministrator)
		h.Join("bob@example.com", "Bob", "One", roster.RoleMember)
		lea := h.Holder("Lea", team.Giving{Role: roster.RoleUserAdministrator, Unit: north})
		f := read(t, fmt.Sprintf(`
units: [{id: %[1]s, name: Nordlicht}, {external_id: east, name: Ostwind}]
roles: [{key: root, name: Root, description: All, permissions: [organisation.write]}, {key: owner, name: Boss}]
members:
  - {email: olga@example.com, first_name: Ola, grants: []}
  - {email: ada@example.com, removed: true}
  - {email: bob@example.com, grants: [{role: owner}]}
  - {id: mem_0000000000000000000000000, first_name: No}
  - {email: new@example.com, grants: [{role: nobody}, {role: member, unit: nowhere}]}
  - {email: ext@example.com, kind: external, unit: %[2]s, first_name: Ex, last_name: Ternal}
  - {email: out@example.com, kind: external, unit: %[1]s, first_name: Out, last_name: Ternal}
  - {kind: api, external_id: robot, name: Robot}
`, north, south))
		for _, c := range []struct {
			who  roster.Actor
			want string
		}{
			{ada, `2 unit.edit Nordwind name:Nordwind→Nordlicht !forbidden
2 unit.create Ostwind name:→Ostwind external_id:→east kind:→account !forbidden
3 role.create Root name:→Root description:→All for:→any permissions:→organisation.write !exceeds_authority
3 role.edit Owner name:Owner→Boss !role_built_in
5 member.edit Olga Owner first_name:Olga→Ola !stronger_target
5 member.grant Olga Owner -role owner !stronger_target
7 member.grant Bob One +role owner -role member !exceeds_authority
8  mem_0000000000000000000000000 !member_unknown@id
6 member.remove Ada Min !not_on_yourself
9 member.invite new@example.com kind:→regular +role nobody +role member at nowhere !fields_invalid
10 member.invite ext@example.com kind:→external first_name:→Ex last_name:→Ternal unit:→SOUTH +role member at SOUTH
11 member.invite out@example.com kind:→external first_name:→Out last_name:→Ternal unit:→NORTH +role member at NORTH
12 api_user.create Robot kind:→api external_id:→robot name:→Robot +role member`},
			{lea, `2 unit.edit Nordwind name:Nordwind→Nordlicht !forbidden
2 unit.create Ostwind name:→Ostwind external_id:→east kind:→account !forbidden
3 role.create Root name:→Root description:→All for:→any permissions:→organisation.write !forbidden
3 role.edit Owner name:Owner→Boss !forbidden
8  mem_0000000000000000000000000 !member_unknown@id
5 member.invite olga@example.com kind:→regular first_name:→Ola +role member !forbidden
7 member.invite bob@example.com kind:→regular +role owner !forbidden
9 member.invite new@example.com kind:→regular +role nobody +role member at nowhere !forbidden
10 member.invite ext@example.com kind:→external first_name:→Ex last_name:→Ternal unit:→SOUTH +role member at SOUTH !unit_unknown@unit
12 api_user.create Robot kind:→api external_id:→robot name:→Robot +role member !forbidden`},
		} {
			hide := strings.NewReplacer(string(north), "NORTH", string(south), "SOUTH").Replace
			ctx := h.As(c.who)
			planned := hide(plan(t, ctx, h, f))
			equal(t, c.who.Name, planned, c.want)
			equal(t, c.who.Name+" applied", hide(all(applied(t, ctx, h, f))), planned)
		}
		if _, err := h.People.Plan(h.As(h.Join("vic@example.com", "Vic", "View", roster.RoleAuditor)), f); !roster.Is(err, "forbidden") {
			t.Errorf("who may write nobody plans: %v", err)
		}
		if _, err := h.People.Step(h.As(h.Join("vera@example.com", "Vera", "View", roster.RoleAuditor)), f, apply.Place{}); !roster.Is(err, "forbidden") {
			t.Errorf("who may write nobody applies: %v", err)
		}
	})
}

// TestWhomAFileDoesNotNameIsPruned blocks or removes members who are not in the file, step by step, and neither the actor
// nor the last Owner.
func TestWhomAFileDoesNotNameIsPruned(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ada := h.Join("ada@example.com", "Ada", "Min", roster.RoleUserAdministrator)
		h.Join("bob@example.com", "Bob", "One", roster.RoleMember)
		h.Join("eva@example.com", "Eva", "Two", roster.RoleMember)
		f := read(t, "prune: block\nmembers: [{email: BOB@example.com}]")
		ctx := h.As(ada)
		sorted := func(s string) string {
			all := strings.Split(s, "\n")
			slices.Sort(all)
			return strings.Join(all, "\n")
		}
		equal(t, "plan", sorted(plan(t, ctx, h, f)), "0 member.block Eva Two\n0 member.block Olga Owner !stronger_target")
		applied(t, ctx, h, f)
		equal(t, "again", plan(t, ctx, h, f), "0 member.block Olga Owner !stronger_target")
		f.Prune = people.PruneRemove
		equal(t, "by root", sorted(all(applied(t, h.CLI(h.Owner.Organisation), h, f))), "0 member.remove Ada Min\n0 member.remove Eva Two\n0 member.remove Olga Owner !last_owner")
	})
}

// TestWhatDoesNotChangeSaysSo names the field of what no file changes.
func TestWhatDoesNotChangeSaysSo(t *testing.T) {
	h := rostertest.SQLite(t)
	north := h.Account("Nordwind", "")
	bob := h.Join("bob@example.com", "Bob", "One", roster.RoleMember)
	eva := h.Enter(team.Invitation{Kind: roster.External, Unit: string(north), Email: "eva@example.com", ExternalID: "e-1", Profile: roster.Profile{FirstName: "Eva", LastName: "Two"}})
	f := read(t, fmt.Sprintf(`
units: [{id: %s, kind: group}, {id: unit_0000000000000000000000000, name: X}]
members:
  - {id: %s, email: robert@example.com, kind: api}
  - {email: eva@example.com, unit: elsewhere}
  - {id: %s, email: bob@example.com}
  - {external_id: e-1, email: olga@example.com}
  - {client_id: api_unknown, name: X}
`, north, bob.Member, eva.Member))
	r, err := h.People.Plan(h.As(h.Owner), f)
	must(t, err)
	equal(t, "plan", strings.ReplaceAll(all(r), string(bob.Member), "BOB"), `2  Nordwind !not_editable@kind
2  X !unit_unknown@id
4  Bob One !fields_invalid
5  Eva Two !not_editable@unit
6  bob@example.com !member_ambiguous
7  olga@example.com !member_ambiguous
8  X !member_unknown@client_id`)
	if len(r.Changes) > 2 {
		e := r.Changes[2].Err
		equal(t, "fields", e.Fields[0].Field+" "+e.Fields[1].Field, "email kind")
		equal(t, "words", e.Fields[0].Message, "An address changes by its person alone, on their profile.")
	}
}

// TestSeatsAreFreeForWhoIsNew removes one and adds one where the plan has no seat left, and refuses the one too many.
func TestSeatsAreFreeForWhoIsNew(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		for i := range 9 {
			h.Join(fmt.Sprintf("p%d@example.com", i), "Pia", fmt.Sprint("N", i), roster.RoleMember)
		}
		_, err := h.Orgs.Assign(h.CLI(h.Acme.ID), roster.PlanPlayground, 0)
		must(t, err)
		f := read(t, "members: [{email: a@example.com}, {email: b@example.com}, {email: p1@example.com, removed: true}]")
		want := "1 member.remove Pia N1\n1 member.invite a@example.com kind:→regular +role member\n1 member.invite b@example.com kind:→regular +role member !seat_limit"
		ctx := h.As(h.Owner)
		equal(t, "plan", plan(t, ctx, h, f), want)
		equal(t, "applied", all(applied(t, ctx, h, f)), want)
	})
}
