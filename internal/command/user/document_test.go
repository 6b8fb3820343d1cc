package user

import (
	"reflect"
	"strings"
	"testing"

	"roster/internal/command"
	"roster/internal/server/api"
)

// names gives the JSON names of a struct's fields.
func names(of reflect.Type) map[string]bool {
	all := map[string]bool{}
	for f := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(f).Tag.Get("json"), ",")
		all[name] = true
	}
	return all
}

func TestDocumentsHaveTheFieldsOfTheAPI(t *testing.T) {
	for _, pair := range []struct{ cli, api any }{
		{memberDocument{}, api.Member{}},
		{command.Grant{}, api.Grant{}},
		{command.Invitation{}, api.Invitation{}},
	} {
		have := names(reflect.TypeOf(pair.cli))
		for name := range names(reflect.TypeOf(pair.api)) {
			if !have[name] {
				t.Errorf("%T has no %q, as the API's %T has", pair.cli, name, pair.api)
			}
		}
	}
}
