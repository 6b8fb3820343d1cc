package lonely_test

import (
	"testing"
	"time"

	"roster/internal/authz"
	"roster/internal/authz/lonely"
	"roster/internal/roster"
)

// A program whose time is over holds nothing for anybody: what it and who leaves alone have would be without anybody.
func TestAProgramWhoseTimeIsOverKeepsNoRoleAlive(t *testing.T) {
	c, err := authz.NewCatalogue(1, authz.Declaration{})
	if err != nil {
		t.Fatal(err)
	}
	snap := authz.NewSnapshot(c, authz.Facts{
		Roles: c.BuiltIn(), Units: []roster.Unit{{ID: "north", Kind: roster.Account}},
		Members: []authz.Subject{
			{ID: "mem_ann", Kind: roster.Regular, Status: roster.Active},
			{ID: "mem_robot", Kind: roster.API, Status: roster.Active, Ends: time.Unix(100, 0)},
		},
		Grants: []roster.Grant{
			{ID: "1", Member: "mem_ann", Role: roster.RoleAuditor, Unit: "north"}, {ID: "2", Member: "mem_robot", Role: roster.RoleAuditor, Unit: "north"},
		},
	})
	for second, alone := range map[int64]int{99: 0, 100: 1} {
		if roles, units := lonely.Left(snap, "mem_ann", time.Unix(second, 0)); len(roles) != alone || len(units) != alone {
			t.Errorf("at %d, with the end at 100: %v and %v", second, roles, units)
		}
	}
}
