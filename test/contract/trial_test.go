package contract_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
	"roster/internal/store"
)

// trials is how many writes are tried and then done on each database.
func trials() int {
	if os.Getenv("ROSTER_PROOF") != "" {
		return 1000
	}
	return 90
}

// stage is an organisation in which anything is tried, by whoever.
type stage struct {
	*rest.Rig
	*rand.Rand
	t       *testing.T
	callers map[string]*rest.Caller
	acting  []string            // the IDs of the callers, whom nothing is done to
	of      map[string][]string // the IDs in each list
	next    []attempt           // what must come before anything else, such as that an organisation is let go on
	done    map[string]int      // how often a write that was tried was done then, by its kind, and how often refused
}

// enter makes the stage.
func enter(t *testing.T, r *rest.Rig) *stage {
	r.Declare(rostertest.Fleet())
	s := &stage{Rig: r, Rand: rand.New(rand.NewPCG(7, 11)), t: t, callers: map[string]*rest.Caller{"olga": r.Olga(t)}, of: map[string][]string{}, done: map[string]int{}}
	north := r.Account("Nordwind", "")
	r.Account("Berlin", north)
	r.Account("Suedwind", "")
	s.callers["ada"], _ = r.Holder(t, "Ada", team.Giving{Role: roster.RoleUserAdministrator})
	s.callers["lea"], _ = r.Holder(t, "Lea", team.Giving{Role: roster.RoleUserAdministrator, Unit: north}, team.Giving{Permission: "units.write", Unit: north})
	s.callers["robot"], _ = r.Program(t, "Helper", roster.RoleUserAdministrator)
	s.callers["portal"], _ = r.Product(t, "Portal", act.ClientOrganisations, act.ClientCatalogue, act.ClientEvents)
	s.look()
	s.acting = s.of["members"]
	olga := s.callers["olga"]
	for _, role := range []string{`{"name":"Dispatcher","description":"Both.","permissions":["devices.read","devices.write"]}`, `{"name":"Reader","description":"Reads.","permissions":["notices.read"],"scopes":["network"]}`, `{"name":"Idle","description":"Nothing.","permissions":["notices.read"]}`} {
		olga.Ask("POST", "roles", role).Is(201)
	}
	for i, role := range []string{roster.RoleOwner, "dispatcher", "reader", roster.RoleMember, roster.RoleUserAdministrator} {
		r.Join(fmt.Sprintf("p%d@example.com", i), "Pia", fmt.Sprint("N", i), role)
	}
	for i := range 4 {
		olga.Invite(fmt.Sprintf("i%d@example.com", i), "member")
		olga.Ask("POST", "members", fmt.Sprintf(`{"kind":"api","name":"Meter %d","grants":[{"role":"auditor"}]}`, i)).Is(201)
		olga.Ask("POST", "webhooks", fmt.Sprintf(`{"name":"Hook %d","url":"https://hooks.example.com/%d"}`, i, i)).Is(201)
		olga.Ask("POST", "login-methods", fmt.Sprintf(`{"kind":"oidc","name":"Okta %d","issuer":"https://acme%d.okta.example","client_id":"roster","client_secret":"the-providers-secret","identifier_claim":"email","scopes":["email"]}`, i, i)).Is(201)
	}
	for name, c := range s.callers {
		if name != "portal" {
			c.Get("members?limit=1") // that somebody came in is noted once a minute, whatever they ask
		}
	}
	s.look()
	return s
}

// look finds out what there is.
func (s *stage) look() {
	for _, list := range []string{"members", "roles", "units?archived=true", "webhooks", "login-methods"} {
		var all []string
		for _, item := range s.callers["olga"].Get(list)["items"].([]any) {
			if id := item.(map[string]any)["id"].(string); !slices.Contains(s.acting, id) {
				all = append(all, id)
			}
		}
		name, _, _ := strings.Cut(list, "?")
		s.of[name] = all
	}
}

// TestWhatIsTriedIsWhatIsDoneWhateverItIs holds, for acts drawn by chance as an organisation goes on: the answer or refusal of a
// dry run is the one that doing it gets then, but for IDs, secrets and positions that it cannot know; and after the dry run every
// row of every table is what it was, so that no letter, no job, no line, no count, no budget and no secret came of it.
func TestWhatIsTriedIsWhatIsDoneWhateverItIs(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		s := enter(t, r)
		for range trials() {
			s.try(s.attempt())
			if t.Failed() {
				return
			}
		}
		s.Verified(s.Acme.ID)
		t.Log(s.done)
		for _, kind := range slices.Sorted(maps.Keys(s.done)) {
			if kind, refused := strings.CutSuffix(kind, " refused"); refused && s.done[kind] == 0 && os.Getenv("ROSTER_PROOF") != "" {
				t.Errorf("%s was never done, and refused %d times", kind, s.done[kind+" refused"])
			}
		}
	})
}

