package history_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	roles "roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/replay"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

func need(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// replayed gives what became of rebuilding Acme.
func replayed(t *testing.T, h *rostertest.House) history.Replayed {
	t.Helper()
	all, err := h.History.Replay(h.CLI(h.Acme.ID))
	need(t, err)
	return all
}

// peopled makes an organisation in which everything has been changed once that can be, and looks after each act.
func peopled(t *testing.T, h *rostertest.House) {
	t.Helper()
	h.Declare(rostertest.Fleet())
	owner := h.As(h.Owner)
	did := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if all := replayed(t, h); all.Count > 0 {
			t.Errorf("after %s: %+v", what, all.Drifts)
		}
		h.Clock.Pass(1_234_567 * time.Microsecond)
	}
	did("the beginning", nil)
	north, south := h.Account("Nordwind", ""), h.Account("Südwind", "")
	depot := h.Group("Depot", north)
	did("units", nil)
	name, external := "Lager", "depot-1"
	_, err := h.Units.Edit(owner, depot, unit.Edit{Name: &name, ExternalID: &external})
	did("a unit's edit", err)
	_, err = h.Units.Move(owner, depot, unit.Moving{Parent: string(south)})
	did("a move", err)
	_, err = h.Units.Archive(owner, south, 0)
	did("archiving", err)
	_, err = h.Units.Restore(owner, south, 0)
	did("restoring", err)
	_, err = h.Units.Archive(owner, depot, 0)
	did("archiving again", err)

	own, err := h.Roles.Create(owner, roles.Draft{Name: "Watch", Description: "Looks", Permissions: []string{"devices.read", "notices.read"}, Scopes: []string{"network"}})
	did("a role", err)
	some := []string{"devices.read", "devices.write"}
	_, err = h.Roles.Edit(owner, own.ID, roles.Edit{Permissions: &some})
	did("a role's content", err)
	_, err = h.Roles.Edit(owner, own.ID, roles.Edit{Name: &name})
	did("a role's name", err)
	gone, err := h.Roles.Create(owner, roles.Draft{Name: "Gone", Description: "Soon", Permissions: []string{"devices.read"}, For: "external"})
	did("another role", err)

	end := h.Clock.Now().Add(90*time.Minute + 7*time.Microsecond)
	anna := h.Enter(team.Invitation{Email: "Anna@Example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Berg", Phone: "+49301234567"}, Grants: []team.Giving{
		{Role: roster.RoleUserAdministrator}, {Role: own.ID, Unit: north}, {Permission: "notices.read", Until: end}, {Scope: "billing", Unit: south},
	}})
	did("a member", nil)
	called := "anna-1"
	_, err = h.Team.Edit(owner, anna.Member, team.Edit{
		ExternalID: &called, Grants: &[]team.Giving{{Role: roster.RoleUserAdministrator}, {Role: roster.RoleAuditor}, {Role: roster.RoleAuditor, Unit: north, Until: end}},
		Profile: func(roster.Member) roster.Profile { return roster.Profile{FirstName: "Änne", LastName: "Berg"} },
	})
	did("an edit", err)
	var drawn bytes.Buffer
	need(t, png.Encode(&drawn, image.NewRGBA(image.Rect(0, 0, 40, 30))))
	_, err = h.Pictures.Set(owner, anna.Member, drawn.Bytes())
	did("a picture", err)
	did("an address", h.DB.Write(h.CLI(h.Acme.ID), h.Acme.ID, func(ctx context.Context, tx *store.Tx) error {
		m, err := memberdb.ByID(ctx, tx, h.Acme.ID, anna.Member)
		need(t, err)
		need(t, memberdb.Readdress(ctx, tx, m.Value, roster.Email{Typed: "Aenne@Example.com", Folded: "aenne@example.com"}))
		_, err = tx.Record(ctx, roster.Event{Action: "member.email", ActorKind: roster.ActorCLI, ActorID: roster.ActorFrom(ctx).ID(), Target: m.Value.Ref()})
		return err
	}))

	bob := h.Holder("Bob", team.RoleGivings(roster.RoleUserAdministrator, roster.RoleAuditor)...)
	robot, err := h.Team.CreateAPIUser(h.As(bob), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleMember)})
	did("an API user", err)
	_, err = h.Credentials.SetEnd(owner, robot.ID, h.Clock.Now().Add(48*time.Hour+5*time.Microsecond))
	did("its end", err)
	_, err = h.Networks.SetProgram(owner, robot.ID, []string{"2001:db8::/32"})
	did("its addresses", err)
	_, err = h.Team.Invite(h.As(bob), team.Invitation{Email: "iris@example.com", Profile: roster.Profile{FirstName: "Iris", LastName: "Invited"}, Grants: team.RoleGivings(roster.RoleAuditor)})
	did("an invitation", err)
	ext, err := h.Team.Create(owner, team.Creation{Invitation: team.Invitation{
		Kind: roster.External, Unit: string(north), Email: "ext@example.com", StartBlocked: true,
		Profile: roster.Profile{FirstName: "Extra", LastName: "Müller"}, Grants: []team.Giving{{Role: gone.ID, Unit: north}},
	}, NewPassword: team.NewPassword{Password: rostertest.Password, Repeat: rostertest.Password}})
	did("an external member", err)
	_, err = h.Team.Unblock(owner, ext.ID)
	did("unblocking", err)
	_, err = h.Team.Block(owner, ext.ID, "for a while")
	did("blocking", err)
	_, err = h.Removals.Remove(owner, bob.Member, string(anna.Member))
	did("a removal that hands over", err)
	_, err = h.Team.Remove(owner, ext.ID)
	did("a removal", err)
	_, err = h.Roles.Delete(owner, gone.ID, 0)
	did("the end of a role", err)
}

