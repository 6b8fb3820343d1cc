package export_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/action/team/export"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/sheet"
	"roster/internal/store"
	"roster/internal/words"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// english is the catalogue in which headers are written.
func english(t testing.TB) *words.Catalogue {
	t.Helper()
	say, err := words.English()
	must(t, err)
	return say
}

// exported gives the rows that somebody's export has, the header first, each as one text.
func exported(t *testing.T, h *rostertest.House, by roster.Actor, o export.Order) []string {
	t.Helper()
	if o.Format == "" {
		o.Format = sheet.CSV
	}
	o.Words = english(t)
	f, err := h.Exports.Export(h.As(by), o)
	must(t, err)
	defer func() { must(t, f.Close()) }()
	data, err := io.ReadAll(f)
	must(t, err)
	if int64(len(data)) != f.Size {
		t.Errorf("%d bytes are %d", len(data), f.Size)
	}
	var rows [][]string
	if o.Format == sheet.CSV {
		rows, err = csv.NewReader(strings.NewReader(string(data))).ReadAll()
	} else {
		var book *excelize.File
		book, err = excelize.OpenReader(strings.NewReader(string(data)), excelize.Options{UnzipSizeLimit: 1 << 30})
		must(t, err)
		defer func() { _ = book.Close() }()
		rows, err = book.GetRows("Team")
	}
	must(t, err)
	all := make([]string, len(rows))
	for i, r := range rows {
		all[i] = strings.Join(r, "|")
	}
	if len(all)-1 != f.Rows {
		t.Errorf("%d rows are told to be %d", len(all)-1, f.Rows)
	}
	return all
}

// newest gives the history's newest line.
func newest(t *testing.T, h *rostertest.House) roster.Event {
	t.Helper()
	page, err := h.History.List(h.As(h.Owner), history.Query{Limit: 1})
	must(t, err)
	return page.Events[0]
}

func told(e roster.Event, field string) string {
	for _, c := range e.Changes {
		if c.Field == field {
			return c.To
		}
	}
	return "(nothing)"
}

func TestAnExportIsTheListAndAnEvent(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		north := h.Account("North", "")
		_, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "eve@example.com", Profile: roster.Profile{FirstName: "=HYPERLINK(1)", LastName: "＋Eve", Phone: "+551155550100"}, Grants: []team.Giving{{Role: roster.RoleAuditor}, {Role: roster.RoleMember, Unit: north}}})
		must(t, err)
		robot, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "@Robot"})
		must(t, err)
		for _, f := range []sheet.Format{sheet.CSV, sheet.XLSX} {
			rows := exported(t, h, h.Owner, export.Order{Format: f, Columns: []string{"name", "identifier", "kind", "phone", "roles", "units", "status", "verified", "created_at", "created_by"}})
			want := []string{
				"Name|Identifier|Kind|Phone|Roles|Customer accounts|Status|Verified|Created|Created by",
				"'=HYPERLINK(1) ＋Eve|eve@example.com|regular|'+551155550100|Auditor, Member|North|invited|No|2026-11-22T09:00:00Z|Olga Owner",
				"'@Robot|" + robot.ClientID + "|api||Member||active||2026-11-22T09:00:00Z|Olga Owner",
				"Olga Owner|olga@example.com|regular||Owner||active|No|2026-11-22T09:00:00Z|The command line",
			}
			if strings.Join(rows, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s:\n%s\nwant\n%s", f, strings.Join(rows, "\n"), strings.Join(want, "\n"))
			}
			if strings.Contains(strings.Join(rows, ""), robot.Secret) {
				t.Errorf("%s holds a secret", f)
			}
		}
		rows := exported(t, h, h.Owner, export.Order{Query: team.Query{Text: "eve", Status: []roster.Status{roster.Invited}, Sort: "-created_at"}})
		if len(rows) != 2 || rows[0] != "Name|Identifier|Kind|Phone|Roles|Customer accounts|Status|Verified|MFA|Last seen|Created|Created by|Updated|Updated by" {
			t.Errorf("narrowed: %q", rows)
		}
		e := newest(t, h)
		if e.Action != "member.export" || e.ActorID != string(h.Owner.Member) || e.Target.Name != "members-2026-11-22.csv" ||
			told(e, "filter") != "q=eve status=invited" || told(e, "sort") != "-created_at" || told(e, "rows") != "1" || !strings.HasPrefix(told(e, "columns"), "name, identifier, ") {
			t.Errorf("the history tells %+v", e)
		}
		for code, o := range map[string]export.Order{
			"column_unknown": {Columns: []string{"password"}},
			"sort_unknown":   {Query: team.Query{Sort: "secret"}},
			"unit_unknown":   {Query: team.Query{Unit: "nowhere"}},
		} {
			o.Format, o.Words = sheet.CSV, english(t)
			if _, err := h.Exports.Export(h.As(h.Owner), o); !roster.Is(err, code) {
				t.Errorf("%s: %v", code, err)
			}
		}
		if again := newest(t, h); again.Seq != e.Seq {
			t.Errorf("a refused order is told: %+v", again)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestWhoeverSeesAPartExportsThatPart: the administrator of one customer account exports whom they see, an Auditor
// everybody, and whoever may see nobody nothing.
func TestWhoeverSeesAPartExportsThatPart(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		above, south := h.Account("Above", ""), h.Account("South", "")
		north := h.Account("North", above)
		for _, u := range []roster.UnitID{north, south} {
			_, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Kind: roster.External, Unit: string(u), Email: "x@" + string(u[5:9]) + string(u[len(u)-6:]) + ".example.com", Profile: roster.Profile{FirstName: "Out", LastName: "Side"}})
			must(t, err)
		}
		_, err := h.Team.Invite(h.As(h.Owner), team.Invitation{
			Kind: roster.External, Unit: string(above), Email: "zoe@example.com", Profile: roster.Profile{FirstName: "Zoe", LastName: "Above"},
			Grants: []team.Giving{{Role: roster.RoleMember, Unit: north}},
		})
		must(t, err)
		admin := h.Holder("Uma", team.Giving{Role: roster.RoleUserAdministrator, Unit: north})
		auditor, member := h.Join("ann@example.com", "Ann", "Auditor", roster.RoleAuditor), h.Join("mia@example.com", "Mia", "Member", roster.RoleMember)
		narrow := exported(t, h, admin, export.Order{Columns: []string{"kind", "roles", "units"}})
		if got := strings.Join(narrow, "\n"); got != "Kind|Roles|Customer accounts\nexternal|Member|North\nregular|User administrator|North\nexternal|Member|North" {
			t.Errorf("an administrator of North exports\n%s", got)
		}
		if e := newest(t, h); e.ActorID != string(admin.Member) || told(e, "rows") != "3" {
			t.Errorf("the history tells %+v", e)
		}
		if all := exported(t, h, auditor, export.Order{}); len(all) != 8 {
			t.Errorf("an Auditor exports %d rows", len(all)-1)
		}
		if e := newest(t, h); e.ActorID != string(auditor.Member) || e.Action != "member.export" {
			t.Errorf("the history tells %+v", e)
		}
		_, err = h.Exports.Export(h.As(member), export.Order{Format: sheet.CSV, Words: english(t)})
		if !roster.Is(err, "forbidden") {
			t.Errorf("a member without the permission: %v", err)
		}
	})
}

