package doors_test

import (
	"bufio"
	"fmt"
	"html"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/action/method"
	"roster/internal/login"
	"roster/internal/outgoing"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/provider"
)

// certified starts the npm package oidc-provider, which somebody else wrote and the OpenID Foundation certified.
func certified(t *testing.T, port int, redirect string) {
	t.Helper()
	from, err := filepath.Abs("../../.cache/oidc-provider/node_modules/oidc-provider")
	must(t, err)
	if _, err := os.Stat(from); err != nil {
		t.Fatalf("oidc-provider is needed here; `make test` installs it: %v", err)
	}
	node := exec.Command("node", "testdata/provider.mjs", from, fmt.Sprint(port), provider.Client, provider.Secret, redirect)
	out, err := node.StdoutPipe()
	must(t, err)
	must(t, node.Start())
	t.Cleanup(func() {
		_ = node.Process.Kill()
		_ = node.Wait() // it was killed
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "ready" {
			return
		}
	}
	t.Fatal("the provider did not start")
}

// freePort finds a port that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// asksThrough fills in the provider's own pages, as somebody of a name, and comes back with what it sent along.
func asksThrough(t *testing.T, v *rostertest.Visitor, a rostertest.Answer, name string) rostertest.Answer {
	t.Helper()
	at, fields := sentAlong(t, v, a, name)
	return v.Post(at, fields...)
}

// sentAlong fills in the provider's own pages, as somebody of a name, and gives the form that it led back to.
func sentAlong(t *testing.T, v *rostertest.Visitor, a rostertest.Answer, name string) (at string, fields []string) {
	t.Helper()
	_, to, ok := strings.Cut(a.Header.Get("Refresh"), "url=")
	if !ok {
		t.Fatalf("the page leads nowhere: %d %s %.1500s", a.Status, a.Path, a.Body)
	}
	page := v.Get(to)
	for range 3 {
		if strings.HasPrefix(page.Path, "/sign-in/return/") {
			break
		}
		_, rest, ok := strings.Cut(page.Body, `action="`)
		if !ok {
			t.Fatalf("the provider's page has no form: %d %s %.1500s", page.Status, page.Path, page.Body)
		}
		action, _, _ := strings.Cut(rest, `"`)
		_, rest, _ = strings.Cut(rest, `name="prompt" value="`)
		prompt, _, _ := strings.Cut(rest, `"`)
		fields := []string{"prompt", prompt}
		if prompt == "login" {
			fields = append(fields, "login", name, "password", "whatever")
		}
		page = v.Post(html.UnescapeString(action), fields...)
	}
	for _, field := range []string{"state", "code", "iss", "error"} {
		if _, rest, ok := strings.Cut(page.Body, `name="`+field+`" value="`); ok {
			value, _, _ := strings.Cut(rest, `"`)
			fields = append(fields, field, value)
		}
	}
	return page.Path, fields
}

// byCertified is a house with that provider, which the Owner has tested and switched on, and its connection's ID.
func byCertified(t *testing.T) (*connected, string) {
	t.Helper()
	h := rostertest.Asking(t, filepath.Join(t.TempDir(), "roster.db"), outgoing.Settings{Private: true, Time: 10 * time.Second})
	c := &connected{Site: h.Serve(), t: t}
	port := freePort(t)
	m, err := c.Methods.Create(c.As(c.Owner), method.Draft{Kind: "oidc", Name: "Certified", Secret: provider.Secret, Connection: login.Connection{
		Issuer: fmt.Sprintf("http://127.0.0.1:%d", port), ClientID: provider.Client, Scopes: []string{"openid", "email"}, IdentifierClaim: "email",
	}})
	must(t, err)
	certified(t, port, c.URL+"/sign-in/return/"+m.ID)

	owner := c.owner()
	at := "/o/acme/settings/methods/" + m.ID
	if a := asksThrough(t, owner, owner.Post(at+"/test"), "olga"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Certified works") || !strings.Contains(a.Body, "olga@example.com") {
		t.Fatalf("the test: %d %.2500s", a.Status, a.Body)
	}
	owner.Post(at + "/enable")
	return c, m.ID
}

func TestPeopleComeInByAProviderThatOthersMade(t *testing.T) {
	c, id := byCertified(t)
	link := c.invited(id, "anna@example.com", "anna@example.com")
	bob := c.Visitor()
	bob.Get(link)
	stayedOut(t, "Bob", bob, asksThrough(t, bob, bob.Post("/invitation/connection"), "bob"), "Certified says that you are &#34;bob@example.com&#34;")
	anna := c.Visitor()
	anna.Get(link)
	if a := asksThrough(t, anna, anna.Post("/invitation/connection"), "anna"); !isIn(a) {
		t.Fatalf("Anna: %d %s %.2500s", a.Status, a.Path, a.Body)
	}
	again := c.Visitor()
	if a := asksThrough(t, again, again.Post("/o/acme/sign-in/"+id), "anna"); !isIn(a) {
		t.Fatalf("Anna again: %d %s %.2500s", a.Status, a.Path, a.Body)
	}
	if e := c.newest(); e.Action != "invitation.accept" || e.ActorKind != roster.ActorInvitee {
		t.Errorf("the newest line: %+v", e)
	}
}

// TestWhatAProviderThatOthersMadeSendsIsGoodAsItIs: its answer bent on the way, sent twice, with a code of another connection or
// of another's sign-in, or none at all since the person went back, lets nobody in.
func TestWhatAProviderThatOthersMadeSendsIsGoodAsItIs(t *testing.T) {
	c, id := byCertified(t)
	anna := c.Visitor()
	anna.Get(c.invited(id, "anna@example.com", "anna@example.com"))
	if a := asksThrough(t, anna, anna.Post("/invitation/connection"), "anna"); !isIn(a) {
		t.Fatalf("Anna: %d %s %.2500s", a.Status, a.Path, a.Body)
	}
	other := (&connected{c.Site, t, provider.Start(t, map[string]any{"sub": "anna-1", "email": "anna@example.com", "email_verified": true})}).ready(c.owner(), "Entra")
	set := func(fields []string, name, value string) []string {
		all := slices.Clone(fields)
		for i := 0; i < len(all); i += 2 {
			if all[i] == name {
				all[i+1] = value
			}
		}
		return all
	}
	of := func(fields []string, name string) string {
		at := slices.Index(fields, name)
		if at < 0 {
			t.Fatalf("no %s in %v", name, fields)
		}
		return fields[at+1]
	}
	taken := c.Visitor()
	at, before := sentAlong(t, taken, taken.Post("/o/acme/sign-in/"+id), "anna")
	for _, bent := range []struct {
		name, says string
		do         func(fields []string) (string, []string)
	}{
		{"another state", "begun in another browser", func(f []string) (string, []string) { return at, set(f, "state", strings.Repeat("A", 43)) }},
		{"another issuer", "the answer came from another provider", func(f []string) (string, []string) { return at, set(f, "iss", "https://hostile.example") }},
		{"at another connection", "begun in another browser", func(f []string) (string, []string) { return "/sign-in/return/" + other, f }},
		{"a code that was altered", "the code was not taken", func(f []string) (string, []string) { return at, set(f, "code", of(f, "code")+"x") }},
		{"the code of another's sign-in", "the code was not taken", func(f []string) (string, []string) { return at, set(f, "code", of(before, "code")) }},
		{"who went back", "cancelled", func(f []string) (string, []string) {
			return at, []string{"state", of(f, "state"), "iss", of(f, "iss"), "error", "access_denied"}
		}},
	} {
		v := c.Visitor()
		_, fields := sentAlong(t, v, v.Post("/o/acme/sign-in/"+id), "anna")
		to, fields := bent.do(fields)
		stayedOut(t, bent.name, v, v.Post(to, fields...), bent.says)
	}
	v := c.Visitor()
	at, fields := sentAlong(t, v, v.Post("/o/acme/sign-in/"+id), "anna")
	if a := v.Post(at, fields...); !isIn(a) {
		t.Fatalf("as it is: %d %s %.2500s", a.Status, a.Path, a.Body)
	}
	v.Post("/sign-out")
	stayedOut(t, "twice", v, v.Post(at, fields...), "begun in another browser")
}
