package imports_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/action/team/apply/imports"
	"roster/internal/action/team/export"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/sheet"
	"roster/internal/words"
)

// TestImportsOfEverybodyAreFollowedAndTheirRowsStayTheirMakers: who sees the whole organisation is told whose import it is
// and how far, and who sees a part of it of their own alone.
func TestImportsOfEverybodyAreFollowedAndTheirRowsStayTheirMakers(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		nord := h.Account("Nordwind", "")
		eve := h.Join("eve@example.com", "Eve", "Admin", roster.RoleUserAdministrator)
		audra := h.Join("audra@example.com", "Audra", "Auditor", roster.RoleAuditor)
		nora := h.Enter(team.Invitation{Email: "nora@example.com", Profile: roster.Profile{FirstName: "Nora", LastName: "North"}, Grants: []team.Giving{{Role: roster.RoleUserAdministrator, Unit: nord}}})
		mia := h.Join("mia@example.com", "Mia", "Member", roster.RoleMember)
		sent := upload(t, h.As(eve), h, "E-mail,First name,Last name", "anna@example.com,Anna,Berg", "bo example.com,Bo,Ek")
		_, err := h.Imports.Start(h.As(eve), sent.ID, true)
		must(t, err)
		run(t, h, sent.ID)
		told := func(a roster.Actor) string {
			t.Helper()
			all, err := h.Imports.Survey(h.As(a))
			must(t, err)
			var out []string
			for _, w := range all.Imports {
				out = append(out, fmt.Sprintf("%s by %s: %s, %d of %d, own %t", w.Name, w.Maker, w.State, w.Dealt(), w.Total, w.Own))
			}
			return strings.Join(out, "; ")
		}
		equal(t, "the Owner", told(h.Owner), "team.csv by Eve Admin: done, 2 of 2, own false")
		equal(t, "the auditor", told(audra), "team.csv by Eve Admin: done, 2 of 2, own false")
		equal(t, "its maker", told(eve), "team.csv by Eve Admin: done, 2 of 2, own true")
		equal(t, "who sees a part", told(nora), "")
		upload(t, h.As(nora), h, "E-mail,First name,Last name,Kind,Account", "cy@example.com,Cy,Dahl,external,Nordwind")
		equal(t, "who sees a part, their own", told(nora), "team.csv by Nora North: open, 0 of 1, own true")
		_, err = h.Imports.Read(h.As(h.Owner), sent.ID, imports.Page{Limit: 10})
		refused(t, "another's rows", err, "not_found")
		_, err = h.Imports.Survey(h.As(mia))
		refused(t, "a member", err, "forbidden")
	})
}

// TestRefusalsHideNoExport: whoever may not export, and tries, fills the history with lines of the same act.
func TestRefusalsHideNoExport(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		mia := h.Join("mia@example.com", "Mia", "Member", roster.RoleMember)
		say, err := words.English()
		must(t, err)
		order := export.Order{Format: sheet.CSV, Words: say}
		for range 12 { // more than are told of
			f, err := h.Exports.Export(h.As(h.Owner), order)
			must(t, err)
			must(t, f.Close())
		}
		for range 60 { // as many as two looks read
			_, err := h.Exports.Export(h.As(mia), order)
			refused(t, "by who may not", err, "forbidden")
			h.Clock.Pass(time.Minute)
			must(t, h.Gate.SealRefusals(h.CLI("")))
		}
		all, err := h.Imports.Survey(h.As(h.Owner))
		must(t, err)
		if len(all.Exports) != 10 {
			t.Fatalf("%d exports are told of", len(all.Exports))
		}
		for i, e := range all.Exports {
			if e.Refused != "" || e.ActorID != h.Owner.ID() || i > 0 && e.Seq != all.Exports[i-1].Seq-1 {
				t.Errorf("export %d: %d of %s, refused %q", i, e.Seq, e.ActorName, e.Refused)
			}
		}
	})
}