// full is how many rows the large export has.
func full() int {
	if os.Getenv("ROSTER_PROOF") != "" {
		return 100_000
	}
	return 20_000
}

// fill adds so many members in one statement.
func fill(t *testing.T, h *rostertest.House, n int) {
	t.Helper()
	err := h.DB.Write(context.Background(), h.Acme.ID, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefOrganisation(h.Acme.ID, ""), Field: "filled"}}, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3)
			INSERT INTO member (org_id, id, kind, status, before, person_id, unit_id, external_id, first_name, last_name, name, sort_name, sort_identifier, email, email_folded,
			 phone, client_id, block_reason, verified_at, last_seen_at, created_at, created_by, updated_at, updated_by, removed_at, version)
			SELECT $1, 'mem_00000000000000' || (100000000000 + i), 'regular', 'active', '', NULL, NULL, '', '=Firstname', 'Lastname', '=Firstname Lastname', $2, $2, 'm' || i || '@example.com', 'm' || i || '@example.com',
			 '+551155550100', '', '', 0, 0, 0, '', 0, '', 0, 1 FROM n`, h.Acme.ID, []byte("m"), n)
		if err != nil {
			return err
		}
		_, err = tx.Record(ctx, roster.Event{Action: "organisation.create"})
		return err
	})
	must(t, err)
}

// TestALargeExportTakesLittleMemory measures what lives in memory while it is made. A workbook's writer holds 16 MiB before
// it begins a temporary file, and twice or thrice as much at the moment its buffer grows.
func TestALargeExportTakesLittleMemory(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		n := full()
		fill(t, h, n)
		for f, most := range map[sheet.Format]uint64{sheet.CSV: 16 << 20, sheet.XLSX: 64 << 20} {
			if _, err := h.Team.List(h.As(h.Owner), team.Query{}); err != nil { // what decisions are made from is in memory
				t.Fatal(err)
			}
			stop := watch()
			out, err := h.Exports.Export(h.As(h.Owner), export.Order{Format: f, Words: english(t)})
			peak := stop()
			must(t, err)
			if out.Rows != n+1 {
				t.Errorf("%s has %d rows", f, out.Rows)
			}
			must(t, out.Close())
			if peak > most {
				t.Errorf("%s of %d rows took %d MiB", f, n, peak>>20)
			}
			t.Logf("%s: %d rows, %d kB, %d kB of live memory more at most", f, n, out.Size>>10, peak>>10)
		}
	})
}

// watch begins to measure; its result gives by how much what lives in memory was more at most.
func watch() (stop func() uint64) {
	live := func() uint64 {
		runtime.GC()
		all := []metrics.Sample{{Name: "/gc/heap/live:bytes"}} // what the collection found alive, and nothing made since
		metrics.Read(all)
		return all[0].Value.Uint64()
	}
	base, peak, done := live(), uint64(0), make(chan struct{})
	var measuring sync.WaitGroup
	measuring.Go(func() {
		for {
			if now := live(); now > base {
				peak = max(peak, now-base)
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	return func() uint64 {
		close(done)
		measuring.Wait()
		return peak
	}
}

// TestNothingIsLeftBehind: after an export and after one that broke off, the directory of temporary files is as it was.
func TestNothingIsLeftBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	h := rostertest.SQLite(t)
	fill(t, h, 3000)
	for _, f := range []sheet.Format{sheet.CSV, sheet.XLSX} {
		out, err := h.Exports.Export(h.As(h.Owner), export.Order{Format: f, Words: english(t)})
		must(t, err)
		must(t, out.Close())
		ctx, cancel := context.WithCancel(h.As(h.Owner))
		cancel()
		if _, err := h.Exports.Export(ctx, export.Order{Format: f, Words: english(t)}); err == nil {
			t.Error("a request that was given up is answered")
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*export*"))
	more, err2 := filepath.Glob(filepath.Join(dir, "excelize*"))
	must(t, err)
	must(t, err2)
	if len(left)+len(more) > 0 {
		t.Error(fmt.Sprint("left behind: ", left, more))
	}
}
