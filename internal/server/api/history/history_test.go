package history_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/record"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
)

// full tells whether the full counts are asked for.
func full() bool { return os.Getenv("ROSTER_PROOF") != "" }

// toggle blocks or unblocks a member, so that the history gets a line.
func toggle(r *rest.Rig, m roster.MemberID, n int) error {
	ctx := r.CLI(r.Acme.ID)
	if n%2 == 0 {
		_, err := r.Team.Block(ctx, m, "")
		return err
	}
	_, err := r.Team.Unblock(ctx, m)
	return err
}

func newest(t testing.TB, r *rest.Rig) int64 {
	t.Helper()
	at, err := r.History.Newest(r.CLI(r.Acme.ID))
	rest.Must(t, err)
	return at
}

func TestAnAnswerWaitsForTheNextLine(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		anna := r.Join("anna@example.com", "Anna", "Arch")
		robot, _ := r.Program(t, "Reader", "auditor")
		at := newest(t, r)
		path := fmt.Sprintf("history?after=%d&wait=", at)

		// Nothing comes: the answer says where to go on, once the time is over.
		body := robot.Ask("GET", path+"1", "").Is(200)
		rest.Equal(t, "lines", len(body["items"].([]any)), 0)
		rest.Equal(t, "next_after", body["next_after"].(float64), float64(at))

		// Something comes: it wakes who waits, also whoever waits for another thing, who goes on behind it.
		answers := make(chan map[string]any, 2)
		go func() { answers <- robot.Ask("GET", path+"50", "").Is(200) }()
		go func() { answers <- robot.Ask("GET", path+"50&action=member.unblock", "").Is(200) }()
		for n := range 2 {
			rest.Must(t, toggle(r, anna.Member, n))
		}
		for range 2 {
			body := <-answers
			items := body["items"].([]any)
			if len(items) == 0 {
				t.Fatalf("who waited got nothing: %v", body)
			}
			if action := items[0].(map[string]any)["action"]; action != "member.block" && action != "member.unblock" {
				t.Errorf("who waited got %v", action)
			}
		}
		body = robot.Ask("GET", path+"0&action=member.grant", "").Is(200)
		rest.Equal(t, "next_after behind what the filter leaves out", body["next_after"].(float64), float64(at+2))

		robot.Ask("GET", path+"51", "").Refuses(422, "parameter_invalid")
		robot.Ask("GET", path+"x", "").Refuses(422, "parameter_invalid")
		robot.With("Last-Event-ID", "x").Ask("GET", path+"0", "").Refuses(400, "malformed")
		robot.Ask("GET", fmt.Sprintf("history?after=%d&wait=5", at+100), "").Refuses(409, "position_ahead")
	})
}

func TestAStreamTellsEachLine(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		anna := r.Join("anna@example.com", "Anna", "Arch")
		robot, _ := r.Program(t, "Reader", "auditor")
		at := newest(t, r)
		is := func(s *rest.Stream, seq int64, action string) {
			t.Helper()
			e, ok := s.Next()
			var l record.Line
			if !ok || json.Unmarshal([]byte(e.Data), &l) != nil {
				t.Fatalf("no line: %v", e)
			}
			rest.Equal(t, "id", e.ID, strconv.FormatInt(seq, 10))
			rest.Equal(t, "seq", l.Seq, seq)
			rest.Equal(t, "action", l.Action, action)
			rest.Equal(t, "organisation", l.Org, string(r.Acme.ID))
		}
		all := robot.Stream("history", strconv.FormatInt(at, 10))
		some := robot.Stream(fmt.Sprintf("history?after=%d&action=member.unblock", at), "")
		member := robot.Stream(fmt.Sprintf("members/%s/history?after=%d", anna.Member, at), "")
		for n := range 2 {
			rest.Must(t, toggle(r, anna.Member, n))
		}
		is(all, at+1, "member.block")
		is(all, at+2, "member.unblock")
		is(member, at+1, "member.block")
		is(member, at+2, "member.unblock")
		e, _ := some.Next()
		for e.Data == "" { // marks behind what the filter leaves out
			e, _ = some.Next()
		}
		rest.Equal(t, "the filtered line", e.ID, strconv.FormatInt(at+2, 10))
		all.Leave()
		rest.Must(t, toggle(r, anna.Member, 0))
		again := robot.Stream("history?after=1", strconv.FormatInt(at+2, 10))
		is(again, at+3, "member.block")
		for _, s := range []*rest.Stream{some, member, again} {
			s.Leave()
		}
	})
}

