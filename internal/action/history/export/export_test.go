package export_test

import (
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"roster/internal/action/history"
	"roster/internal/action/history/export"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/sheet"
	"roster/internal/words"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// exported gives the rows that somebody's export has, the header first, each as one text.
func exported(t *testing.T, h *rostertest.House, by roster.Actor, o export.Order) []string {
	t.Helper()
	all, err := words.Load()
	must(t, err)
	if o.Words == nil {
		o.Words = all.English()
	}
	f, err := h.Lines.Export(h.As(by), o)
	must(t, err)
	defer func() { must(t, f.Close()) }()
	data, err := io.ReadAll(f)
	must(t, err)
	var rows [][]string
	if o.Format == sheet.CSV {
		rows, err = csv.NewReader(strings.NewReader(string(data))).ReadAll()
	} else {
		var book *excelize.File
		book, err = excelize.OpenReader(strings.NewReader(string(data)))
		must(t, err)
		defer func() { _ = book.Close() }()
		rows, err = book.GetRows("History")
	}
	must(t, err)
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = strings.Join(r, "|")
	}
	return out
}

func newest(t *testing.T, h *rostertest.House) roster.Event {
	t.Helper()
	page, err := h.History.List(h.As(h.Owner), history.Query{Limit: 1})
	must(t, err)
	return page.Events[0]
}

