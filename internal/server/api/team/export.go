package team

import (
	"context"

	"roster/internal/action/team/export"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/api"
	"roster/internal/sheet"
	"roster/internal/store/memberdb"
)

// Export is what of the members leaves as a file.
type Export struct {
	Format  string   `json:"format" enum:"csv,xlsx"`
	Filter  *Choice  `json:"filter,omitempty" doc:"Whom: everybody whom the caller sees when absent. Removed members only when asked for."`
	Sort    string   `json:"sort,omitempty" doc:"As of the list: name when absent."`
	Columns []string `json:"columns,omitempty" nullable:"false" doc:"Of name, identifier, kind, phone, roles, units, status, verified, mfa, last_seen_at, created_at, created_by, updated_at, updated_by, first_name, last_name, external_id and id, in this order; when absent, all up to updated_by."`
}

// ExportRequest is the request to export members. It is no repeatable one: each is an event of its own.
type ExportRequest struct {
	api.Inside
	Body Export
}

func (a area) export(ctx context.Context, in *ExportRequest) (*api.Download, error) {
	o := export.Order{Columns: in.Body.Columns, Words: a.words}
	var bad roster.Problems
	var err error
	o.Format, err = sheet.Parse(in.Body.Format)
	bad.Add("format", err)
	if in.Body.Filter != nil {
		if o.Query, err = in.Body.Filter.query(); err != nil {
			return nil, err
		}
	}
	o.Sort = memberdb.Sort(in.Body.Sort)
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
