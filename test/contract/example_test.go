package contract_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"roster/internal/rostertest/rest"
)

// examples is where the document has its examples from.
const examples = "../../internal/server/api/document/examples"

// TestExamplesAreTrue: each operation's example in the document is what a house answered to what the tour sent, but for
// names that chance gives. Written anew with ROSTER_WRITE=examples.
func TestExamplesAreTrue(t *testing.T) {
	g := take(t)
	names := g.names()
	made := map[string][]byte{}
	for _, v := range g.first() {
		made[v.ID+".json"] = v.example(t, names)
	}
	if os.Getenv("ROSTER_WRITE") == "examples" {
		rest.Must(t, os.RemoveAll(examples))
		rest.Must(t, os.MkdirAll(examples, 0o755))
		for name, text := range made {
			rest.Must(t, os.WriteFile(filepath.Join(examples, name), text, 0o600))
		}
		return
	}
	for name, text := range made {
		was, err := os.ReadFile(filepath.Join(examples, name))
		if err != nil || !bytes.Equal(was, text) {
			t.Errorf("the example %s is not what is answered now: run make contract", name)
		}
	}
	there, err := os.ReadDir(examples)
	rest.Must(t, err)
	for _, f := range there {
		if made[f.Name()] == nil {
			t.Errorf("%s is no operation's example: run make contract", f.Name())
		}
	}
}

// example writes a visit down as the document has it: long lists cut, and what chance gave made the same each time.
func (v *visit) example(t testing.TB, names map[string]string) []byte {
	t.Helper()
	var e struct {
		Request json.RawMessage `json:"request,omitempty"`
		Status  int             `json:"status"`
		Answer  json.RawMessage `json:"answer,omitempty"`
	}
	e.Status = v.reply.StatusCode
	if v.media == "application/json" && v.body != "" {
		e.Request = tidy(t, v.body, names)
	}
	if strings.HasPrefix(v.reply.Header.Get("Content-Type"), "application/json") {
		e.Answer = tidy(t, v.reply.Text, names)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	rest.Must(t, encoder.Encode(e))
	return out.Bytes()
}

// names gives what the things on the tour are called, by their IDs.
func (g *tour) names() map[string]string {
	names := map[string]string{string(g.Acme.ID): "acme", string(g.Owner.Member): "olga", string(g.Owner.Person): "olga as a person"}
	for name, id := range g.kept {
		names[id] = name
	}
	return names
}

var (
	identifier = regexp.MustCompile(`\b[a-z]{2,6}_[0-9a-hjkmnp-tv-z]{26}\b`)
	tag        = regexp.MustCompile(`"\\"(\d+)-[0-9a-f]{12}\\""`)
	secrets    = regexp.MustCompile(`\b(r[a-z]{3}_)[A-Za-z0-9_-]{43}`)
	digest     = regexp.MustCompile(`\b[0-9a-f]{32,64}\b`)
	long       = regexp.MustCompile(`[A-Za-z0-9+/_-]{43,}={0,2}`)
	four       = regexp.MustCompile(`("(?:secret_)?last_four": ?)"[^"]{4}"`)
	local      = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
)

// tidy makes an answer the same each time.
func tidy(t testing.TB, text string, names map[string]string) json.RawMessage {
	t.Helper()
	others := 0
	text = four.ReplaceAllString(text, `$1"k3Q="`)
	text = identifier.ReplaceAllStringFunc(text, func(id string) string {
		prefix, _, _ := strings.Cut(id, "_")
		name, known := names[id]
		if !known {
			others++
			name = fmt.Sprintf("%s %d", prefix, others)
			names[id] = "" // the same again within this answer
			defer delete(names, id)
		}
		return prefix + "_06gsrt4k" + letters(name)
	})
	text = secrets.ReplaceAllString(text, "${1}"+strings.Repeat("x", 43))
	text = tag.ReplaceAllString(text, `"\"$1-4f0c2d9ab1e7\""`)
	text = long.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("x", min(len(s), 86)) })
	text = digest.ReplaceAllString(text, strings.Repeat("5e", 16))
	text = local.ReplaceAllString(text, "https://roster.example.com")
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	rest.Must(t, d.Decode(&v))
	return json.RawMessage(rest.Show(cut(v)))
}

// letters makes eighteen letters of a name, as IDs have them.
func letters(name string) string {
	const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	sum := sha256.Sum256([]byte(name))
	out := make([]byte, 18)
	for i := range out {
		out[i] = alphabet[sum[i]%32]
	}
	return string(out)
}

// cut leaves of a list of things the first two.
func cut(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = cut(v[name])
		}
	case []any:
		for i := range v {
			v[i] = cut(v[i])
		}
		if len(v) > 2 && slices.ContainsFunc(v, func(of any) bool { _, thing := of.(map[string]any); return thing }) {
			return v[:2]
		}
	}
	return v
}

// TestAnswersAreAsTheDocumentSays validates what the tour was answered, by a stock validator, against the document's
// schemas; requests and examples too.
func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	g := take(t)
	a := g.Nobody(t).Ask("GET", "/openapi.json", "")
	whole, err := jsonschema.UnmarshalJSON(strings.NewReader(a.Text))
	rest.Must(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	rest.Must(t, c.AddResource("roster.json", whole))
	for _, v := range g.visits {
		at := "roster.json#/paths/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(v.path) + "/" + strings.ToLower(v.method)
		if v.json() != nil && v.body != "" {
			valid(t, c, at+"/requestBody/content/application~1json/schema", v.ID+": what was sent", v.body)
		}
		told, known := v.Responses[fmt.Sprint(v.reply.StatusCode)]
		if !known {
			t.Errorf("%s: the document does not tell of %d", v.ID, v.reply.StatusCode)
			continue
		}
		media, _, _ := strings.Cut(v.reply.Header.Get("Content-Type"), ";")
		if !slices.ContainsFunc(keys(told.Content), func(m string) bool { return m == media || strings.HasPrefix(m, media+";") }) && v.reply.Text != "" {
			t.Errorf("%s: the document does not tell of %s", v.ID, media)
		} else if media == "application/json" {
			valid(t, c, at+fmt.Sprintf("/responses/%d/content/application~1json/schema", v.reply.StatusCode), v.ID+": the answer", v.reply.Text)
		}
		for name := range v.reply.Header {
			if strings.HasPrefix(name, "Roster-") && !slices.Contains(keys(told.Headers), name) {
				t.Errorf("%s: the document does not tell of the header %s", v.ID, name)
			}
		}
	}
}

func keys[T any](m map[string]T) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	return all
}

// valid holds a text to the schema at a place in the document.
func valid(t *testing.T, c *jsonschema.Compiler, at, what, text string) {
	t.Helper()
	s, err := c.Compile(at)
	rest.Must(t, err)
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	rest.Must(t, err)
	if err := s.Validate(v); err != nil {
		t.Errorf("%s: %v\n%.600s", what, err, text)
	}
}
