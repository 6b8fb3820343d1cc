package history

import (
	"context"
	"encoding/json"
	"time"

	"roster/internal/action/history"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// Checkpoint is what a history was at a moment.
type Checkpoint struct {
	Seq        int64     `json:"seq" doc:"The position that the history had reached."`
	At         time.Time `json:"at"`
	Checkpoint string    `json:"checkpoint" doc:"A JSON Web Token of the type roster-checkpoint+jwt, signed with Ed25519: org, seq, iat, and in hash that of the line at seq."`
}

// Key is a public key as a JSON Web Key (RFC 7517, RFC 8037).
type Key struct {
	Type      string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	ID        string `json:"kid"`
	Algorithm string `json:"alg"`
	Use       string `json:"use"`
}

// Signed is a checkpoint of now, and the key to check it with.
type Signed struct {
	Checkpoint
	Key Key `json:"key" doc:"The public key. Keep it elsewhere too."`

	Allowed []string `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// Checkpoints is one page of the checkpoints that are kept, the newest first.
type Checkpoints struct {
	Items      []Checkpoint `json:"items" nullable:"false"`
	NextBefore int64        `json:"next_before" doc:"Where to go on; 0 on the last page."`
	Key        Key          `json:"key" doc:"The public key."`

	Allowed []string `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// CheckpointsQuery is what the checkpoints that are kept are asked with.
type CheckpointsQuery struct {
	api.Inside
	Before int64 `query:"before" minimum:"0" doc:"Checkpoints before this position; from the newest when absent."`
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func checkpointOf(c history.Checkpoint) Checkpoint {
	return Checkpoint{Seq: c.Seq, At: api.Exact(c.At), Checkpoint: c.Text}
}

func (a area) checkpoint(ctx context.Context, _ *api.Inside) (*api.Shown[Signed], error) {
	c, err := a.room.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	key, err := a.key()
	return &api.Shown[Signed]{Body: Signed{checkpointOf(c), key, api.Here(ctx)}}, err
}

func (a area) checkpoints(ctx context.Context, in *CheckpointsQuery) (*api.Shown[Checkpoints], error) {
	if in.Before < 0 {
		return nil, roster.Errorf(roster.Invalid, "parameter_invalid", "A position is 0 or more.").On("before")
	}
	limit := api.Asked(in.Limit)
	kept, err := a.room.Checkpoints(ctx, in.Before, limit)
	if err != nil {
		return nil, err
	}
	key, err := a.key()
	out := Checkpoints{Items: api.Each(kept, checkpointOf), Key: key, Allowed: api.Here(ctx)}
	if len(kept) == limit {
		out.NextBefore = kept[limit-1].Seq
	}
	return &api.Shown[Checkpoints]{Body: out}, err
}

func (a area) key() (Key, error) {
	var k Key
	text, err := a.room.Key().JWK()
	if err != nil {
		return k, err
	}
	return k, json.Unmarshal(text, &k)
}
