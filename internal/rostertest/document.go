package rostertest

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// SameFields fails when a document of the command line lacks a field that the API's has, at any depth. but
// names the fields that it may lack.
func SameFields(t *testing.T, cli, api any, but ...string) {
	t.Helper()
	if lacks := lacking(reflect.TypeOf(cli), reflect.TypeOf(api), "", but); len(lacks) > 0 {
		t.Errorf("%T has no %s, as the API's %T has", cli, strings.Join(lacks, ", "), api)
	}
}

// lacking gives the paths of the fields that one document lacks.
func lacking(cli, api reflect.Type, path string, but []string) []string {
	cli, api = element(cli), element(api)
	if cli.Kind() != reflect.Struct || api.Kind() != reflect.Struct {
		return nil
	}
	var lacks []string
	have, want := fields(cli), fields(api)
	for name, of := range want {
		in, ok := have[name]
		switch {
		case slices.Contains(but, name):
		case !ok:
			lacks = append(lacks, path+name)
		default:
			lacks = append(lacks, lacking(in, of, path+name+".", but)...)
		}
	}
	slices.Sort(lacks)
	return lacks
}

// element gives what a pointer points at and a list is of.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t
}

// fields gives a struct's fields by the names they have in JSON, those of embedded structs too.
func fields(of reflect.Type) map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(of) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			all[name] = f.Type
		}
	}
	return all
}
