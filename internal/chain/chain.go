// Package chain is the form of a line of the history: its body, in which whatever may be personal stands as a
// salted digest, the salts and texts beside it, and the hash that ties it to the line before. It makes lines,
// reads them back, and walks and checks them; it knows no database, and not what may be done.
package chain

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"roster/internal/roster"
)

// Line is a line of the history as it is kept. Seq to Target stand in Body too, and Beside follows from it.
type Line struct {
	Seq, At               int64 // At in microseconds since 1970
	Action, Actor, Target string
	Beside                bool   // an erasure of others than the actor and the target has to look into it
	Body                  string // JSON
	Kept                  string // JSON: the salts and texts behind the digests, in their order
	Hash                  string
}

// Make makes the line of an event that follows a line with the hash head, and draws its salts.
func Make(e roster.Event, head string) (Line, error) {
	var v values
	b := body{
		Org: e.Organisation, Seq: e.Seq, At: e.At.UnixMicro(), Action: e.Action, Kind: e.ActorKind, Actor: e.ActorID,
		Name: v.digest(e.ActorName), Door: e.Door, Request: e.Request, IP: v.digest(e.IP), Target: v.thing(e.Target),
		Refused: e.Refused, Count: e.Count,
	}
	for _, c := range e.Changes {
		b.Changes = append(b.Changes, change{Of: v.thing(c.Of), Field: c.Field, From: v.digest(c.From), To: v.digest(c.To)})
	}
	text, err := json.Marshal(b)
	kept, err2 := json.Marshal(v.kept)
	if err := errors.Join(err, err2, v.err); err != nil {
		return Line{}, fmt.Errorf("chain: %w", err)
	}
	return Line{Seq: b.Seq, At: b.At, Action: b.Action, Actor: b.Actor, Target: b.Target.ID, Beside: b.beside(), Body: string(text), Kept: string(kept), Hash: Next(head, string(text))}, nil
}

// Next gives the hash of a line: SHA-256 over the hash before it and the body.
func Next(head, body string) string {
	sum := sha256.Sum256([]byte(head + "\n" + body))
	return hex.EncodeToString(sum[:])
}

// body is the body of a line. Its JSON is hashed as it stands, so fields are only ever
// added, at the end, and left out when empty. What may be personal stands in it as a digest.
type body struct {
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
	Changes []change         `json:"changes,omitempty"`
}

type thing struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

type change struct {
	Of    thing  `json:"of"`
	Field string `json:"field"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// values turns texts into digests SHA-256(salt ‖ value), keeping salts and values aside.
type values struct {
	kept []value
	err  error
}

// value is a salt and a text behind a digest; both empty once erased.
type value struct {
	Salt string `json:"s"`
	Text string `json:"t"`
}

// saltBytes is how long a salt is. In a line its length is asked for: else letters could move between a salt and its text,
// and the digest of both would stay.
const saltBytes = 16

func (v *values) digest(text string) string {
	if text == "" {
		return ""
	}
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		v.err = errors.Join(v.err, err)
	}
	kept := value{Salt: base64.RawURLEncoding.EncodeToString(salt), Text: text}
	v.kept = append(v.kept, kept)
	return kept.digest()
}

func (v value) digest() string {
	sum := sha256.Sum256([]byte(v.Salt + v.Text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (v *values) thing(r roster.Ref) thing { return thing{r.Kind, r.ID, v.digest(r.Name)} }

// Erased stands for a text that was deleted from the history.
const Erased = "(erased)"

// Read puts the kept texts back into a body. sound is false when one does not fit its digest.
func Read(text, kept string) (e roster.Event, sound bool, err error) {
	_, e, _, sound, err = read(text, kept)
	return e, sound, err
}

// read is Read, and gives the body that it read, and which texts are gone.
func read(text, kept string) (l body, e roster.Event, gone []Said, sound bool, err error) {
	var vals []value
	if err := errors.Join(json.Unmarshal([]byte(text), &l), json.Unmarshal([]byte(kept), &vals)); err != nil {
		return l, e, nil, false, fmt.Errorf("chain: line: %w", err)
	}
	sound = true
	all := make([]string, 0, 3+3*len(l.Changes))
	l.each(func(digest string, s Said) {
		switch {
		case digest == "":
			all = append(all, "")
			return
		case len(vals) == 0:
			all, sound = append(all, Erased), false
			return
		}
		v := vals[0]
		vals = vals[1:]
		if v == (value{}) {
			all, gone = append(all, Erased), append(gone, s)
			return
		}
		if len(v.Salt) != base64.RawURLEncoding.EncodedLen(saltBytes) || subtle.ConstantTimeCompare([]byte(v.digest()), []byte(digest)) != 1 {
			sound = false
		}
		all = append(all, v.Text)
	})
	ref := func(t thing, name string) roster.Ref { return roster.Ref{Kind: t.Kind, ID: t.ID, Name: name} }
	e = roster.Event{
		Organisation: l.Org, Seq: l.Seq, At: time.UnixMicro(l.At).UTC(), Action: l.Action, ActorKind: l.Kind, ActorID: l.Actor,
		ActorName: all[0], Door: l.Door, Request: l.Request, IP: all[1], Target: ref(l.Target, all[2]),
		Refused: l.Refused, Count: l.Count,
	}
	for i, c := range l.Changes {
		at := all[3+3*i:]
		e.Changes = append(e.Changes, roster.Change{Of: ref(c.Of, at[0]), Field: c.Field, From: at[1], To: at[2]})
	}
	return l, e, gone, sound && len(vals) == 0, nil
}
