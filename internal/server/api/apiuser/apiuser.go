// Package apiuser is the API's area of what API users prove themselves by: secrets and public keys, and when their time is
// over. API users themselves are members, in the area of the team.
package apiuser

import (
	"context"
	"net/http"
	"time"

	"roster/internal/act"
	"roster/internal/action/apiuser/credential"
	"roster/internal/roster"
	"roster/internal/server/api"
	"roster/internal/store/apidb"
)

type area struct{ room *credential.Room }

// Routes is the area.
func Routes(r *credential.Room) api.Area {
	a := area{r}
	return func(d *api.Door) {
		api.Add(d, api.Op("GET /orgs/{org}/members/{id}/credentials", act.CredentialsShow, "Show what an API user proves itself by"), a.show)
		api.Add(d, api.Op("POST /orgs/{org}/members/{id}/secrets", act.SecretAdd, "Make a second client secret, or the first of an API user that came in without"), a.addSecret, api.Created)
		api.Add(d, api.Op("DELETE /orgs/{org}/members/{id}/secrets/{credential}", act.SecretRemove, "Remove a client secret"), a.removeSecret, api.Tryable)
		api.Add(d, api.Op("POST /orgs/{org}/members/{id}/keys", act.KeyAdd, "Add public keys"), a.addKeys, api.Tryable)
		api.Add(d, api.Op("DELETE /orgs/{org}/members/{id}/keys/{credential}", act.KeyRemove, "Remove a public key"), a.removeKey, api.Tryable)
		api.Add(d, api.Op("PUT /orgs/{org}/members/{id}/end", act.EndSet, "Say when an API user's time is over"), a.setEnd, api.Tryable)
	}
}

// Credentials are what an API user proves itself by, and how much that is used. No secret is in it.
type Credentials struct {
	ClientID      string          `json:"client_id"`
	Secrets       []ClientSecret  `json:"secrets" nullable:"false" doc:"The oldest first."`
	Keys          []ClientKey     `json:"keys" nullable:"false" doc:"For private_key_jwt; the oldest first."`
	SecondSecrets bool            `json:"second_secrets" doc:"Whether the organisation lets its API users have a second secret."`
	EndsAt        *time.Time      `json:"ends_at" doc:"When its time is over: from then on it is refused at every door."`
	Ended         bool            `json:"ended"`
	TokensIssued  int64           `json:"tokens_issued" doc:"How many access tokens it was given; at most a minute old."`
	LastTokenAt   *time.Time      `json:"last_token_at"`
	MadeBy        CredentialMaker `json:"made_by" doc:"Who made the API user."`
	Allowed       []string        `json:"allowed" nullable:"false" doc:"The actions that the caller may do to the API user now."`
}

// ClientSecret is a client secret, as far as it can be shown.
type ClientSecret struct {
	ID         string          `json:"id"`
	Prefix     string          `json:"prefix"`
	LastFour   string          `json:"last_four"`
	CreatedAt  time.Time       `json:"created_at"`
	MadeBy     CredentialMaker `json:"made_by"`
	LastUsedAt *time.Time      `json:"last_used_at" doc:"At most a minute old."`
	LastUsedIP *string         `json:"last_used_ip"`
}

// ClientKey is a public key.
type ClientKey struct {
	ID         string          `json:"id"`
	KeyID      string          `json:"kid"`
	Algorithms string          `json:"algorithms" doc:"What it may sign by, with a space between two."`
	PublicKey  string          `json:"public_key" doc:"A JWK."`
	CreatedAt  time.Time       `json:"created_at"`
	MadeBy     CredentialMaker `json:"made_by"`
	LastUsedAt *time.Time      `json:"last_used_at" doc:"At most a minute old."`
	LastUsedIP *string         `json:"last_used_ip"`
}

// CredentialMaker is who made something, as they are now.
type CredentialMaker struct {
	ID   string  `json:"id"`
	Name *string `json:"name" doc:"Of members."`
	Here *bool   `json:"here" doc:"Whether the member is still one who can come in; null for who is no member."`
}