// Whoever loses the right to read gets no line any more, and the stream ends by itself.
func TestAStreamEndsWithTheRight(t *testing.T) {
	type cast struct {
		reader     *rest.Caller
		id         roster.MemberID
		client     string // an API user's
		withSecret string
		stream     *rest.Stream
	}
	const programs = true // only API users can lose it so
	losses := []struct {
		what string
		only bool
		lose func(r *rest.Rig, c cast) error
	}{
		{"blocked", false, func(r *rest.Rig, c cast) error { _, err := r.Team.Block(r.CLI(r.Acme.ID), c.id, ""); return err }},
		{"removed", false, func(r *rest.Rig, c cast) error { _, err := r.Team.Remove(r.CLI(r.Acme.ID), c.id); return err }},
		{"permission withdrawn", false, func(r *rest.Rig, c cast) error {
			_, err := r.Team.Grant(r.CLI(r.Acme.ID), c.id, team.Grants{All: team.RoleGivings("member")})
			return err
		}},
		{"organisation suspended", false, func(r *rest.Rig, c cast) error {
			_, err := r.Fleet.Suspend(r.CLI(r.Acme.ID))
			return err
		}},
		{"address shut out", false, func(r *rest.Rig, c cast) error {
			_, err := r.Networks.Set(r.CLI(r.Acme.ID), []string{"192.0.2.0/24"})
			return err
		}},
		{"its own address list", programs, func(r *rest.Rig, c cast) error {
			_, err := r.Networks.SetProgram(r.CLI(r.Acme.ID), c.id, []string{"192.0.2.0/24"})
			return err
		}},
		{"token revoked", programs, func(r *rest.Rig, c cast) error { r.Revoke(c.reader, c.client, c.withSecret); return nil }},
		{"time over", programs, func(r *rest.Rig, c cast) error {
			_, err := r.Credentials.SetEnd(r.CLI(r.Acme.ID), c.id, r.Clock.Now().Add(10*time.Minute))
			if err != nil {
				return err
			}
			if e, ok := c.stream.Next(); !ok || e.Data == "" {
				return fmt.Errorf("the end to come is told as long as there is the right: %v", e)
			}
			r.Clock.Pass(10 * time.Minute)
			return nil
		}},
		{"token over", false, func(r *rest.Rig, _ cast) error { r.Clock.Pass(2 * time.Hour); return nil }},
	}
	enter := func(t *testing.T, r *rest.Rig, person bool) cast {
		if person {
			reader, a := r.Holder(t, "Rita", team.RoleGivings("auditor")...)
			return cast{reader: reader, id: a.Member}
		}
		made, err := r.Team.CreateAPIUser(r.As(r.Owner), team.APIUser{Name: "Reader", Grants: team.RoleGivings("auditor")})
		rest.Must(t, err)
		return cast{reader: r.Token(t, made.ClientID, made.Secret), id: made.ID, client: made.ClientID, withSecret: made.Secret}
	}
	for _, person := range []bool{false, true} {
		for _, loss := range losses {
			if person && loss.only == programs {
				continue
			}
			t.Run(fmt.Sprintf("%s, person %v", loss.what, person), func(t *testing.T) {
				rest.Each(t, func(t *testing.T, r *rest.Rig) {
					anna := r.Join("anna@example.com", "Anna", "Arch")
					c := enter(t, r, person)
					s := c.reader.Stream("history", strconv.FormatInt(newest(t, r), 10))
					c.stream = s
					rest.Must(t, toggle(r, anna.Member, 0))
					if e, ok := s.Next(); !ok || e.Data == "" {
						t.Fatalf("no line before the loss: %v", e)
					}
					rest.Must(t, loss.lose(r, c))
					_ = toggle(r, anna.Member, 1) // a suspended organisation changes for root too
					s.Ends()
				})
			})
		}
	}
}

