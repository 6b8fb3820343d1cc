package history

import (
	"context"

	"roster/internal/action/history/export"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/api"
	"roster/internal/sheet"
)

// LinesExport is what of the history leaves as a file, the newest line first.
type LinesExport struct {
	Format string       `json:"format" enum:"csv,xlsx"`
	Filter *LinesChoice `json:"filter,omitempty" doc:"Which lines: all of them when absent."`
}

// LinesChoice chooses lines, as the list does.
type LinesChoice struct {
	Actor  string `json:"actor,omitempty" doc:"Lines of what this one did."`
	Member string `json:"member,omitempty" doc:"Lines about this member: ID, e-mail address or client ID. Those about one named by ID are for whoever may read the member's history."`
	Action string `json:"action,omitempty" doc:"Lines of this action."`
	From   string `json:"from,omitempty" format:"date-time" doc:"Lines from this moment on."`
	To     string `json:"to,omitempty" format:"date-time" doc:"Lines before this moment."`
}

// ExportRequest is the request to export the history. It is no repeatable one: each is an event of its own.
type ExportRequest struct {
	api.Inside
	Body LinesExport
}

func (a area) export(ctx context.Context, in *ExportRequest) (*api.Download, error) {
	o := export.Order{Words: a.words}
	var bad roster.Problems
	var err error
	o.Format, err = sheet.Parse(in.Body.Format)
	bad.Add("format", err)
	if f := in.Body.Filter; f != nil {
		o.Query, err = Span{Actor: f.Actor, Action: f.Action, From: f.From, To: f.To}.query(roster.MemberID(f.Member), api.Waiting{})
		bad.Join(err)
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return api.Downloaded(ctx, func(ctx context.Context) (server.Sending, error) {
		f, err := a.exports.Export(ctx, o)
		if err != nil {
			return server.Sending{}, err
		}
		return server.Sending{Name: f.Name, Media: f.Media, Size: f.Size, ReadCloser: f}, nil
	})
}
