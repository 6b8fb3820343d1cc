// Package exportdb reads an organisation whole, row by row, for its export: everything in it, and nothing by which
// somebody comes in. The format is docs/EXPORT.md's, and changes by addition.
package exportdb

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// kind is how a column is stored, and so how it is written.
type kind int

const (
	text   kind = iota
	maybe       // a text, or null
	number      //
	flag        //
	moment      // microseconds; written as RFC 3339, null for none
	span        // microseconds; written as seconds
	words       // separated by spaces; written as a list
	object      // JSON; written as it is
	data        // bytes; written as base64
)

// column is a column of a part.
type column struct {
	name string
	kind kind
}

// part is one kind of line, and the table whose rows they are.
type part struct {
	kind, table, order string
	columns            []column
}

// of gives columns of a kind.
func of(k kind, names string) []column {
	var all []column
	for name := range strings.FieldsSeq(names) {
		all = append(all, column{name, k})
	}
	return all
}

// parts are the lines of an export, in their order: what is referred to comes first.
func parts() []part {
	made := slices.Concat(of(moment, "created_at updated_at"), of(text, "created_by updated_by"), of(number, "version"))
	return []part{
		{"organisation", "organisation", "id", slices.Concat(of(text, "id slug name plan accent sender reply_to product footer portal"), of(words, "domains allowed_from"),
			of(span, "invitation_ttl factor_grace"), of(flag, "phone_required admin_passwords password_off second_secrets"), of(number, "seq people api_users version erase_after"),
			of(moment, "accepted_at created_at factor_since suspended_at delete_at operators_until"))},
		{"organisation_picture", "organisation_picture", "org_id", slices.Concat(of(text, "media"), of(data, "data"))},
		{"login_method", "login_method", "id", slices.Concat(of(text, "id kind name issuer authorize_url token_url user_info_url client_id identifier_claim"),
			of(words, "scopes"), of(object, "parameters"), of(flag, "enabled"), of(moment, "tested_at"), of(number, "revision"), made)},
		{"webhook", "webhook", "id", slices.Concat(of(text, "id name url last_four paused_why"), of(words, "events"), of(moment, "old_until paused_at"), made)},
		{"role", "role", "id", slices.Concat(of(text, "id key name description members"), of(flag, "built_in"), made)},
		{"role_item", "role_item", "role_id, permission, scope", of(text, "role_id permission scope")},
		{"unit", "unit", "id", slices.Concat(of(text, "id kind name external_id"), of(maybe, "parent_id"), of(moment, "archived_at"), made)},
		{"member", "member", "id", slices.Concat(of(text, "id kind status before external_id first_name last_name name email phone client_id block_reason"),
			of(maybe, "unit_id"), of(words, "allowed_from"), of(moment, "verified_at last_seen_at signed_out_at removed_at erased_at ends_at end_told_at token_at"), of(number, "tokens"), made)},
		{"picture", "picture", "member_id", slices.Concat(of(text, "member_id media"), of(data, "data"))},
		{"grant", "member_grant", "member_id, id", slices.Concat(of(text, "member_id id"), of(maybe, "role_id"), of(text, "permission scope"), of(maybe, "unit_id"),
			of(moment, "until_at given_at"), of(text, "given_by"))},
		{"invitation", "invitation", "member_id, generation", slices.Concat(of(text, "member_id"), of(number, "generation"), of(text, "state inviter inviter_name message"),
			of(span, "ttl"), of(moment, "made_at sent_at opened_at expires_at ended_at told_at"))},
		{"identity", "identity", "member_id", slices.Concat(of(text, "member_id method_id identifier subject"), of(flag, "unconfirmed"), of(moment, "invited_at bound_at"))},
		{"api_secret", "api_secret", "member_id, id", slices.Concat(of(text, "member_id id prefix last_four used_ip public_key created_by"), of(moment, "created_at used_at"))},
		{"view", "view", "member_id, id", slices.Concat(of(text, "member_id id name query"), of(moment, "made_at"))},
		{"notification", "notification_choice", "member_id, notification", of(text, "member_id notification way")},
		{"letter", "job", "made_at, id", slices.Concat(of(text, "id kind about state error"), of(number, "attempt"), of(moment, "made_at due_at done_at"))},
		{"visit", "operator_visit", "id", slices.Concat(of(text, "id reason"), of(moment, "entered_at until_at"))},
		{"checkpoint", "checkpoint", "seq", slices.Concat(of(number, "seq"), of(moment, "at"), of(text, "text"))},
		{"event", "event", "seq", slices.Concat(of(number, "seq"), of(moment, "at"), of(text, "action actor_id target_id body"), of(object, "vals"), of(text, "hash"))},
	}
}

// Holds gives the columns that an export holds, by table.
func Holds() map[string][]string {
	all := map[string][]string{}
	for _, p := range parts() {
		for _, c := range p.columns {
			all[p.table] = append(all[p.table], c.name)
		}
	}
	return all
}

// Each hands every line of an organisation's export to a function, as JSON without the end of the line. What it is handed
// is good until it returns.
func Each(ctx context.Context, r store.Reader, org roster.OrgID, take func(line []byte) error) error {
	for _, p := range parts() {
		where := "org_id"
		if p.table == "organisation" {
			where = "id"
		}
		names := make([]string, len(p.columns))
		for i, c := range p.columns {
			names[i] = c.name
		}
		var line bytes.Buffer
		err := store.Each(ctx, r, func(row store.Row) error {
			line.Reset()
			if err := p.write(&line, row); err != nil {
				return err
			}
			return take(line.Bytes())
		}, `SELECT `+strings.Join(names, ", ")+` FROM `+p.table+` WHERE `+where+` = $1 ORDER BY `+p.order, org)
		if err != nil {
			return fmt.Errorf("exportdb: %s: %w", p.kind, err)
		}
	}
	return nil
}

// write writes a row as a line.
func (p part) write(line *bytes.Buffer, row store.Row) error {
	into := make([]any, len(p.columns))
	for i, c := range p.columns {
		into[i] = c.kind.cell()
	}
	if err := row.Scan(into...); err != nil {
		return err
	}
	fmt.Fprintf(line, `{"type":%q`, p.kind)
	for i, c := range p.columns {
		value, err := json.Marshal(c.kind.value(into[i]))
		if err != nil {
			return err
		}
		fmt.Fprintf(line, `,%q:%s`, c.name, value)
	}
	line.WriteByte('}')
	return nil
}

// cell gives where a column of the kind is scanned into.
func (k kind) cell() any {
	switch k {
	case maybe:
		return new(*string)
	case number, moment, span:
		return new(int64)
	case flag:
		return new(bool)
	case data:
		return new([]byte)
	}
	return new(string)
}

// value gives what was scanned as it is written.
func (k kind) value(cell any) any {
	switch k {
	case moment:
		if at := *cell.(*int64); at != 0 {
			return store.Time(at).Format(time.RFC3339Nano)
		}
		return nil
	case span:
		return *cell.(*int64) / int64(time.Second/time.Microsecond)
	case words:
		return append([]string{}, strings.Fields(*cell.(*string))...)
	case object:
		return json.RawMessage(*cell.(*string))
	}
	return cell
}
