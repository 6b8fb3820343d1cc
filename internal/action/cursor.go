package action

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"strings"

	"roster/internal/roster"
	"roster/internal/secret"
)

// Cursors make the marks by which a list is gone on with. A mark is opaque, and bound to the
// organisation, the list and the filter it was made for.
type Cursors struct{ key *secret.Key }

// NewCursors makes cursors that this key signs.
func NewCursors(key *secret.Key) Cursors { return Cursors{key} }

// Encode gives the mark of a place; bound is what it is good for.
func (c Cursors) Encode(bound string, place any) (string, error) {
	data, err := json.Marshal(place)
	if err != nil {
		return "", err
	}
	body := base64.RawURLEncoding.EncodeToString(data)
	return body + "." + c.sign(bound, body), nil
}

// Decode reads a mark into place. Kind: Invalid, code cursor_invalid, when it was made for something else.
func (c Cursors) Decode(bound, cursor string, place any) error {
	bad := roster.Errorf(roster.Invalid, "cursor_invalid", "This cursor does not belong to this list. Begin again from the first page.").On("cursor")
	body, sign, ok := strings.Cut(cursor, ".")
	if !ok || !hmac.Equal([]byte(sign), []byte(c.sign(bound, body))) {
		return bad
	}
	data, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || json.Unmarshal(data, place) != nil {
		return bad
	}
	return nil
}

func (c Cursors) sign(bound, body string) string {
	return c.key.MAC("cursor", []byte(bound+"\n"+body))[:22]
}
