package people

import (
	"roster/internal/people"
	"roster/internal/server/web"
)

// StartView is the page on which a file is sent or written.
type StartView struct {
	web.Page
	Form web.Form
	Text string
}

// PlanView is what a file would change.
type PlanView struct {
	web.Page
	Text    string
	FormKey string
	Items   int // things that the file describes
	Prune   people.Prune
	Lines   []Line
	Done    int
	Refused int
}

// OutcomeView is what became of a step.
type OutcomeView struct {
	web.Page
	Text       string
	FormKey    string
	Made       []Line
	Refused    []Line
	DoneAll    int // with the steps before
	RefusedAll int
	Next       string // where it goes on; empty when all was done
	At, Total  int    // how far it is
	Again      bool   // the form came twice
}

// secrets gives the API users that were made.
func (v OutcomeView) secrets() []Line {
	var all []Line
	for _, l := range v.Made {
		if l.Secret != "" {
			all = append(all, l)
		}
	}
	return all
}

// told says how far it is.
func (v OutcomeView) told() string {
	text := v.Counted("people.done", v.DoneAll)
	if v.RefusedAll > 0 {
		text += " " + v.Counted("people.refused", v.RefusedAll)
	}
	if v.DoneAll+v.RefusedAll == 0 {
		text = v.Say("people.same")
	}
	return text
}

// Line is one change.
type Line struct {
	Line   int // of the file; 0 for whom it does not name
	Act    string
	Name   string
	Reason string // why it was refused
	web.Difference

	ClientID, Secret string
}
