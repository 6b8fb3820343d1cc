package self

import (
	"slices"
	"time"

	"roster/internal/record"
	"roster/internal/roster"
)

type (
	// FileLine is a line of a history in which somebody acted or was acted on, as their file has it: of others who acted it
	// tells neither name nor address, and of what was changed only what is theirs.
	FileLine struct {
		Organisation string        `json:"organisation"` // "installation" for what belongs to none
		Seq          int64         `json:"seq"`
		At           time.Time     `json:"at"`
		Action       string        `json:"action"`
		Self         bool          `json:"self"` // whether they did it themselves
		Door         string        `json:"door"`
		IP           string        `json:"ip,omitempty"`
		Refused      string        `json:"refused,omitempty"`
		Target       fileTarget    `json:"target"`
		Changes      []fileAltered `json:"changes"`
	}
	fileTarget struct {
		Kind string `json:"kind"`
		ID   string `json:"id"`
		Name string `json:"name,omitempty"` // where it is themselves
	}
	fileAltered struct {
		Field string `json:"field"`
		From  string `json:"from"`
		To    string `json:"to"`
	}
)

// reader is whose file lines go into.
type reader struct {
	ids   []string // of the member, and in their own file of their person and of what they are elsewhere
	house bool     // it is the organisation's file of them
}

// reader gives the person's own.
func (d Data) reader() reader {
	r := reader{ids: []string{string(d.Person.ID)}}
	for _, p := range d.Places {
		r.ids = append(r.ids, string(p.Member.ID))
	}
	return r
}

// line gives a line as the file has it; theirs is false for what was refused to others.
func (r reader) line(o roster.OrgID, e roster.Event) (l FileLine, theirs bool) {
	if r.house {
		e = record.Impersonal(e)
	}
	self := r.is(e.ActorID) || e.ActorKind == roster.ActorInvitee
	if e.Refused != "" && !self {
		return l, false
	}
	l = FileLine{
		Organisation: string(o), Seq: e.Seq, At: e.At, Action: e.Action, Self: self, Door: string(e.Door), Refused: e.Refused,
		Target: fileTarget{Kind: e.Target.Kind, ID: e.Target.ID}, Changes: []fileAltered{},
	}
	if self || e.ActorKind == roster.ActorNobody { // whoever that was, it was at their account
		l.IP = e.IP
	}
	if r.is(e.Target.ID) {
		l.Target.Name = e.Target.Name
	}
	for _, c := range e.Changes {
		if r.is(c.Of.ID) && !r.hides(c.Field) {
			l.Changes = append(l.Changes, fileAltered{c.Field, c.From, c.To})
		}
	}
	return l, true
}

func (r reader) is(id string) bool { return id != "" && slices.Contains(r.ids, id) }

// hides tells whether a field of theirs is not for the file: it names others, or is not theirs to know (see Place).
func (r reader) hides(field string) bool {
	return slices.Contains([]string{"inviter", "created_by", "created_by_id", "given_by"}, field) || !r.house && slices.Contains([]string{"block_reason", "external_id"}, field)
}
