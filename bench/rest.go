package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"

	"roster/bench/bare"
	"roster/bench/throng"
	"roster/bench/wire"
	"roster/internal/action/team"
	"roster/internal/app"
	"roster/internal/roster"
	"roster/internal/store/memberdb"
)

// restMembers is how many members each organisation has whose team programs read and add to.
const restMembers = 1000

// rest compares showing, listing and adding members by REST, by sixteen programs in as many organisations at once,
// with a bare handler that runs the same statements and writes as many bytes: without routes, log, token, permission,
// and what else there is to read for an answer.
func rest(ctx context.Context, b *bench, show func(line)) error {
	return b.eachHouse(ctx, connections, func(h *house) error {
		for _, o := range h.owners {
			if _, err := throng.Fill(ctx, h.kind, h.url, o, restMembers); err != nil {
				return err
			}
		}
		if err := h.again(ctx); err != nil {
			return err
		}
		doors, err := h.doors(ctx)
		if err != nil {
			return err
		}
		defer doors.Close()
		askers, err := h.askers(ctx, doors.Handler)
		if err != nil {
			return err
		}
		for _, m := range []func(context.Context, *bench, *house, http.Handler, []asker) (line, error){showMember, listMembers, addMember} {
			l, err := m(ctx, b, h, doors.Handler, askers)
			if err != nil {
				return err
			}
			show(l)
		}
		return nil
	})
}

// doors opens all doors of a house, without bounds and with its log going nowhere.
func (h *house) doors(ctx context.Context) (*app.Doors, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	return h.Doors(ctx, app.DoorSettings{Base: u, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
}

// asker is a program with a token, in an organisation of its own.
type asker struct {
	org    roster.OrgID
	member roster.MemberID // one whom it shows
	token  string
}

// askers makes a program in each organisation and gets it a token.
func (h *house) askers(ctx context.Context, handler http.Handler) ([]asker, error) {
	address, stop, err := wire.Serve(handler)
	if err != nil {
		return nil, err
	}
	defer stop()
	var all []asker
	for _, o := range h.owners {
		ctx := roster.WithActor(ctx, o)
		made, err := h.Team.CreateAPIUser(ctx, team.APIUser{Name: "Portal", Grants: team.RoleGivings("user_administrator")})
		if err != nil {
			return nil, err
		}
		token, err := exchange(ctx, "http://"+address, made)
		if err != nil {
			return nil, err
		}
		page, err := h.Team.List(ctx, team.Query{Kinds: []roster.MemberKind{roster.Regular}, Limit: 2})
		if err != nil {
			return nil, err
		}
		all = append(all, asker{org: o.Organisation, member: page.Members[1].ID, token: token})
	}
	return all, nil
}

// get gives an asker's request for something in its organisation.
func (a asker) get(path string) []byte {
	return fmt.Appendf(nil, "GET /api/v1/orgs/%s/%s HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAuthorization: Bearer %s\r\n\r\n", a.org, path, a.token)
}

func showMember(ctx context.Context, b *bench, h *house, handler http.Handler, askers []asker) (line, error) {
	var requests [][]byte
	for _, a := range askers {
		requests = append(requests, a.get("members/"+string(a.member)))
	}
	return b.compareReads(ctx, "REST show member, "+h.kind, requests, handler, func(ctx context.Context, w int) error {
		_, err := memberdb.RowByID(ctx, h.DB.Reader(), askers[w].org, askers[w].member)
		return err
	})
}

func listMembers(ctx context.Context, b *bench, h *house, handler http.Handler, askers []asker) (line, error) {
	var requests [][]byte
	for _, a := range askers {
		requests = append(requests, a.get("members?limit=50"))
	}
	return b.compareReads(ctx, "REST list 50 members, "+h.kind, requests, handler, func(ctx context.Context, w int) error {
		rows, err := memberdb.List(ctx, h.DB.Reader(), memberdb.Filter{Org: askers[w].org, Sort: memberdb.ByName, Limit: 51})
		if err == nil && len(rows) != 51 {
			err = fmt.Errorf("the limit reads %d members", len(rows))
		}
		return err
	})
}

// compareReads compares a handler with a bare one, which reads for each connection and writes the same bytes.
func (b *bench) compareReads(ctx context.Context, name string, requests [][]byte, handler http.Handler, read func(context.Context, int) error) (line, error) {
	answers, err := answersTo(ctx, handler, requests)
	if err != nil {
		return line{}, err
	}
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i, request := range requests {
			if bytes.Contains(request, []byte(r.URL.Path)) {
				if err := read(r.Context(), i); err != nil {
					http.Error(w, err.Error(), http.StatusInternalServerError)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write(answers[i])
				return
			}
		}
		http.NotFound(w, r)
	})
	return b.compareHandlers(ctx, name, requests, handler, bare, 0)
}

// answersTo gives what a handler answers to each request.
func answersTo(ctx context.Context, handler http.Handler, requests [][]byte) ([][]byte, error) {
	address, stop, err := wire.Serve(handler)
	if err != nil {
		return nil, err
	}
	defer stop()
	c, err := wire.Dial(ctx, address, requests)
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for _, one := range c.Each {
		text, err := one.Ask()
		if err != nil {
			return nil, err
		}
		all = append(all, bytes.Clone(text))
	}
	return all, c.Close()
}

// number is where each request has a number of its own.
const number = "000000000"

// addMember compares adding, each time another person, with a bare handler that reads the body and writes the same
// rows in one transaction.
func addMember(ctx context.Context, b *bench, h *house, handler http.Handler, askers []asker) (line, error) {
	rows, err := bare.Open(ctx, h.kind, h.url, h.orgs())
	if err != nil {
		return line{}, err
	}
	defer rows.Close()
	var requests [][]byte
	for _, a := range askers {
		body := `{"email":"new` + number + `@example.com","first_name":"Ada","last_name":"Person` + number + `"}`
		requests = append(requests, wire.Post("/api/v1/orgs/"+string(a.org)+"/members", body, "Content-Type", "application/json", "Authorization", "Bearer "+a.token))
	}
	var n atomic.Int64
	var answer []byte
	sides := [2]side{}
	for i, handler := range []http.Handler{handler, adding(rows, askers, &answer)} {
		address, stop, err := wire.Serve(handler)
		if err != nil {
			return line{}, err
		}
		defer stop()
		c, err := wire.Dial(ctx, address, requests)
		if err != nil {
			return line{}, err
		}
		defer func() { _ = c.Close() }() // nothing is under way any more
		sides[i] = side{workers: len(c.Each), op: func(_ context.Context, w int) error {
			c.Each[w].Request = bytes.ReplaceAll(requests[w], []byte(number), fmt.Appendf(nil, "%09d", n.Add(1)))
			text, err := c.Each[w].Ask()
			if answer == nil {
				answer = bytes.Clone(text)
			}
			return err
		}}
	}
	if err := sides[0].op(ctx, 0); err != nil { // so that there is an answer to give
		return line{}, err
	}
	return b.compare(ctx, pair{name: "REST add member, " + h.kind, ours: sides[0], limit: sides[1]})
}

// adding is the bare handler of adding: it reads the body, writes the rows, and answers with as many bytes.
func adding(rows *bare.Rows, askers []asker, answer *[]byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			panic(http.ErrAbortHandler)
		}
		for i, a := range askers {
			if req.URL.Path != "/api/v1/orgs/"+string(a.org)+"/members" {
				continue
			}
			if err := rows.Add(req.Context(), i); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(*answer)
	})
}
