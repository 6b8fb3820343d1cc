package imports_test

import (
	"strings"
	"testing"
	"time"

	"roster/internal/action/team/apply/imports"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store/importdb"
)

// TestWhoWasSignedOutDoesNoMore: an import goes on without its starter's session, and ends with it all the same. Signed in anew
// they start it again; what others started goes on.
func TestWhoWasSignedOutDoesNoMore(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ada, root := h.Join("ada@example.com", "Ada", "Ek", roster.RoleUserAdministrator), h.CLI(h.Acme.ID)
		ctx := h.As(ada)
		v := upload(t, ctx, h, table(6)...)
		of := map[string]imports.View{"the command line": upload(t, root, h, "E-mail,First name", "bo@example.com,Bo"), "the Owner": upload(t, h.As(h.Owner), h, "E-mail,First name", "cy@example.com,Cy")}
		_, err := h.Imports.Start(ctx, v.ID, false)
		must(t, err)
		_, err = h.Imports.Start(root, of["the command line"].ID, true)
		must(t, err)
		_, err = h.Imports.Start(h.As(h.Owner), of["the Owner"].ID, true)
		must(t, err)
		_, err = h.Imports.StepOf(h.CLI(""), h.Acme.ID, v.ID, 2)
		must(t, err)
		h.Clock.Pass(time.Minute)
		_, err = h.Profiles.SignOut(h.As(h.Owner), ada.Member)
		must(t, err)

		stopped, err := h.Imports.StepOf(h.CLI(""), h.Acme.ID, v.ID, 2)
		must(t, err)
		v, err = h.Imports.Show(root, v.ID)
		must(t, err)
		if stopped.State != imports.Stopped || v.State != imports.Stopped || v.Rows[importdb.Changed] != 2 || v.Rows[importdb.Waiting] != 4 {
			t.Errorf("after the sign-out: %s, %s %v", stopped.State, v.State, v.Rows)
		}
		if v.Why == nil || v.Why.Code != "signed_out" || !strings.Contains(v.Why.Message, "Acme") {
			t.Errorf("it tells %+v", v.Why)
		}
		for whose, one := range of {
			if done := run(t, h, one.ID); done.State != imports.Done {
				t.Errorf("what %s started is %s", whose, done.State)
			}
		}
		h.Clock.Pass(time.Minute)
		_, err = h.Imports.Start(ctx, v.ID, true)
		must(t, err)
		if done := run(t, h, v.ID); done.State != imports.Done || done.Why != nil || done.Rows[importdb.Changed] != 6 {
			t.Errorf("started again: %s %v %v", done.State, done.Why, done.Rows)
		}
		h.Verified(h.Acme.ID)
	})
}
