// Package erasedb finds what is kept of a person who left, and deletes it: in the history the texts and their salts, of
// which the digests stay, and elsewhere the values themselves. Column tells of each column there is how. It does not decide
// who may be erased, or when.
package erasedb

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"roster/internal/chain"
	"roster/internal/roster"
	"roster/internal/store"
)

// Subject is who is erased.
type Subject struct {
	Member roster.Member
	Last   bool // no other membership tells of their person, who is erased too

	whole []string // what they are told from others by, folded: addresses, phone numbers, whole names
	alone []string // what means them only where nothing else stands, folded: names of one word, external IDs
}

// Of gathers by what a member is recognised: what they are called now, and what the history says they were called.
func Of(ctx context.Context, r store.Reader, m roster.Member) (Subject, error) {
	s := Subject{Member: m}
	if m.Person != "" {
		other, err := store.One(ctx, r, store.Scan[int], `SELECT 1 FROM member WHERE person_id = $1 AND NOT (org_id = $2 AND id = $3) LIMIT 1`, m.Person, m.Org, m.ID)
		if err != nil {
			return s, err
		}
		s.Last = !other.OK
	}
	s.learn(m.Email.Typed, m.Email.Folded, m.Phone, m.Name, m.ExternalID)
	err := store.Each(ctx, r, func(row store.Row) error {
		e, err := store.ScanEvent(row)
		if err != nil {
			return err
		}
		if e.Target.ID == string(m.ID) {
			s.learn(e.Target.Name)
		}
		if e.ActorID == string(m.ID) {
			s.learn(e.ActorName)
		}
		for _, c := range e.Changes {
			if c.Of.ID == string(m.ID) {
				s.learn(c.Of.Name)
				if slices.Contains(called(), c.Field) {
					s.learn(c.From, c.To)
				}
			}
		}
		return nil
	}, `SELECT `+store.EventColumns+` FROM event WHERE org_id = $1 AND (target_id = $2 OR actor_id = $2)`, m.Org, m.ID)
	return s, err
}

// called are the fields that say what a member is called.
func called() []string { return []string{"email", "phone", "name", "external_id", "identifier"} }

// shortest is how long a text is at least that means somebody wherever it stands.
const shortest = 6

func (s *Subject) learn(texts ...string) {
	for _, text := range texts {
		text = folded(text)
		if text == "" || text == folded(chain.Erased) || text == folded(string(s.Member.ID)) {
			continue
		}
		if len(text) >= shortest && strings.ContainsAny(text, " @+") {
			s.whole = append(s.whole, text)
		} else {
			s.alone = append(s.alone, text)
		}
	}
	s.whole, s.alone = roster.Unique(s.whole), roster.Unique(s.alone)
}