// TestTheTablesAreWhatTheHistorySays: after each act. What is altered by hand is found, whatever it is: a column of each
// that is rebuilt, a row that is missing, a row too many. Bookkeeping is not.
func TestTheTablesAreWhatTheHistorySays(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		peopled(t, h)
		all := replayed(t, h)
		if all.Rows["member"] != 6 || all.Rows["customer account"] != 3 || all.Rows["role"] != 5 || all.Rows["grant"] == 0 || all.Lines == 0 {
			t.Errorf("by the history there are %v after %d lines", all.Rows, all.Lines)
		}
		need(t, h.DB.Snapshot(context.Background(), func(ctx context.Context, r store.Reader) error {
			parts, err := history.InParts(ctx, r, h.Acme.ID, 9)
			if parts.Count != 0 || !maps.Equal(parts.Rows, all.Rows) || parts.Lines != all.Lines {
				t.Errorf("in parts there are %v after %d lines: %v", parts.Rows, parts.Lines, parts.Drifts)
			}
			return err
		}))
		for _, table := range replay.Tables() {
			for _, c := range table.Columns {
				altered(t, h, table, c)
			}
		}
		for _, c := range []struct{ what, undo, do, found string }{
			{"a grant is deleted", "", `DELETE FROM member_grant WHERE org_id = $1 AND scope = ''  AND unit_id IS NOT NULL`, "grant"},
			{"a grant is given", "", `INSERT INTO member_grant (org_id, member_id, id, role_id, permission, scope, unit_id, until_at, given_by, given_at)
				SELECT org_id, id, 'grt_x', 'owner', '', '', NULL, 0, '', 0 FROM member WHERE org_id = $1 AND name = 'Robot'`, "grant"},
			{"a role's item is added", "", `INSERT INTO role_item (org_id, role_id, permission, scope) SELECT org_id, id, 'devices.wipe', '' FROM role WHERE org_id = $1 AND key = 'watch'`, "item of a role"},
			{"a role is added", "", `INSERT INTO role (org_id, id, key, name, name_folded, description, built_in, members, created_at, created_by, updated_at, updated_by, version)
				VALUES ($1, 'role_x', 'x', 'X', 'x', '', FALSE, '', 0, '', 0, '', 1)`, "role"},
			{"a unit is added", "", `INSERT INTO unit (org_id, id, kind, name, sort_name, external_id, archived_at, created_at, created_by, updated_at, updated_by, version)
				SELECT org_id, 'unit_x', kind, name, sort_name, '', 0, 0, '', 0, '', 1 FROM unit WHERE org_id = $1 AND name = 'Nordwind'`, "customer account"},
		} {
			before := replayed(t, h).Count
			alter(t, h, c.do, h.Acme.ID)
			after := replayed(t, h)
			if after.Count <= before || !slices.ContainsFunc(after.Drifts, func(d replay.Drift) bool { return d.What == c.found && d.Field == "" }) {
				t.Errorf("%s, and that is not found: %+v", c.what, after.Drifts)
			}
		}
	})
}

