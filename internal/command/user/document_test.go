package user

import (
	"testing"

	"roster/internal/command"
	"roster/internal/rostertest"
	"roster/internal/server/api/access"
	"roster/internal/server/api/team"
)

func TestDocumentsHaveTheFieldsOfTheAPI(t *testing.T) {
	rostertest.SameFields(t, memberDocument{}, team.Member{})
	rostertest.SameFields(t, command.Invitation{}, team.Invitation{})
	rostertest.SameFields(t, regranted{}, team.GrantsSet{})
	rostertest.SameFields(t, offer{}, team.CloneOffer{}, "allowed")
	rostertest.SameFields(t, cloned{}, team.ClonedMember{}, "code")
	rostertest.SameFields(t, accessDocument{}, access.MemberAccess{}, "allowed")
}
