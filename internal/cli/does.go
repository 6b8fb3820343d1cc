package cli

import (
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"roster/internal/act"
)

// Command is a command as it stands in the tree, such as "user block".
type Command struct {
	Name string
	Does []act.Name // the actions that somebody has of it, as its tag does names them; none for the program's own affairs
	Type reflect.Type
}

// Commands gives all commands, for what is held against the list of actions.
func Commands() ([]Command, error) {
	parser, err := kong.New(&commands{}, kong.Name("roster"), kong.ExplicitGroups(groups()))
	if err != nil {
		return nil, err
	}
	var all []Command
	for _, leaf := range parser.Model.Leaves(false) {
		c := Command{Name: strings.TrimPrefix(leaf.FullPath(), "roster "), Type: leaf.Target.Type()}
		for name := range strings.SplitSeq(leaf.Tag.Get("does"), ",") {
			if name != "" {
				c.Does = append(c.Does, act.Name(name))
			}
		}
		all = append(all, c)
	}
	return all, nil
}
