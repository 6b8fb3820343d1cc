package script

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"roster/internal/action/signin"
	"roster/internal/app"
	"roster/internal/command"
	"roster/internal/roster"
	"roster/internal/secret"
)

// joins lets invited people accept by a copied link, in the house and not through the dashboard's door:
// joins ADDRESS FIRST LAST.
func joins(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: joins ADDRESS FIRST LAST")
	}
	ctx := context.Background()
	h, err := app.Open(ctx, app.Settings{Database: ts.Getenv("ROSTER_DATABASE"), Hashing: secret.Params{MemoryKiB: 64, Time: 1, Threads: 1}})
	ts.Check(err)
	defer h.Close()
	orgs, err := h.Orgs.List(command.Operator(ctx, ""))
	ts.Check(err)
	d := command.Desk{House: h, Org: orgs[0]}
	id, err := d.Find(ctx, args[0])
	ts.Check(err)
	linked, err := h.Team.Link(command.Operator(ctx, d.Org.ID), id)
	ts.Check(err)
	visitor := roster.WithActor(ctx, roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard})
	const password = "a password nobody types twice"
	_, err = h.SignIn.Accept(visitor, signin.Acceptance{
		Org: d.Org.ID, Secret: linked.Secret, FirstName: args[1], LastName: args[2], Password: password, Repeat: password,
	})
	ts.Check(err)
}

// asks sends a request, whose answer becomes the output: asks STATUS METHOD URL AUTHORISATION [BODY]. The
// authorisation is a token, or an ID and secret with a colon between.
func asks(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 || len(args) > 5 {
		ts.Fatalf("usage: asks STATUS METHOD URL AUTHORISATION [BODY]")
	}
	body := append(args, "")[4]
	req, err := http.NewRequest(args[1], args[2], strings.NewReader(body))
	ts.Check(err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("If-Match", "*") // whatever is there
	if !strings.HasPrefix(body, "{") {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if id, key, ok := strings.Cut(args[3], ":"); ok {
		req.SetBasicAuth(id, key)
	} else {
		req.Header.Set("Authorization", "Bearer "+args[3])
	}
	answer, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	ts.Check(err)
	_, err = ts.Stdout().Write(text)
	ts.Check(err)
	if strconv.Itoa(answer.StatusCode) != args[0] {
		ts.Fatalf("%s %s answers %d, not %s: %s", args[1], args[2], answer.StatusCode, args[0], text)
	}
}
