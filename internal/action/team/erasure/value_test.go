package erasure_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
)

// values puts values of somebody into a database, by statements of its own.
type values struct {
	t    *testing.T
	db   *sql.DB
	n    int
	put  map[string]string // by column, what was put there
	seen map[string]bool   // tables
}

// exec runs a statement.
func (v *values) exec(statement string, args ...any) {
	v.t.Helper()
	if _, err := v.db.Exec(statement, args...); err != nil {
		v.t.Fatalf("%s: %v", statement, err)
	}
}

// row adds a row: with what is given, and in every other column of text or bytes a value that stands nowhere else. A value
// that is given with a %s in it holds one, too.
func (v *values) row(table string, given map[string]any) {
	v.t.Helper()
	v.seen[table] = true
	columns, err := v.db.Query(`SELECT name, type FROM pragma_table_info($1)`, table)
	need(v.t, err)
	defer func() { need(v.t, columns.Close()) }()
	var names, marks []string
	var args []any
	for columns.Next() {
		var name, kind string
		need(v.t, columns.Scan(&name, &kind))
		v.n++
		value, is := given[name]
		form, text := value.(string)
		switch {
		case is && (!text || !strings.Contains(form, "%s")):
		case is:
			value = fmt.Sprintf(form, v.value(table, name))
		case kind == "TEXT":
			value = v.value(table, name)
		case kind == "BYTEA":
			value = []byte(v.value(table, name))
		default:
			value = v.n
		}
		names, marks, args = append(names, name), append(marks, fmt.Sprintf("$%d", len(args)+1)), append(args, value)
	}
	need(v.t, columns.Err())
	if len(names) == 0 {
		v.t.Fatalf("there is no table %s", table)
	}
	v.exec(`INSERT INTO `+table+` (`+strings.Join(names, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)`, args...)
}

// value gives one that stands nowhere else.
func (v *values) value(table, column string) string {
	text := fmt.Sprintf("wert%dvon", v.n)
	v.put[text] = table + "." + column
	return text
}

// TestNoValueOutlivesAnErasure: in each column that the list calls erased stands a value of a removed member, by a row of their
// own, or in a row of somebody else's that names them; when they are erased, all of them are gone.
func TestNoValueOutlivesAnErasure(t *testing.T) {
	h := rostertest.SQLite(t)
	bert := h.Join("bert@example.com", "Bert", "Bleibt", roster.RoleOwner)
	anna := h.Join("Anna.Alt@weg.example", "Annegret", "Weggegangen", roster.RoleOwner)
	_, err := h.Team.Block(h.As(anna), bert.Member, "Anna.Alt@weg.example said so")
	need(t, err)
	_, err = h.Removals.Remove(h.As(h.Owner), anna.Member, string(h.Owner.Member))
	need(t, err)

	db, err := sql.Open("sqlite", h.Database+"?_pragma=busy_timeout(5000)")
	need(t, err)
	v := &values{t, db, 0, map[string]string{}, map[string]bool{"event": true, "member": true, "person": true}}
	v.theirs(h, anna)
	v.others(h, anna, bert)
	for at, why := range columns() {
		if table, _, _ := strings.Cut(at, "."); strings.HasPrefix(why, "*erased") && !v.seen[table] {
			t.Errorf("%s is erased, and no value stands in it", at)
		}
	}
	need(t, db.Close())

	m, err := h.Team.Show(h.As(h.Owner), anna.Member)
	need(t, err)
	_, err = h.Erasures.Erase(h.As(h.Owner), anna.Member, m.Label())
	need(t, err)
	h.Verified(h.Acme.ID)
	h.Verified(roster.Installation)
	all := bytes.ToLower(everything(t, h))
	for text, column := range v.put {
		if at := bytes.Index(all, []byte(text)); at >= 0 {
			t.Errorf("%s is left: …%q…", column, all[max(0, at-60):min(len(all), at+60)])
		}
	}
	traces(t, "the database", all, []string{"anna.alt@weg", "anna.alt%40weg", "annegret", "weggegangen"})
	if !bytes.Contains(all, []byte("bert@example.com")) || !bytes.Contains(all, []byte("olga@example.com")) {
		t.Error("others are gone, too")
	}
}

// theirs puts values into rows of their own.
func (v *values) theirs(h *rostertest.House, who roster.Actor) {
	org, member, person := string(h.Acme.ID), string(who.Member), string(who.Person)
	for _, at := range slices.Sorted(maps.Keys(columns())) {
		table, column, _ := strings.Cut(at, ".")
		if v.n++; table != "member" || column == "" || column == "person_id" || strings.HasSuffix(column, "_at") || column == "tokens" { // IDs and numbers mean nobody
			continue
		}
		var value any = v.value(table, column)
		if strings.HasPrefix(column, "sort_") {
			value = []byte(value.(string))
		}
		v.exec(`UPDATE member SET `+column+` = $1 WHERE id = $2`, value, member)
	}
	for _, table := range []string{"member_word", "member_place", "picture", "notification", "notification_choice", "factor_reset", "identity", "invitation_link", "api_secret", "view"} {
		v.row(table, map[string]any{"org_id": org, "member_id": member})
	}
	v.row("notification", map[string]any{"org_id": org, "member_id": string(h.Owner.Member), "about": member})
	v.row("session", map[string]any{"id": "ses_theirs", "person_id": person})
	v.row("session_entry", map[string]any{"org_id": org, "session_id": "ses_theirs"})
	for _, table := range []string{"credential", "half_session", "person_link", "device"} {
		v.row(table, map[string]any{"person_id": person})
	}
	v.row("address_change", map[string]any{"id": "adc_theirs", "person_id": person})
	v.row("address_link", map[string]any{"change_id": "adc_theirs"})
	v.row("import", map[string]any{"org_id": org, "id": "imp_theirs", "made_by": member})
	v.row("import_row", map[string]any{"org_id": org, "import_id": "imp_theirs"})
	v.row("job", map[string]any{"org_id": org, "about": member})
	v.row("job", map[string]any{"org_id": string(roster.Installation), "about": person})
	v.row("idempotency", map[string]any{"org_id": org, "actor_id": member})
	v.row("refusal", map[string]any{"org_id": org, "actor_id": member, "action": "member.edit", "code": "forbidden", "actor": `{"Kind":"member","Member":"` + member + `","Name":"%s"}`, "target": `{}`})
	v.row("refusal", map[string]any{"org_id": org, "actor_id": "mem_other", "action": "member.edit", "code": "forbidden", "actor": `{}`, "target": `{"Kind":"member","ID":"` + member + `","Name":"%s"}`})
	v.row("invitation", map[string]any{"org_id": org, "member_id": member, "state": "superseded", "inviter": string(h.Owner.Member), "inviter_name": "Olga Owner"})
	v.row("invitation", map[string]any{"org_id": org, "member_id": string(h.Owner.Member), "state": "superseded", "inviter": member})
	var seq int64
	need(v.t, v.db.QueryRow(`SELECT seq FROM event WHERE org_id = $1 AND target_id = $2 LIMIT 1`, org, member).Scan(&seq))
	v.row("webhook_attempt", map[string]any{"org_id": org, "webhook_id": "whk_x", "id": "1", "of_org": org, "seq": seq, "action": "member.edit", "url": ""})
}

// others puts their address into rows of others.
func (v *values) others(h *rostertest.House, who, other roster.Actor) {
	const address = "Anna.Alt@weg.example"
	org, member, by := string(h.Acme.ID), string(who.Member), string(other.Member)
	v.row("view", map[string]any{"org_id": org, "member_id": by, "id": "1", "name": "hers", "folded": "hers", "query": "q=Anna.Alt%%40weg.example&x=%s"})
	v.row("view", map[string]any{"org_id": org, "member_id": by, "id": "2", "name": "of Annegret Weggegangen", "query": ""})
	v.row("job", map[string]any{"org_id": org, "id": "job_1", "kind": "letter.reset", "about": by, "state": "done", "payload": `{"Name":"Annegret Weggegangen"}`})
	v.row("job", map[string]any{"org_id": org, "id": "job_2", "kind": "letter.reset", "about": by, "state": "refused", "payload": `{}`, "error": "550 <" + address + "> %s"})
	v.row("idempotency", map[string]any{"org_id": org, "actor_id": by, "key": "1", "mac": "", "answer": `{"data":[{"email":"` + address + `","note":"%s"}]}`})
	v.row("refusal", map[string]any{"org_id": org, "actor_id": by, "action": "member.invite", "code": "seat_limit", "actor": `{}`, "target": `{"Kind":"member","ID":"mem_never","Name":"` + address + `"}`})
	v.row("webhook_attempt", map[string]any{"org_id": org, "webhook_id": "whk_x", "id": "2", "of_org": org, "seq": 1, "action": "member.edit", "url": "", "answer": "unknown: " + address + " %s"})
	v.row("invitation", map[string]any{"org_id": org, "member_id": by, "state": "superseded", "inviter": by, "inviter_name": "Bert Bleibt", "message": "from Annegret Weggegangen %s"})
	v.row("operator_visit", map[string]any{"org_id": org, "id": "vis_1", "person_id": string(other.Person), "session_id": "", "reason": address + " called %s"})
	started := `{"Kind":"member","Member":"` + member + `","Name":"%s"}`
	v.row("import", map[string]any{"org_id": org, "id": "imp_1", "name": "of " + address + " %s", "sum": "", "state": "stopped", "why": `{"message":"` + address + ` may not"}`, "header": `["` + address + `","First name","Last name"]`, "columns": `["email","first_name","last_name"]`, "actor": started, "made_by": by})
	for n, r := range []map[string]any{
		{"cells": `["` + address + `","%s"]`},
		{"cells": `["anna.alt weg.example","Annegret","Weggegangen"]`, "state": "wrong"},
		{"problem": `{"message":"` + address + ` is here already: %s"}`},
		{"outcome": `[{"action":"member.edit","name":"Annegret Weggegangen"}]`},
	} {
		given := map[string]any{"org_id": org, "import_id": "imp_1", "number": n + 1, "cells": `[]`, "state": "done", "problem": "", "outcome": ""}
		maps.Copy(given, r)
		v.row("import_row", given)
	}
}
