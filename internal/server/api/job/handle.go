package job

import (
	"context"
	"net/http"
	"slices"

	"roster/internal/action/team/letters"
	"roster/internal/server"
	"roster/internal/server/api"
	"roster/internal/store/jobdb"
)

func (a area) jobs(ctx context.Context, _ *api.Inside) (*api.Shown[api.Page[Job]], error) {
	all, err := a.imports.Survey(ctx)
	if err != nil {
		return nil, err
	}
	jobs := append(api.Each(all.Imports, jobOf), api.Each(all.Exports, exportOf)...)
	slices.SortStableFunc(jobs, func(a, b Job) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return api.Listed(ctx, jobs, func(j Job) Job { return j }, api.Counted{Total: len(jobs)}), nil
}

// LettersQuery is what a list of letters is asked with.
type LettersQuery struct {
	api.Inside
	api.Window
	State  []string `query:"state,explode" doc:"waiting, running, refused, given_up, done or cancelled; repeated, or separated by commas. Any when absent."`
	Kind   string   `query:"kind" enum:"invitation,way,factor_reset,password_reset,news,digest,visit,deletion,portal" doc:"Any when absent."`
	Member string   `query:"member" doc:"The ID of whom they go to; anybody when absent."`
}

func (a area) list(ctx context.Context, in *LettersQuery) (*api.Shown[api.Page[Letter]], error) {
	p, err := a.letters.List(ctx, letters.Query{
		States: api.Parts[jobdb.State](in.State), Kind: in.Kind, Member: member(in.Member), Limit: api.Asked(in.Limit), Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, p.Letters, letterOf, api.Counted{Next: p.Next, Total: p.Total}), nil
}

// LettersToSend are letters that are to be sent again.
type LettersToSend struct {
	Letters []string `json:"letters,omitempty" nullable:"false" doc:"Their IDs, at most 500; when absent, all that did not arrive and can be sent again."`
}

// SendAgainRequest is the request to send letters again.
type SendAgainRequest struct {
	api.Inside
	api.Repeatable
	Body LettersToSend
}

func (a area) again(ctx context.Context, in *SendAgainRequest) (*api.Written[LettersSent], error) {
	c, err := a.letters.Chosen(ctx, in.Body.Letters)
	if err != nil {
		return nil, err
	}
	return api.Write(ctx, http.StatusOK, func() ([]letters.Outcome, error) { return a.letters.SendAgain(ctx, c.Letters) }, func(all []letters.Outcome, _ bool) LettersSent {
		out := outcomesOf(c.Letters, all, func(err error) *server.Problem {
			p := server.NewProblem(ctx, err)
			p.RequestID = "" // the answer's own header has it
			return p
		})
		out.Left, out.Allowed = c.Left, api.Here(ctx)
		return out
	})
}
