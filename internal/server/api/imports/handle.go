package imports

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"

	"golang.org/x/text/language"

	"roster/internal/action/team/apply/imports"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/api"
	"roster/internal/sheet"
	"roster/internal/spool"
	"roster/internal/store/importdb"
)

// OnImport names an import in a path.
type OnImport struct {
	api.Inside
	ID string `path:"id" doc:"The import's ID."`
}

func (a area) allowed(ctx context.Context, id string) ([]string, error) {
	v, err := a.room.Show(ctx, id)
	return names(v), err
}

func (a area) list(ctx context.Context, _ *api.Inside) (*api.Shown[api.Page[Import]], error) {
	all, err := a.room.List(ctx)
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, all, importOf, api.Counted{Total: len(all)}), nil
}

// UploadRequest is the request to send in a table. It is no repeatable one: each is an import of its own, and one that is
// not started does nothing.
type UploadRequest struct {
	api.Inside
	Name string `query:"name" doc:"What the file is called."`
}

func (a area) upload(ctx context.Context, in *UploadRequest) (*api.Written[Import], error) {
	f := api.Spooled(ctx)
	v, err := a.room.Upload(ctx, imports.File{Name: in.Name, From: f, Size: f.Size})
	if err != nil {
		return nil, err
	}
	i := importOf(v)
	return &api.Written[Import]{Status: http.StatusCreated, Location: here(ctx) + v.ID, ETag: i.ETag, Seq: &roster.ActorFrom(ctx).Call.Seq, Body: i}, nil
}

// ShowRequest is the request to show an import.
type ShowRequest struct {
	OnImport
	api.IfNoneMatch
}

func (a area) show(ctx context.Context, in *ShowRequest) (*api.One[Import], error) {
	v, err := a.room.Show(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return api.Answer(importOf(v), in.IfNoneMatch), nil
}

// ImportColumns tells what columns mean.
type ImportColumns struct {
	Columns []string `json:"columns" nullable:"false" doc:"For each column the field that it means; empty to leave it out."`
}

// ColumnsRequest is the request to tell what columns mean.
type ColumnsRequest struct {
	OnImport
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The import's etag as it was read, or * to take whatever is there."`
	Body    ImportColumns
}

func (a area) columns(ctx context.Context, in *ColumnsRequest) (*api.Written[Import], error) {
	version, err := api.MustMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	m := make(column.Mapping, len(in.Body.Columns))
	for i, f := range in.Body.Columns {
		m[i] = column.Field(f)
	}
	return written(ctx, func() (imports.View, error) { return a.room.Map(ctx, in.ID, m, version) })
}

// written answers with an import.
func written(ctx context.Context, does func() (imports.View, error)) (*api.Written[Import], error) {
	return api.Write(ctx, http.StatusOK, does, func(v imports.View, _ bool) Import { return importOf(v) })
}

// RowsRequest asks for rows.
type RowsRequest struct {
	OnImport
	api.Window
	State string `query:"state" enum:"waiting,wrong,changed,same,refused,left_out" doc:"Rows that are so far; all when absent."`
}

func (a area) rows(ctx context.Context, in *RowsRequest) (*api.Shown[api.Page[ImportRow]], error) {
	l, err := a.room.Rows(ctx, in.ID, imports.Query{State: importdb.RowState(in.State), Cursor: in.Cursor, Limit: api.Asked(in.Limit)})
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, l.Rows, rowOf, api.Counted{Next: l.Next, Total: l.Total}), nil
}

// ImportCells are a row's cells, or whether it is left out: one of both.
type ImportCells struct {
	Cells   []string `json:"cells,omitempty" nullable:"false" doc:"All of them, in the order of the columns."`
	LeftOut *bool    `json:"left_out,omitempty" nullable:"false" doc:"In the place of cells: true leaves the row out, so that it is not tried, false takes it in again."`
}

