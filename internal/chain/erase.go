package chain

import (
	"encoding/json"
	"errors"
	"fmt"

	"roster/internal/roster"
)

// Place tells where in a line a text stands.
type Place int

// The places of texts.
const (
	ActorName Place = iota
	ActorIP
	TargetName
	ThingName // what a change is of
	From
	To
)

// Said is a text of a line, and whose it is: the actor's, the target's, or that of what a change is of.
type Said struct {
	Place Place
	Of    roster.Ref // without its name
	Field string     // of a change
	Asked bool       // of a target: it was to be made, and that was refused, so it is nobody
	Text  string     // Erased where it was deleted before
}

// Erase gives what is kept beside a body without the texts, and their salts, that gone chooses; n is how many those are. The
// body, and so the chain, stays as it was. A text that no erasure deletes (Erasable) stays whatever gone says.
func Erase(text, kept string, gone func(Said) bool) (left string, n int, err error) {
	var l body
	var vals []value
	if err := errors.Join(json.Unmarshal([]byte(text), &l), json.Unmarshal([]byte(kept), &vals)); err != nil {
		return kept, 0, fmt.Errorf("chain: line: %w", err)
	}
	at := 0
	l.each(func(digest string, s Said) {
		if digest == "" || at >= len(vals) {
			return
		}
		v := &vals[at]
		at++
		if *v == (value{}) {
			return
		}
		if s.Text = v.Text; s.Erasable() && gone(s) {
			*v = value{}
			n++
		}
	})
	if n == 0 {
		return kept, 0, nil
	}
	all, err := json.Marshal(vals)
	return string(all), n, err
}

// each visits every place of a line where a text may stand, in the order in which texts are kept; the digest is empty where
// none does.
func (l *body) each(visit func(digest string, s Said)) {
	actor, target := roster.Ref{Kind: string(l.Kind), ID: l.Actor}, l.Target.ref()
	visit(l.Name, Said{Place: ActorName, Of: actor})
	visit(l.IP, Said{Place: ActorIP, Of: actor})
	visit(l.Target.Name, Said{Place: TargetName, Of: target, Asked: l.Refused != "" && makes(l.Action)})
	for _, c := range l.Changes {
		of := c.Of.ref()
		visit(c.Of.Name, Said{Place: ThingName, Of: of})
		visit(c.From, Said{Place: From, Of: of, Field: c.Field})
		visit(c.To, Said{Place: To, Of: of, Field: c.Field})
	}
}

func (t thing) ref() roster.Ref { return roster.Ref{Kind: t.Kind, ID: t.ID} }
