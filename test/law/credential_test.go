package law_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"roster/internal/act"
	"roster/internal/roster"
	"roster/internal/store/apidb"
)

// An API user has so many secrets and public keys at most.
const (
	mostSecrets = 2
	mostKeys    = 5
)

// credit reads the acts on what an API user proves itself by, and until when.
func (w *world) credit(a deed) string {
	m := w.members[a.on]
	if m.Kind != roster.API {
		return "people have no client secrets"
	}
	secrets, keys := w.secrets[a.on], w.keys[a.on]
	without := func(all []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(id string) bool { return id == a.which })
	}
	switch a.name {
	case act.EndSet:
		if why := w.late(a.ends); why != "" {
			return why
		}
		m.Ends = a.ends
		w.members[a.on] = m
	case act.SecretAdd:
		if len(secrets) >= mostSecrets {
			return "two secrets are there already"
		}
		w.secrets[a.on] = append(slices.Clone(secrets), made)
	case act.KeyAdd:
		if len(keys) >= mostKeys {
			return "five keys are there already"
		}
		w.keys[a.on] = append(slices.Clone(keys), made)
	case act.SecretRemove, act.KeyRemove:
		of, all := w.secrets, secrets
		if a.name == act.KeyRemove {
			of, all = w.keys, keys
		}
		switch {
		case !slices.Contains(all, a.which):
			return "there is no such secret or key"
		case len(secrets)+len(keys) == 1:
			return "it is the only one"
		}
		of[a.on] = without(all)
	}
	return ""
}

// micros writes an end; 0 for none.
func micros(ends time.Time) int64 {
	if ends.IsZero() {
		return 0
	}
	return ends.UnixMicro()
}

// late tells whether an end lies in the past.
func (w *world) late(ends time.Time) string {
	if !ends.IsZero() && ends.Before(w.at) {
		return "that moment has passed"
	}
	return ""
}

// nobodys is the ID of a secret or key that nobody has.
const nobodys = "key_00000000000000000000000000"

// drawEnd picks when an API user's time is over: soon, at the end of a day, long ago, or never.
func (m *machine) drawEnd() time.Time {
	now := m.h.Clock.Now().UTC().Truncate(time.Microsecond)
	day := now.Truncate(24 * time.Hour)
	return rapid.SampledFrom([]time.Time{{}, now.Add(15 * time.Minute), now.Add(time.Hour), day.AddDate(0, 0, 1), day.AddDate(0, 0, 2), day, now.Add(-time.Second)}).Draw(m.t, "end")
}

// newKey makes a public key, as a JWK.
func newKey() string {
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return `{"kty":"OKP","crv":"Ed25519","x":"` + base64.RawURLEncoding.EncodeToString(public) + `"}`
}

// credentials reads what API users prove themselves by: first of all the secret that their program goes by.
func (s *stage) credentials(w *world) {
	s.t.Helper()
	for id, m := range w.members {
		if m.Kind != roster.API {
			continue
		}
		all, err := apidb.Secrets(context.Background(), s.h.DB.Reader(), s.org.ID, id)
		s.must(err)
		for _, of := range all {
			switch {
			case of.IsKey():
				w.keys[id] = append(w.keys[id], of.ID)
			case strings.HasSuffix(s.secrets[id], of.LastFour):
				w.secrets[id] = append([]string{of.ID}, w.secrets[id]...)
			default:
				w.secrets[id] = append(w.secrets[id], of.ID)
			}
		}
	}
}
