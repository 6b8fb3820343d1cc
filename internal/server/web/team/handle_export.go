package team

import (
	"strings"

	"roster/internal/action/team/export"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/sheet"
)

// export sends the list that a page shows as a file.
func (d *Door) export(v *web.Visit) error {
	f, err := server.Form(v.R, "view", "format")
	if err != nil {
		return err
	}
	format, err := sheet.Parse(f["format"])
	if err != nil {
		return err
	}
	filter := ParseFilter(f["view"])
	q, err := filter.Chosen()
	if err != nil {
		return err
	}
	q.Cursor, q.Limit = "", 0
	file, err := d.exports.Export(v.Context(), export.Order{Query: q, Format: format, Columns: filter.exported(), Words: v.Page.Words})
	if err != nil {
		return err
	}
	return server.Send(v.W, server.Sending{Name: file.Name, Media: file.Media, Size: file.Size, ReadCloser: file})
}

// exported gives the columns that the list was told to show; without any, all of its own leave.
func (f Filter) exported() []string {
	if f.Columns == "" || f.Columns == "all" {
		return nil
	}
	return append([]string{"name"}, strings.Split(f.Columns, ",")...)
}
