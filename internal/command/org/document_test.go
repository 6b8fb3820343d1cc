package org

import (
	"testing"

	"roster/internal/rostertest"
	"roster/internal/server/api/history"
)

func TestLinesHaveTheFieldsOfTheAPI(t *testing.T) {
	rostertest.SameFields(t, eventDocument{}, history.Line{})
}
