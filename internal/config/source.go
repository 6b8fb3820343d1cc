package config

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// The places that a setting can come from.
const (
	FromFlag        = "flag"
	FromEnvironment = "environment"
	FromFile        = "file"
	FromDefault     = "default"
)

// Sourced is a setting as it is shown, with where it came from.
type Sourced struct {
	Setting
	From string // a flag, the environment, the file of --config, or the default
}

// Sourced is Redacted with where each setting came from, told by the command line's words and the environment: what
// is neither there nor as it is by default came from the file.
func (s Server) Sourced(args []string) ([]Sourced, error) { return s.sourced(args, os.LookupEnv) }

func (s Server) sourced(args []string, lookup func(string) (string, bool)) ([]Sourced, error) {
	all, err := s.Redacted()
	if err != nil {
		return nil, err
	}
	model, err := flags(&s)
	if err != nil {
		return nil, err
	}
	sourced := make([]Sourced, len(all))
	for i, f := range model {
		from := FromDefault
		if value := plainly(f.Target.Interface()); !same(value, f.Default) && !(f.Name == "url" && strings.HasSuffix(value, "//"+s.Listen)) {
			from = FromFile
		}
		for _, name := range f.Envs {
			if _, set := lookup(name); set {
				from = FromEnvironment
			}
		}
		flag := func(arg string) bool {
			return arg == "--"+f.Name || strings.HasPrefix(arg, "--"+f.Name+"=") || arg == "--no-"+f.Name
		}
		if slices.ContainsFunc(args, flag) {
			from = FromFlag
		}
		sourced[i] = Sourced{all[i], from}
	}
	return sourced, nil
}

// same tells whether a value is the default, however long times are written.
func same(value, usual string) bool {
	a, err := time.ParseDuration(value)
	b, bad := time.ParseDuration(usual)
	return value == usual || err == nil && bad == nil && a == b
}

// plainly writes a value as defaults are written.
func plainly(v any) string {
	switch v := v.(type) {
	case []string:
		return strings.Join(v, ",")
	case bool:
		if !v {
			return ""
		}
	}
	return fmt.Sprint(v)
}
