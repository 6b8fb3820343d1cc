package client

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
)

// Decisions answers whether somebody may do something (AuthZEN Authorization API 1.0), for product clients and API
// users with decisions.read. Every answer has seen the changes that this client made to the organisation by the same name,
// ID or slug, but for those by Client.Do, and what Reach told it of. An error is no answer: whoever asks denies then.
type Decisions struct{ o *Org }

// Question is whether a subject may do an action to a resource.
type Question struct {
	Subject  Subject        `json:"subject"`
	Action   string         `json:"-"` // as the catalogue's mappings call it, or a permission's key
	Resource Resource       `json:"resource"`
	Context  map[string]any `json:"-"`
}

// Subject is who would act.
type Subject struct {
	Type       string         `json:"type"` // user, api_user, or identity for both
	ID         string         `json:"id,omitempty"`
	Properties map[string]any `json:"properties,omitempty"`
}

// User is a person, by member ID, e-mail or external ID.
func User(id string) Subject { return Subject{Type: "user", ID: id} }

// APIUser is an API user, by member ID, client ID or external ID.
func APIUser(id string) Subject { return Subject{Type: "api_user", ID: id} }

// Resource is what would be acted upon. One that names no unit is asked about on the whole organisation, the
// strictest place.
type Resource struct {
	Type       string         `json:"type"`
	ID         string         `json:"id,omitempty"`
	Properties map[string]any `json:"properties,omitempty"`
}

// At is a unit as a resource, by ID or external ID.
func At(id string) Resource { return Resource{Type: "unit", ID: id} }

// In is a thing of the host product in a unit, which has an ID or external ID.
func In(kind, id, unit string) Resource {
	return Resource{Type: kind, ID: id, Properties: map[string]any{"unit": unit}}
}

// Decision is an answer.
type Decision struct {
	Allowed bool
	Reason  string // a code such as permission_missing; empty where it is allowed
	Detail  string // the reason in words, for administrators' eyes
}

// May tells whether the answer is yes. It is no with every error.
func (d Decisions) May(ctx context.Context, q Question) (bool, error) {
	a, err := d.Decide(ctx, q)
	return a.Allowed && err == nil, err
}

// Decide answers one question.
func (d Decisions) Decide(ctx context.Context, q Question) (Decision, error) {
	var out evaluated
	err := d.ask(ctx, "evaluation", d.o.wire(q), &out)
	return out.decision(), err
}

// mostQuestions is how many questions the server takes in one request.
const mostQuestions = 1000

// DecideAll answers several questions, in their order. With an error there are no answers.
func (d Decisions) DecideAll(ctx context.Context, all []Question) ([]Decision, error) {
	answers := make([]Decision, 0, len(all))
	for len(all) > 0 {
		some := all[:min(len(all), mostQuestions)]
		all = all[len(some):]
		var in struct {
			Evaluations []question `json:"evaluations"`
		}
		for _, q := range some {
			in.Evaluations = append(in.Evaluations, d.o.wire(q))
		}
		var out struct {
			Evaluations []evaluated `json:"evaluations"`
		}
		if err := d.ask(ctx, "evaluations", in, &out); err != nil {
			return nil, err
		}
		if len(out.Evaluations) != len(some) {
			return nil, fmt.Errorf("roster: %d questions have %d answers", len(some), len(out.Evaluations))
		}
		for _, e := range out.Evaluations {
			answers = append(answers, e.decision())
		}
	}
	return answers, nil
}

// Subjects walks those of a type (user, api_user or identity) who may do something.
func (d Decisions) Subjects(ctx context.Context, kind string, action string, on Resource) iter.Seq2[Subject, error] {
	return search[Subject](ctx, d, "subject", Question{Subject: Subject{Type: kind}, Action: action, Resource: on})
}

// Resources walks those of a type, such as unit, to which somebody may do something.
func (d Decisions) Resources(ctx context.Context, who Subject, action string, kind string) iter.Seq2[Resource, error] {
	return search[Resource](ctx, d, "resource", Question{Subject: who, Action: action, Resource: Resource{Type: kind}})
}

// Actions walks what somebody may do to something.
func (d Decisions) Actions(ctx context.Context, who Subject, on Resource) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for a, err := range search[named](ctx, d, "action", Question{Subject: who, Resource: on}) {
			if !yield(a.Name, err) {
				return
			}
		}
	}
}

// named is an action as the wire has it.
type named struct {
	Name string `json:"name"`
}

// question is a question as the wire has it.
type question struct {
	Question
	Action  *named         `json:"action,omitempty"`
	Context map[string]any `json:"context,omitempty"`
	Page    *turn          `json:"page,omitempty"`
}

// turn is which page of a search is asked for.
type turn struct {
	Token string `json:"token,omitempty"`
	Limit int    `json:"limit"`
}

// wire gives a question as it is sent, with the position that its answer must have seen.
func (o *Org) wire(q Question) question {
	out := question{Question: q, Context: q.Context}
	if q.Action != "" {
		out.Action = &named{q.Action}
	}
	if at := o.Position(); at > 0 {
		out.Context = maps.Clone(q.Context)
		if out.Context == nil {
			out.Context = map[string]any{}
		}
		if _, given := out.Context["at_least"]; !given {
			out.Context["at_least"] = at
		}
	}
	return out
}

// evaluated is an answer as the wire has it.
type evaluated struct {
	Decision bool `json:"decision"`
	Context  struct {
		Reason string            `json:"reason"`
		Admin  map[string]string `json:"reason_admin"`
		Error  struct {
			Message string `json:"message"`
		} `json:"error"`
	} `json:"context"`
}

func (e evaluated) decision() Decision {
	d := Decision{Allowed: e.Decision, Reason: e.Context.Reason, Detail: e.Context.Admin["en"]}
	if d.Detail == "" {
		d.Detail = e.Context.Error.Message
	}
	return d
}

// ask puts questions to the organisation's policy decision point.
func (d Decisions) ask(ctx context.Context, endpoint string, in, out any) error {
	path := "/orgs/" + url.PathEscape(d.o.name) + "/access/v1/" + endpoint
	return d.o.c.do(ctx, call{method: http.MethodPost, path: path, in: in, out: out, reads: true, org: d.o})
}

// search walks the pages of a search.
func search[T any](ctx context.Context, d Decisions, what string, q Question) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		in := d.o.wire(q)
		in.Page = &turn{Limit: mostQuestions}
		for {
			var out struct {
				Page struct {
					Next string `json:"next_token"`
				} `json:"page"`
				Results []T `json:"results"`
			}
			if err := d.ask(ctx, "search/"+what, in, &out); err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, found := range out.Results {
				if !yield(found, nil) {
					return
				}
			}
			if out.Page.Next == "" {
				return
			}
			in.Page.Token = out.Page.Next
		}
	}
}
