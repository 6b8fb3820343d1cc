package access

import (
	"testing"

	"roster/internal/rostertest"
	"roster/internal/server/api/access"
	"roster/internal/server/api/org"
)

// Pages have cursors in the API alone, and roles a list of their own here.
func TestDocumentsHaveTheFieldsOfTheAPI(t *testing.T) {
	rostertest.SameFields(t, answerDocument{}, access.Explanation{}, "allowed")
	rostertest.SameFields(t, matrixDocument{}, access.Matrix{}, "allowed", "next_cursor", "next_unit_cursor")
	rostertest.SameFields(t, givableDocument{}, access.Givable{}, "allowed", "roles")
	rostertest.SameFields(t, waysDocument{}, org.Ways{}, "allowed")
}
