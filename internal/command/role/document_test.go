package role

import (
	"testing"

	"roster/internal/rostertest"
	"roster/internal/server/api/role"
)

func TestDocumentsHaveTheFieldsOfTheAPI(t *testing.T) {
	rostertest.SameFields(t, roleDocument{}, role.Role{})
	rostertest.SameFields(t, roleDocument{}, role.RoleDetail{}, "next_cursor")
	rostertest.SameFields(t, roleDocument{}, role.RoleChanged{})
}
