// Package erasedb finds what is kept of a person who left, and deletes it: in the history the texts and their salts, of
// which the digests stay, and elsewhere the values themselves. Column tells of each column there is how. It does not decide
// who may be erased, or when.
package erasedb

import (
	"context"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
	whole := span{org: m.Org, upto: math.MaxInt64}
	err := whole.each(ctx, r, []string{byTarget, byActor}, func(l line) error {
		e, _, err := chain.Read(l.body, l.kept)
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
	}, m.ID)
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
func (s Subject) Named(text string) bool { return s.says(text, s.named) }

// mentions tells likewise of a text that may be a word for something else, such as a kind or a scope: what means the subject only
// where nothing else stands does not count.
func (s Subject) mentions(text string) bool { return s.says(text, s.spoken) }

// says asks it of a text as it stands, and as it is without the escapes of addresses.
func (s Subject) says(text string, names func(string) bool) bool {
	if text == "" {
		return false
	}
	if names(folded(text)) {
		return true
	}
	if !strings.ContainsAny(text, "%+") {
		return false
	}
	plain, err := url.QueryUnescape(text)
	return err == nil && names(folded(plain))
}

func (s Subject) named(text string) bool { return slices.Contains(s.alone, text) || s.spoken(text) }

func (s Subject) spoken(text string) bool {
	return slices.ContainsFunc(s.ids(), func(id string) bool { return strings.Contains(text, folded(id)) }) ||
		slices.ContainsFunc(s.whole, func(w string) bool { return holds(text, w) })
}

// holds tells whether a text holds another one that does not go on in letters or digits before or behind: Ana Lima does not
// stand in Juliana Lima.
func holds(text, w string) bool {
	for at := 0; ; at++ {
		next := strings.Index(text[at:], w)
		if next < 0 {
			return false
		}
		at += next
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(w):])
		if !goesOn(before) && !goesOn(after) {
			return true
		}
	}
}

func goesOn(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// ids are by what lines name the subject.
func (s Subject) ids() []string {
	if s.Last && s.Member.Person != "" {
		return []string{string(s.Member.ID), string(s.Member.Person)}
	}
	return []string{string(s.Member.ID)}
}

// gone tells which texts of a line are the subject's: what says who they are, and what somebody wrote freely that names them
// (package chain tells which texts these are). In a line that is about them, or theirs, so is what it says of their person,
// whoever that person is elsewhere; in one about them, who did it without a name of their own was they.
func (s Subject) gone(by, about string) func(chain.Said) bool {
	ids := s.ids()
	if slices.Contains(ids, about) {
		ids = append(ids, string(roster.ActorInvitee), string(roster.ActorNobody))
	}
	if id := string(s.Member.ID); s.Member.Person != "" && (by == id || about == id) {
		ids = append(ids, string(s.Member.Person))
	}
	return func(t chain.Said) bool {
		if slices.Contains(ids, t.Of.ID) {
			return t.Personal()
		}
		return t.Free() && s.Named(t.Text)
	}
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
