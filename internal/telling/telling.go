// Package telling says lines of the history in their reader's words: on pages and in files. It reads no history, and
// does not decide who may see a line.
package telling

import (
	"slices"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/words"
)

// Voice says lines in the words of one reader; Moment writes moments as they read them.
type Voice struct {
	Words  *words.Catalogue
	Moment func(time.Time) string
}

// Actor names who acted; who has no name, such as the command line, by what they are.
func (v Voice) Actor(e roster.Event) string {
	if e.ActorName != "" {
		return e.ActorName
	}
	return v.or("history.actor."+string(e.ActorKind), string(e.ActorKind))
}

// Deed gives the verb between who acted and on whom: what was done, or what was refused.
func (v Voice) Deed(e roster.Event) string {
	if e.Refused == "" {
		return v.or("history.did."+e.Action, e.Action)
	}
	what := v.or("history.tried."+e.Action, v.Name(e.Action))
	if e.Count > 1 {
		return v.Words.Say("history.refused_often", "what", what, "count", v.Words.Number(e.Count))
	}
	return v.Words.Say("history.refused", "what", what)
}

// What is Deed as it stands alone.
func (v Voice) What(e roster.Event) string {
	if e.Refused == "" {
		return v.Name(e.Action)
	}
	return v.Deed(e)
}

// Name calls an action by what it does, such as “Member blocked”.
func (v Voice) Name(action string) string { return v.or("history.what."+action, action) }

// Door says by what way an act came in.
func (v Voice) Door(e roster.Event) string {
	return v.or("history.door."+string(e.Door), string(e.Door))
}

// Field names a field that was changed.
func (v Voice) Field(field string) string { return v.or("layout.field."+field, field) }

// Value says a changed value as people do: statuses, kinds and states in words, moments and spans as such.
func (v Voice) Value(field, value string) string {
	switch field {
	case "status", "status_before_block":
		return v.or("layout.status."+value, value)
	case "kind":
		return v.or("layout.kind."+value, value)
	case "grant":
		return v.or("history.role."+strings.TrimPrefix(value, "role "), value)
	case "invitation_state":
		return v.or("history.state."+value, value)
	case "portal":
		return v.or("portal.level."+value, value)
	case "notifications":
		if what, way, ok := strings.Cut(value, ": "); ok {
			return v.or("me.news."+what, what) + ": " + v.or("me.news.way."+way, way)
		}
	case "email_proved":
		return v.or("history.mailbox."+value, value)
	case "proofs", "factor_used":
		parts := strings.Split(value, ", ")
		for i, part := range parts {
			parts[i] = v.or("layout.proof."+part, part)
		}
		return words.Capital(strings.Join(parts, ", "))
	case "invitation_ttl":
		if d, err := time.ParseDuration(value); err == nil {
			return v.Words.Span(d)
		}
	}
	switch value {
	case "true":
		return v.Words.Say("history.value.on")
	case "false":
		return v.Words.Say("history.value.off")
	}
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return v.Moment(t)
	}
	return value
}

// Told gives the changes that people read: bookkeeping numbers stay out, and each recovery code beside how many there are.
func Told(changes []roster.Change) []roster.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c roster.Change) bool {
		return slices.Contains([]string{"version", "invitation", "person", "status_before_block", "recovery_code", "given_by", "created_by_id"}, c.Field)
	})
}

// or gives a key's sentence, or another text where there is none.
func (v Voice) or(key, otherwise string) string {
	if s := v.Words.Say(key); s != "["+key+"]" {
		return s
	}
	return otherwise
}
