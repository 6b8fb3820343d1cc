package webhooks_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/endpoint"
	"roster/internal/rostertest"
)

// checked is a delivery as somebody checks it.
type checked struct {
	Secret  string            `json:"secret"`
	Body    string            `json:"body"`
	Headers map[string]string `json:"headers"`
}

// stock asks the verifier from npm, which the people of Standard Webhooks wrote.
func stock(t *testing.T, all ...checked) string {
	t.Helper()
	from, err := filepath.Abs("../../../.cache/standardwebhooks/node_modules/standardwebhooks")
	must(t, err)
	if _, err := os.Stat(from); err != nil {
		t.Fatalf("standardwebhooks is needed here; `make test` installs it: %v", err)
	}
	var in bytes.Buffer
	for _, c := range all {
		must(t, json.NewEncoder(&in).Encode(c))
	}
	node := exec.Command("node", "testdata/verify.mjs", from)
	node.Stdin, node.Stderr = &in, os.Stderr
	out, err := node.Output()
	must(t, err)
	return strings.Join(strings.Fields(string(out)), " ")
}

func TestTheStockVerifierTakesDeliveriesAndNoneThatWasAltered(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Clock.Pass(time.Since(h.Clock.Now())) // it looks at the time
	r, d := receive(t), deliverer(h, local())
	made := hook(t, h, r)
	_, err := h.Webhooks.Test(h.As(h.Owner), made.ID)
	must(t, err)
	next, err := h.Webhooks.Rotate(h.As(h.Owner), made.ID, endpoint.Overlap)
	must(t, err)
	invite(t, h, 2)
	due(t, d)
	ping, all := r.all()[0], r.all()
	as := func(m message, secret string) checked {
		return checked{secret, string(m.body), map[string]string{"webhook-id": m.id, "webhook-timestamp": m.timestamp, "webhook-signature": m.signature}}
	}
	last := all[len(all)-1]
	good, renewed := as(last, made.Secret), as(last, next.Secret)
	altered, moved, late, stranger := as(last, made.Secret), as(last, made.Secret), as(last, made.Secret), as(last, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	altered.Body = strings.Replace(altered.Body, "Olga", "Olaf", 1)
	moved.Headers["webhook-id"] = ping.id
	late.Headers["webhook-timestamp"] = "1614265330"
	same(t, "what it says", stock(t, as(ping, made.Secret), good, renewed, altered, moved, late, stranger), "yes yes yes no no no no")
}
