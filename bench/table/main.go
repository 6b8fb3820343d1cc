// Command table measures how many rows of a table a second come in, from the file's bytes to the last row's outcome (read,
// kept, mapped, checked, and each row with permission, rules, seats, history and letter), beside the same members' rows
// written bare by prepared statements, as many in each transaction. It reports the medians of some rounds.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"roster/bench/bare"
	"roster/internal/action/org"
	"roster/internal/action/team/apply/imports"
	"roster/internal/app"
	"roster/internal/roster"
	"roster/internal/store/importdb"
)

// rowsEach is how many rows the bare side writes in one transaction: as many as a step of an import does.
const rowsEach = 200

// reach is the ratio that is wanted at least (issue 7).
const reach = 0.25

func main() {
	rounds := flag.Int("rounds", 5, "rounds; the median counts")
	rows := flag.Int("rows", 2000, "rows of the table")
	database := flag.String("database", "", "an empty PostgreSQL database; an SQLite file of its own when absent")
	flag.Parse()
	if err := run(context.Background(), *rounds, *rows, *database); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds, rows int, database string) error {
	dir, err := os.MkdirTemp("", "roster-table-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	kind := "PostgreSQL"
	if database == "" {
		kind, database = "SQLite", filepath.Join(dir, "roster.db")
	}
	h, err := app.Open(ctx, app.Settings{Database: database, Letters: app.DefaultLetters(10_000_000)})
	if err != nil {
		return err
	}
	defer h.Close()
	root := roster.Actor{Kind: roster.ActorCLI, Door: roster.DoorCLI, Name: "Command line"}
	made, err := h.Orgs.Create(roster.WithActor(ctx, root), org.Founding{Name: "Acme", Plan: roster.PlanUnlimited, Owner: "olga@example.com"})
	if err != nil {
		return err
	}
	root.Organisation = made.Organisation.ID
	limit, err := bare.Open(ctx, kind, database, []roster.OrgID{root.Organisation})
	if err != nil {
		return err
	}
	defer limit.Close()
	var rates [2][]float64
	var ratio []float64
	for n := range rounds + 1 {
		text := table(n, rows)
		ours, err := rate(rows, func() error { return bring(roster.WithActor(ctx, root), h, text) })
		if err != nil {
			return err
		}
		theirs, err := rate(rows, func() error { return limit.AddAll(ctx, 0, rows, rowsEach) })
		if err != nil {
			return err
		}
		if n > 0 { // the first one warms up
			rates[0], rates[1], ratio = append(rates[0], ours), append(rates[1], theirs), append(ratio, ours/theirs)
		}
	}
	_, err = fmt.Printf("rows of a table of %d, %s: %.0f/s, bare %.0f/s, %.0f %%, reach %.0f %%\n", rows, kind, median(rates[0]), median(rates[1]), 100*median(ratio), 100*reach)
	return err
}

// table is one of people who are nowhere yet.
func table(which, rows int) string {
	var text strings.Builder
	text.WriteString("E-mail,First name,Last name\n")
	for n := range rows {
		fmt.Fprintf(&text, "t%dn%d@example.com,Ada,Row%d\n", which, n, n)
	}
	return text.String()
}

// bring brings a table in.
func bring(ctx context.Context, h *app.House, text string) error {
	v, err := h.Imports.Upload(ctx, imports.File{Name: "table.csv", From: strings.NewReader(text), Size: int64(len(text))})
	if err == nil {
		v, err = h.Imports.Start(ctx, v.ID, true)
	}
	at := imports.Stepped{Import: v.Import}
	for err == nil && at.State == imports.Running {
		at, err = h.Imports.Step(ctx, v.Org, v.ID)
	}
	if err == nil {
		v, err = h.Imports.Show(ctx, v.ID)
	}
	if err == nil && v.Rows[importdb.Changed] != v.Total {
		err = fmt.Errorf("the import is %s with %v", v.State, v.Rows)
	}
	return err
}

// rate gives how many of some rows come in a second.
func rate(rows int, do func() error) (float64, error) {
	begun := time.Now()
	err := do()
	return float64(rows) / time.Since(begun).Seconds(), err
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
