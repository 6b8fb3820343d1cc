package doors_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// sheetOf is a table with a row of each kind, of people with a number.
func sheetOf(n int) string {
	return numbered(`First name,Last name,E-mail,Role,Kind,External ID,Name
New,Comer,new#@example.com,user_administrator
Anna,Berg,anna example.com
Bo,Ek,bo#@example.com,emperor
Newer,Comer,new#@example.com
,,olga@example.com
,,,user_administrator,api,robot-#,Robot #
Lost,Api,,user_administrator,api
`, n)
}

// outcomes is what every door tells of the rows of such a table.
const outcomes = "2 changed member.invite; 3 wrong !email_invalid; 4 refused !role_unknown; 5 changed member.edit; 6 same; 7 changed api_user.create; 8 wrong !field_required"

// rowsTold reads rows as a door tells of them.
func rowsTold(t *testing.T, texts ...string) string {
	t.Helper()
	byRow, last := map[int]string{}, 0
	for _, text := range texts {
		var page struct {
			Items []struct {
				Row     int
				State   string
				Done    []struct{ Action string }
				Problem *struct{ Code string }
			}
		}
		must(t, json.Unmarshal([]byte(text), &page))
		for _, r := range page.Items {
			said := r.State
			for _, d := range r.Done {
				said += " " + d.Action
			}
			if r.Problem != nil {
				said += " !" + r.Problem.Code
			}
			byRow[r.Row], last = said, max(last, r.Row)
		}
	}
	var all []string
	for n := range last + 1 {
		if said, there := byRow[n]; there {
			all = append(all, numbered("# ", n)+said)
		}
	}
	return strings.Join(all, "; ")
}

// TestATableIsToldRowByRowAtEveryDoor: the same table gets the same outcomes, row by row, and the history has the same acts, by
// whichever door it is sent in.
func TestATableIsToldRowByRowAtEveryDoor(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		robot, _ := s.program(h.Owner, "Robot", roster.RoleUserAdministrator)
		doors := map[roster.Door]func(n int) string{
			roster.DoorAPI: func(n int) string {
				sent := robot.send(http.MethodPost, at(h.Acme.ID, "imports"), sheetOf(n), "Content-Type", "text/csv")
				id, _ := sent.json(t)["id"].(string)
				if a := robot.json(http.MethodPost, at(h.Acme.ID, "imports", id, "start"), nil); a.status != http.StatusOK {
					t.Errorf("started: %d %s", a.status, a.body)
				}
				_, err := h.Imports.Step(h.CLI(""), h.Acme.ID, id) // as the job does
				must(t, err)
				return rowsTold(t, robot.get(at(h.Acme.ID, "imports", id, "rows")).body)
			},
			roster.DoorCLI: func(n int) string {
				file := filepath.Join(t.TempDir(), "team.csv")
				must(t, os.WriteFile(file, []byte(sheetOf(n)), 0o600))
				_, out, _ := s.command("import", file, "--json", "--org", "acme")
				var made struct{ ID string }
				must(t, json.Unmarshal([]byte(out), &made))
				var all []string
				for _, state := range []string{"changed", "same", "refused", "wrong"} {
					_, out, _ := s.command("import", "show", made.ID, "--state", state, "--json", "--org", "acme")
					all = append(all, out)
				}
				return rowsTold(t, all...)
			},
		}
		n := 0
		for door, send := range doors {
			n++
			if got := send(n); got != outcomes {
				t.Errorf("by %s:\n%s\nwant\n%s", door, got, outcomes)
			}
			page, err := h.History.List(h.CLI(h.Acme.ID), history.Query{Limit: 20})
			must(t, err)
			var acts []string
			for _, e := range page.Events {
				if e.Door == door && e.Refused == "" {
					acts = append(acts, e.Action)
				}
			}
			if got := strings.Join(acts, " "); !strings.HasPrefix(got, "import.apply api_user.create member.edit member.invite import.start") {
				t.Errorf("by %s the history tells, the newest first: %s", door, got)
			}
		}
		h.Verified(h.Acme.ID)
	})
}

// TestAnImportIsForgottenAtEveryDoor, after the question where there is a page, and the history tells by which.
func TestAnImportIsForgottenAtEveryDoor(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		robot, _ := s.program(h.Owner, "Robot", roster.RoleUserAdministrator)
		olga := s.person("olga@example.com")
		doors := map[roster.Door]func(){
			roster.DoorDashboard: func() {
				id := imported(t, h, h.Owner)
				page := "/o/acme/imports/" + id
				if a := olga.get(page); !strings.Contains(a.body, page+"/forget") {
					t.Errorf("the page offers no way: %d", a.status)
				}
				if a := olga.get(page + "/forget"); a.status != http.StatusOK || !strings.Contains(a.body, "Forget team.csv?") {
					t.Errorf("the question: %d %s", a.status, a.body)
				}
				if a := olga.send(http.MethodPost, page+"/forget", "", "Sec-Fetch-Site", "same-origin", "Content-Type", "application/x-www-form-urlencoded"); a.status != http.StatusSeeOther {
					t.Errorf("forgotten: %d %s", a.status, a.body)
				}
				if a := olga.get(page); a.status != http.StatusNotFound {
					t.Errorf("afterwards: %d", a.status)
				}
			},
			roster.DoorAPI: func() {
				sent := robot.send(http.MethodPost, at(h.Acme.ID, "imports"), sheetOf(1), "Content-Type", "text/csv")
				id, _ := sent.json(t)["id"].(string)
				if a := robot.send(http.MethodDelete, at(h.Acme.ID, "imports", id), ""); a.status != http.StatusNoContent {
					t.Errorf("forgotten: %d %s", a.status, a.body)
				}
				if a := robot.get(at(h.Acme.ID, "imports", id)); a.status != http.StatusNotFound {
					t.Errorf("afterwards: %d", a.status)
				}
			},
			roster.DoorCLI: func() {
				id := imported(t, h, h.Owner)
				if code, out, complaint := s.command("import", "forget", id, "--yes", "--json", "--org", "acme"); code != 0 || !strings.Contains(out, id) {
					t.Errorf("forgotten: %d %s %s", code, out, complaint)
				}
				if code, _, _ := s.command("import", "show", id, "--org", "acme"); code != 1 {
					t.Errorf("afterwards: %d", code)
				}
			},
		}
		for door, forget := range doors {
			forget()
			page, err := h.History.List(h.CLI(h.Acme.ID), history.Query{Action: "import.forget", Limit: 1})
			must(t, err)
			if len(page.Events) != 1 || page.Events[0].Door != door {
				t.Errorf("by %s the history tells %+v", door, page.Events)
			}
		}
		h.Verified(h.Acme.ID)
	})
}
