package erasure_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"roster/internal/rostertest"
	"roster/internal/store"
)

// columns tells of each column that can hold a value of a person how an erasure ends it, and of each other why it holds none.
// A table's name alone tells of all its columns.
func columns() map[string]string {
	const (
		ids   = "IDs, moments, numbers, states and the like: they mean nobody once the row that names them is empty"
		own   = "what an organisation or the installation calls itself"
		hash  = "holds nothing of a person, because it is a hash, a signature or a sealed secret"
		rows  = "*erased: the member's rows are deleted"
		last  = "*erased at the last membership: the person's rows are deleted"
		empty = "*erased: emptied in the member's own row"
	)
	all := map[string]string{
		"installation": ids, "goose_db_version": ids, "sqlite_sequence": ids, "signing_key": hash, "replica": ids, "notice": ids, "applied": ids, "feed": ids, "feed_head": ids,
		"checkpoint": hash, "ending": ids, "revoked_token": ids, "login_flow": ids, "webhook_reach": ids, "plan": own, "catalogue": "what the host product declares",
		"attempt": "holds nothing of a person, because keys are hashes", "challenge": "hashes, gone after five minutes",
		"installation_brand": own, "installation_picture": own, "organisation_picture": own, "organisation": own,
		"client": "product clients, which are programs", "role": own, "role_item": ids, "unit": "customer accounts, which are no persons of Roster's", "unit_word": "likewise",
		"login_method": own, "webhook": "where events go, as an organisation calls it", "operator": ids, "operator_visit.reason": "*erased where it names the member", "operator_visit": ids,
		"member_grant": ids, "portal_link": ids,

		"member_word": rows, "member_place": rows, "picture": rows, "notification": rows, "notification_choice": rows, "factor_reset": rows, "identity": rows, "invitation_link": rows, "api_secret": rows,
		"session_entry": "*erased: that the person's sessions were used here",
		"person":        last, "credential": last, "session": last, "half_session": last, "person_link": last, "device": last, "address_change": last, "address_link": last + ", with the change",

		"import": "*erased: those that the member sent in are deleted, and of another's name, headings, who started it and why it stopped emptied where they are or name them", "import_row": "*erased: the rows of those, and in another's those that name the member",
		"view": "*erased: the member's, and those of others that name or look for them",
		"job":  "*erased: those about the member are deleted, and names and what a mail server said emptied in those to others",

		"idempotency.answer": "*erased: answers that name the member are emptied, and the member's own deleted", "idempotency": ids,
		"refusal.actor": "*erased: name and address of the member", "refusal.target": "*erased: the member's name", "refusal": ids,
		"webhook_attempt.answer": "*erased where the event was about the member or the text names them", "webhook_attempt.failure": "*erased likewise", "webhook_attempt.url": "where the event went", "webhook_attempt": ids,
		"invitation.message": "*erased in the member's invitations, in those that they sent, and where it names them", "invitation.inviter_name": "*erased in those that they sent", "invitation": ids,
		"event.vals": "*erased: salts and texts that are the member's, or name them", "event.body": "holds nothing of a person, because whatever may be personal is a digest", "event": ids,
		"member": ids,
	}
	for _, c := range strings.Fields("first_name last_name name sort_name sort_identifier email email_folded phone external_id block_reason picture allowed_from person_id last_seen_at signed_out_at verified_at token_at tokens") {
		all["member."+c] = empty
	}
	return all
}

// TestEveryColumnIsErasedOrSaysWhyNot walks the schema.
func TestEveryColumnIsErasedOrSaysWhyNot(t *testing.T) {
	h := rostertest.SQLite(t)
	known, used := columns(), map[string]bool{}
	need(t, store.Each(context.Background(), h.DB.Reader(), func(row store.Row) error {
		var table, column, kind string
		if err := row.Scan(&table, &column, &kind); err != nil {
			return err
		}
		switch _, exact := known[table+"."+column]; {
		case exact:
			used[table+"."+column] = true
		case known[table] != "":
			used[table] = true
			// Where a table has columns apart, the rest of it are not texts that somebody typed.
			if told := slices.Collect(maps.Keys(known)); slices.ContainsFunc(told, func(k string) bool { return strings.HasPrefix(k, table+".") }) && !plain(column) {
				t.Errorf("%s.%s: is it erased, or why does it hold nothing of a person?", table, column)
			}
		default:
			t.Errorf("%s.%s: is it erased, or why does it hold nothing of a person?", table, column)
		}
		return nil
	}, `SELECT m.name, p.name, p.type FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'`))
	for k := range known {
		if !used[k] && k != "sqlite_sequence" {
			t.Errorf("%s stands in the list and not in the schema", k)
		}
	}
}

// plain tells whether a column is an ID, a moment, a number or a word of Roster's own.
func plain(column string) bool {
	for _, end := range []string{"_id", "_at", "_by"} {
		if strings.HasSuffix(column, end) {
			return true
		}
	}
	return slices.Contains(strings.Fields("id key mac status seq minute action code count of_org try took at generation state inviter ttl body hash kind before version ends_at tokens client_id beside"), column)
}
