package api

import (
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// noteNulls notes the fields of answers that are objects and may be null, by the names of their schemas: "Member.invitation".
// huma's schemas name such an object and cannot say it.
func (d *Door) noteNulls(of reflect.Type) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]() || d.noted[of] {
		return
	}
	d.noted[of] = true
	for _, f := range reflect.VisibleFields(of) {
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := f.Type
		if inner.Kind() == reflect.Pointer && inner.Elem().Kind() == reflect.Struct && inner.Elem() != reflect.TypeFor[time.Time]() && name != "" && !strings.Contains(rest, "omit") {
			d.nulls[huma.DefaultSchemaNamer(of, "")+"."+name] = true
		}
		d.noteNulls(inner)
	}
}

// Nulls tells whether a field of a schema is an object that may be null.
func (d *Door) Nulls(schema, field string) bool { return d.nulls[schema+"."+field] }