// TestBulkPlanEqualsWhatApplyingDoes is the same for members/bulk alone.
func TestBulkPlanEqualsWhatApplyingDoes(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		s := enter(t, r)
		for range trials() / 3 {
			if s.IntN(4) == 0 {
				s.try(s.plan())
			}
			if s.IntN(3) == 0 {
				s.try(s.invites())
			}
			s.try(s.several())
			if t.Failed() {
				return
			}
		}
		t.Log(s.done)
	})
}

// try tries a write, holds that nothing came of it, does it, and compares.
func (s *stage) try(a attempt) {
	s.t.Helper()
	by := s.callers[a.by].Any()
	if a.media != "" {
		by = by.With("Content-Type", a.media)
	}
	trial, body := a.path, a.body
	switch {
	case a.within:
		body = strings.TrimSuffix(body, "}") + `,"dry_run":true}`
	case strings.Contains(trial, "?"):
		trial += "&dry_run=true"
	default:
		trial += "?dry_run=true"
	}
	before := rows(s.t, s.Rig)
	tried := by.With("Idempotency-Key", roster.NewID("key")).Ask(a.method, trial, body)
	for table, was := range rows(s.t, s.Rig) {
		if before[table] != was {
			s.t.Errorf("%s tried %s %s %s, and of %s there is another:\n%s", a.by, a.method, trial, body, table, others(was, before[table])+others(before[table], was))
		}
	}
	if seq := tried.Header.Get("Roster-Seq") + tried.Header.Get("ETag"); seq != "" {
		s.t.Errorf("%s %s tells a position or an etag: %s", a.method, trial, seq)
	}
	done := by.Ask(a.method, a.path, a.body)
	a.compare(s.t, before, tried, done)
	kind := a.kind
	if done.StatusCode/100 != 2 {
		kind += " refused"
	}
	s.done[kind]++
	if !a.closes {
		s.look()
	}
}

// others gives the lines of a text that another has not.
func others(text, than string) string {
	var all []string
	for line := range strings.Lines(text) {
		if !strings.Contains(than, strings.TrimSpace(line)) {
			all = append(all, line)
		}
	}
	return strings.Join(all, "")
}

// rows gives every row of every table.
func rows(t testing.TB, h *rest.Rig) map[string]string {
	t.Helper()
	ctx, r, all := context.Background(), h.DB.Reader(), map[string]string{}
	query := `SELECT m.name, 'SELECT ' || group_concat('quote("' || p.name || '")', ' || '','' || ') || ' FROM "' || m.name || '"' FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' GROUP BY m.name`
	if h.DB.Kind() == "postgres" {
		query = `SELECT tablename, 'SELECT t::text FROM "' || tablename || '" t' FROM pg_tables WHERE schemaname = current_schema()`
	}
	asking := map[string]string{}
	rest.Must(t, store.Each(ctx, r, func(row store.Row) error {
		var table, query string
		err := row.Scan(&table, &query)
		asking[table] = query
		return err
	}, query))
	for table, query := range asking {
		rows, err := store.All(ctx, r, store.Scan[string], query)
		rest.Must(t, err)
		slices.Sort(rows)
		all[table] = strings.Join(rows, "\n")
	}
	return all
}

var anID = regexp.MustCompile(`\b[a-z]+_[0-9a-z]{26}\b`)

// told gives an answer's body, with every ID that no row had as "new".
func told(t testing.TB, before map[string]string, text string) map[string]any {
	t.Helper()
	text = anID.ReplaceAllStringFunc(text, func(id string) string {
		for _, rows := range before {
			if strings.Contains(rows, id) {
				return id
			}
		}
		return "new"
	})
	body := map[string]any{}
	if text != "" {
		rest.Must(t, json.Unmarshal([]byte(text), &body))
	}
	delete(body, "request_id")
	return body
}

// compare holds that a write was answered as its trial was.
func (a attempt) compare(t *testing.T, before map[string]string, tried, done rest.Reply) {
	t.Helper()
	plan, result := told(t, before, tried.Text), told(t, before, done.Text)
	planned := tried.StatusCode
	if a.same != nil {
		planned = a.same(planned, plan, result)
	}
	if planned != done.StatusCode || rest.Show(plan) != rest.Show(result) {
		t.Errorf("%s %s %s %s was to get\n%d %s\nand gets\n%d %s", a.by, a.method, a.path, a.body, tried.StatusCode, tried.Text, done.StatusCode, done.Text)
	}
}
