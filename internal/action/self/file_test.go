package self_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/action/self"
	"roster/internal/action/team"
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

// ours gives the organisation's file of a member.
func ours(t *testing.T, h *rostertest.House, m roster.MemberID) []byte {
	t.Helper()
	f, err := h.Self.OfMember(h.As(h.Owner), m)
	need(t, err)
	all, err := io.ReadAll(f)
	need(t, err)
	need(t, f.Close())
	return all
}

// own gives somebody's own file, as their page writes it.
func own(t *testing.T, h *rostertest.House, a roster.Actor) []byte {
	t.Helper()
	var out bytes.Buffer
	err := h.Self.Data(h.As(a), func(d self.Data) error { return json.NewEncoder(&out).Encode(d.File()) }, func(l self.FileLine) error { return json.NewEncoder(&out).Encode(l) })
	need(t, err)
	return out.Bytes()
}

// held tells of each column of the tables about people in which file its value stands: in "both", in their "own", in the
// organisation's ("house"), or in none, and why.
func held() map[string]string {
	const (
		both, theirs, house = "both", "own", "house"
		ids                 = "an ID, a moment, a number, a state or the like, which the file gives in its own words or which says nothing of them"
		hash                = "a hash or a sealed secret"
		again               = "what the file has is written otherwise there, to be found or sorted by"
		soon                = "over within minutes or days; the history tells of it"
		other               = "somebody else's, or the organisation's"
	)
	all := map[string]string{
		"member.first_name": both, "member.last_name": both, "member.email": both, "member.phone": both, "member.external_id": house, "member.block_reason": house,
		"member.name": "the two names together", "member.sort_name": again, "member.sort_identifier": again, "member.email_folded": again, "member.picture": "the hash of what the file has",
		"member.client_id": "API users' alone", "member.allowed_from": "API users' alone", "member": ids,
		"person.email": theirs, "person.email_folded": again, "person.language": theirs, "person.zone": theirs, "person.theme": theirs, "person.density": theirs, "person": ids,
		"picture.data": both, "picture.media": both, "picture": ids,
		"invitation.message": both, "invitation.inviter_name": both, "invitation": ids,
		"view.name": both, "view.query": both, "view.folded": again, "view": ids,
		"identity.identifier": both, "identity.subject": both, "identity": ids,
		"session.agent": both, "session.ip": both, "session.proofs": ids, "session": hash, "session_entry": ids,
		"credential.name": theirs, "credential.data": hash, "credential.key_id": hash, "credential": ids,
		"address_change.was": theirs, "address_change.fresh": theirs, "address_change.was_folded": again, "address_change.fresh_folded": again, "address_change.given": hash, "address_change": ids,
		"device.seen_at": "a moment: in their own", "device": hash,
		"member_grant.permission": both, "member_grant.scope": "a permission stands there instead", "member_grant": ids,
		"notification.kind": both, "notification": ids, "notification_choice.notification": both, "notification_choice.way": both, "notification_choice": ids,
		"event": "in lines: TestAFileTellsWhatWasDoneAndNobodyElse", "member_word": again, "member_place": again,
		"invitation_link": hash, "factor_reset": hash, "person_link": hash, "half_session": soon, "address_link": hash, "portal_link": soon,
		"job": soon, "idempotency": soon, "refusal": soon + ", for those refused to them", "import": other, "import_row": other, "webhook_attempt": other, "api_secret": "API users' alone",
		"operator": ids, "operator_visit": other, "signing_key": other, "challenge": hash,
	}
	return all
}