// altered alters a column of one row and holds that it is found exactly where it is rebuilt; then puts it back.
func altered(t *testing.T, h *rostertest.House, table replay.Table, c replay.Column) {
	t.Helper()
	if c.Name == "org_id" || c.Name == "id" {
		return
	}
	to := map[replay.Form]string{
		replay.Text: c.Name + " || 'x'", replay.Number: c.Name + " + 1", replay.Moment: c.Name + " + 1000001", replay.Flag: "NOT " + c.Name,
		replay.Bytes: c.Name + " || " + map[string]string{"sqlite": "CAST('x' AS BLOB)", "postgres": "'x'::bytea"}[h.DB.Kind()],
		replay.Maybe: map[string]string{
			"person_id": "(SELECT m.person_id FROM member m WHERE m.status = 'removed' AND m.person_id IS NOT NULL LIMIT 1)",
			"unit_id":   "(SELECT id FROM unit WHERE name = 'Südwind')", "parent_id": "(SELECT id FROM unit WHERE name = 'Südwind')",
		}[c.Name],
	}[c.Form]
	if c.Reason != "" {
		to = c.Name + " + 1000001"
	}
	where := map[string]string{
		"member": "name = 'Robot'", "member_grant": "unit_id IS NULL AND member_id = (SELECT id FROM member WHERE name = 'Robot')", "role": "key = 'watch'", "unit": "name = 'Nordwind'",
	}[table.Name]
	key := strings.Join(append(names(table.Keys), ""), ", ")
	rows, err := store.All(context.Background(), h.DB.Reader(), store.Scan[string], `SELECT `+strings.SplitN(key, ", ", 2)[0]+` FROM `+table.Name+` WHERE `+where)
	need(t, err)
	if len(rows) != 1 {
		t.Fatalf("%s has %d rows to alter", table.Name, len(rows))
	}
	first := table.Keys[0].Name
	if table.Name == "member_grant" {
		first = "unit_id IS NULL AND member_id"
	}
	alter(t, h, fmt.Sprintf(`CREATE TABLE kept AS SELECT %s AS v FROM %s WHERE %s = '%s'`, c.Name, table.Name, first, rows[0]))
	alter(t, h, fmt.Sprintf(`UPDATE %s SET %s = %s WHERE %s = '%s'`, table.Name, c.Name, to, first, rows[0]))
	all := replayed(t, h)
	found := slices.ContainsFunc(all.Drifts, func(d replay.Drift) bool {
		return d.What == table.What && strings.HasPrefix(d.ID, rows[0]) && d.Field == c.Name && d.Seq > 0 && d.Table != d.History
	})
	if found != (c.Reason == "") || (all.Count > 0) != found {
		t.Errorf("%s.%s is altered to %s: %+v", table.Name, c.Name, to, all.Drifts)
	}
	alter(t, h, fmt.Sprintf(`UPDATE %s SET %s = (SELECT v FROM kept) WHERE %s = '%s'`, table.Name, c.Name, first, rows[0]))
	alter(t, h, `DROP TABLE kept`)
}

func names(all []replay.Column) []string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.Name
	}
	return out
}

// alter does what somebody does who has the database at hand.
func alter(t *testing.T, h *rostertest.House, query string, args ...any) {
	t.Helper()
	need(t, h.DB.Keep(context.Background(), func(ctx context.Context, tx store.Noter) error {
		_, err := tx.Note(ctx, "any", query, args...)
		return err
	}))
}

// TestEachColumnIsRebuiltOrSaysWhyNot: of each table that is rebuilt, also one that is new in the schema.
func TestEachColumnIsRebuiltOrSaysWhyNot(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		for _, table := range replay.Tables() {
			query := `SELECT name FROM pragma_table_info($1)`
			if h.DB.Kind() == "postgres" {
				query = `SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`
			}
			there, err := store.All(context.Background(), h.DB.Reader(), store.Scan[string], query, table.Name)
			need(t, err)
			told := append(names(table.Keys), names(table.Columns)...)
			slices.Sort(there)
			slices.Sort(told)
			if !slices.Equal(there, told) {
				t.Errorf("of %s there is told %v, and there are %v", table.Name, told, there)
			}
		}
	})
}

// TestALineThatIsGoneMovesNoOther: of more lines than are read at once each is added once, also where one was deleted by hand.
// What is wrong with such a history the walk along its chain tells; the tables are right.
func TestALineThatIsGoneMovesNoOther(t *testing.T) {
	const batch = 500
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		bob := h.Holder("Bob")
		newest, err := h.History.Newest(h.As(h.Owner))
		need(t, err)
		line := roster.Event{Action: "organisation.edit", ActorKind: roster.ActorCLI, ActorID: "cli", Target: roster.RefOrganisation(h.Acme.ID, "Acme")}
		need(t, h.DB.Write(h.CLI(h.Acme.ID), h.Acme.ID, func(ctx context.Context, tx *store.Tx) error {
			for ; newest < batch && err == nil; newest++ {
				err = tx.Row(ctx, func(ctx context.Context) error {
					tx.Tell(roster.Change{Of: line.Target, Field: "told", To: "so"})
					_, err := tx.Record(ctx, line)
					return err
				})
			}
			return err
		}))
		_, err = h.Team.Block(h.As(h.Owner), bob.Member, "for a while") // the last line of the first batch, once one before it is gone
		need(t, err)
		if all := replayed(t, h); all.Count != 0 || all.Lines != batch+1 {
			t.Fatalf("after %d lines: %+v", all.Lines, all.Drifts)
		}
		alter(t, h, `DELETE FROM event WHERE org_id = $1 AND seq = $2`, h.Acme.ID, batch-1)
		if all := replayed(t, h); all.Count != 0 || all.Lines != batch {
			t.Errorf("one of them gone, after %d lines: %+v", all.Lines, all.Drifts)
		}
	})
}
