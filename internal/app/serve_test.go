package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/action/team/apply/imports"
	"roster/internal/app"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postbox"
)

// importing starts an import of so many API users in a new organisation, and gives what cancels it, if it is still under way.
func importing(t *testing.T, h *rostertest.House, name string, rows int) (cancel func() bool) {
	t.Helper()
	owner := "olga@" + name + ".example.com"
	founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: name, Plan: roster.PlanUnlimited, Owner: owner})
	if err != nil {
		t.Fatal(err)
	}
	ctx := h.As(h.Accept(founded.Organisation.ID, founded.Link, "Olga", "Owner"))
	var table strings.Builder
	table.WriteString("Kind,Name,External ID\n")
	for n := range rows {
		fmt.Fprintf(&table, "api,Meter %d,meter-%d\n", n, n)
	}
	v, err := h.Imports.Upload(ctx, imports.File{Name: "meters.csv", From: strings.NewReader(table.String()), Size: int64(table.Len())})
	if err == nil {
		_, err = h.Imports.Start(ctx, v.ID, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() bool {
		_, err := h.Imports.Cancel(ctx, v.ID)
		if err != nil && !roster.Is(err, "import_not_running") {
			t.Error(err)
		}
		return err == nil
	}
}

// TestLettersLeaveWhileImportsRun: an import lasts, and there may be as many as there are attempts at once. Whoever forgot
// their password does not wait for them.
func TestLettersLeaveWhileImportsRun(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		box := postbox.Open(t, postbox.Options{})
		var cancels []func() bool
		for i := range 4 {
			cancels = append(cancels, importing(t, h, fmt.Sprint("org", i), 3000))
		}
		if _, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "ben@example.com", Profile: roster.Profile{FirstName: "Ben", LastName: "Brown"}}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() {
			ended <- h.Run(ctx, app.ServeSettings{Listen: "127.0.0.1:0", URL: "http://127.0.0.1", SMTP: box.URL(), MailFrom: "Roster <roster@example.com>", MailRoots: box.Roots(), Log: slog.New(slog.DiscardHandler)})
		}()
		box.Wait(t, "ben@example.com", 1)
		for i, cancel := range cancels {
			if !cancel() {
				t.Errorf("the letter waited for import %d", i)
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
