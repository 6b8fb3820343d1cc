package erasedb

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"roster/internal/chain"
	"roster/internal/roster"
	"roster/internal/store"
)

// told is the history's word for what a statement deletes: it names nobody.
func (s Subject) told(what string) []roster.Change { return erasedOf(s.Member.ID, what) }

// The words of statements that change members' own rows: a replay takes them for the columns that they empty.
const (
	erasedProfile = "profile"
	erasedReason  = "reason"
)

func erasedOf(m roster.MemberID, what string) []roster.Change {
	return []roster.Change{{Of: roster.RefMember(m, ""), Field: "erased", From: what}}
}

// Rows deletes what the tables hold of the subject, but for the history's. It gives how many rows of others named them.
func Rows(ctx context.Context, tx *store.Tx, s Subject) (int, error) {
	if err := s.profile(ctx, tx); err != nil {
		return 0, err
	}
	if err := s.invitations(ctx, tx); err != nil {
		return 0, err
	}
	n := 0
	for _, of := range []func(context.Context, *store.Tx) (int, error){s.views, s.messages, s.reasons, s.visits, s.jobs, s.answers, s.deliveries, s.imports, s.refusals} {
		more, err := of(ctx, tx)
		if err != nil {
			return n, err
		}
		n += more
	}
	return n, s.person(ctx, tx)
}

// profile empties the member's own row, and deletes what hangs on it.
func (s Subject) profile(ctx context.Context, tx *store.Tx) error {
	m := s.Member
	if err := s.sessions(ctx, tx); err != nil { // while the row says whose they are
		return err
	}
	if _, err := tx.Change(ctx, s.told(erasedProfile), `UPDATE member SET first_name = '', last_name = '', name = '', sort_name = $1, sort_identifier = $2, email = '', email_folded = '', phone = '',
		external_id = '', block_reason = '', picture = '', allowed_from = '', person_id = NULL, last_seen_at = 0, signed_out_at = 0, verified_at = 0, token_at = 0, tokens = 0,
		updated_at = $3, updated_by = $4, erased_at = $3, version = version + 1 WHERE org_id = $5 AND id = $6`,
		[]byte(roster.Fold(string(m.ID))), []byte(m.ClientID), store.Micros(tx.At()), roster.ActorFrom(ctx).ID(), m.Org, m.ID); err != nil {
		return err
	}
	return inTurn(
		func() (int64, error) {
			return tx.Change(ctx, s.told("words"), `DELETE FROM member_word WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("places"), `DELETE FROM member_place WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("picture"), `DELETE FROM picture WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("views"), `DELETE FROM view WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("notifications"), `DELETE FROM notification WHERE org_id = $1 AND (member_id = $2 OR about = $2)`, m.Org, m.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("choices"), `DELETE FROM notification_choice WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("factor_reset"), `DELETE FROM factor_reset WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("identity"), `DELETE FROM identity WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("links"), `DELETE FROM invitation_link WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("secrets"), `DELETE FROM api_secret WHERE org_id = $1 AND member_id = $2`, m.Org, m.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("letters"), `DELETE FROM job WHERE org_id = $1 AND about = $2`, m.Org, m.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("answers"), `DELETE FROM idempotency WHERE org_id = $1 AND actor_id = $2`, m.Org, m.ID)
		},
	)
}

// inTurn does some statements until one fails.
func inTurn(statements ...func() (int64, error)) error {
	for _, do := range statements {
		if _, err := do(); err != nil {
			return err
		}
	}
	return nil
}

// sessions forgets that the person's sessions were used here, unless they are here again as another member.
func (s Subject) sessions(ctx context.Context, tx *store.Tx) error {
	if s.Member.Person == "" {
		return nil
	}
	_, err := tx.Change(ctx, s.told("sessions"), `DELETE FROM session_entry WHERE org_id = $1 AND session_id IN (SELECT id FROM session WHERE person_id = $2)
		AND NOT EXISTS (SELECT 1 FROM member WHERE org_id = $1 AND person_id = $2 AND status <> 'removed')`, s.Member.Org, s.Member.Person)
	return err
}

// invitations empties what was said in the invitations of the member, and in those that they sent.
func (s Subject) invitations(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Change(ctx, s.told("invitations"), `UPDATE invitation SET message = '', inviter_name = CASE WHEN inviter = $2 THEN '' ELSE inviter_name END
		WHERE org_id = $1 AND (member_id = $2 OR inviter = $2)`, s.Member.Org, s.Member.ID)
	return err
}

// row is one of others that may name the subject.
type row struct{ a, b, text, more string }

