package arch

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/cli"
)

// pretending finds commands that name an action which they do not lead to. What else they look at on their way is theirs.
func pretending(all reach, commands []cli.Command) []string {
	var complaints []string
	for _, c := range commands {
		run := fmt.Sprintf("(*%s.%s).Run", c.Type.PkgPath(), c.Type.Name())
		if all[run] == nil {
			complaints = append(complaints, fmt.Sprintf("roster %s: its method Run was not found", c.Name))
			continue
		}
		var performed []string
		for name, n := range all.from(run, func(string) bool { return false }) {
			if strings.Contains(name, module+"/internal/action") {
				performed = append(performed, n.actions...)
			}
		}
		for _, does := range c.Does {
			if !slices.Contains(performed, string(does)) {
				complaints = append(complaints, fmt.Sprintf("roster %s: its tag does names %s, which no use case that it calls performs", c.Name, does))
			}
		}
	}
	return complaints
}

func TestCommandsDoWhatTheySay(t *testing.T) {
	commands, err := cli.Commands()
	if err != nil {
		t.Fatal(err)
	}
	all := real(t).reach()
	holds(t, pretending(all, commands))
	at := slices.IndexFunc(commands, func(c cli.Command) bool { return c.Name == "user block" })
	lying := commands[at]
	lying.Does = []act.Name{act.MemberBlock, act.OutboxList}
	bites(t, pretending(all, []cli.Command{lying}), "roster user block: its tag does names outbox.list")
}
