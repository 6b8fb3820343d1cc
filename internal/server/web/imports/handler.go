package imports

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/act"
	rows "roster/internal/action/team/apply/imports"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/sheet"
	"roster/internal/spool"
)

// Door answers the pages.
type Door struct {
	desk *web.Desk
	room *rows.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *rows.Room) *Door { return &Door{d, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/imports" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	file := func(method, pattern string, a act.Name, most int64, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/imports" + pattern, Action: string(a), MaxBody: most, Patient: true, Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.ImportList, d.start)
	file(http.MethodPost, "", act.ImportUpload, sheet.MostBytes+server.FileRoom, d.upload)
	file(http.MethodGet, "/template", act.ImportTemplate, 0, d.template)
	page(http.MethodGet, "/{id}", act.ImportShow, d.show)
	page(http.MethodGet, "/{id}/columns", act.ImportShow, d.columns)
	page(http.MethodPost, "/{id}/columns", act.ImportMap, d.mapped)
	page(http.MethodPost, "/{id}/rows/{row}", act.ImportCorrect, d.correct)
	page(http.MethodPost, "/{id}/rows/{row}/leave", act.ImportCorrect, d.leave(true))
	page(http.MethodPost, "/{id}/rows/{row}/take", act.ImportCorrect, d.leave(false))
	page(http.MethodPost, "/{id}/plan", act.ImportPlan, d.plan)
	page(http.MethodPost, "/{id}/start", act.ImportStart, d.begin)
	page(http.MethodPost, "/{id}/cancel", act.ImportCancel, d.cancel)
	page(http.MethodGet, "/{id}/forget", act.ImportShow, d.askForget)
	page(http.MethodPost, "/{id}/forget", act.ImportForget, d.forget)
	file(http.MethodGet, "/{id}/result", act.ImportRows, 0, d.result)
}

func id(v *web.Visit) string { return v.R.PathValue("id") }

// start shows where a table is sent in, and those that were.
func (d *Door) start(v *web.Visit) error {
	view, err := d.started(v)
	if err == nil {
		v.Show(Start(view))
	}
	return err
}

func (d *Door) started(v *web.Visit) (StartView, error) {
	all, err := d.room.List(v.Context())
	view := StartView{Page: v.Page}
	for _, i := range all {
		view.Imports = append(view.Imports, Import{i})
	}
	return view, err
}

// upload takes a table in, and leads to its columns.
func (d *Door) upload(v *web.Visit) error {
	i, err := d.taken(v)
	if err == nil {
		return v.Go(Import{i}.page(v.Page, "columns"), "")
	}
	view, broken := d.started(v)
	if broken != nil {
		return err // who may not see it is told what was wrong alone
	}
	if e := roster.AsError(err); e.Kind == roster.Invalid {
		e.Fields = nil
		err = e.On("file")
	}
	return v.Refuse(err, func(f web.Form) templ.Component {
		view.Form = f
		return Start(view)
	})
}

func (d *Door) taken(v *web.Visit) (rows.View, error) {
	f, name, err := server.SpooledFile(v.R, "file", sheet.MostBytes)
	if roster.Is(err, "too_large") {
		err = sheet.TooLarge()
	}
	if err != nil {
		return rows.View{}, err
	}
	ctx, cancel := context.WithTimeout(v.Context(), server.HandleTime) // its way here had a time of its own
	defer cancel()
	i, err := d.room.Upload(ctx, rows.File{Name: path.Base(strings.ReplaceAll(name, `\`, "/")), From: f, Size: f.Size})
	return i, errors.Join(err, f.Close())
}

// template sends a table of headings.
func (d *Door) template(v *web.Visit) error {
	return d.send(v, "template", func(f sheet.Format, to io.Writer) error {
		return d.room.Template(v.Context(), f, to, tag(v.Page))
	})
}

// result sends each row with what became of it.
func (d *Door) result(v *web.Visit) error {
	i, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(i.Name, path.Ext(i.Name))
	return d.send(v, strings.TrimPrefix(name+"-result", "-"), func(f sheet.Format, to io.Writer) error {
		return rows.Write(v.Context(), d.room, i, f, to, rows.Speech{Tag: tag(v.Page), Tell: v.Page.Words.Tell})
	})
}

// send sends a table in the format that is asked for, or as a workbook, once it is written whole.
func (d *Door) send(v *web.Visit, name string, write func(sheet.Format, io.Writer) error) error {
	format, err := sheet.Parse(cmp.Or(v.R.URL.Query().Get("format"), string(sheet.XLSX)))
	if err != nil {
		return err
	}
	to, err := spool.New()
	if err != nil {
		return err
	}
	if err = write(format, to); err == nil {
		err = to.Rewind()
	}
	if err != nil {
		return errors.Join(err, to.Close())
	}
	return server.Send(v.W, server.Sending{Name: name + "." + string(format), Media: format.Media(), Size: to.Size, ReadCloser: to})
}

// sampled is how many rows the samples of columns are taken from, and samples how many are shown of each.
const (
	sampled = 30
	samples = 3
)

func (d *Door) columns(v *web.Visit) error {
	view, err := d.columnsOf(v)
	if err == nil {
		v.Show(Columns(view))
	}
	return err
}

func (d *Door) columnsOf(v *web.Visit) (ColumnsView, error) {
	i, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return ColumnsView{}, err
	}
	view := ColumnsView{Page: v.Page, Of: Import{i}, Means: i.Mapping, Samples: make([][]string, len(i.Header))}
	some, err := d.room.Read(v.Context(), i.ID, rows.Page{Limit: sampled})
	for _, row := range some {
		for at, text := range row.Cells {
			if at < len(view.Samples) && text != "" && len(view.Samples[at]) < samples {
				view.Samples[at] = append(view.Samples[at], text)
			}
		}
	}
	return view, err
}

// mapped takes what the columns mean.
func (d *Door) mapped(v *web.Visit) error {
	f, err := server.OpenForm(v.R)
	if err != nil {
		return err
	}
	view, err := d.columnsOf(v)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(f["version"], 10, 64)
	view.Means = make(column.Mapping, len(view.Of.Header))
	for key, value := range f {
		at, is := strings.CutPrefix(key, "column.")
		n, bad := strconv.Atoi(at)
		if key != "version" && (!is || bad != nil || n < 0 || n >= len(view.Means)) || err != nil {
			return malformed()
		}
		if is {
			view.Means[n] = column.Field(value)
		}
	}
	i, err := d.room.Map(v.Context(), id(v), view.Means, version)
	if err == nil {
		return v.Go(Import{i}.page(v.Page), "toast.import_mapped")
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form = form
		return Columns(view)
	})
}

func malformed() error {
	return roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
}
