package upkeep

import (
	"time"

	"roster/internal/action/outbox"
	"roster/internal/roster"
)

type letterDocument struct {
	ID           string          `json:"id"`
	Organisation roster.OrgID    `json:"organisation"`
	Kind         string          `json:"kind"`
	Member       roster.MemberID `json:"member"`
	To           string          `json:"to"`
	State        string          `json:"state"`
	Attempts     int             `json:"attempts"`
	NextTryAt    *time.Time      `json:"next_try_at"`
	Error        string          `json:"error,omitempty"`
	QueuedAt     time.Time       `json:"queued_at"`
}

func letterOf(w outbox.Waiting) letterDocument {
	return letterDocument{
		ID: w.ID, Organisation: w.Org, Kind: w.Kind, Member: roster.MemberID(w.About), To: w.To, State: string(w.State),
		Attempts: w.Attempt, NextTryAt: nextTry(w), Error: w.Error, QueuedAt: w.MadeAt,
	}
}
