package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// parse reads settings as the program does, from a file (unless empty) and flags.
func parse(t *testing.T, file string, args ...string) (Server, error) {
	t.Helper()
	var c struct {
		Config kong.ConfigFlag
		Serve  Server `cmd:""`
	}
	k, err := kong.New(&c, kong.Configuration(Loader), kong.Exit(func(int) { t.Error("it exits") }))
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{"serve"}, args...)
	if file != "" {
		path := filepath.Join(t.TempDir(), "roster.conf")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append([]string{"--config", path}, args...)
	}
	_, err = k.Parse(args)
	return c.Serve, err
}

func defaults() Server {
	return Server{
		Listen: "127.0.0.1:8080", Database: "roster.db", KeyFile: "roster.key", SessionLifetime: 24 * time.Hour, SessionIdle: time.Hour,
		TokenLifetime: time.Hour, HourlyInvitations: 1000,
		AddressRequests: 12_000, ClientRequests: 6000, ClientDecisions: 600_000, InFlight: 256, LogLevel: "info", LogFormat: "text",
	}
}

func TestDefaultsAreComplete(t *testing.T) {
	got, err := parse(t, "")
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.URL = "http://127.0.0.1:8080" // kong has called Validate
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := got.Validate(); err != nil || got.URL != want.URL {
		t.Errorf("once more: got %q, %v", got.URL, err)
	}
}

func TestEverySettingHasAnEnvironmentName(t *testing.T) {
	all, err := flags(&Server{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		want := "ROSTER_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if len(f.Envs) != 1 || f.Envs[0] != want || f.Help == "" {
			t.Errorf("%s: environment %q, help %q", f.Name, f.Envs, f.Help)
		}
	}
}