// TestAFileHoldsWhatIsKept walks the schema: each column of a table with people in it is in a file, or the list says why not;
// and what the list says stands in a file does, and in no other.
func TestAFileHoldsWhatIsKept(t *testing.T) {
	h := rostertest.SQLite(t)
	a := anna(h)
	db, err := sql.Open("sqlite", h.Database+"?_pragma=busy_timeout(5000)")
	need(t, err)
	defer func() { need(t, db.Close()) }()
	list, used := held(), map[string]bool{}
	need(t, store.Each(context.Background(), h.DB.Reader(), func(row store.Row) error {
		var table, column string
		if err := row.Scan(&table, &column); err != nil {
			return err
		}
		at := table + "." + column
		if list[at] == "" {
			at = table
		}
		if used[at] = true; list[at] == "" {
			t.Errorf("%s.%s: in which file is it, or why in none?", table, column)
		}
		return nil
	}, `SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND (m.name IN ('member', 'person', 'event')
		OR EXISTS (SELECT 1 FROM pragma_table_info(m.name) q WHERE q.name IN ('member_id', 'person_id', 'actor_id', 'about', 'made_by', 'change_id', 'session_id') AND m.name <> 'feed'))`))
	for at := range list {
		if !used[at] && at != "import_row" && at != "webhook_attempt" {
			t.Errorf("%s stands in the list and not in the schema", at)
		}
	}

	put(t, db, h, a)
	values := map[string]string{}
	for _, at := range slices.Sorted(maps.Keys(list)) {
		table, column, _ := strings.Cut(at, ".")
		if !slices.Contains([]string{"both", "own", "house"}, list[at]) {
			continue
		}
		values[at] = fmt.Sprintf("wert%dvon", len(values))
		var value any = values[at]
		if column == "data" {
			value = []byte(values[at])
			values[at] = base64.StdEncoding.EncodeToString([]byte(values[at]))
		}
		where, arg := "member_id = $2", string(a.Member)
		switch table {
		case "member":
			where = "id = $2"
		case "person":
			where, arg = "id = $2", string(a.Person)
		case "session", "credential", "address_change":
			where, arg = "person_id = $2", string(a.Person)
		}
		if table == "credential" {
			where += " AND kind = 'totp'"
		}
		done, err := db.Exec(`UPDATE `+table+` SET `+column+` = $1 WHERE `+where, value, arg)
		need(t, err)
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			t.Errorf("%s: there is no row of theirs: %v", at, err)
		}
	}
	files := map[string][]byte{"own": own(t, h, a), "house": ours(t, h, a.Member)}
	for at, value := range values {
		for name, file := range files {
			if wanted := list[at] == "both" || list[at] == name; bytes.Contains(file, []byte(value)) != wanted {
				t.Errorf("%s stands in the file %q: %t", at, name, !wanted)
			}
		}
	}
	if !bytes.Contains(files["own"], []byte(`"devices":[{"seen_at":`)) {
		t.Error("no device is in their own file")
	}
}

