package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"roster/internal/roster"
)

// line is the body of a history line. Its JSON is hashed as it stands, so fields are only ever
// added, at the end, and left out when empty. What may be personal stands in it as a digest.
type line struct {
	Org     roster.OrgID     `json:"org"`
	Seq     int64            `json:"seq"`
	At      int64            `json:"at"`
	Action  string           `json:"action"`
	Kind    roster.ActorKind `json:"actor_kind"`
	Actor   string           `json:"actor"`
	Name    string           `json:"actor_name,omitempty"`
	Door    roster.Door      `json:"door,omitempty"`
	Request string           `json:"request,omitempty"`
	IP      string           `json:"ip,omitempty"`
	Target  thing            `json:"target"`
	Refused string           `json:"refused,omitempty"`
	Count   int              `json:"count,omitempty"`
	Changes []lineChange     `json:"changes,omitempty"`
}

type thing struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

type lineChange struct {
	Of    thing  `json:"of"`
	Field string `json:"field"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// values turns texts into digests SHA-256(salt ‖ value), keeping salts and values aside.
type values struct {
	Kept []value
	err  error
}

// value is a salt and a text behind a digest; both empty once erased.
type value struct {
	Salt string `json:"s"`
	Text string `json:"t"`
}

func (v *values) digest(text string) string {
	if text == "" {
		return ""
	}
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		v.err = errors.Join(v.err, err)
	}
	kept := value{Salt: base64.RawURLEncoding.EncodeToString(salt), Text: text}
	v.Kept = append(v.Kept, kept)
	return kept.digest()
}

func (v value) digest() string {
	sum := sha256.Sum256([]byte(v.Salt + v.Text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (v *values) thing(r roster.Ref) thing { return thing{r.Kind, r.ID, v.digest(r.Name)} }

// Record writes the line of the history for what the transaction changed, to each history it
// touches, and raises seq. It is the last thing a transaction does. The event comes back with its
// place, moment and hash in the first history.
func (tx *Tx) Record(ctx context.Context, e roster.Event) (roster.Event, error) {
	if tx.sealed {
		return e, errors.New("store: the history has the line already")
	}
	e.At, e.Changes = tx.now, tx.changes
	for i, l := range tx.ledgers {
		if err := tx.append(ctx, l, &e); err != nil {
			return e, err
		}
		last := i == len(tx.ledgers)-1
		if err := tx.raise(ctx, l, last); err != nil {
			return e, err
		}
	}
	tx.sealed = true
	first := tx.ledgers[0]
	e.Organisation, e.Seq, e.Hash = first.org.ID, first.org.Seq, first.head
	return e, nil
}

func (tx *Tx) append(ctx context.Context, l *ledger, e *roster.Event) error {
	var v values
	body := line{
		Org: l.org.ID, Seq: l.org.Seq + 1, At: Micros(e.At), Action: e.Action, Kind: e.ActorKind, Actor: e.ActorID,
		Name: v.digest(e.ActorName), Door: e.Door, Request: e.Request, IP: v.digest(e.IP), Target: v.thing(e.Target),
		Refused: e.Refused, Count: e.Count,
	}
	for _, c := range e.Changes {
		body.Changes = append(body.Changes, lineChange{Of: v.thing(c.Of), Field: c.Field, From: v.digest(c.From), To: v.digest(c.To)})
	}
	text, err := json.Marshal(body)
	kept, err2 := json.Marshal(v.Kept)
	if err := errors.Join(err, err2, v.err); err != nil {
		return fmt.Errorf("store: history: %w", err)
	}
	l.org.Seq++
	l.head = chain(l.head, string(text))
	_, err = tx.exec(ctx, `INSERT INTO event (org_id, seq, at, action, actor_id, target_id, body, vals, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		[]any{l.org.ID, l.org.Seq, body.At, body.Action, body.Actor, body.Target.ID, string(text), string(kept), l.head})
	return err
}

func (tx *Tx) raise(ctx context.Context, l *ledger, counts bool) error {
	var n int64
	var err error
	if l.org.ID == roster.Installation {
		n, err = tx.exec(ctx, `UPDATE installation SET seq = $1, head = $2 WHERE id = 'installation'`, []any{l.org.Seq, l.head})
	} else {
		people, apis := 0, 0
		if counts {
			people, apis = tx.people, tx.apis
		}
		n, err = tx.exec(ctx, `UPDATE organisation SET seq = $1, head = $2, people = people + $3, api_users = api_users + $4 WHERE id = $5`,
			[]any{l.org.Seq, l.head, people, apis, l.org.ID})
	}
	if err == nil && n != 1 {
		err = errors.New("store: the history's own row is missing")
	}
	return err
}

// chain gives the hash of a line: SHA-256 over the hash before it and the body.
func chain(head, body string) string {
	sum := sha256.Sum256([]byte(head + "\n" + body))
	return hex.EncodeToString(sum[:])
}

// EventColumns are the columns that ScanEvent reads, in its order.
const EventColumns = `body, vals, hash`

// ScanEvent reads a line of the history. Erased texts come back as Erased.
func ScanEvent(row Row) (roster.Event, error) {
	var body, kept, hash string
	if err := row.Scan(&body, &kept, &hash); err != nil {
		return roster.Event{}, err
	}
	e, _, err := readLine(body, kept)
	e.Hash = hash
	return e, err
}

