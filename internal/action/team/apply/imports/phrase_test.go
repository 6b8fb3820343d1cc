package imports

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"roster/internal/roster"
)

// TestARefusalThatWasKeptIsTold as it was, in any language: its form, its values, whatever kind they are, phrases among them,
// and what is wrong with each field.
func TestARefusalThatWasKeptIsTold(t *testing.T) {
	type named string
	inner := roster.Phrasef("%s %s", roster.Phrasef("Column of %d.", 3), roster.Join([]roster.Phrase{roster.Phrasef("%d", 1), roster.Plain("x")}, "; "))
	for _, e := range []*roster.Error{
		roster.Errorf(roster.Conflict, "seat_limit", "%s of %d at %q, %s", named("a"), 7, "b \u201c", time.Minute),
		roster.Errorf(roster.Invalid, "email_invalid", "%s", inner).On("email"),
		{Kind: roster.Denied, Code: "forbidden", Message: "100 % by hand.", Missing: []string{"members.write"}},
		{Kind: roster.Invalid, Code: "fields_invalid", Said: roster.Phrasef("%d fields of it", int64(2)), Fields: []roster.FieldError{{Field: "phone", Code: "phone_invalid", Said: roster.Plain("None of it.")}}},
	} {
		text, err := refusal(e)
		var again *roster.Error
		if err == nil {
			again, err = refused(text)
		}
		if err != nil || again.Kind != e.Kind || again.Code != e.Code || again.In(capitals).Message != e.In(capitals).Message && e.Said.Form != "" || fmt.Sprint(again.Missing) != fmt.Sprint(e.Missing) {
			t.Errorf("%q was kept as %s and is %+v: %v", e.Message, text, again, err)
			continue
		}
		if again.Message != e.Message && e.Message != "" {
			t.Errorf("%q is %q", e.Message, again.Message)
		}
		if (e.Field != "" || len(e.Fields) > 0) && (len(again.Fields) != 1 || again.In(capitals).Fields[0].Message == "") {
			t.Errorf("%q: the fields are %+v", e.Message, again.Fields)
		}
	}
	if e, err := refused(""); e != nil || err != nil {
		t.Errorf("nothing that was kept is %v, %v", e, err)
	}
	if _, err := refused("{"); err == nil {
		t.Error("what is no JSON is read")
	}
	data, err := json.Marshal(phraseOf(roster.Phrase{}, "as it stands"))
	if err != nil || !strings.Contains(string(data), "as it stands") {
		t.Errorf("%s, %v", data, err)
	}
}

// capitals tells a phrase in another language, whose word for “of” is OF.
func capitals(form string, values ...any) string {
	told := make([]any, len(values))
	for i, v := range values {
		if inner, is := v.(roster.Phrase); is {
			f, vs := inner.Parts()
			v = capitals(f, vs...)
		}
		told[i] = v
	}
	return fmt.Sprintf(strings.ReplaceAll(form, "of", "OF"), told...)
}
