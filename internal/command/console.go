// Package command holds what every command of the command line has at hand: the console it prints to,
// the tables and documents it prints, the house it opens and the organisation it works in. The commands
// themselves are its rooms, one for each noun. A command calls use cases and prints what they gave; it
// decides nothing: every rule is the gate's and the rooms'.
package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"roster/internal/roster"
)

// Exit codes.
const (
	ExitDone   = 0
	ExitFailed = 1
	ExitUsage  = 2
)

// Streams are where a command reads from and writes to: results to Out, everything else to Err.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// Console is what every command has at hand.
type Console struct {
	In    *bufio.Reader
	term  int // the terminal that answers come from, where there is one
	Out   io.Writer
	Err   io.Writer
	Asks  bool // a person sits there and can answer
	Width int  // the terminal's, in characters; 0 where there is none
	Now   time.Time
}

// NewConsole makes a console of streams; a terminal among them is asked for its width.
func NewConsole(s Streams) *Console {
	c := &Console{In: bufio.NewReader(s.In), Out: s.Out, Err: s.Err, Now: time.Now()}
	if f, ok := s.In.(*os.File); ok {
		c.term, c.Asks = int(f.Fd()), term.IsTerminal(int(f.Fd()))
	}
	if f, ok := s.Out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			c.Width = w
		}
	}
	return c
}

// Confirm asks for a name to be typed and fails when it is not. Kind: Invalid, code not_confirmed.
func (c *Console) Confirm(name, from string) error {
	fmt.Fprint(c.Err, visible(fmt.Sprintf("This removes %s from %s for good. Type the name to go on: ", name, from)))
	typed, err := c.In.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answer: %w", err)
	}
	if strings.TrimSpace(typed) != name {
		return roster.Errorf(roster.Invalid, "not_confirmed", "That is not the name. Nothing was changed.")
	}
	return nil
}

// Password asks for a new password: on a terminal twice and without showing it; elsewhere it is the first line of
// the input. It never stands on a command line, where others on the machine could read it.
func (c *Console) Password(whose string) (password, repeat string, err error) {
	if !c.Asks {
		line, err := c.In.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", "", fmt.Errorf("read the password: %w", err)
		}
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line == "" {
			return "", "", Usage("Give the password as the first line of the input.")
		}
		return line, line, nil
	}
	if password, err = c.secretly(fmt.Sprintf("A password for %s: ", whose)); err != nil {
		return "", "", err
	}
	repeat, err = c.secretly("The same again: ")
	return password, repeat, err
}

// Secret asks once for a secret that somebody else made: on a terminal, or as the first line of the input.
func (c *Console) Secret(what string) (string, error) {
	if c.Asks {
		return c.secretly(what + ": ")
	}
	line, _, err := c.Password("")
	return line, err
}

func (c *Console) secretly(ask string) (string, error) {
	fmt.Fprint(c.Err, visible(ask))
	typed, err := term.ReadPassword(c.term)
	fmt.Fprintln(c.Err)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return string(typed), nil
}
