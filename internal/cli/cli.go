// Package cli is the command line as a whole: all its commands, how their flags are read, how help looks
// and with which code it ends. What a command does is in the rooms of package command.
package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"roster/internal/command"
	"roster/internal/config"
)

// Streams are where a command reads from and writes to.
type Streams = command.Streams

// Run runs one command line, without the program's name, and gives the code to end with: 0 done,
// 1 failed, 2 not understood. An interrupt or SIGTERM ends what runs, in order.
func Run(ctx context.Context, args []string, s Streams) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	return perform(ctx, args, command.NewConsole(s))
}

func perform(ctx context.Context, args []string, c *command.Console) int {
	shown := false // help was asked for and printed
	parser, err := kong.New(&commands{}, options(ctx, c, func(int) { shown = true })...)
	if err != nil {
		return c.Fail(err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if shown {
		return command.ExitDone
	}
	if err != nil {
		return misunderstood(c, err)
	}
	if err := parsed.Run(); err != nil {
		return c.Fail(err)
	}
	return command.ExitDone
}

// options sets the parser up: how help looks, where settings come from, what commands are given.
func options(ctx context.Context, c *command.Console, exit func(int)) []kong.Option {
	return []kong.Option{
		kong.Name("roster"),
		kong.Description("Users, invitations and API users for your product, on your own server."),
		kong.Writers(c.Out, c.Err),
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
func misunderstood(c *command.Console, err error) int {
	var wrong *kong.ParseError
	if !errors.As(err, &wrong) {
		return c.Fail(err)
	}
	var told *command.UsageError
	if errors.As(err, &told) {
		return c.Fail(told)
	}
	about := "roster"
	if wrong.Context != nil {
		if node := wrong.Context.Selected(); node != nil {
			about = node.FullPath()
		}
	}
	c.Complain(sentence(wrong.Error()))
	c.Note("Run “%s --help” for how it is used.", about)
	return command.ExitUsage
}

// sentence makes a sentence of the parser's words.
func sentence(s string) string {
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