func scanRow(r store.Row) (row, error) {
	var x row
	return x, r.Scan(&x.a, &x.b, &x.text, &x.more)
}

// naming gives those of some rows that name the subject.
func (s Subject) naming(ctx context.Context, tx *store.Tx, query string) ([]row, error) {
	var all []row
	err := store.Each(ctx, tx, func(r store.Row) error {
		x, err := scanRow(r)
		if err == nil && (s.within(x.text) || s.within(x.more)) {
			all = append(all, x)
		}
		return err
	}, query, s.Member.Org)
	return all, err
}

// within tells whether a text, which may be JSON, names the subject anywhere. In JSON, what means them only where nothing else
// stands counts in fields that say what somebody is called: in others it is a kind, a scope or a number.
func (s Subject) within(text string) bool {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return s.Named(text)
	}
	return s.inside(v, s.Named)
}

func (s Subject) inside(v any, names func(string) bool) bool {
	switch v := v.(type) {
	case string:
		return names(v)
	case []any:
		return slices.ContainsFunc(v, func(of any) bool { return s.inside(of, names) })
	case map[string]any:
		for field, of := range v {
			if names = s.mentions; calls(field) {
				names = s.Named
			}
			if s.inside(of, names) {
				return true
			}
		}
	}
	return false
}

// calls tells whether a field of an answer, a letter or a row's outcome says what somebody is called.
func calls(field string) bool {
	return slices.Contains([]string{"name", "who", "label", "first_name", "last_name", "email", "phone", "external_id", "identifier"}, strings.ToLower(field))
}

// views deletes views of others that name the subject or look for them.
func (s Subject) views(ctx context.Context, tx *store.Tx) (int, error) {
	all, err := s.naming(ctx, tx, `SELECT member_id, id, name, query FROM view WHERE org_id = $1`)
	for i := 0; i < len(all) && err == nil; i++ {
		_, err = tx.Change(ctx, s.told("view"), `DELETE FROM view WHERE org_id = $1 AND member_id = $2 AND id = $3`, s.Member.Org, all[i].a, all[i].b)
	}
	return len(all), err
}

// messages empties what was said in invitations that others have taken over, where it names the subject.
func (s Subject) messages(ctx context.Context, tx *store.Tx) (int, error) {
	all, err := s.naming(ctx, tx, `SELECT member_id, CAST(generation AS TEXT), message, '' FROM invitation WHERE org_id = $1 AND message <> ''`)
	for i := 0; i < len(all) && err == nil; i++ {
		_, err = tx.Change(ctx, s.told("message"), `UPDATE invitation SET message = '' WHERE org_id = $1 AND member_id = $2 AND CAST(generation AS TEXT) = $3`, s.Member.Org, all[i].a, all[i].b)
	}
	return len(all), err
}

// reasons empties why others are blocked, where it names the subject.
func (s Subject) reasons(ctx context.Context, tx *store.Tx) (int, error) {
	all, err := s.naming(ctx, tx, `SELECT id, '', block_reason, '' FROM member WHERE org_id = $1 AND block_reason <> ''`)
	for i := 0; i < len(all) && err == nil; i++ {
		_, err = tx.Change(ctx, erasedOf(roster.MemberID(all[i].a), erasedReason), `UPDATE member SET block_reason = '', version = version + 1 WHERE org_id = $1 AND id = $2`, s.Member.Org, all[i].a)
	}
	return len(all), err
}

// visits empties why operators entered, where it names the subject.
func (s Subject) visits(ctx context.Context, tx *store.Tx) (int, error) {
	all, err := s.naming(ctx, tx, `SELECT id, '', reason, '' FROM operator_visit WHERE org_id = $1`)
	for i := 0; i < len(all) && err == nil; i++ {
		_, err = tx.Change(ctx, s.told("visit"), `UPDATE operator_visit SET reason = '' WHERE org_id = $1 AND id = $2`, s.Member.Org, all[i].a)
	}
	return len(all), err
}

// jobs takes the subject's name out of letters to others: who did what the letter tells of, and what a mail server said.
func (s Subject) jobs(ctx context.Context, tx *store.Tx) (int, error) {
	all, err := s.naming(ctx, tx, `SELECT id, '', payload, error FROM job WHERE org_id = $1 AND (payload <> '{}' OR error <> '')`)
	for i := 0; i < len(all) && err == nil; i++ {
		_, err = tx.Change(ctx, s.told("letter"), `UPDATE job SET payload = '{}', error = '' WHERE org_id = $1 AND id = $2`, s.Member.Org, all[i].a)
	}
	return len(all), err
}

