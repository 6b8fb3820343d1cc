// Package past has what is asked of a history that is measured: its pages, and an erasure's search of all of it.
package past

import (
	"context"
	"fmt"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/app"
	"roster/internal/roster"
)

// Page is one way to ask a history.
type Page struct {
	Name string
	Ask  func(ctx context.Context, r *history.Room) error
}

// Pages gives them, of a history that ends at a moment: the newest, one in the middle, every filter, all of them at once,
// and the chart.
func Pages(end time.Time) []Page {
	const day = 24 * time.Hour
	when := history.Query{From: end.Add(-3 * day), To: end.Add(-2 * day)}
	all := when
	all.Actor, all.Action = "per_1000007", "member.edit"
	page := func(name string, q history.Query) Page {
		return Page{name, func(ctx context.Context, r *history.Room) error {
			_, err := r.List(ctx, q)
			return err
		}}
	}
	return []Page{
		page("first page", history.Query{}),
		page("after position 50,000", history.Query{After: 50_000, Forward: true}),
		page("filter who", history.Query{Actor: "per_1000007"}),
		page("filter what", history.Query{Action: "role.edit"}),
		page("filter when", when),
		page("filter who, what and when", all),
		{"days of a month", func(ctx context.Context, r *history.Room) error {
			_, err := r.Days(ctx, end.Add(-29*day), end)
			return err
		}},
	}
}

// Search measures how long the whole of an organisation's history is searched for what it says of a member who was removed, as
// before they are erased.
func Search(ctx context.Context, h *app.House) (string, error) {
	gone, err := h.Team.Invite(ctx, team.Invitation{Email: "gone@example.com", Profile: roster.Profile{FirstName: "Gina", LastName: "Gone"}})
	if err == nil {
		_, err = h.Team.Remove(ctx, gone.ID)
	}
	if err != nil {
		return "", err
	}
	begun := time.Now()
	e, err := h.Erasures.Look(ctx, gone.ID)
	took := time.Since(begun).Seconds()
	if err != nil {
		return "", err
	}
	newest, err := h.History.List(ctx, history.Query{Limit: 1})
	if err != nil {
		return "", err
	}
	lines := newest.Events[0].Seq
	return fmt.Sprintf("%.1f s for %d lines, %.0f a second; %d found", took, lines, float64(lines)/took, e.Lines), nil
}
