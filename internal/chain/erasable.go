package chain

import (
	"slices"
	"strconv"

	"roster/internal/roster"
)

// What an erasure may delete of a line is said here, and nowhere else: who erases asks it of each text, and a walk asks it of
// each that is gone.

// Erasable tells whether erasures ever delete a text that stands there.
func (s Said) Erasable() bool { return s.Personal() || s.Free() }

// Personal tells whether a text says who somebody is whose it is, or where they acted from: it goes with them.
func (s Said) Personal() bool {
	switch s.Place {
	case ActorName, ActorIP:
		return !slices.Contains([]string{string(roster.ActorCLI), string(roster.ActorSystem), string(roster.ActorClient)}, s.Of.Kind)
	case TargetName, ThingName:
		return s.somebody()
	}
	return s.somebody() && !impersonal(s.Field)
}

func (s Said) somebody() bool { return s.Of.Kind == "member" || s.Of.Kind == "person" }

// impersonal tells whether a member's or person's field says nothing of who they are: how they stood in the organisation, and
// what they were let do. The history keeps those. A field that does not stand here is erased.
func impersonal(field string) bool {
	return slices.Contains([]string{
		"kind", "status", "status_before_block", "person", "unit", "verified_at", "removed_at", "ends_at", "signed_out_at", "version", "grant", "client_id",
		"invitation", "invitation_ttl", "invitation_state", "login_method", "client_secret", "password", "password_change_by", "credentials",
		"factors", "factor_used", "factor_reset", "recovery", "recovery_codes", "recovery_code", "sessions", "notifications", "notifications_off", "erased", texts,
	}, field)
}

// Free tells whether a text is one that somebody wrote freely, or that names another than whom or what it is of: it may name
// a person though it is not theirs. Everything else that is said of others, such as the scopes of a role, an organisation's
// settings or how many rows an import did, is not a word about anybody, though it may be spelled like somebody's name.
func (s Said) Free() bool {
	switch s.Place {
	case ActorName, ActorIP:
		return false
	case TargetName, ThingName:
		return s.Asked || slices.Contains(named(), s.Of.Kind)
	}
	return slices.Contains(free(), s.Of.Kind+"."+s.Field)
}

// named are the kinds of things that are called as somebody's file was. Of a kind that is added here, as of a field of free, a
// migration marks the lines that are there (event.beside).
func named() []string { return []string{"import", "file"} }

// free are the fields whose texts are free, each after the kind of what has it.
func free() []string {
	return []string{"member.block_reason", "member.inviter", "member.created_by", "organisation.reason", "export.filter", "job.to"}
}

// makes tells whether an action makes somebody: where it was refused, the name that its line gives its target is nobody's own.
func makes(action string) bool {
	return slices.Contains([]string{"member.invite", "member.create", "member.clone", "api_user.create"}, action)
}

// Refused is the name of what an act was about that was refused, as its line will have it.
func Refused(action string, on roster.Ref) Said {
	return Said{Place: TargetName, Of: on, Asked: makes(action), Text: on.Name}
}

// beside tells whether an erasure may find something in a line though whom it is of neither acted nor was acted on: a text that
// is Free, or that is a member's or person's beside the target.
func (l *body) beside() (is bool) {
	l.each(func(digest string, s Said) {
		own := s.Place == ActorName || s.Place == ActorIP
		is = is || digest != "" && !own && (s.Free() || s.somebody() && s.Of.ID != l.Target.ID)
	})
	return is
}

// Erasure is the action whose lines tell of an erasure.
const Erasure = "member.erase"

// texts is the field by which they tell how many texts of their own history it deleted.
const texts = "texts"

// Told is what the line of an erasure tells in the history whose texts it deleted.
func Told(of roster.Ref, n int) roster.Change {
	return roster.Change{Of: of, Field: texts, To: strconv.Itoa(n)}
}

// tells gives how many texts a line says that its act deleted. known is false for the erasures of an earlier Roster, which do
// not say it.
func tells(e *roster.Event) (n int, known bool) {
	if e.Action != Erasure || e.Refused != "" {
		return 0, true
	}
	for _, c := range e.Changes {
		if c.Field == texts {
			n, _ := strconv.Atoi(c.To) // where it was deleted, 0, and that is a fault of its own
			return n, true
		}
	}
	return 0, false
}