func folded(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// Named tells whether a text, perhaps one of an address bar, names the subject.
func (s Subject) Named(text string) bool {
	if text == "" {
		return false
	}
	if plain, err := url.QueryUnescape(text); err == nil && plain != text && s.named(plain) {
		return true
	}
	return s.named(text)
}

func (s Subject) named(text string) bool {
	text = folded(text)
	return slices.Contains(s.alone, text) || strings.Contains(text, folded(string(s.Member.ID))) ||
		slices.ContainsFunc(s.whole, func(w string) bool { return strings.Contains(text, w) })
}

// quick tells whether a line can hold anything of the subject at all, without taking it apart.
func (s Subject) quick(body, kept string) bool {
	for _, id := range s.ids() {
		if strings.Contains(body, id) {
			return true
		}
	}
	kept = strings.ToLower(kept)
	if plain, err := url.QueryUnescape(kept); err == nil && plain != kept {
		kept += "\n" + plain
	}
	return slices.ContainsFunc(s.whole, func(w string) bool { return strings.Contains(kept, inJSON(w)) }) ||
		slices.ContainsFunc(s.alone, func(w string) bool { return strings.Contains(kept, `"`+inJSON(w)+`"`) })
}

// inJSON writes a text as it stands between the quotes of JSON.
func inJSON(text string) string {
	all, err := json.Marshal(text)
	if err != nil || len(all) < 2 {
		return text
	}
	return strings.ToLower(string(all[1 : len(all)-1]))
}

// ids are by what lines name the subject.
func (s Subject) ids() []string {
	if s.Last && s.Member.Person != "" {
		return []string{string(s.Member.ID), string(s.Member.Person)}
	}
	return []string{string(s.Member.ID)}
}

// gone tells which texts of a line are the subject's. In a line that is about them, or theirs, so is what it says of their
// person, whoever that person is elsewhere; in one about them, who did it without a name of their own was they.
func (s Subject) gone(by, about string) func(chain.Said) bool {
	ids := s.ids()
	if slices.Contains(ids, about) {
		ids = append(ids, string(roster.ActorInvitee), string(roster.ActorNobody))
	}
	if id := string(s.Member.ID); s.Member.Person != "" && (by == id || about == id) {
		ids = append(ids, string(s.Member.Person))
	}
	return func(t chain.Said) bool {
		theirs := slices.Contains(ids, t.Of.ID)
		switch t.Place {
		case chain.ActorName, chain.ActorIP, chain.TargetName, chain.ThingName:
			return theirs || t.Place >= chain.TargetName && !somebody(t.Of) && t.Of.Kind != "unit" && t.Of.Kind != "role" && s.Named(t.Text)
		}
		if theirs {
			return !impersonal(t.Field)
		}
		return !(somebody(t.Of) && slices.Contains(own(), t.Field)) && s.Named(t.Text)
	}
}

// somebody tells whether a thing is somebody who has a name of their own.
func somebody(r roster.Ref) bool { return r.Kind == "member" || r.Kind == "person" }

// own are the fields of others that say what those are called, though it may be the same.
func own() []string {
	return []string{"first_name", "last_name", "name", "email", "phone", "external_id", "identifier", "subject", "email_asked", "email_undone", "operator"}
}

// impersonal tells whether a member's or person's field says nothing of who they are: how they stood in the organisation, and
// what they were let do. The history keeps those. A field that does not stand here is erased.
func impersonal(field string) bool {
	return slices.Contains([]string{
		"kind", "status", "status_before_block", "person", "unit", "verified_at", "removed_at", "ends_at", "version", "grant", "client_id",
		"invitation", "invitation_ttl", "invitation_state", "login_method", "client_secret", "password", "password_change_by", "credentials",
		"factors", "factor_used", "factor_reset", "recovery", "recovery_codes", "recovery_code", "sessions", "notifications", "notifications_off", "erased",
	}, field)
}

// Lock locks the subject's person until the transaction ends, and tells that still no other membership is theirs. Kind:
// Conflict, code changed_meanwhile.
func Lock(ctx context.Context, tx *store.Tx, s Subject) error {
	if _, err := store.One(ctx, tx, store.Scan[string], `SELECT id FROM person WHERE id = $1`+store.ForUpdate(tx), s.Member.Person); err != nil {
		return err
	}
	other, err := store.One(ctx, tx, store.Scan[int], `SELECT 1 FROM member WHERE person_id = $1 AND NOT (org_id = $2 AND id = $3) LIMIT 1`, s.Member.Person, s.Member.Org, s.Member.ID)
	if err == nil && other.OK {
		err = store.ErrStale()
	}
	return err
}

// Due gives some of the members who were removed so long ago that their organisation has them erased.
func Due(ctx context.Context, r store.Reader, now time.Time, most int) ([]roster.Member, error) {
	return store.All(ctx, r, func(row store.Row) (roster.Member, error) {
		var m roster.Member
		return m, row.Scan(&m.Org, &m.ID, &m.Name, &m.Email.Typed)
	}, `SELECT m.org_id, m.id, m.name, m.email FROM organisation o JOIN member m ON m.org_id = o.id AND m.status = 'removed' AND m.erased_at = 0 AND m.removed_at <= $1 - o.erase_after * 86400000000
		WHERE o.erase_after > 0 AND o.suspended_at = 0 AND o.delete_at = 0 ORDER BY m.removed_at LIMIT $2`, store.Micros(now), most)
}
