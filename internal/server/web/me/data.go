package me

import (
	"encoding/json"
	"net/http"

	"roster/internal/action/self"
	"roster/internal/server"
	"roster/internal/server/web"
)

// data sends the visitor all that is kept of them as a file, as it is read. One that breaks off is cut, so that nobody
// takes it for whole.
func (d *Door) data(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	begun, out := false, json.NewEncoder(v.W)
	write := func(text string) error {
		_, err := v.W.Write([]byte(text))
		return err
	}
	err := d.Self.Data(v.Context(), func(all self.Data) error {
		head, err := json.Marshal(all.File())
		if err != nil {
			return err
		}
		begun = true
		h := v.W.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Content-Disposition", `attachment; filename="roster-my-data.json"`)
		v.W.WriteHeader(http.StatusOK)
		return write(string(head[:len(head)-1]) + `,"history":[` + "\n")
	}, separated(write, func(l self.FileLine) error { return out.Encode(l) }))
	if err == nil {
		err = write("]}\n")
	}
	if err != nil && begun {
		panic(http.ErrAbortHandler)
	}
	return err
}

// separated puts a comma between the lines that are written.
func separated(write func(string) error, line func(self.FileLine) error) func(self.FileLine) error {
	comma := ""
	return func(l self.FileLine) error {
		if err := write(comma); err != nil {
			return err
		}
		comma = ","
		return line(l)
	}
}
