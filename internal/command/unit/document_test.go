package unit

import (
	"testing"

	"roster/internal/rostertest"
	"roster/internal/server/api/unit"
)

func TestDocumentsHaveTheFieldsOfTheAPI(t *testing.T) {
	rostertest.SameFields(t, unitDocument{}, unit.UnitDetail{})
}
