package org

import (
	"time"

	"roster/internal/command"
	"roster/internal/roster"
)

type eventDocument struct {
	Org     roster.OrgID     `json:"organisation"`
	Seq     int64            `json:"seq"`
	At      time.Time        `json:"at"`
	Action  string           `json:"action"`
	Actor   refDocument      `json:"actor"`
	Door    roster.Door      `json:"door"`
	Request *string          `json:"request_id"`
	IP      *string          `json:"ip"`
	Target  refDocument      `json:"target"`
	Refused *string          `json:"refused"`
	Count   int              `json:"count"`
	Changes []changeDocument `json:"changes"`
	Hash    string           `json:"hash"`
}

type refDocument struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

type changeDocument struct {
	Of    refDocument `json:"of"`
	Field string      `json:"field"`
	From  string      `json:"from"`
	To    string      `json:"to"`
}

func eventOf(e roster.Event) eventDocument {
	d := eventDocument{
		Org: e.Organisation, Seq: e.Seq, At: e.At, Action: e.Action, Actor: refDocument{string(e.ActorKind), e.ActorID, e.ActorName}, Door: e.Door,
		Request: command.Text(e.Request), IP: command.Text(e.IP), Target: refDocument{e.Target.Kind, e.Target.ID, e.Target.Name},
		Refused: command.Text(e.Refused), Count: e.Count, Changes: []changeDocument{}, Hash: e.Hash,
	}
	for _, c := range e.Changes {
		d.Changes = append(d.Changes, changeDocument{Of: refDocument{c.Of.Kind, c.Of.ID, c.Of.Name}, Field: c.Field, From: c.From, To: c.To})
	}
	return d
}
