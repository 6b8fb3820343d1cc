package org

import (
	"testing"

	"roster/internal/record"
	"roster/internal/rostertest"
)

func TestLinesHaveTheFieldsOfTheAPI(t *testing.T) {
	rostertest.SameFields(t, eventDocument{}, record.Line{})
}