// CorrectRequest is the request to correct a row.
type CorrectRequest struct {
	OnImport
	api.Repeatable
	Row  int `path:"row" doc:"The row's number, as the file has it."`
	Body ImportCells
}

func (a area) correct(ctx context.Context, in *CorrectRequest) (*api.Written[ImportRow], error) {
	if (in.Body.Cells == nil) == (in.Body.LeftOut == nil) {
		return nil, roster.Errorf(roster.Invalid, "field_required", "List all cells of the row, in the order of the columns, or say left_out.").On("cells")
	}
	does := func() (imports.Row, error) { return a.room.Correct(ctx, in.ID, in.Row, in.Body.Cells) }
	if out := in.Body.LeftOut; out != nil {
		does = func() (imports.Row, error) { return a.room.Leave(ctx, in.ID, in.Row, *out) }
	}
	return api.Write(ctx, http.StatusOK, does, func(r imports.Row, _ bool) ImportRow { return rowOf(r) })
}

func (a area) plan(ctx context.Context, in *OnImport) (*api.Shown[ImportPlan], error) {
	p, err := a.room.Plan(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &api.Shown[ImportPlan]{Body: ImportPlan{Items: api.Each(p.Rows, rowOf), Left: p.Left, Paced: p.Paced}}, nil
}

// ActRequest is a write that says all in its address.
type ActRequest struct {
	OnImport
	api.Repeatable
}

func (a area) start(ctx context.Context, in *ActRequest) (*api.Written[Import], error) {
	return written(ctx, func() (imports.View, error) { return a.room.Start(ctx, in.ID, false) })
}

func (a area) cancel(ctx context.Context, in *ActRequest) (*api.Written[Import], error) {
	return written(ctx, func() (imports.View, error) { return a.room.Cancel(ctx, in.ID) })
}

func (a area) forget(ctx context.Context, in *ActRequest) (*api.Ended, error) {
	return api.Finish(ctx, func() (imports.View, error) { return a.room.Forget(ctx, in.ID) })
}

// Filed says as what a file is given.
type Filed struct {
	Format   string `query:"format" enum:"csv,xlsx" default:"csv"`
	Language string `query:"language" enum:"en,pt-BR" default:"en" doc:"Of the headings."`
}

// gives makes a file and answers with it.
func (f Filed) gives(name string, write func(sheet.Format, io.Writer, language.Tag) error) (*api.Download, error) {
	var bad roster.Problems
	format, err := sheet.Parse(f.Format)
	bad.Join(err)
	tag := language.English
	switch f.Language {
	case "en":
	case "pt-BR":
		tag = language.BrazilianPortuguese
	default:
		bad.Add("language", roster.Errorf(roster.Invalid, "parameter_invalid", "A language is en or pt-BR."))
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	held, err := spool.New()
	if err != nil {
		return nil, err
	}
	if err = write(format, held, tag); err == nil {
		err = held.Rewind()
	}
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	return api.Handed(server.Sending{Name: name + "." + string(format), Media: format.Media(), Size: held.Size, ReadCloser: held}), nil
}

// TemplateRequest asks for a table of headings.
type TemplateRequest struct {
	api.Inside
	Filed
}

func (a area) template(ctx context.Context, in *TemplateRequest) (*api.Download, error) {
	return in.gives("team", func(f sheet.Format, to io.Writer, tag language.Tag) error { return a.room.Template(ctx, f, to, tag) })
}

// ResultRequest asks for what became of each row.
type ResultRequest struct {
	OnImport
	Filed
}

func (a area) result(ctx context.Context, in *ResultRequest) (*api.Download, error) {
	v, err := a.room.Show(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(v.Name, path.Ext(v.Name)) + " result"
	return in.gives(strings.TrimSpace(name), func(f sheet.Format, to io.Writer, tag language.Tag) error {
		return imports.Write(ctx, a.room, v, f, to, imports.Speech{Tag: tag})
	})
}
