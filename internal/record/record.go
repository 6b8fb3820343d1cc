// Package record is a line of the history as programs are given it, in JSON: by REST, by the feed and by webhooks, the same
// everywhere. It reads no history, and does not decide who may see a line.
package record

import (
	"slices"
	"time"

	"roster/internal/roster"
)

// Line is one line of the history.
type Line struct {
	Org     string    `json:"organisation" doc:"The ID of the organisation in whose history it stands."`
	Seq     int64     `json:"seq" doc:"Its place in the organisation's history, from 1, without gaps."`
	At      time.Time `json:"at"`
	Action  string    `json:"action"`
	Actor   Party     `json:"actor"`
	Door    string    `json:"door"`
	IP      *string   `json:"ip"`
	Target  Party     `json:"target"`
	Refused *string   `json:"refused" doc:"The code of the refusal; null when the action was done."`
	Count   int       `json:"count" doc:"How many refusals the line stands for; 0 when the action was done."`
	Changes []Change  `json:"changes" nullable:"false"`
}

// Party is someone or something that a line tells of, named as it was then.
type Party struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Change is one field that an action changed.
type Change struct {
	Of    Party  `json:"of"`
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Of shows a line of the history.
func Of(e roster.Event) Line {
	l := Line{
		Org: string(e.Organisation), Seq: e.Seq, At: e.At.UTC().Truncate(time.Microsecond), Action: e.Action, Actor: Party{Kind: string(e.ActorKind), ID: e.ActorID, Name: e.ActorName},
		Door: string(e.Door), IP: text(e.IP), Target: party(e.Target), Refused: text(e.Refused), Count: e.Count, Changes: make([]Change, len(e.Changes)),
	}
	for i, c := range e.Changes {
		l.Changes[i] = Change{Of: party(c.Of), Field: c.Field, From: c.From, To: c.To}
	}
	return l
}

func party(r roster.Ref) Party { return Party{Kind: r.Kind, ID: r.ID, Name: r.Name} }

// text gives null for what is not there.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Impersonal gives a line without what it tells of a person and not of their member: who comes with a password, or loses it
// with a membership, belongs nowhere else, and who does not, does (design page 1, rule 7).
func Impersonal(e roster.Event) roster.Event {
	e.Changes = slices.DeleteFunc(slices.Clone(e.Changes), func(c roster.Change) bool {
		return c.Of.Kind == "person" || c.Of.Kind == "session" || c.Field == "person"
	})
	return e
}