// sessionless ends by signing out everywhere, which stands in the installation's history.
func TestAStreamEndsWithTheSession(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	rita, _ := r.Holder(t, "Rita", team.RoleGivings("auditor")...)
	s := rita.Stream("history", strconv.FormatInt(newest(t, r), 10))
	rita.Ask("DELETE", "/me/sessions", "")
	list := rita.Ask("GET", "/me/sessions", "").Is(200)
	id := list["items"].([]any)[0].(map[string]any)["id"].(string)
	rita.Ask("DELETE", "/me/sessions/"+id, "").Is(204)
	s.Ends()
}

func TestHowManyWaitIsBounded(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	robot, _ := r.Program(t, "Reader", "auditor")
	at := strconv.FormatInt(newest(t, r), 10)
	var all []*rest.Stream
	for range 20 {
		all = append(all, robot.Stream("history", at))
	}
	robot.Ask("GET", "history?wait=1&after="+at, "").Refuses(429, "too_many_waiting")
	robot.Ask("GET", "history?after="+at, "").Is(200)
	other, _ := r.Program(t, "Other", "auditor")
	other.Stream("history", at).Leave()
	for _, s := range all {
		s.Leave()
	}
	for { // the server sees that they left a little later
		if a := robot.Ask("GET", "history?wait=1&after=0", ""); a.StatusCode == 200 {
			break
		}
	}
}

// While others change much at once, a reader who comes and goes at random, in every way there is, sees each line once, in
// order, and none is missing.
func TestAReaderWhoComesAndGoesMissesNothing(t *testing.T) {
	changes := 400
	if full() {
		changes = 20_000
	}
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		robot, _ := r.Program(t, "Reader", "auditor")
		const writers = 4
		var members []roster.MemberID
		for n := range writers {
			members = append(members, r.Join(fmt.Sprintf("m%d@example.com", n), "M", strconv.Itoa(n)).Member)
		}
		at := newest(t, r)
		until := at + int64(changes/writers*writers)
		var writing sync.WaitGroup
		for _, m := range members {
			writing.Go(func() {
				for n := range changes / writers {
					if err := toggle(r, m, n); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		chance := rand.New(rand.NewPCG(6, 6))
		see := func(seq int64) {
			if seq != at+1 {
				t.Errorf("after line %d came %d", at, seq)
			}
			at = seq
		}
		for visits := 0; at < until && !t.Failed(); visits++ {
			path := fmt.Sprintf("history?after=%d", at)
			if chance.IntN(2) == 0 {
				body := robot.Get(path + []string{"", "&limit=7", "&wait=5", "&wait=5&limit=3"}[chance.IntN(4)])
				for _, l := range body["items"].([]any) {
					see(int64(l.(map[string]any)["seq"].(float64)))
				}
				rest.Equal(t, "next_after", int64(body["next_after"].(float64)), at)
				continue
			}
			s := robot.Stream([]string{path, "history?after=1"}[chance.IntN(2)], strconv.FormatInt(at, 10))
			for n := chance.IntN(1 + changes/20); n >= 0 && at < until; n-- {
				e, ok := s.Next()
				if !ok {
					t.Fatal("the stream ended")
				}
				seq, err := strconv.ParseInt(e.ID, 10, 64)
				rest.Must(t, err)
				see(seq)
				if !strings.Contains(e.Data, fmt.Sprintf(`"seq":%d,`, seq)) {
					t.Errorf("event %d holds %s", seq, e.Data)
				}
			}
			s.Leave()
		}
		writing.Wait()
		rest.Equal(t, "the last line", newest(t, r), until)
	})
}
