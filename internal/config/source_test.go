package config

import "testing"

func TestSettingsTellWhereTheyCameFrom(t *testing.T) {
	s := Server{Listen: "127.0.0.1:9000", URL: "http://127.0.0.1:9000", Database: "postgres://roster:hush@db/roster", KeyFile: "roster.key", SMTP: "smtp://u:hush@mail", LogLevel: "info", SessionLifetime: 24 * 3600e9}
	env := map[string]string{"ROSTER_DATABASE": "x"}
	all, err := s.sourced([]string{"serve", "--listen=127.0.0.1:9000"}, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Sourced{}
	for _, one := range all {
		got[one.Name] = one
	}
	for name, from := range map[string]string{"listen": FromFlag, "database": FromEnvironment, "key-file": FromDefault, "smtp": FromFile, "url": FromDefault, "log-level": FromDefault, "session-lifetime": FromDefault} {
		if got[name].From != from {
			t.Errorf("%s is from %q, want %q", name, got[name].From, from)
		}
	}
	if got["smtp"].Value != "smtp://u:(hidden)@mail" {
		t.Errorf("the mail server is shown as %q", got["smtp"].Value)
	}
}
