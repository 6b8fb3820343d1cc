// Package authzen is the door of the AuthZEN Authorization API 1.0 (design page 7): programs ask here, for
// the host product, whether somebody may do something, and search for whom, where and what the answer is
// yes. It holds how questions and answers look on the wire, and who asks. It decides nothing.
//
// API users ask about their own organisation at /access/v1/…, product clients about any at
// /orgs/{org}/access/v1/…. Both are the hottest paths of all: a body is read once, by a reader of our own,
// and an answer is written without reflection.
package authzen

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"roster/internal/act"
	"roster/internal/action/decision"
	"roster/internal/action/org"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/store"
)

// Bearer recognises the bearer of an access token. Kind Unauthenticated, code invalid_token, when the
// token is worth nothing.
type Bearer interface {
	Authenticate(ctx context.Context, token string) (roster.Actor, error)
}

// Settings are what the door is made with.
type Settings struct {
	BaseURL *url.URL // where Roster is reached: the policy decision point's identifier
	Bearer  Bearer
}

// Door answers at /access/v1/ and below each organisation.
type Door struct {
	decisions *decision.Room
	orgs      *org.Room
	bearer    Bearer
	base      string
	json      []string // the media type; shared by all answers, and not changed
	sheets    sync.Pool
}

// New makes the door.
func New(decisions *decision.Room, orgs *org.Room, s Settings) (*Door, error) {
	if decisions == nil || orgs == nil || s.BaseURL == nil || s.Bearer == nil {
		return nil, errors.New("authzen: the rooms of decisions and organisations, base URL and bearer are needed")
	}
	return &Door{
		decisions: decisions, orgs: orgs, bearer: s.Bearer, base: strings.TrimSuffix(s.BaseURL.String(), "/"),
		json:   []string{"application/json"},
		sheets: sync.Pool{New: func() any { return new(sheet) }},
	}, nil
}

// metadataPath is where the metadata of a policy decision point is (section 9.2): between the host and the
// path of its identifier.
const metadataPath = "/.well-known/authzen-configuration"

// endpoint is one of the door's: its path below an identifier, and its name in the metadata.
type endpoint struct{ path, name string }

func endpoints() []endpoint {
	return []endpoint{
		{"/access/v1/evaluation", "access_evaluation_endpoint"},
		{"/access/v1/evaluations", "access_evaluations_endpoint"},
		{"/access/v1/search/subject", "search_subject_endpoint"},
		{"/access/v1/search/resource", "search_resource_endpoint"},
		{"/access/v1/search/action", "search_action_endpoint"},
	}
}

// Mount adds the door's routes.
func (d *Door) Mount(m *server.Mux) {
	for i, answer := range []func(context.Context, *sheet) error{
		d.evaluation, d.evaluations, d.subjects, d.resources, d.actions,
	} {
		name := act.DecisionEvaluate
		if i >= 2 {
			name = act.DecisionSearch
		}
		for _, prefix := range []string{"", "/orgs/{org}"} {
			m.Handle(server.Route{Method: http.MethodPost, Pattern: prefix + endpoints()[i].path, Action: string(name), Handler: d.handler(answer)})
		}
	}
	const public = "how the door is reached, for whoever asks (AuthZEN, section 9)"
	for _, pattern := range []string{metadataPath, metadataPath + "/orgs/{org}"} {
		m.Handle(server.Route{Method: http.MethodGet, Pattern: pattern, Action: "static", Reason: public, Handler: http.HandlerFunc(d.metadata)})
	}
}

// handler is what all endpoints have in common: who asks, the body, the answer. An error of the answer is
// told as a problem: what is denied is none.
func (d *Door) handler(answer func(context.Context, *sheet) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		echo(w.Header(), r.Header)
		ctx, err := d.enter(r.WithContext(store.Once(r.Context()))) // who asks, and what about: one check
		if err != nil {
			refuse(ctx, w, r, err)
			return
		}
		s, _ := d.sheets.Get().(*sheet)
		defer d.give(s)
		if err = s.load(r); err == nil {
			err = s.parse()
		}
		if err == nil {
			err = answer(ctx, s)
		}
		if err != nil {
			refuse(ctx, w, r, err)
			return
		}
		d.write(w, s)
	})
}

// echo repeats the identifier that the asker gave the request (section 10.1.3), where it is a short text
// that a log can show.
func echo(answer, request http.Header) {
	given := request["X-Request-Id"]
	if len(given) != 1 || given[0] == "" || len(given[0]) > 256 {
		return
	}
	for _, c := range []byte(given[0]) {
		if c < ' ' || c > '~' {
			return
		}
	}
	answer["X-Request-Id"] = given
}

// enter finds out who asks, and about which organisation.
func (d *Door) enter(r *http.Request) (context.Context, error) {
	ctx := r.Context()
	token, err := server.BearerToken(r)
	if err != nil {
		return ctx, err
	}
	actor, err := d.bearer.Authenticate(ctx, token)
	if err != nil {
		return ctx, err
	}
	name := r.PathValue("org")
	if name == "" && actor.Kind == roster.ActorClient {
		return server.WithActor(ctx, actor), roster.Errorf(roster.NotFound, "not_found", "A product client asks at /orgs/{org}/access/v1/.")
	}
	if name == "" || name == string(actor.Organisation) {
		return server.WithActor(ctx, actor), nil
	}
	if actor.Kind == roster.ActorClient && roster.IsOrgID(name) {
		actor.Organisation = roster.OrgID(name) // whether it is one is found out with the answer
		return server.WithActor(ctx, actor), nil
	}
	if !roster.IsOrgID(name) && name != roster.Slug(name) {
		name = "" // nobody's
	}
	ctx = server.WithActor(ctx, actor)
	entry, err := d.orgs.Enter(ctx, name)
	if err != nil {
		return ctx, err
	}
	actor.Organisation = entry.Organisation.ID
	return server.WithActor(ctx, actor), nil
}

// refuse tells an error outward. The statuses are the specification's (section 10.1.2): what is wrong with a
// request is 400.
func refuse(ctx context.Context, w http.ResponseWriter, r *http.Request, err error) {
	if c := server.Challenge(ctx, err); c != "" {
		w.Header().Set("WWW-Authenticate", c)
	}
	if e := roster.AsError(err); e.Kind == roster.Invalid && e.Code != "unsupported_media_type" && e.Code != "too_large" {
		err = roster.Errorf(roster.Invalid, "malformed", "%s", e.Message)
	}
	server.WriteProblem(w, r.WithContext(ctx), err)
}

// metadata describes the policy decision point of the whole, or of an organisation (section 9.1). It is the
// same for an organisation that does not exist: nothing is looked up.
func (d *Door) metadata(w http.ResponseWriter, r *http.Request) {
	point := d.base
	if name := r.PathValue("org"); name != "" {
		if !roster.IsOrgID(name) && name != roster.Slug(name) {
			server.WriteProblem(w, r, roster.Errorf(roster.NotFound, "not_found", "There is nothing here."))
			return
		}
		point += "/orgs/" + name
	}
	text := appendText([]byte(`{"policy_decision_point":`), point)
	for _, e := range endpoints() {
		text = appendText(append(append(text, `,"`...), e.name+`":`...), point+e.path)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(append(text, '}', '\n')) // a client that left reads no error either
}
