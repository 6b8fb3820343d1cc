package decision

import (
	"fmt"

	"roster/internal/authz"
	"roster/internal/authz/question"
	"roster/internal/roster"
)

// Reason is why something is denied: a stable code, and words for administrators. It speaks of what
// Roster knows, never in the asker's own words.
type Reason struct {
	Code string
	Text string
}

// The codes of reasons that are not package question's.
const (
	Incomplete        = "incomplete"         // the question lacks a part
	PermissionUnknown = "permission_unknown" // nothing of that name in the catalogue
	NotActive         = "not_active"         // invited or blocked
	PermissionMissing = "permission_missing"
	ScopeMissing      = "scope_missing" // the permission is held, and the scope that it needs is not
	NotHere           = "not_here"      // held, but somewhere else
)

func unresolved(why question.Reason) Reason {
	switch why {
	case question.SubjectUnknown:
		return Reason{string(why), "Nobody of that type and name is a member of this organisation."}
	case question.ResourceUnknown:
		return Reason{string(why), "There is no unit of that name in this organisation."}
	}
	return Reason{Code: string(why), Text: "This question cannot be made out."}
}

// explained says what stands against an answer of yes: all of it in words, the first in the code.
func explained(e authz.Explanation) Reason {
	var r Reason
	for i, lack := range e.Missing {
		code, text := told(lack)
		if i == 0 {
			r = Reason{code, text}
			continue
		}
		r.Text += " " + text
	}
	return r
}

func told(l authz.Lack) (code, text string) {
	what := "permission " + l.Key
	if l.IsScope {
		what = "scope " + l.Key
	}
	switch l.Kind {
	case authz.LackMember:
		return string(question.SubjectUnknown), unresolved(question.SubjectUnknown).Text
	case authz.LackUnknownUnit:
		return string(question.ResourceUnknown), unresolved(question.ResourceUnknown).Text
	case authz.LackUnknownPermission:
		return PermissionUnknown, "The catalogue has no such action or permission."
	case authz.LackStatus:
		if l.Status == roster.Ended {
			return NotActive, "The API user's time is over."
		}
		return NotActive, fmt.Sprintf("The member is %s.", l.Status)
	case authz.LackUnit:
		return NotHere, fmt.Sprintf("The %s is held, but not %s.", what, place(l.Unit))
	case authz.LackScope:
		return ScopeMissing, fmt.Sprintf("The %s is missing, which the permission needs.", what)
	}
	return PermissionMissing, fmt.Sprintf("The %s is missing.", what)
}

func place(u roster.UnitID) string {
	if u == "" {
		return "on the whole organisation"
	}
	return "at " + string(u) + " or above it"
}
