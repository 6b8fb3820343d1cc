// Package past has the pages of a history that are measured. It measures none.
package past

import (
	"context"
	"time"

	"roster/internal/action/history"
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
