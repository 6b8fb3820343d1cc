package ending_test

import (
	"context"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/feed"
	"roster/internal/action/history"
	"roster/internal/action/method"
	"roster/internal/action/operator"
	"roster/internal/action/org"
	"roster/internal/action/role"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/action/team/apply/imports"
	"roster/internal/action/unit"
	"roster/internal/action/webhook"
	"roster/internal/authz"
	"roster/internal/jobs"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

func need(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// code gives an error's code; "" for none.
func code(err error) string {
	if err == nil {
		return ""
	}
	return roster.AsError(err).Code
}

// column is a column of a table, as the database's own schema has it.
type column struct{ table, name, kind string }

// schema gives every table that has a column, with its columns.
func schema(t *testing.T, h *rostertest.House, with string) map[string][]column {
	t.Helper()
	query := `SELECT m.name, p.name, p.type FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'`
	if h.DB.Kind() == "postgres" {
		query = `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema()`
	}
	all := map[string][]column{}
	need(t, store.Each(context.Background(), h.DB.Reader(), func(row store.Row) error {
		var c column
		err := row.Scan(&c.table, &c.name, &c.kind)
		all[c.table] = append(all[c.table], c)
		return err
	}, query))
	maps.DeleteFunc(all, func(_ string, columns []column) bool {
		return !slices.ContainsFunc(columns, func(c column) bool { return c.name == with })
	})
	return all
}

// counts tells how many rows each table with a column holds of some value.
func counts(t *testing.T, h *rostertest.House, with, value string) map[string]int {
	t.Helper()
	all := map[string]int{}
	for table := range schema(t, h, with) {
		n, err := store.One(context.Background(), h.DB.Reader(), store.Scan[int], `SELECT count(*) FROM `+table+` WHERE `+with+` = $1`, value)
		need(t, err)
		all[table] = n.Value
	}
	return all
}

// write runs a statement, whatever it writes.
func write(t *testing.T, h *rostertest.House, query string, args ...any) {
	t.Helper()
	need(t, h.DB.Keep(context.Background(), func(ctx context.Context, tx store.Noter) error {
		_, err := tx.Note(ctx, "any", query, args...)
		return err
	}))
}

// fill gives each table of an organisation that has no row of its yet one, made of its columns: so that one which is new
// in the schema is filled as well.
func fill(t *testing.T, h *rostertest.House, o roster.OrgID, m roster.Actor, there things) {
	t.Helper()
	last := int64(crc32.ChecksumIEEE([]byte(o))) // in the feed no number stands twice
	known := map[string]any{"last": last, "org_id": string(o), "member_id": string(m.Member), "person_id": string(m.Person), "method_id": there.method, "unit_id": there.unit, "webhook_id": there.webhook, "import_id": there.table}
	has := counts(t, h, "org_id", string(o))
	for table, columns := range schema(t, h, "org_id") {
		if has[table] == 0 && table != "ending" {
			insert(t, h, table, columns, known)
		}
	}
	for table, n := range counts(t, h, "org_id", string(o)) {
		if n == 0 && table != "ending" {
			t.Errorf("the story leaves %s empty", table)
		}
	}
}

// furnish gives each table of the installation about persons that has no row of somebody's one, likewise.
func furnish(t *testing.T, h *rostertest.House, p roster.PersonID) {
	t.Helper()
	inside, has := schema(t, h, "org_id"), counts(t, h, "person_id", string(p))
	for table, columns := range schema(t, h, "person_id") {
		if _, is := inside[table]; !is && has[table] == 0 && table != "operator" {
			insert(t, h, table, columns, map[string]any{"person_id": string(p)})
		}
	}
}

// insert makes a row of what is known, and of something for the rest.
func insert(t *testing.T, h *rostertest.House, table string, columns []column, known map[string]any) {
	t.Helper()
	var names, marks []string
	var args []any
	for _, c := range columns {
		v, is := known[c.name]
		switch kind := strings.ToLower(c.kind); {
		case is:
		case kind == "bigint":
			v = 1
		case kind == "boolean":
			v = false
		case kind == "bytea":
			v = []byte("x")
		default:
			v = "x"
		}
		names, args = append(names, c.name), append(args, v)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	write(t, h, `INSERT INTO `+table+` (`+strings.Join(names, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)`, args...)
}

// things are what other things refer to.
type things struct{ method, unit, webhook, table string }

// populate gives an organisation some of everything by its Owner: customer accounts in a tree, a role, a connection, an
// API user, people who wait and one whom the organisation manages.
func populate(t *testing.T, h *rostertest.House, owner roster.Actor) (managed roster.Actor, there things) {
	t.Helper()
	ctx := h.As(owner)
	north, err := h.Units.Create(ctx, unit.Draft{Kind: roster.Account, Name: "Nordwind"})
	need(t, err)
	_, err = h.Units.Create(ctx, unit.Draft{Kind: roster.Group, Name: "Berlin", Parent: string(north.ID)})
	need(t, err)
	m, err := h.Methods.Create(ctx, method.Draft{Kind: "oidc", Name: "Okta", Connection: login.Connection{Issuer: "https://login.example.com", ClientID: "roster"}})
	need(t, err)
	table, err := h.Imports.Upload(ctx, imports.File{Name: "team.csv", From: strings.NewReader("E-mail\nivo@example.com\n"), Size: 23})
	need(t, err)
	w, err := h.Webhooks.Create(ctx, webhook.Draft{URL: "https://hooks.example.com"})
	need(t, err)
	_, err = h.Roles.Create(ctx, role.Draft{Name: "Reader", Description: "Reads.", Permissions: []string{authz.MembersRead}, Scopes: []string{authz.Admin}})
	need(t, err)
	_, err = h.Team.CreateAPIUser(ctx, team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleAuditor)})
	need(t, err)
	for i := range 60 {
		_, err = h.Team.Invite(ctx, team.Invitation{Email: fmt.Sprintf("waits%d@example.com", i), Profile: roster.Profile{FirstName: "Wanda", LastName: "Waits"}})
		need(t, err)
	}
	v, err := h.Team.Invite(ctx, team.Invitation{Email: "mona@example.com", Profile: roster.Profile{FirstName: "Mona", LastName: "Managed"}})
	need(t, err)
	linked, err := h.Team.Link(ctx, v.ID)
	need(t, err)
	return h.Accept(owner.Organisation, linked.Secret, "Mona", "Managed"), things{m.ID, string(north.ID), w.ID, table.ID}
}

// lines gives what the installation's history tells of an action.
func lines(t *testing.T, h *rostertest.House, name act.Name) []roster.Event {
	t.Helper()
	page, err := h.History.OfInstallation(h.CLI(""), history.Query{Action: string(name)})
	need(t, err)
	return page.Events
}

func sweep(t *testing.T, h *rostertest.House) {
	t.Helper()
	need(t, jobs.Deletions(h.Endings).Do(h.CLI("")))
}

// TestADeletedOrganisationLeavesNothingButALine deletes an organisation that has a row in every table of the schema: it
// waits, can be taken back, and then ends step by step, though what deletes it stops in between. Its neighbour, and who
// belongs there too, stay.
func TestADeletedOrganisationLeavesNothingButALine(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		managed, there := populate(t, h, h.Owner)
		founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Beta", Plan: roster.PlanUnlimited, Owner: "bea@example.com"})
		need(t, err)
		beta := founded.Organisation.ID
		bea := h.Accept(beta, founded.Link, "Bea", "Beta")
		_, betas := populate(t, h, bea)
		anna := h.Own(h.Owner, roster.Actor{}, team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Alone"}})
		sam := h.Own(h.Owner, roster.Actor{}, team.Invitation{Email: "sam@example.com", Profile: roster.Profile{FirstName: "Sam", LastName: "Shared"}})
		h.Own(bea, roster.Actor{Kind: roster.ActorPerson, Person: sam.Person, Door: roster.DoorDashboard}, team.Invitation{Email: "sam@example.com", Profile: roster.Profile{FirstName: "Sam", LastName: "Shared"}})
		rita := h.Own(h.Owner, roster.Actor{}, team.Invitation{Email: "rita@example.com", Profile: roster.Profile{FirstName: "Rita", LastName: "Removed"}})
		once := h.Own(bea, roster.Actor{Kind: roster.ActorPerson, Person: rita.Person, Door: roster.DoorDashboard}, team.Invitation{Email: "rita@example.com", Profile: roster.Profile{FirstName: "Rita", LastName: "Removed"}})
		_, err = h.Team.Remove(h.As(bea), once.Member)
		need(t, err)
		write(t, h, `INSERT INTO person (id, managed_by, email, email_folded, created_at) VALUES ('prs_left', $1, 'left@example.com', 'left@example.com', 1)`, string(h.Acme.ID))
		// More customer accounts than go at once, each below the one before.
		write(t, h, `INSERT INTO unit (org_id, id, kind, name, sort_name, external_id, parent_id, archived_at, created_at, created_by, updated_at, updated_by, version)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2100)
			SELECT u.org_id, 'unt_' || (10000 + n.i), u.kind, u.name, u.sort_name, '', CASE WHEN n.i = 1 THEN u.id ELSE 'unt_' || (9999 + n.i) END, 0, 1, '', 1, '', 1
			FROM n, unit u WHERE u.org_id = $1 AND u.id = $2`, string(h.Acme.ID), there.unit)
		fill(t, h, h.Acme.ID, managed, there)
		fill(t, h, beta, bea, betas)
		furnish(t, h, anna.Person)
		h.Verified(h.Acme.ID)

		acme := h.CLI(h.Acme.ID)
		if _, err := h.Endings.End(acme); code(err) != "not_due" {
			t.Errorf("ended though nobody asked: %v", err)
		}
		_, err = h.Endings.Delete(acme, "Acne")
		if code(err) != "name_differs" {
			t.Errorf("another name: %v", err)
		}
		o, err := h.Endings.Delete(acme, " Acme ")
		need(t, err)
		if o.DeleteAt.Sub(h.Clock.Now()) != 30*24*time.Hour {
			t.Errorf("it is deleted at %s", o.DeleteAt)
		}
		if _, err := h.Endings.Delete(acme, "Acme"); code(err) != "already_closed" {
			t.Errorf("twice: %v", err)
		}
		if _, err := h.Team.Show(h.As(h.Owner), h.Owner.Member); code(err) != "organisation_closed" {
			t.Errorf("the Owner comes in: %v", err)
		}
		if _, err := h.Endings.Empty(acme); code(err) != "not_due" {
			t.Errorf("emptied before its time: %v", err)
		}
		if _, err := h.Endings.End(acme); code(err) != "not_due" {
			t.Errorf("ended before its time: %v", err)
		}
		h.Clock.Pass(29 * 24 * time.Hour)
		sweep(t, h)
		_, err = h.Endings.Undelete(acme)
		need(t, err)
		if _, err := h.Team.Show(h.As(h.Owner), h.Owner.Member); err != nil {
			t.Errorf("taken back: %v", err)
		}
		if _, err := h.Endings.Undelete(acme); code(err) != "not_closed" {
			t.Errorf("taken back twice: %v", err)
		}
		_, err = h.Endings.Delete(acme, "Acme")
		need(t, err)
		h.Verified(h.Acme.ID)
		// A long history: these lines hang together with nothing, which nobody asks any more.
		write(t, h, `INSERT INTO event (org_id, seq, at, action, actor_id, target_id, body, vals, hash)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
			SELECT o.id, o.seq + n.i, 1, 'x', 'x', 'x', '{}', '[]', 'hash' FROM n, organisation o WHERE o.id = $1`, string(h.Acme.ID))
		write(t, h, `UPDATE organisation SET seq = seq + 3000, head = 'hash' WHERE id = $1`, string(h.Acme.ID))
		was, neighbours := position(t, h), counts(t, h, "org_id", string(beta))

		h.Clock.Pass(31 * 24 * time.Hour)
		if _, err := h.Endings.Undelete(acme); code(err) != "deletion_due" {
			t.Errorf("taken back too late: %v", err)
		}
		if left, err := h.Endings.Empty(acme); err != nil || !left { // and then the server stops
			t.Fatalf("the first step: %t %v", left, err)
		}
		for left := true; left; {
			left, err = h.Endings.Empty(acme)
			need(t, err)
		}
		if n := counts(t, h, "org_id", string(h.Acme.ID))["event"]; n > 1000 {
			t.Errorf("%d lines of the history are left for one transaction", n)
		}
		sweep(t, h)
		sweep(t, h)

		for table, n := range counts(t, h, "org_id", string(h.Acme.ID)) {
			if n > 0 {
				t.Errorf("%s has %d rows left", table, n)
			}
		}
		for table, n := range counts(t, h, "managed_by", string(h.Acme.ID)) {
			if n > 0 {
				t.Errorf("%s has %d rows left that it managed", table, n)
			}
		}
		if now := counts(t, h, "org_id", string(beta)); !maps.Equal(now, neighbours) {
			t.Errorf("the neighbour had %v and has %v", neighbours, now)
		}
		for who, p := range map[string]roster.PersonID{"the Owner": h.Owner.Person, "a managed person": managed.Person, "who belonged nowhere else": anna.Person, "who was removed elsewhere": rita.Person} {
			for table, n := range counts(t, h, "person_id", string(p)) {
				if n > 0 && (table != "member" || p != rita.Person) {
					t.Errorf("of %s %s has %d rows left", who, table, n)
				}
			}
		}
		in := func(email string) error {
			_, err := h.SignIn.SignIn(h.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.9"}), signin.Try{Email: email, Password: rostertest.Password})
			return err
		}
		if err := in("sam@example.com"); err != nil {
			t.Errorf("who belongs to the neighbour too does not come in: %v", err)
		}
		if err := in("anna@example.com"); code(err) != "wrong_credentials" {
			t.Errorf("who belongs nowhere comes in: %v", err)
		}
		told := lines(t, h, act.OrganisationEnd)
		if len(told) != 1 || told[0].Target.ID != string(h.Acme.ID) {
			t.Fatalf("the line that remains: %+v", told)
		}
		facts := map[string]string{}
		for _, c := range told[0].Changes {
			facts[c.Field] = c.From
		}
		if facts["name"] != "Acme" || facts["slug"] != "acme" || facts["head"] != "hash" || facts["lines"] != fmt.Sprint(was) || facts["members"] != "66" || facts["persons"] != "5" {
			t.Errorf("it tells %v", facts)
		}
		h.Verified(roster.Installation)
		h.Verified(beta)
		if _, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Acme", Owner: "olga@example.com"}); err != nil {
			t.Errorf("its name is not free: %v", err)
		}
	})
}

// TestADeletionThatFailsKeepsNoOther: of two whose time has come, the first cannot end.
func TestADeletionThatFailsKeepsNoOther(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Beta", Owner: "bea@example.com"})
		need(t, err)
		_, err = h.Endings.Delete(h.CLI(h.Acme.ID), "Acme")
		need(t, err)
		h.Clock.Pass(time.Minute)
		_, err = h.Endings.Delete(h.CLI(founded.Organisation.ID), "Beta")
		need(t, err)
		write(t, h, `INSERT INTO event (org_id, seq, at, action, actor_id, target_id, body, vals, hash) SELECT id, seq + 1, 1, 'x', 'x', 'x', '{}', '[]', 'x' FROM organisation WHERE id = $1`, string(h.Acme.ID))
		h.Clock.Pass(roster.DeletionWait)
		if err := jobs.Deletions(h.Endings).Do(h.CLI("")); err == nil {
			t.Error("nothing tells that one failed")
		}
		if told := lines(t, h, act.OrganisationEnd); len(told) != 1 || told[0].Target.ID != string(founded.Organisation.ID) {
			t.Errorf("the second did not end: %+v", told)
		}
	})
}

// TestNoLineIsToldAgainWhileItsOrganisationEnds: who follows all histories is told of the end, and nothing a second time.
func TestNoLineIsToldAgainWhileItsOrganisationEnds(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		after, seen := "", map[string]bool{}
		read := func() (news []string) {
			t.Helper()
			for more := true; more; {
				p, err := h.Feed.Read(h.CLI(""), feed.Query{After: after, Limit: 200})
				need(t, err)
				for _, l := range p.Lines {
					line := fmt.Sprint(l.Organisation, l.Seq)
					if news = append(news, l.Action); seen[line] {
						t.Errorf("line %d, %s, is told again", l.Seq, l.Action)
					}
					seen[line] = true
				}
				after, more = p.Next, p.More
			}
			return news
		}
		acme := h.CLI(h.Acme.ID)
		_, err := h.Endings.Delete(acme, "Acme")
		need(t, err)
		if news := read(); len(news) == 0 || news[len(news)-1] != string(act.OrganisationDelete) {
			t.Fatalf("before: %v", news)
		}
		h.Clock.Pass(roster.DeletionWait)
		for range 2 {
			_, err = h.Endings.Empty(acme)
			need(t, err)
			if news := read(); len(news) > 0 {
				t.Errorf("while it is being deleted: %v", news)
			}
		}
		// Whoever numbered meanwhile leaves nothing behind.
		write(t, h, `INSERT INTO feed (org_id, seq, lines, last) VALUES ($1, 1, 1, 1000000)`, string(h.Acme.ID))
		_, err = h.Endings.End(acme)
		need(t, err)
		if n := counts(t, h, "org_id", string(h.Acme.ID))["feed"]; n > 0 {
			t.Errorf("%d rows are left", n)
		}
		if news := read(); !slices.Equal(news, []string{string(act.OrganisationEnd)}) {
			t.Errorf("after: %v", news)
		}
	})
}

// position gives where Acme's history stands.
func position(t *testing.T, h *rostertest.House) int64 {
	t.Helper()
	o, err := h.Orgs.Named(h.CLI(""), string(h.Acme.ID))
	need(t, err)
	return o.Seq
}

// TestAnOperatorsAccountEndsWithNoOrganisation, even if a membership says that it belongs there, which none can.
func TestAnOperatorsAccountEndsWithNoOrganisation(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ana, err := h.Operators.Add(h.CLI(""), operator.Draft{Email: "ana@example.net", Password: rostertest.Password, Repeat: rostertest.Password})
		need(t, err)
		mia := h.Join("mia@example.com", "Mia", "Member", roster.RoleMember)
		write(t, h, `UPDATE member SET person_id = $1 WHERE org_id = $2 AND id = $3`, string(ana.Person.ID), string(h.Acme.ID), string(mia.Member))
		_, err = h.Endings.Delete(h.CLI(h.Acme.ID), "Acme")
		need(t, err)
		h.Clock.Pass(roster.DeletionWait)
		sweep(t, h)
		if left := lines(t, h, act.OrganisationEnd); len(left) != 1 {
			t.Fatalf("%d lines of the end", len(left))
		}
		all, err := h.Operators.List(h.CLI(""))
		if err != nil || len(all) != 1 || all[0].Person.ID != ana.Person.ID {
			t.Errorf("the operators: %v %v", all, err)
		}
	})
}