func shown(v credential.View) Credentials {
	maker := func(id string) CredentialMaker {
		out := CredentialMaker{ID: id}
		if m, member := v.Makers[id]; member {
			here := m.Status == roster.Active
			out.Name, out.Here = api.Text(m.Name), &here
		}
		return out
	}
	by := func(s apidb.Secret) CredentialMaker {
		if s.CreatedBy == "" { // the first one was made with its API user
			return maker(v.Member.CreatedBy)
		}
		return maker(s.CreatedBy)
	}
	return Credentials{
		ClientID: v.Member.ClientID, SecondSecrets: v.Second, EndsAt: api.Moment(v.Member.Ends), Ended: v.Ended(),
		TokensIssued: v.Issued.Tokens, LastTokenAt: api.Moment(v.Issued.Last), MadeBy: maker(v.Member.CreatedBy), Allowed: api.List(v.Allowed),
		Secrets: api.Each(v.Secrets, func(s apidb.Secret) ClientSecret {
			return ClientSecret{s.ID, s.Prefix, s.LastFour, api.Exact(s.CreatedAt), by(s), api.Moment(s.UsedAt), api.Text(s.UsedIP)}
		}),
		Keys: api.Each(v.Keys, func(s apidb.Secret) ClientKey {
			return ClientKey{s.ID, s.Prefix, s.LastFour, s.PublicKey, api.Exact(s.CreatedAt), by(s), api.Moment(s.UsedAt), api.Text(s.UsedIP)}
		}),
	}
}

// Query is what an API user is asked for with.
type Query struct {
	api.Inside
	ID string `path:"id" doc:"The API user's member ID."`
}

// WriteRequest is a request to change something of an API user.
type WriteRequest struct {
	Query
	api.Repeatable
}

// RemoveRequest is the request to remove a secret or a key.
type RemoveRequest struct {
	WriteRequest
	Credential string `path:"credential" doc:"The ID of the secret or key, as the credentials show it."`
}

// KeysRequest is the request to add public keys.
type KeysRequest struct {
	WriteRequest
	Body struct {
		PublicKey string `json:"public_key" doc:"A JWK or a JWK Set, as JSON, or PEM. ES256 (P-256), EdDSA (Ed25519), PS256 or RS256 (RSA with 2048 bits or more)."`
	}
}

// EndRequest is the request to say when an API user's time is over.
type EndRequest struct {
	WriteRequest
	Body struct {
		EndsAt *time.Time `json:"ends_at" doc:"null for never."`
	}
}

// MadeSecret is an API user's credentials with a new secret.
type MadeSecret struct {
	Credentials
	ID     string   `json:"id" doc:"Of the new secret."`
	Secret api.Once `json:"client_secret" nullable:"true" doc:"This once; null where the request is repeated."`
	Code   string   `json:"code,omitempty" doc:"secret_shown_once where client_secret is null."`
}

func (a area) show(ctx context.Context, in *Query) (*api.Shown[Credentials], error) {
	v, err := a.room.Show(ctx, roster.MemberID(in.ID))
	return &api.Shown[Credentials]{Body: shown(v)}, err
}

func written(ctx context.Context, do func() (credential.View, error)) (*api.Written[Credentials], error) {
	return api.Write(ctx, http.StatusOK, do, func(v credential.View, _ bool) Credentials { return shown(v) })
}

func (a area) addSecret(ctx context.Context, in *WriteRequest) (*api.Written[MadeSecret], error) {
	return api.Write(ctx, http.StatusCreated, func() (credential.Made, error) { return a.room.AddSecret(ctx, roster.MemberID(in.ID)) }, func(m credential.Made, once bool) MadeSecret {
		out := MadeSecret{Credentials: shown(m.View), ID: m.ID}
		out.Secret, out.Code = api.Secret(m.Secret, once)
		return out
	})
}

func (a area) removeSecret(ctx context.Context, in *RemoveRequest) (*api.Written[Credentials], error) {
	return written(ctx, func() (credential.View, error) {
		return a.room.RemoveSecret(ctx, roster.MemberID(in.ID), in.Credential)
	})
}

func (a area) addKeys(ctx context.Context, in *KeysRequest) (*api.Written[Credentials], error) {
	return written(ctx, func() (credential.View, error) {
		return a.room.AddKeys(ctx, roster.MemberID(in.ID), in.Body.PublicKey)
	})
}

func (a area) removeKey(ctx context.Context, in *RemoveRequest) (*api.Written[Credentials], error) {
	return written(ctx, func() (credential.View, error) {
		return a.room.RemoveKey(ctx, roster.MemberID(in.ID), in.Credential)
	})
}

func (a area) setEnd(ctx context.Context, in *EndRequest) (*api.Written[Credentials], error) {
	return written(ctx, func() (credential.View, error) {
		return a.room.SetEnd(ctx, roster.MemberID(in.ID), api.NamedEnd(in.Body.EndsAt))
	})
}
