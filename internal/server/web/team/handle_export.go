package team

import (
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
	looked := *v
	looked.R = v.R.Clone(v.Context())
	looked.R.URL.RawQuery = f["view"]
	q := filterOf(&looked).query()
	q.Cursor, q.Limit = "", 0
	file, err := d.exports.Export(v.Context(), export.Order{Query: q, Format: format, Words: v.Page.Words})
	if err != nil {
		return err
	}
	return server.Send(v.W, server.Sending{Name: file.Name, Media: file.Media, Size: file.Size, ReadCloser: file})
}
