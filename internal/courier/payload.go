package courier

import (
	"encoding/json"
	"time"

	"roster/internal/record"
	"roster/internal/roster"
)

// MaxBody is how many bytes a message has at most. Of a longer one changes are left out.
const MaxBody = 64 << 10

// payload is what is sent of an event.
type payload struct {
	Type         string    `json:"type"`      // the action
	Timestamp    time.Time `json:"timestamp"` // when it happened
	Organisation string    `json:"organisation"`
	Data         data      `json:"data"`
}

// data is the history's line.
type data struct {
	record.Line
	LeftOut int `json:"changes_left_out,omitempty"` // how many changes do not stand here: the history has them
}

// Body gives what is sent of an event: the line as the history gives it to programs.
func Body(e roster.Event) ([]byte, error) {
	line := record.Of(record.Impersonal(e))
	p := payload{Type: e.Action, Timestamp: line.At, Organisation: string(e.Organisation), Data: data{Line: line}}
	body, err := json.Marshal(p)
	for err == nil && len(body) > MaxBody && len(p.Data.Changes) > 0 {
		left := len(p.Data.Changes) / 2
		p.Data.LeftOut += len(p.Data.Changes) - left
		p.Data.Changes = p.Data.Changes[:left]
		body, err = json.Marshal(p)
	}
	return body, err
}

// Ping is what a test sends: no event, and in no history.
func Ping(org roster.OrgID, webhook string, at time.Time) ([]byte, error) {
	return json.Marshal(map[string]any{"type": PingType, "timestamp": at.UTC(), "organisation": org, "data": map[string]string{"webhook": webhook}})
}

// PingType is the type of what a test sends.
const PingType = "webhook.ping"
