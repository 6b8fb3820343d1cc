// Command bench measures Roster, each figure beside the limit it is held against, in the same run: the
// bare statement, handler or computation without Roster's rules. It judges nothing: machines differ, so
// only the ratios mean something (design page 9). It measures and does not test.
//
//	scripts/with-postgres --durable go run ./bench [-only name] [-rounds 15] [-time 400ms] [-members 1000000] [-load 100000] [-profile file]
//
// PostgreSQL is the cluster in ROSTER_TEST_POSTGRES; "none" leaves it out.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
	"text/tabwriter"
	"time"
)

// bench is one run: how long to measure, and where to write meanwhile.
type bench struct {
	rounds int
	round  time.Duration // of one side of a pair in one round
	many   int           // members of the large organisation
	load   int           // members of the organisation whose server's memory is measured
	dir    string        // for databases and programs; gone afterwards
}

// measure is one thing to measure. It hands over its lines as it goes.
type measure struct {
	name string
	run  func(ctx context.Context, b *bench, show func(line)) error
}

// measures is the list of all there is to measure.
func measures() []measure {
	return []measure{
		{"decide", decisions},
		{"evaluation", evaluation},
		{"evaluations", evaluations},
		{"token", tokens},
		{"signin", signIns},
		{"session", sessions},
		{"add", adds},
		{"list", lists},
		{"export", exports},
		{"rest", rest},
		{"verify", proofs},
		{"history", histories},
		{"program", program},
		{"memory", memory},
	}
}

// line is a line of the table. Without a limit, figure is all there is to say.
type line struct {
	name        string
	ours, limit float64 // in a second
	ratio       float64
	reach       float64 // the ratio that design page 9 wants; 0 without one
	figure      string
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	only := flag.String("only", "", "measure only what has this in its name")
	b := &bench{}
	flag.IntVar(&b.rounds, "rounds", 15, "rounds of each pair; the median counts")
	flag.DurationVar(&b.round, "time", 400*time.Millisecond, "time of each side of a pair in a round")
	flag.IntVar(&b.many, "members", 1_000_000, "members of the large organisation whose lists are measured")
	flag.IntVar(&b.load, "load", 100_000, "members of the organisation whose server's memory is measured at full load")
	profile := flag.String("profile", "", "write a CPU profile of the whole run to this file")
	flag.Parse()
	if flag.NArg() > 0 || b.rounds < 1 || b.many < 1 || b.load < 1000 || b.round <= 0 {
		return fmt.Errorf("usage: bench [-only name] [-rounds n] [-time d] [-members n] [-load n]")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if b.dir, err = os.MkdirTemp("", "roster-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer table.Flush()
	fmt.Fprintln(table, "name\tours/s\tlimit/s\tratio\treach")
	for _, m := range measures() {
		if !strings.Contains(m.name, *only) {
			continue
		}
		fmt.Fprintf(os.Stderr, "measuring %s …\n", m.name)
		if err := m.run(ctx, b, func(l line) { fmt.Fprintln(table, l) }); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

// String gives the line as the table's columns.
func (l line) String() string {
	if l.limit == 0 {
		return fmt.Sprintf("%s\t%s\t\t\t", l.name, l.figure)
	}
	reach := ""
	if l.reach > 0 {
		reach = fmt.Sprintf("%.0f %%", 100*l.reach)
	}
	return fmt.Sprintf("%s\t%.0f\t%.0f\t%.0f %%\t%s", l.name, l.ours, l.limit, 100*l.ratio, reach)
}