// answers empties answers that are kept for requests that may come again: the request is not done again all the same.
func (s Subject) answers(ctx context.Context, tx *store.Tx) (int, error) {
	all, err := s.naming(ctx, tx, `SELECT actor_id, key, answer, '' FROM idempotency WHERE org_id = $1`)
	for i := 0; i < len(all) && err == nil; i++ {
		_, err = tx.Change(ctx, s.told("answer"), `UPDATE idempotency SET answer = '{}' WHERE org_id = $1 AND actor_id = $2 AND key = $3`, s.Member.Org, all[i].a, all[i].b)
	}
	return len(all), err
}

// deliveries empties what receivers answered to events that were about the subject, or what names them.
func (s Subject) deliveries(ctx context.Context, tx *store.Tx) (int, error) {
	all, err := s.naming(ctx, tx, `SELECT w.webhook_id, w.id, w.answer, CASE WHEN e.target_id IS NULL THEN w.failure ELSE e.target_id END FROM webhook_attempt w
		LEFT JOIN event e ON e.org_id = w.of_org AND e.seq = w.seq WHERE w.of_org = $1 AND (w.answer <> '' OR w.failure <> '')`)
	for i := 0; i < len(all) && err == nil; i++ {
		_, err = tx.Change(ctx, s.told("delivery"), `UPDATE webhook_attempt SET answer = '', failure = '' WHERE of_org = $1 AND webhook_id = $2 AND id = $3`, s.Member.Org, all[i].a, all[i].b)
	}
	return len(all), err
}

// refusals takes names and addresses out of refusals that have yet to become lines.
func (s Subject) refusals(ctx context.Context, tx *store.Tx) (int, error) {
	type refusal struct {
		minute                      int64
		by, action, code, actor, on string
	}
	all, err := store.All(ctx, tx, func(r store.Row) (refusal, error) {
		var x refusal
		return x, r.Scan(&x.minute, &x.by, &x.action, &x.code, &x.actor, &x.on)
	}, `SELECT minute, actor_id, action, code, actor, target FROM refusal WHERE org_id = $1`, s.Member.Org)
	n := 0
	for _, x := range all {
		var actor roster.Actor
		var on roster.Ref
		if err := json.Unmarshal([]byte(x.actor), &actor); err != nil {
			return n, fmt.Errorf("refusal: %w", err)
		}
		if err := json.Unmarshal([]byte(x.on), &on); err != nil {
			return n, fmt.Errorf("refusal: %w", err)
		}
		theirs, named := actor.Member == s.Member.ID, s.target(x.action, on)
		if !theirs && !named {
			continue
		}
		if theirs {
			actor.Name, actor.IP = "", ""
		}
		if named {
			on.Name = ""
		}
		by, err := json.Marshal(actor)
		if err != nil {
			return n, err
		}
		about, err := json.Marshal(on)
		if err != nil {
			return n, err
		}
		if _, err := tx.Change(ctx, s.told("refusal"), `UPDATE refusal SET actor = $1, target = $2 WHERE org_id = $3 AND minute = $4 AND actor_id = $5 AND action = $6 AND code = $7`,
			string(by), string(about), s.Member.Org, x.minute, x.by, x.action, x.code); err != nil {
			return n, err
		}
		n++
	}
	return n, err
}

// target tells whether the name that a refusal's line will give its target is the subject's.
func (s Subject) target(action string, on roster.Ref) bool {
	t := chain.Refused(action, on)
	return on.ID == string(s.Member.ID) || t.Free() && s.Named(on.Name)
}

// person deletes the person, with whatever they could come in by and where they did, where no other membership tells of them.
// The member's row names them no more.
func (s Subject) person(ctx context.Context, tx *store.Tx) error {
	if !s.Last {
		return nil
	}
	return inTurn(
		func() (int64, error) {
			return tx.Change(ctx, s.told("half_session"), `DELETE FROM half_session WHERE person_id = $1`, s.Member.Person)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("person_link"), `DELETE FROM person_link WHERE person_id = $1`, s.Member.Person)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("address_change"), `DELETE FROM address_change WHERE person_id = $1`, s.Member.Person)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("device"), `DELETE FROM device WHERE person_id = $1`, s.Member.Person)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("session_entry"), `DELETE FROM session_entry WHERE session_id IN (SELECT id FROM session WHERE person_id = $1)`, s.Member.Person)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("session"), `DELETE FROM session WHERE person_id = $1`, s.Member.Person)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("credential"), `DELETE FROM credential WHERE person_id = $1`, s.Member.Person)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("letters"), `DELETE FROM job WHERE org_id = 'installation' AND about = $1`, s.Member.Person)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("person"), `DELETE FROM person WHERE id = $1`, s.Member.Person)
		},
	)
}
