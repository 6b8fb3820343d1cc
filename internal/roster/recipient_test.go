package roster

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddressesAreReadHoweverTheyArePasted(t *testing.T) {
	for text, want := range map[string][]Recipient{
		"":         nil,
		" ,; \n\t": nil,
		"a@x.org":  {{"a@x.org", "a@x.org", "", ""}},
		"a@x.org, b@x.org;c@x.org\nd@x.org\te@x.org f@x.org": {
			{"a@x.org", "a@x.org", "", ""},
			{"b@x.org", "b@x.org", "", ""},
			{"c@x.org", "c@x.org", "", ""},
			{"d@x.org", "d@x.org", "", ""},
			{"e@x.org", "e@x.org", "", ""},
			{"f@x.org", "f@x.org", "", ""},
		},
		"Anna Berg <anna@x.org>":                     {{"Anna Berg <anna@x.org>", "anna@x.org", "Anna", "Berg"}},
		"<anna@x.org> Bo <bo@x.org>":                 {{"<anna@x.org>", "anna@x.org", "", ""}, {"Bo <bo@x.org>", "bo@x.org", "Bo", ""}},
		`"Berg, Anna; Dr." <anna@x.org>, bo@x.org`:   {{`"Berg, Anna; Dr." <anna@x.org>`, "anna@x.org", "Anna; Dr.", "Berg"}, {"bo@x.org", "bo@x.org", "", ""}},
		"Berg, Anna <anna@x.org>; Ek, Bo <bo@x.org>": {{"Berg, Anna <anna@x.org>", "anna@x.org", "Anna", "Berg"}, {"Ek, Bo <bo@x.org>", "bo@x.org", "Bo", "Ek"}},
		"Anna Maria\tBerg\tanna@x.org\nBo bo@x.org":  {{"Anna Maria\tBerg\tanna@x.org", "anna@x.org", "Anna Maria", "Berg"}, {"Bo bo@x.org", "bo@x.org", "Bo", ""}},
		"bo.x.org, Anna <anna@x.org>":                {{"bo.x.org", "bo.x.org", "", ""}, {"Anna <anna@x.org>", "anna@x.org", "Anna", ""}},
		"bo2, Anna <anna@x.org>":                     {{"bo2", "bo2", "", ""}, {"Anna <anna@x.org>", "anna@x.org", "Anna", ""}},
		"nobody here":                                {{"nobody here", "nobody here", "", ""}},
		"mailto:a@x.org":                             {{"mailto:a@x.org", "a@x.org", "", ""}},
		"\"open, a@x.org\nb@x.org":                   {{"\"open,", "\"open,", "", ""}, {"a@x.org", "a@x.org", "", ""}, {"b@x.org", "b@x.org", "", ""}},
		"Anna <anna@x.org":                           {{"Anna <anna@x.org", "anna@x.org", "Anna", ""}},
		"a@x.org、b@x.org":                            {{"a@x.org", "a@x.org", "", ""}, {"b@x.org", "b@x.org", "", ""}},
	} {
		if diff := cmp.Diff(want, ParseRecipients(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
