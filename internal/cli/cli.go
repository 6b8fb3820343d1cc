// Package cli is the command line: its words, its flags, what it prints and with which code it ends.
// A command opens the house on the database, calls use cases as the operator, and prints what they
// gave. It decides nothing: every rule is the gate's and the rooms'.
package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"roster/internal/config"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// Streams are where a command reads from and writes to: results to Out, everything else to Err.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// console is what every command has at hand.
type console struct {
	in    *bufio.Reader
	out   io.Writer
	err   io.Writer
	asks  bool // a person sits there and can answer
	width int  // the terminal's, in characters; 0 where there is none
	now   time.Time
}

// Run runs one command line, without the program's name, and gives the code to end with: 0 done,
// 1 failed, 2 not understood. An interrupt or SIGTERM ends what runs, in order.
func Run(ctx context.Context, args []string, s Streams) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, args, newConsole(s))
}

func newConsole(s Streams) *console {
	c := &console{in: bufio.NewReader(s.In), out: s.Out, err: s.Err, now: time.Now()}
	if f, ok := s.In.(*os.File); ok {
		c.asks = term.IsTerminal(int(f.Fd()))
	}
	if f, ok := s.Out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			c.width = w
		}
	}
	return c
}

func run(ctx context.Context, args []string, c *console) int {
	shown := false // help was asked for and printed
	parser, err := kong.New(&commands{}, options(ctx, c, func(int) { shown = true })...)
	if err != nil {
		return c.fail(err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if shown {
		return exitDone
	}
	if err != nil {
		return c.misunderstood(err)
	}
	if err := parsed.Run(); err != nil {
		return c.fail(err)
	}
	return exitDone
}

// options sets the parser up: how help looks, where settings come from, what commands are given.
func options(ctx context.Context, c *console, exit func(int)) []kong.Option {
	return []kong.Option{
		kong.Name("roster"),
		kong.Description("Users, invitations and API users for your product, on your own server."),
		kong.Writers(c.out, c.err),
		kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100, FlagsLast: true}),
		kong.ValueFormatter(explained),
		kong.ExplicitGroups(groups()),
		kong.PostBuild(func(k *kong.Kong) error {
			k.Model.HelpFlag.Help = "Show help, here or for a command."
			return nil
		}),
		kong.Configuration(config.Loader),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(c),
	}
}

// misunderstood says what is wrong with a command line, and where to read more.
func (c *console) misunderstood(err error) int {
	var wrong *kong.ParseError
	if !errors.As(err, &wrong) {
		return c.fail(err)
	}
	var told *usageError
	if errors.As(err, &told) {
		return c.fail(told)
	}
	about := "roster"
	if wrong.Context != nil {
		if node := wrong.Context.Selected(); node != nil {
			about = node.FullPath()
		}
	}
	c.complain(sentence(wrong.Error()))
	c.note("Run “%s --help” for how it is used.", about)
	return exitUsage
}

// sentence makes a sentence of the parser's words.
func sentence(s string) string {
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