func TestFlagsGoBeforeEnvironmentBeforeFile(t *testing.T) {
	for name, file := range map[string]string{
		"JSON": `{"listen": "127.0.0.1:1", "database": "file.db", "log-level": "warn", "mail_from": "a@example.com", "smtp": "smtp://localhost", "trusted-proxy": ["10.0.0.1", "10.1.0.0/16"], "token_lifetime": "10m"}`,
		"TOML": "# settings\nlisten = '127.0.0.1:1'\ndatabase = \"file.db\"\nlog-level = \"warn\"\nmail_from = \"a@example.com\"\nsmtp = \"smtp://localhost\"\ntrusted-proxy = [\"10.0.0.1\", \"10.1.0.0/16\"]\ntoken_lifetime = \"10m\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("ROSTER_LISTEN", "127.0.0.1:2")
			t.Setenv("ROSTER_DATABASE", "environment.db")
			got, err := parse(t, file, "--listen", "127.0.0.1:3")
			if err != nil {
				t.Fatal(err)
			}
			want := defaults()
			want.Listen, want.Database, want.LogLevel, want.MailFrom, want.TokenLifetime = "127.0.0.1:3", "environment.db", "warn", "a@example.com", 10*time.Minute
			want.SMTP, want.URL = "smtp://localhost", "http://127.0.0.1:3"
			want.TrustedProxy = []string{"10.0.0.1", "10.1.0.0/16"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestListsFromFlagsAndEnvironment(t *testing.T) {
	want := []string{"10.0.0.1", "10.1.0.0/16"}
	got, err := parse(t, "", "--trusted-proxy", "10.0.0.1", "--trusted-proxy", "10.1.0.0/16")
	if err != nil || !cmp.Equal(want, got.TrustedProxy) {
		t.Errorf("repeated: got %q, %v", got.TrustedProxy, err)
	}
	t.Setenv("ROSTER_TRUSTED_PROXY", "10.0.0.1,10.1.0.0/16")
	got, err = parse(t, "")
	if err != nil || !cmp.Equal(want, got.TrustedProxy) {
		t.Errorf("environment: got %q, %v", got.TrustedProxy, err)
	}
}

func TestBadFileIsRefusedInPlainWords(t *testing.T) {
	cases := []struct{ name, file, says string }{
		{"unknown key", `{"listen": "127.0.0.1:1", "databse": "x"}`, `no setting "databse"`},
		{"unknown key in TOML", `databse = "x"`, `no setting "databse"`},
		{"another command's flag", `{"owner": "x"}`, `no setting "owner"`},
		{"help", `{"help": true}`, `no setting "help"`},
		{"another case", `{"Listen": "127.0.0.1:1"}`, `no setting "Listen"`},
		{"twice", `{"listen": "127.0.0.1:1", "listen": "127.0.0.1:2"}`, "stands twice"},
		{"twice in two spellings", `{"mail-from": "a@example.com", "mail_from": "b@example.com"}`, "stands twice"},
		{"twice in TOML", "listen = '1'\nlisten = '2'", "line 2"},
		{"a table", "[listen]\nport = 1", "must be a text"},
		{"an object", `{"listen": {"port": 1}}`, "must be a text"},
		{"null", `{"listen": null}`, "must be a text"},
		{"a list of numbers", `{"trusted-proxy": [1]}`, "a list of texts"},
		{"not JSON", `{"smtp": "hunter2`, "not JSON"},
		{"an unfinished object", `{"listen": "x"`, "not JSON"},
		{"more after it", `{} {}`, "after the JSON"},
		{"a list", `["x", "y"]`, "TOML"},
		{"not TOML", "listen: x\nsmtp: hunter2", "line 1 is not TOML"},
		{"a password with an open quote", "listen = 'x'\nsmtp = 'smtp://u:hunter2@h", "line 2 is not TOML"},
		{"too large", strings.Repeat("#", maxFile+1), "larger"},
		{"a duration without unit", `{"token-lifetime": 3600}`, "expected duration"},
		{"a list for a text", `{"listen": ["a", "b"]}`, "listen"},
		{"not one of", `{"log-level": "loud"}`, "log-level"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(t, c.file)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want it to say %q", err, c.says)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

func TestEmptyFilesAndAByteOrderMarkAreFine(t *testing.T) {
	for _, file := range []string{"{}", "\n", "# nothing\n", "\ufeff{\"listen\": \"127.0.0.1:1\"}", "\ufefflisten = \"127.0.0.1:1\""} {
		if _, err := parse(t, file); err != nil {
			t.Errorf("%q: got %v", file, err)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	with := func(change func(*Server)) Server {
		s := defaults()
		change(&s)
		return s
	}
	both := func(s *Server) { s.TLSCert, s.TLSKey = "cert.pem", "key.pem" }
	cases := []struct {
		name     string
		settings Server
		says     string // empty when it passes
		url      string // the final one, when it passes
	}{
		{"loopback by name", with(func(s *Server) { s.Listen = "localhost:9000" }), "", "http://localhost:9000"},
		{"loopback, IPv6", with(func(s *Server) { s.Listen = "[::1]:9000" }), "", "http://[::1]:9000"},
		{"loopback with TLS", with(func(s *Server) { both(s) }), "", "https://127.0.0.1:8080"},
		{"http on loopback", with(func(s *Server) { s.URL = "http://localhost:8080/" }), "", "http://localhost:8080"},
		{"published from a container, behind a proxy", with(func(s *Server) {
			s.Listen, s.URL, s.TrustedProxy = ":8080", "http://localhost:8080", []string{"172.17.0.1"}
		}), "", "http://localhost:8080"},
		{"https with TLS", with(func(s *Server) { both(s); s.Listen, s.URL = ":443", "https://Team.example.com" }), "", "https://team.example.com"},
		{"https behind a proxy", with(func(s *Server) { s.URL, s.TrustedProxy = "https://team.example.com", []string{"10.0.0.1"} }), "", "https://team.example.com"},

		{"http off loopback", with(func(s *Server) { s.URL = "http://team.example.com" }), "passwords would travel in the open", ""},
		{"http off loopback, by number", with(func(s *Server) { s.URL = "http://10.0.0.1:8080" }), "passwords would travel in the open", ""},
		{"http off loopback behind a proxy", with(func(s *Server) { s.URL, s.TrustedProxy = "http://team.example.com", []string{"10.0.0.1"} }), "passwords would travel in the open", ""},
		{"http off loopback with TLS", with(func(s *Server) { both(s); s.URL = "http://team.example.com" }), "passwords would travel in the open", ""},
		{"a name that begins like loopback", with(func(s *Server) { s.URL = "http://127.0.0.1.example.com" }), "passwords would travel in the open", ""},
		{"another name that ends so", with(func(s *Server) { s.URL = "http://localhost.example.com" }), "passwords would travel in the open", ""},
		{"http on all addresses under a name of loopback", with(func(s *Server) { s.Listen, s.URL = "0.0.0.0:8080", "http://localhost:8080" }), "takes connections from other machines", ""},
		{"the same, short", with(func(s *Server) { s.Listen, s.URL = ":8080", "http://127.0.0.1:8080" }), "takes connections from other machines", ""},
		{"too many invitations", with(func(s *Server) { s.HourlyInvitations = 100_001 }), "hourly-invitations", ""},
		{"requests below none", with(func(s *Server) { s.AddressRequests = -1 }), "address-requests", ""},
		{"decisions without end", with(func(s *Server) { s.ClientDecisions = 100_000_001 }), "client-decisions", ""},
		{"too much at once", with(func(s *Server) { s.InFlight = 100_001 }), "in-flight", ""},
		{"http with TLS", with(func(s *Server) { both(s); s.URL = "http://localhost:8080" }), "speaks https", ""},
		{"https from nowhere", with(func(s *Server) { s.URL = "https://team.example.com" }), "nothing here speaks it", ""},
		{"all addresses without a URL", with(func(s *Server) { s.Listen = "0.0.0.0:8080" }), "needs to know how people reach it", ""},
		{"all addresses, short", with(func(s *Server) { s.Listen = ":8080" }), "needs to know how people reach it", ""},
		{"a URL with a path", with(func(s *Server) { s.URL = "http://localhost/team" }), "a host of its own", ""},
		{"a URL with a query", with(func(s *Server) { s.URL = "http://localhost/?a" }), "a host of its own", ""},
		{"a URL with a password", with(func(s *Server) { s.URL = "http://u:hunter2@localhost" }), "a host of its own", ""},
		{"a URL without a scheme", with(func(s *Server) { s.URL = "team.example.com" }), "write it as", ""},
		{"a URL of another kind", with(func(s *Server) { s.URL = "ftp://localhost" }), "write it as", ""},
		{"a URL that is none", with(func(s *Server) { s.URL = "http://u:hunter2@[" }), "write it as", ""},
		{"a certificate without its key", with(func(s *Server) { s.TLSCert = "cert.pem" }), "both or neither", ""},
		{"a key without its certificate", with(func(s *Server) { s.TLSKey = "key.pem" }), "both or neither", ""},
		{"a proxy that is none", with(func(s *Server) { s.TrustedProxy = []string{"proxy"} }), "trusted-proxy", ""},
		{"everyone a proxy", with(func(s *Server) { s.TrustedProxy = []string{"0.0.0.0/0"} }), "believe everyone", ""},
		{"everyone a proxy, IPv6", with(func(s *Server) { s.TrustedProxy = []string{"::/0"} }), "believe everyone", ""},
		{"an origin that may frame", with(func(s *Server) { s.FrameAncestors = []string{"https://App.example.com:8443/"} }), "", "http://127.0.0.1:8080"},
		{"one without https", with(func(s *Server) { s.FrameAncestors = []string{"http://app.example.com"} }), "frame-ancestors", ""},
		{"one with a path", with(func(s *Server) { s.FrameAncestors = []string{"https://app.example.com/x"} }), "frame-ancestors", ""},
		{"everyone framing", with(func(s *Server) { s.FrameAncestors = []string{"https://*.example.com"} }), "frame-ancestors", ""},
		{"a second directive", with(func(s *Server) { s.FrameAncestors = []string{"https://app.example.com; script-src *"} }), "frame-ancestors", ""},
		{"no origin", with(func(s *Server) { s.FrameAncestors = []string{"https://:443"} }), "frame-ancestors", ""},
		{"no port", with(func(s *Server) { s.Listen = "127.0.0.1" }), "listen:", ""},
		{"a large port", with(func(s *Server) { s.Listen = "127.0.0.1:65536" }), "listen:", ""},
		{"metrics on the same", with(func(s *Server) { s.MetricsListen = s.Listen }), "metrics-listen", ""},
		{"metrics without a port", with(func(s *Server) { s.MetricsListen = "x" }), "metrics-listen", ""},
		{"no database", with(func(s *Server) { s.Database = " " }), "database:", ""},
		{"another database", with(func(s *Server) { s.Database = "mysql://u:hunter2@h/d" }), "database:", ""},
		{"a database URL that is none", with(func(s *Server) { s.Database = "postgres://u:hunter2@[/d" }), "database:", ""},
		{"no key file", with(func(s *Server) { s.KeyFile = "" }), "key-file", ""},
		{"mail without a sender", with(func(s *Server) { s.SMTP = "smtp://u:hunter2@h" }), "mail-from", ""},
		{"a sender without mail", with(func(s *Server) { s.MailFrom = "a@example.com" }), "smtp:", ""},
		{"mail of another kind", with(func(s *Server) { s.SMTP, s.MailFrom = "http://u:hunter2@h", "a@example.com" }), "smtp:", ""},
		{"sessions without end", with(func(s *Server) { s.SessionLifetime = 24 * 365 * time.Hour }), "session-lifetime", ""},
		{"no session", with(func(s *Server) { s.SessionLifetime = 0 }), "session-lifetime", ""},
		{"idle for longer than it lasts", with(func(s *Server) { s.SessionIdle = 25 * time.Hour }), "session-idle", ""},
		{"idle for no time", with(func(s *Server) { s.SessionIdle = -time.Hour }), "session-idle", ""},
		{"long tokens", with(func(s *Server) { s.TokenLifetime = 25 * time.Hour }), "token-lifetime", ""},
		{"tokens of half seconds", with(func(s *Server) { s.TokenLifetime = time.Hour + time.Millisecond }), "token-lifetime", ""},
		{"an unknown level", with(func(s *Server) { s.LogLevel = "loud" }), "log-level", ""},
		{"an unknown format", with(func(s *Server) { s.LogFormat = "xml" }), "log-format", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := c.settings.Validate()
			if c.says == "" {
				if err != nil || c.settings.URL != c.url {
					t.Errorf("got %q, %v", c.settings.URL, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v, want it to say %q", err, c.says)
			}
		})
	}
}

func TestSettingsAtFaultAreRefusedWhileParsing(t *testing.T) {
	if _, err := parse(t, "", "--url", "http://team.example.com"); err == nil || !strings.Contains(err.Error(), "in the open") {
		t.Errorf("got %v", err)
	}
}

func TestEverythingAtFaultIsToldAtOnce(t *testing.T) {
	s := defaults()
	s.Listen, s.TLSCert, s.Database = "x", "cert.pem", ""
	err := s.Validate()
	for _, want := range []string{"listen:", "tls-cert", "database:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

func TestProxiesAreNetworks(t *testing.T) {
	got, err := Server{TrustedProxy: []string{"10.0.0.1", "10.1.2.3/16", "::1", "::ffff:10.0.0.2", "2001:db8::/32"}}.Proxies()
	want := []string{"10.0.0.1/32", "10.1.0.0/16", "::1/128", "10.0.0.2/32", "2001:db8::/32"}
	if err != nil || len(got) != len(want) {
		t.Fatalf("got %v, %v", got, err)
	}
	for i := range want {
		if got[i] != netip.MustParsePrefix(want[i]) {
			t.Errorf("got %v, want %s", got[i], want[i])
		}
	}
}

func TestPrintedSettingsHidePasswords(t *testing.T) {
	s := defaults()
	s.SMTP, s.Database = "smtp://mailer:hunter2@mail.example.com:587", "postgres://roster:hunter2@db.example.com/roster?sslmode=verify-full"
	s.TrustedProxy = []string{"10.0.0.1", "10.1.0.0/16"}
	got, err := s.Redacted()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, v := range got {
		values[v.Name] = v.Value
	}
	for name, want := range map[string]string{
		"smtp": "smtp://mailer:(hidden)@mail.example.com:587", "database": "postgres://roster:(hidden)@db.example.com/roster?sslmode=verify-full",
		"listen": "127.0.0.1:8080", "trusted-proxy": "10.0.0.1,10.1.0.0/16", "session-lifetime": "24h0m0s", "url": "",
	} {
		if v, ok := values[name]; !ok || v != want {
			t.Errorf("%s: got %q, want %q", name, v, want)
		}
	}
	if all, _ := flags(&Server{}); len(got) != len(all) || got[0].Name != "listen" {
		t.Errorf("%d of %d settings are shown, from %s", len(got), len(all), got[0].Name)
	}
}

func TestPasswordsAreHiddenWhereverTheyStand(t *testing.T) {
	for _, text := range []string{
		"postgres://u:hunter2@h/d", "postgres://h/d?user=u&password=hunter2", "postgres://h/d?sslpassword=hunter2&sslmode=require", "postgres://u:hunter2@[bad/d",
		"postgres://u:hunter2%zz@h/d", "host=h user=u password=hunter2", "host=h PASSWORD = hunter2", "smtp://u:hunter2@h?a;b=%zz", "smtp://:hunter2@h",
	} {
		if got := redact(text); strings.Contains(got, "hunter2") || !strings.Contains(got, hidden) && !strings.Contains(got, "hidden") {
			t.Errorf("%s: shown as %s", text, got)
		}
	}
	for _, text := range []string{"roster.db", "https://team.example.com", "smtp://user@mail.example.com", ""} {
		if got := redact(text); got != text {
			t.Errorf("%s: shown as %s", text, got)
		}
	}
}
