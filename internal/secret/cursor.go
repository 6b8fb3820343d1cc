package secret

import (
	"encoding/json"

	"roster/internal/roster"
)

// Cursors make the marks by which a list is gone on with. A mark is opaque (design page 6, isolation): sealed, so that
// it tells nothing of where it stands, and bound to the organisation, the list and the filter it was made for.
type Cursors struct{ key *Key }

// NewCursors makes cursors that this key seals.
func NewCursors(key *Key) Cursors { return Cursors{key} }

// Encode gives the mark of a place; bound is what it is good for.
func (c Cursors) Encode(bound string, place any) (string, error) {
	plain, err := json.Marshal(place)
	if err != nil {
		return "", err
	}
	return c.key.Seal("cursor\n"+bound, plain)
}

// Decode reads a mark into place. Kind: Invalid, code cursor_invalid, when it was made for something else.
func (c Cursors) Decode(bound, cursor string, place any) error {
	plain, err := c.key.Open("cursor\n"+bound, cursor)
	if err != nil || json.Unmarshal(plain, place) != nil {
		return roster.Errorf(roster.Invalid, "cursor_invalid", "This cursor does not belong to this list. Begin again from the first page.").On("cursor")
	}
	return nil
}
