package export_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/history"
	"roster/internal/action/method"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/chain"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/exportdb"
)

func need(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// texts reads a column of texts.
func texts(t *testing.T, h *rostertest.House, query string, args ...any) []string {
	t.Helper()
	all, err := store.All(context.Background(), h.DB.Reader(), store.Scan[string], query, args...)
	need(t, err)
	return all
}

// leftOut are tables of an organisation, and columns of those that are exported, which no export holds.
func leftOut() map[string]string {
	return map[string]string{
		"member_word": "derived", "unit_word": "derived", "member_place": "derived", "feed": "derived",
		"member.sort_name": "derived", "member.sort_identifier": "derived", "member.email_folded": "derived", "unit.sort_name": "derived",
		"role.name_folded": "derived", "login_method.name_folded": "derived", "view.folded": "derived",
		"organisation.picture": "a hash of what the export holds", "member.picture": "likewise", "picture.hash": "likewise", "organisation_picture.hash": "likewise",
		"organisation.head": "the hash of the last event", "event.beside": "derived",
		"invitation_link": "hashes of secrets", "api_secret.hash": "the hash of a secret", "login_method.client_secret": "a secret, sealed", "factor_reset": "hashes of secrets", "webhook.secret": "a secret, sealed", "webhook.old_secret": "likewise",
		"member.person_id": "the installation's: two exports must not tell who belongs to both organisations", "operator_visit.person_id": "the installation's", "operator_visit.session_id": "the installation's",
		"session_entry": "the installation's sessions", "portal_link": "hashes of secrets that are over within minutes: the history tells of them", "job.payload": "what a letter is written from: it stands in the history",
		"idempotency": "bookkeeping", "revoked_token": "bookkeeping", "refusal": "bookkeeping, and in the history a minute later", "login_flow": "bookkeeping", "notification": "bookkeeping", "webhook_reach": "bookkeeping", "webhook_attempt": "bookkeeping", "webhook.client_id": "empty: those of product clients are the installation's", "import": "a file that was sent in, and is forgotten after 30 days: what it did stands in the history", "import_row": "likewise", "notice": "bookkeeping", "applied": "bookkeeping", "ending": "bookkeeping",
	}
}

// TestAnExportForgetsNothing walks the schema: each table of an organisation, and each column of it, is exported or left
// out for a reason.
func TestAnExportForgetsNothing(t *testing.T) {
	h := rostertest.SQLite(t)
	holds, out := exportdb.Holds(), leftOut()
	for _, table := range texts(t, h, `SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND (p.name = 'org_id' OR m.name = 'organisation')`) {
		if _, exported := holds[table]; !exported {
			if out[table] == "" {
				t.Errorf("no export holds %s, and nothing tells why", table)
			}
			continue
		}
		for _, column := range texts(t, h, `SELECT name FROM pragma_table_info($1)`, table) {
			if name := table + "." + column; column != "org_id" && slices.Contains(holds[table], column) == (out[name] != "") {
				t.Errorf("%s is exported and left out, or neither", name)
			}
		}
	}
}

// TestEverythingOfAnOrganisationLeavesAndNoSecret exports one with something of most kinds: the file is whole, its
// history verifies by itself, its neighbour is not in it, and neither is anything by which somebody comes in.
func TestEverythingOfAnOrganisationLeavesAndNoSecret(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		owner := h.As(h.Owner)
		_, err := h.Units.Create(owner, unit.Draft{Kind: roster.Account, Name: "Nordwind"})
		need(t, err)
		secret := "a-client-secret-that-stays"
		_, err = h.Methods.Create(owner, method.Draft{Kind: "oidc", Name: "Okta", Connection: login.Connection{Issuer: "https://login.example.com", ClientID: "roster", Secret: secret}})
		need(t, err)
		robot, err := h.Team.CreateAPIUser(owner, team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleAuditor)})
		need(t, err)
		_, err = h.Team.Invite(owner, team.Invitation{Email: "ivo@example.com", Profile: roster.Profile{FirstName: "Ivo", LastName: "Ived"}})
		need(t, err)
		f, err := h.Takeouts.Export(h.CLI(h.Acme.ID))
		need(t, err)
		all, err := io.ReadAll(f)
		need(t, err)
		need(t, f.Close())
		if int64(len(all)) != f.Size || f.Name != "acme-2026-11-22.jsonl" {
			t.Errorf("%s has %d bytes of %d", f.Name, len(all), f.Size)
		}
		page, err := h.History.List(h.CLI(h.Acme.ID), history.Query{Action: string(act.OrganisationExport)})
		need(t, err)
		if len(page.Events) != 1 || page.Events[0].Changes[0].Field != "export" {
			t.Errorf("the history tells %+v", page.Events)
		}
		kinds, head := map[string]int{}, ""
		lines := bufio.NewScanner(bytes.NewReader(all))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var l struct {
				Type, Action, Body, Hash string
				Seq                      int64
				Lines                    int
				Vals                     json.RawMessage
			}
			if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
				t.Fatalf("%s: %v", lines.Text(), err)
			}
			switch kinds[l.Type]++; l.Type {
			case "event":
				if chain.Next(head, l.Body) != l.Hash {
					t.Errorf("line %d of the history does not follow", l.Seq)
				}
				e, sound, err := chain.Read(l.Body, string(l.Vals))
				if err != nil || !sound || e.Seq != l.Seq || e.Action != l.Action {
					t.Errorf("line %d of the history: %t %v", l.Seq, sound, err)
				}
				head = l.Hash
			case "organisation":
				for _, want := range []string{
					`"name":"Acme"`, `"domains":[]`, `"invitation_ttl":604800,`, `"admin_passwords":true`, `"created_at":"2026-11-22T09:00:00Z"`, `"suspended_at":null`, `"people":2`,
				} {
					if !strings.Contains(lines.Text(), want) {
						t.Errorf("%s lacks %s", lines.Text(), want)
					}
				}
			case "end":
				if n := bytes.Count(all, []byte("\n")) - 2; l.Lines != n || f.Lines != n {
					t.Errorf("it ends after %d lines and tells of %d, and has %d", l.Lines, f.Lines, n)
				}
			}
		}
		need(t, lines.Err())
		for kind, n := range map[string]int{"export": 1, "organisation": 1, "login_method": 1, "role": 4, "unit": 1, "member": 3, "grant": 3, "invitation": 2, "api_secret": 1, "letter": 1, "end": 1} {
			if kinds[kind] != n {
				t.Errorf("it has %d of %s, not %d", kinds[kind], kind, n)
			}
		}
		if page.Events[0].Hash != head {
			t.Error("the history in the file does not end with the export's own line")
		}
		hidden := append([]string{secret, robot.Secret, rostertest.Password}, texts(t, h, `SELECT data FROM credential`)...)
		for _, query := range []string{`SELECT hash FROM api_secret`, `SELECT hash FROM invitation_link`, `SELECT client_secret FROM login_method`} {
			hidden = append(hidden, texts(t, h, query)...)
		}
		for _, s := range hidden {
			if s != "" && strings.Contains(string(all), s) {
				t.Errorf("the file holds %s", s)
			}
		}
	})
}
