package document

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// examples are requests to a true house and its answers, written by the tests of test/contract: a file for each operation,
// by its ID.
//
//go:embed examples
var examples embed.FS

// example is a request and its answer; either may have no body that is JSON.
type example struct {
	Request json.RawMessage `json:"request,omitempty"`
	Status  int             `json:"status"`
	Answer  json.RawMessage `json:"answer,omitempty"`
}

// exampleOf reads an operation's; ok is false where none was written yet.
func exampleOf(id string) (e example, ok bool, err error) {
	text, err := examples.ReadFile("examples/" + id + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return e, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	if err != nil {
		err = fmt.Errorf("example of %s: %w", id, err)
	}
	return e, err == nil, err
}

// exemplify puts an operation's example where the document has it.
func (w *writer) exemplify(o *huma.Operation) error {
	e, ok, err := exampleOf(o.OperationID)
	if err != nil || !ok {
		return err
	}
	if o.RequestBody != nil && len(e.Request) > 0 {
		for name, m := range o.RequestBody.Content {
			if strings.HasSuffix(name, "json") {
				m.Example = e.Request
			}
		}
	}
	if r := o.Responses[fmt.Sprint(e.Status)]; r != nil && len(e.Answer) > 0 && r.Content[mediaJSON] != nil {
		r.Content[mediaJSON].Example = e.Answer
	}
	return nil
}