// TestTheHistoryLeavesAsItReadsAndTheHistoryTells: a row for each change in the reader's words, no cell a formula, the
// file's lines those of the filter; and each export is a line itself, which says the filter and how many.
func TestTheHistoryLeavesAsItReadsAndTheHistoryTells(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		eve, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "eve@example.com", Profile: roster.Profile{FirstName: "=HYPERLINK(1)", LastName: "Eve"}})
		must(t, err)
		_, err = h.Team.Block(h.As(h.Owner), eve.ID, "+away")
		must(t, err)
		for _, f := range []sheet.Format{sheet.CSV, sheet.XLSX} {
			rows := exported(t, h, h.Owner, export.Order{Format: f, Query: history.Query{Member: "eve@example.com", Action: "member.block"}})
			e := newest(t, h)
			seq := "|Dashboard|203.0.113.7|" // then its place
			for i, want := range []string{
				"Time (UTC)|Who|What|About|Field|Before|After|Way|Address|Position",
				"2026-11-22T09:00:00Z|Olga Owner|Member blocked|'=HYPERLINK(1) Eve|Status|Invited|Blocked" + seq,
				"2026-11-22T09:00:00Z|Olga Owner|Member blocked|'=HYPERLINK(1) Eve|Reason||'+away" + seq,
			} {
				found := false
				for _, r := range rows {
					found = found || strings.HasPrefix(r, want)
				}
				if !found || i == 0 && !strings.HasPrefix(rows[0], want) {
					t.Errorf("%s lacks %q: %q", f, want, rows)
				}
			}
			told := map[string]string{}
			for _, c := range e.Changes {
				told[c.Field] = c.To
			}
			if e.Action != "history.export" || e.ActorID != string(h.Owner.Member) || e.Target.Name != "history-2026-11-22."+string(f) ||
				told["filter"] != "member=eve@example.com action=member.block" || told["lines"] != "1" {
				t.Errorf("the history tells %+v", e)
			}
		}
		all, err := words.Load()
		must(t, err)
		if rows := exported(t, h, h.Owner, export.Order{Format: sheet.CSV, Words: all.Best("pt-BR"), Query: history.Query{Action: "member.block"}}); !strings.HasPrefix(rows[0], "Hora (UTC)|Quem|") || !strings.Contains(rows[1], "|Membro bloqueado|") {
			t.Errorf("in Portuguese: %q", rows)
		}
		before := newest(t, h)
		auditor := h.Holder("Ann", team.Giving{Role: roster.RoleAuditor})
		rows := exported(t, h, auditor, export.Order{Format: sheet.CSV})
		if last := rows[len(rows)-1]; !strings.Contains(last, "|1") || !strings.Contains(strings.Join(rows, "\n"), "|Invitation accepted|") {
			t.Errorf("all of it: %q", rows)
		}
		if e := newest(t, h); e.Action != "history.export" || e.ActorName != "Ann Holder" || e.Seq <= before.Seq {
			t.Errorf("the Auditor's: %+v", e)
		}
		bob, last := h.Holder("Bob"), newest(t, h).Seq
		for code, o := range map[string]export.Order{
			"forbidden": {Format: sheet.CSV},
			"not_found": {Format: sheet.CSV, Query: history.Query{Actor: "nobody@example.com"}},
		} {
			by := map[string]roster.Actor{"forbidden": bob, "not_found": h.Owner}[code]
			o.Words = all.English()
			if _, err := h.Lines.Export(h.As(by), o); !roster.Is(err, code) {
				t.Errorf("%s: %v", code, err)
			}
		}
		if e := newest(t, h); e.Action == "history.export" && e.Seq != last {
			t.Errorf("what was refused is told as done: %+v", e)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestWhoReadsAMembersHistoryMayTakeIt: also who reads that of one customer account alone takes the lines about its people,
// and no others; and learns by an address that they type neither whose it is nor that it is anybody's.
func TestWhoReadsAMembersHistoryMayTakeIt(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		north, south := h.Account("North", ""), h.Account("South", "")
		external := func(first string, unit roster.UnitID) roster.Actor {
			return h.Enter(team.Invitation{
				Kind: roster.External, Unit: string(unit), Email: first + "@example.com", Profile: roster.Profile{FirstName: first, LastName: "Ext"},
				Grants: []team.Giving{{Role: roster.RoleMember, Unit: unit}},
			})
		}
		eva, sven := external("Eva", north), external("Sven", south)
		uma := h.Join("uma@example.com", "Uma", "Lund", roster.RoleMember)
		lea := h.Holder("Lea", team.Giving{Role: roster.RoleUserAdministrator, Unit: north})
		all, err := words.Load()
		must(t, err)
		order := func(q history.Query) export.Order {
			return export.Order{Format: sheet.CSV, Query: q, Words: all.English()}
		}

		rows := exported(t, h, lea, order(history.Query{Member: eva.Member}))
		if text := strings.Join(rows, "\n"); !strings.Contains(text, "|Invitation accepted|Eva Ext|") || strings.Contains(text, "Sven") || strings.Contains(text, "Uma") {
			t.Errorf("of Eva: %q", rows)
		}
		if e := newest(t, h); e.Action != "history.export" || e.ActorID != string(lea.Member) || e.Changes[0].To != "member="+string(eva.Member) {
			t.Errorf("the history tells %+v", e)
		}
		for _, by := range []string{"uma@example.com", "nobody@example.com"} {
			if rows := exported(t, h, lea, order(history.Query{Member: eva.Member, Actor: by})); len(rows) != 1 {
				t.Errorf("what %s did to Eva: %q", by, rows)
			}
		}
		if rows := exported(t, h, h.Owner, order(history.Query{Member: eva.Member})); len(rows) < 2 {
			t.Errorf("the Owner's: %q", rows)
		}
		for _, c := range []struct {
			by   roster.Actor
			of   roster.MemberID
			code string
		}{
			{lea, "", "forbidden"},
			{lea, "Eva@example.com", "forbidden"},
			{lea, sven.Member, "not_found"},
			{lea, uma.Member, "not_found"},
			{eva, eva.Member, "forbidden"},
			{h.Owner, roster.MemberID(roster.NewID("mem_")), "not_found"},
		} {
			if _, err := h.Lines.Export(h.As(c.by), order(history.Query{Member: c.of})); !roster.Is(err, c.code) || c.code == "not_found" && roster.AsError(err).Field != "member" {
				t.Errorf("%s of %q: %v, want %s", c.by.Name, c.of, err, c.code)
			}
		}
		h.Verified(h.Acme.ID)
	})
}