// put adds rows of somebody of the kinds that nothing else of the test makes.
func put(t *testing.T, db *sql.DB, h *rostertest.House, a roster.Actor) {
	t.Helper()
	org, now := string(h.Acme.ID), store.Micros(h.Clock.Now())
	for _, s := range []struct {
		text string
		args []any
	}{
		{`INSERT INTO picture (org_id, member_id, hash, media, data) VALUES ($1, $2, 'x', 'y', 'z')`, []any{org, a.Member}},
		{`INSERT INTO view (org_id, member_id, id, name, folded, query, made_at) VALUES ($1, $2, '1', '', '', '', 1)`, []any{org, a.Member}},
		{`INSERT INTO identity (org_id, member_id, method_id, identifier, subject, invited_at, bound_at) VALUES ($1, $2, 'lgm', '', '', 1, 1)`, []any{org, a.Member}},
		{`INSERT INTO session (id, hash, person_id, proofs, agent, ip, created_at, seen_at, expires_at) VALUES ('ses', 'h', $1, '[]', '', '', $2, $2, $3)`, []any{a.Person, now + 1, now + int64(time.Hour)}},
		{`INSERT INTO session_entry (org_id, session_id, entered_at, seen_at) VALUES ($1, 'ses', $2, $2)`, []any{org, now}},
		{`INSERT INTO credential (person_id, kind, id, data, created_at, name) VALUES ($1, 'totp', 'fac', '', 1, '')`, []any{a.Person}},
		{`INSERT INTO address_change (id, person_id, state, was, was_folded, fresh, fresh_folded, given, asked_at, old_at, new_at, until_at) VALUES ('adc', $1, 'asked', '', '', '', '', '', $2, 0, 0, $3)`, []any{a.Person, now, now + int64(time.Hour)}},
		{`INSERT INTO device (person_id, place, hash, seen_at) VALUES ($1, 7, 'h', 1)`, []any{a.Person}},
		{`INSERT INTO member_grant (org_id, member_id, id, role_id, permission, scope, unit_id, until_at, given_by, given_at) VALUES ($1, $2, 'grt', NULL, 'x', '', NULL, 0, '', 1)`, []any{org, a.Member}},
		{`UPDATE invitation SET sent_at = 1 WHERE member_id = $1`, []any{a.Member}},
		{`DELETE FROM member_grant WHERE member_id = $1 AND id <> 'grt'`, []any{a.Member}},
		{`INSERT INTO notification (org_id, id, member_id, kind, about, way, happened_at, seen_at, told_at) VALUES ($1, 'ntf', $2, '', '', '', 1, 0, 0)`, []any{org, a.Member}},
		{`INSERT INTO notification_choice (org_id, member_id, notification, way) VALUES ($1, $2, '', '')`, []any{org, a.Member}},
	} {
		if _, err := db.Exec(s.text, s.args...); err != nil {
			t.Fatalf("%s: %v", s.text, err)
		}
	}
}

// TestAFileTellsWhatWasDoneAndNobodyElse: what somebody did and what was done to them stands in both files, with what was changed
// of them; who else did it, from where, what was refused to others, and what others are called stand in none; why they were
// blocked and what the organisation calls them by stand in its own file alone.
func TestAFileTellsWhatWasDoneAndNobodyElse(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Owner.IP = "192.0.2.77"
		owner := h.As(h.Owner)
		a := h.Join("anna@example.com", "Anna", "Ampel", roster.RoleUserAdministrator)
		bert := h.Join("bert@example.com", "Bert", "Besuch", roster.RoleMember)
		external := "personal-4711"
		_, err := h.Team.Edit(owner, a.Member, team.Edit{ExternalID: &external, Profile: func(m roster.Member) roster.Profile {
			return roster.Profile{FirstName: "Anneliese", LastName: m.LastName}
		}})
		need(t, err)
		_, err = h.Team.Block(h.As(a), bert.Member, "Bert Besuch was loud")
		need(t, err)
		_, err = h.Team.Block(owner, a.Member, "Anna gave away a secret")
		need(t, err)
		_, err = h.Team.Unblock(owner, a.Member)
		need(t, err)
		for name, file := range map[string]string{"own": string(own(t, h, a)), "house": string(ours(t, h, a.Member))} {
			for _, want := range []string{
				`"action":"member.block","self":true,"door":"dashboard","ip":"203.0.113.7","target":{"kind":"member","id":"` + string(bert.Member) + `"},"changes":[]`,
				`"field":"first_name","from":"Anna","to":"Anneliese"`, `"action":"member.unblock","self":false`,
			} {
				if !strings.Contains(file, want) {
					t.Errorf("the file %q lacks %s", name, want)
				}
			}
			for _, not := range []string{"Besuch", "bert@", "Olga Owner\",\"door", "192.0.2.77", "loud"} {
				if strings.Contains(file, not) {
					t.Errorf("the file %q has %s", name, not)
				}
			}
			for _, hidden := range []string{"gave away a secret", external} {
				if strings.Contains(file, hidden) != (name == "house") {
					t.Errorf("%s stands in the file %q, or does not", hidden, name)
				}
			}
		}
	})
}
