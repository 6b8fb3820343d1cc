package decision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/authz/question"
	"roster/internal/roster"
	"roster/internal/store"
)

// Search is a question with a part left open, and the page of its results that is wanted.
type Search struct {
	Question
	Token string // where the page begins; empty for the first one
	Most  int
}

// Found is a page of names. Next is the token of the page after it; empty when there is none.
type Found struct {
	Names []string
	Next  string
}

// SearchSubjects finds who of the subject's type may do what is asked: members by their external ID, or
// their ID where they have none. Kinds as Evaluate's, and Invalid for a token of another search.
func (r *Room) SearchSubjects(ctx context.Context, s Search) (Found, error) {
	s.Subject.ID = ""
	return r.search(ctx, "subject", s, (*question.Mappings).Subjects)
}

// SearchResources finds on which resources of the resource's type the subject may do what is asked: units
// by their external ID, or their ID where they have none. Kinds as SearchSubjects'.
func (r *Room) SearchResources(ctx context.Context, s Search) (Found, error) {
	s.Resource.ID = ""
	return r.search(ctx, "resource", s, (*question.Mappings).Resources)
}

// SearchActions finds what the subject may do on the resource: actions of the catalogue's mappings, and
// permissions. Kinds as SearchSubjects'.
func (r *Room) SearchActions(ctx context.Context, s Search) (Found, error) {
	s.Action.Name = ""
	return r.search(ctx, "action", s, (*question.Mappings).Actions)
}

// finder finds a page of what a request leaves open.
type finder func(*question.Mappings, *authz.Snapshot, question.Request, question.Page, time.Time) ([]question.Result, bool)

func (r *Room) search(ctx context.Context, of string, s Search, find finder) (Found, error) {
	return action.Look(ctx, r.gate, act.DecisionSearch, func(ctx context.Context, _ store.Reader) (Found, error) {
		d, err := r.here(ctx)
		if err != nil {
			return Found{}, err
		}
		if err := d.seen(s.AtLeast); err != nil {
			return Found{}, err
		}
		s.Organisation = d.org
		bound, page := bound(of, s.Request), question.Page{Most: s.Most}
		if s.Token != "" {
			if err := r.cursors.Decode(bound, s.Token, &page.After); err != nil {
				return Found{}, roster.Errorf(roster.Invalid, "cursor_invalid", "This token does not belong to this search. Begin again without one.").On("page.token")
			}
		}
		results, more := find(d.mappings, d.snap, s.Request, page, d.at)
		found := Found{Names: make([]string, len(results))}
		for i, result := range results {
			found.Names[i], page.After = result.Name, result.Key
		}
		if more {
			found.Next, err = r.cursors.Encode(bound, page.After)
		}
		return found, err
	})
}

// bound is what a search's tokens are good for: the same search in the same organisation. The context may
// differ from page to page, since it tells the time.
func bound(of string, r question.Request) string {
	h := sha256.New()
	for _, part := range []string{
		of, string(r.Organisation), r.Subject.Type, r.Subject.ID, string(r.Subject.Properties), r.Action.Name, string(r.Action.Properties),
		r.Resource.Type, r.Resource.ID, string(r.Resource.Properties),
	} {
		sum := sha256.Sum256([]byte(part))
		h.Write(sum[:])
	}
	return "decision." + hex.EncodeToString(h.Sum(nil))
}
