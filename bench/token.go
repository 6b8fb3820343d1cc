package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"roster/bench/wire"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/server/oauth"
)

// connections is how many clients ask at once.
const connections = 16

// tokens compares the token endpoint with a bare handler that signs the same claims in the same way and
// writes the same JSON, without routes, log, client or database.
func tokens(ctx context.Context, b *bench, show func(line)) error {
	return b.eachHouse(ctx, 1, func(h *house) error {
		u, err := url.Parse(base)
		if err != nil {
			return err
		}
		door, err := oauth.New(ctx, oauth.Rooms{APIUsers: h.APIUser, Keys: h.Keys}, oauth.Settings{BaseURL: u, Clock: time.Now, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
		if err != nil {
			return err
		}
		defer door.Close()
		handler, err := wrapped(door.Mount)
		if err != nil {
			return err
		}
		var requests [][]byte
		var m roster.Member
		for i := range connections { // each is another client, as life is
			client, err := h.Team.CreateAPIUser(roster.WithActor(ctx, h.owners[0]), team.APIUser{Name: fmt.Sprintf("Sync %d", i), Grants: team.RoleGivings(roster.RoleAuditor)})
			if err != nil {
				return err
			}
			m = client.Member
			basic := base64.StdEncoding.EncodeToString([]byte(m.ClientID + ":" + client.Secret))
			requests = append(requests, wire.Post("/oauth2/token", "grant_type=client_credentials",
				"Content-Type", "application/x-www-form-urlencoded", "Authorization", "Basic "+basic))
		}
		bare, err := signing(m)
		if err != nil {
			return err
		}
		l, err := b.compareHandlers(ctx, "token, "+h.kind, requests, handler, bare, 0.6)
		if err == nil {
			show(l)
		}
		return err
	})
}

// compareHandlers sends the same requests, one for each connection, to two handlers, each behind a
// listener of its own.
func (b *bench) compareHandlers(ctx context.Context, name string, requests [][]byte, ours, limit http.Handler, reach float64) (line, error) {
	p := pair{name: name, reach: reach}
	var all []*wire.Callers
	for _, s := range []struct {
		handler http.Handler
		side    *side
	}{{ours, &p.ours}, {limit, &p.limit}} {
		address, stop, err := wire.Serve(s.handler)
		if err != nil {
			return line{}, err
		}
		defer stop()
		c, err := wire.Dial(ctx, address, requests)
		if err != nil {
			return line{}, err
		}
		all = append(all, c)
		*s.side = sideOf(c)
	}
	l, err := b.compare(ctx, p)
	for _, c := range all {
		err = errors.Join(err, c.Close())
	}
	return l, err
}

// signing is the bare handler.
func signing(m roster.Member) (http.Handler, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	b64 := base64.RawURLEncoding
	header := b64.EncodeToString(fmt.Appendf(nil, `{"alg":"ES256","kid":%q,"typ":"at+jwt"}`, rand.Text()+rand.Text()[:17])) + "."
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			panic(http.ErrAbortHandler)
		}
		now := time.Now()
		body, _ := json.Marshal(struct {
			Issuer   string `json:"iss"`
			Audience string `json:"aud"`
			Subject  string `json:"sub"`
			Client   string `json:"client_id"`
			Org      string `json:"org"`
			ID       string `json:"jti"`
			Issued   int64  `json:"iat"`
			Expires  int64  `json:"exp"`
		}{base, base, string(m.ID), m.ClientID, string(m.Org), roster.NewID("tok_"), now.Unix(), now.Add(time.Hour).Unix()})
		text := b64.AppendEncode([]byte(header), body)
		sum := sha256.Sum256(text)
		x, y, err := ecdsa.Sign(rand.Reader, key, sum[:])
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		var signature [64]byte
		x.FillBytes(signature[:32])
		y.FillBytes(signature[32:])
		answer, _ := json.Marshal(struct {
			Token string `json:"access_token"`
			Type  string `json:"token_type"`
			Lasts int64  `json:"expires_in"`
			Scope string `json:"scope"`
		}{string(b64.AppendEncode(append(text, '.'), signature[:])), "Bearer", 3600, "decisions.read history.read members.read organisation.read units.read"})
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}), nil
}