// Erased stands for a text that was deleted from the history.
const Erased = "(erased)"

// readLine puts the kept texts back into a body. sound is false when one does not fit its digest.
func readLine(body, kept string) (e roster.Event, sound bool, err error) {
	var l line
	var vals []value
	if err := errors.Join(json.Unmarshal([]byte(body), &l), json.Unmarshal([]byte(kept), &vals)); err != nil {
		return e, false, fmt.Errorf("store: history line: %w", err)
	}
	sound = true
	next := func(digest string) string {
		if digest == "" {
			return ""
		}
		if len(vals) == 0 {
			sound = false
			return Erased
		}
		v := vals[0]
		vals = vals[1:]
		if v.Salt == "" && v.Text == "" {
			return Erased
		}
		if subtle.ConstantTimeCompare([]byte(v.digest()), []byte(digest)) != 1 {
			sound = false
		}
		return v.Text
	}
	ref := func(t thing) roster.Ref { return roster.Ref{Kind: t.Kind, ID: t.ID, Name: next(t.Name)} }
	e = roster.Event{
		Organisation: l.Org, Seq: l.Seq, At: Time(l.At), Action: l.Action, ActorKind: l.Kind, ActorID: l.Actor,
		ActorName: next(l.Name), Door: l.Door, Request: l.Request, IP: next(l.IP), Target: ref(l.Target),
		Refused: l.Refused, Count: l.Count,
	}
	for _, c := range l.Changes {
		of := ref(c.Of)
		e.Changes = append(e.Changes, roster.Change{Of: of, Field: c.Field, From: next(c.From), To: next(c.To)})
	}
	return e, sound && len(vals) == 0, nil
}

// Fault is what Verify found wrong.
type Fault struct {
	Organisation roster.OrgID
	Seq          int64
	What         string
}

// Verify walks an organisation's history (or the installation's) from its beginning: no line is
// missing, altered or moved, each text fits its digest, and the head is the one the lock's row
// holds. It gives the number of lines and what is wrong, at most ten faults. Lines may be added meanwhile.
func Verify(ctx context.Context, r Reader, org roster.OrgID) (lines int64, faults []Fault, err error) {
	w := &verifying{org: org}
	promised := int64(-1)
	for {
		if err := w.walk(ctx, r); err != nil {
			return w.lines, w.faults, err
		}
		end, err := One(ctx, r, scanHead, `SELECT seq, head FROM organisation WHERE id = $1 UNION ALL SELECT seq, head FROM installation WHERE id = $1`, org)
		if err != nil {
			return w.lines, w.faults, err
		}
		// Lines that the head promises may have come after the walk: then the next walk finds them.
		if end.Value.seq > w.seq && end.Value.seq != promised {
			promised = end.Value.seq
			continue
		}
		if !end.OK || end.Value.seq != w.seq || end.Value.hash != w.head {
			w.bad(w.seq, "the history does not end where the organisation's own row says")
		}
		return w.lines, w.faults, nil
	}
}

// verifying is a history as far as it was walked.
type verifying struct {
	org    roster.OrgID
	seq    int64
	head   string
	lines  int64
	faults []Fault
}

func (w *verifying) bad(at int64, what string) {
	if len(w.faults) < 10 {
		w.faults = append(w.faults, Fault{w.org, at, what})
	}
}

// walk goes on to the last line there is.
func (w *verifying) walk(ctx context.Context, r Reader) error {
	for {
		batch, err := All(ctx, r, scanRaw, `SELECT seq, at, action, actor_id, target_id, body, vals, hash FROM event WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT 500`, w.org, w.seq)
		if err != nil {
			return err
		}
		for _, l := range batch {
			if l.seq != w.seq+1 {
				w.bad(w.seq+1, fmt.Sprintf("lines %d to %d are missing", w.seq+1, l.seq-1))
			}
			w.seq, w.lines = l.seq, w.lines+1
			if what := l.check(w.org, w.head); what != "" {
				w.bad(l.seq, what)
			}
			w.head = l.hash
		}
		if len(batch) < 500 {
			return nil
		}
	}
}

type raw struct {
	seq, at                                 int64
	action, actor, target, body, kept, hash string
}

func scanRaw(row Row) (raw, error) {
	var l raw
	return l, row.Scan(&l.seq, &l.at, &l.action, &l.actor, &l.target, &l.body, &l.kept, &l.hash)
}

func scanHead(row Row) (raw, error) {
	var l raw
	return l, row.Scan(&l.seq, &l.hash)
}

func (l raw) check(org roster.OrgID, head string) string {
	if chain(head, l.body) != l.hash {
		return "the line does not follow from the one before it, or was altered"
	}
	e, sound, err := readLine(l.body, l.kept)
	switch {
	case err != nil:
		return "the line cannot be read"
	case !sound:
		return "a text was altered"
	case e.Organisation != org || e.Seq != l.seq || Micros(e.At) != l.at || e.Action != l.action || e.ActorID != l.actor || e.Target.ID != l.target:
		return "the line's columns were altered"
	}
	return ""
}
