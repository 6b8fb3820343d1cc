package command

import (
	"strconv"
	"strings"
	"time"

	"roster/internal/roster"
)

// List is how --json prints several things. What --json prints changes only by addition.
type List[T any] struct {
	Items []T `json:"items"`
	Total any `json:"total,omitempty"` // a number, or "more" where they were not all counted
}

// Invitation is what --json tells of an invitation.
type Invitation struct {
	State     string     `json:"state"`
	SentAt    *time.Time `json:"sent_at"`
	OpenedAt  *time.Time `json:"opened_at"`
	ExpiresAt *time.Time `json:"expires_at"`
	Link      string     `json:"link,omitempty"` // of a new one, this once
}

// Some gives null for a moment that is missing.
func Some(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Text gives null for a text that is missing.
func Text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Doer names who did something that no member did.
func Doer(name string) string {
	switch roster.ActorKind(name) {
	case roster.ActorCLI:
		return Name
	case roster.ActorSystem:
		return "Roster"
	}
	return name
}

// Yes reads a truth.
func Yes(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

// OrElse gives another text for one that is missing.
func OrElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Number reads a number.
func Number(n int) string { return strconv.Itoa(n) }

// LetterState reads a letter's state as a sentence would.
func LetterState(s string) string { return strings.ReplaceAll(s, "_", " ") }

// Limit gives null for no limit.
func Limit(n int) *int {
	if n == roster.Unlimited {
		return nil
	}
	return &n
}

// Refusal is what --json prints of why one of several things was refused.
type Refusal struct {
	Code     string          `json:"code"`
	Message  string          `json:"message"`
	Existing roster.MemberID `json:"existing,omitempty"` // who has the address already
}

// RefusalOf gives a refusal's.
func RefusalOf(e *roster.Error) *Refusal { return &Refusal{e.Code, e.Message, e.Existing} }
