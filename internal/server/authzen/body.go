package authzen

import (
	"strconv"
	"strings"

	"roster/internal/action/decision"
	"roster/internal/authz/question"
)

// part is something that a question may have.
type part uint16

const (
	theSubject part = 1 << iota
	theSubjectType
	theSubjectID
	theAction
	theActionName
	theResource
	theResourceType
	theResourceID
	theContext

	wholeSubject  = theSubject | theSubjectType | theSubjectID
	wholeAction   = theAction | theActionName
	wholeResource = theResource | theResourceType | theResourceID
)

// body is a request's body, of whatever endpoint. What another endpoint would read is read here too, and
// then not looked at: members an endpoint does not know are ignored (section 10.1.1).
type body struct {
	top      decision.Question
	has      part // of the top
	items    []decision.Question
	have     []part // of the items
	semantic decision.Semantic
	token    string
	limit    int
}

// MostEvaluations is how many questions one request may put.
const MostEvaluations = 1000

// Bounds of a search's page.
const (
	usualLimit = 100
	mostLimit  = 1000
)

// parse reads the sheet's text into its body, whose lists keep their room. Kind: Invalid.
func (s *sheet) parse() error {
	r, b := &s.reader, &s.body
	*b = body{items: b.items[:0], have: b.have[:0], limit: usualLimit}
	if !r.begin(string(s.buf)) {
		return r.err
	}
	if r.peek() != '{' {
		if r.skip() && r.end() {
			return malformed("The body must be an object.")
		}
		return r.err
	}
	read := r.object(func(key string) bool {
		switch key {
		case "evaluations":
			return r.null() || r.evaluations(b)
		case "options":
			return r.null() || r.options(b)
		case "page":
			return r.null() || r.page(b)
		}
		return r.question(key, &b.top, &b.has)
	})
	if !read || !r.end() {
		return r.err
	}
	return nil
}

// question reads a member of a question: the four that it has, and others, which are ignored.
func (r *reader) question(key string, q *decision.Question, has *part) bool {
	switch key {
	case "subject":
		*has |= theSubject
		return r.entity(key, func(field string) bool {
			switch field {
			case "type":
				return r.field("subject.type", &q.Subject.Type, has, theSubjectType)
			case "id":
				return r.field("subject.id", &q.Subject.ID, has, theSubjectID)
			}
			return r.rest(field, "subject.properties", &q.Subject.Properties)
		})
	case "action":
		*has |= theAction
		return r.entity(key, func(field string) bool {
			if field == "name" {
				return r.field("action.name", &q.Action.Name, has, theActionName)
			}
			return r.rest(field, "action.properties", &q.Action.Properties)
		})
	case "resource":
		*has |= theResource
		return r.entity(key, func(field string) bool {
			switch field {
			case "type":
				return r.field("resource.type", &q.Resource.Type, has, theResourceType)
			case "id":
				return r.field("resource.id", &q.Resource.ID, has, theResourceID)
			}
			return r.rest(field, "resource.properties", &q.Resource.Properties)
		})
	case "context":
		return r.null() || r.context(q, has)
	}
	return r.skip()
}

// entity reads an object that must be one.
func (r *reader) entity(name string, member func(string) bool) bool {
	if r.peek() != '{' {
		return r.other(name, "an object")
	}
	return r.object(member)
}

// other says that a value is of another type, or that it is none at all.
func (r *reader) other(field, kind string) bool {
	return r.skip() && r.wrong(field, kind)
}

// field reads a text that must be one.
func (r *reader) field(name string, into *string, has *part, bit part) bool {
	if r.peek() != '"' {
		return r.other(name, "a text")
	}
	text, ok := r.string()
	*into = text
	*has |= bit
	return ok
}

// rest reads an entity's properties, and what else it may have, which is ignored.
func (r *reader) rest(field, name string, into *question.Properties) bool {
	if field != "properties" {
		return r.skip()
	}
	if r.null() {
		return true
	}
	if r.peek() != '{' {
		return r.other(name, "an object")
	}
	from := r.at
	ok := r.skip()
	*into = question.Properties(r.text[from:r.at])
	return ok
}

// context reads a question's context. Its member at_least is Roster's own: the history's position that the
// answer must have seen (design page 7).
func (r *reader) context(q *decision.Question, has *part) bool {
	if r.peek() != '{' {
		return r.other("context", "an object")
	}
	*has |= theContext
	from := r.at
	ok := r.object(func(key string) bool {
		start := r.at
		if !r.skip() {
			return false
		}
		if key != "at_least" || r.text[start:r.at] == "null" {
			return true
		}
		n, err := strconv.ParseInt(strings.Trim(r.text[start:r.at], `"`), 10, 64)
		if err != nil || n < 0 {
			return r.wrong("context.at_least", "a Roster-Seq: a whole number, also as a text")
		}
		q.AtLeast = n
		return true
	})
	q.Context = question.Properties(r.text[from:r.at])
	return ok
}

func (r *reader) evaluations(b *body) bool {
	if r.peek() != '[' {
		return r.other("evaluations", "a list")
	}
	return r.array(func() bool {
		if len(b.items) >= MostEvaluations {
			return r.fail(malformed("At most %d evaluations go into one request.", MostEvaluations))
		}
		b.items, b.have = append(b.items, decision.Question{}), append(b.have, 0)
		q, has := &b.items[len(b.items)-1], &b.have[len(b.have)-1]
		return r.entity("evaluations[]", func(key string) bool { return r.question(key, q, has) })
	})
}

func (r *reader) options(b *body) bool {
	return r.entity("options", func(key string) bool {
		if key != "evaluations_semantic" {
			return r.skip()
		}
		if r.null() {
			return true
		}
		var name string
		var has part
		if !r.field("options.evaluations_semantic", &name, &has, 0) {
			return false
		}
		semantic, ok := decision.ParseSemantic(name)
		b.semantic = semantic
		return ok || r.fail(malformed("The evaluations_semantic is execute_all, deny_on_first_deny or permit_on_first_permit."))
	})
}

func (r *reader) page(b *body) bool {
	return r.entity("page", func(key string) bool {
		switch {
		case key != "token" && key != "limit":
			return r.skip()
		case r.null():
			return true
		case key == "token":
			var has part
			return r.field("page.token", &b.token, &has, 0)
		}
		from := r.at
		if !r.skip() {
			return false
		}
		n, err := strconv.ParseUint(r.text[from:r.at], 10, 64)
		b.limit = int(min(n, mostLimit))
		return err == nil || r.wrong("page.limit", "a whole number, not below zero")
	})
}

// settle gives each item what it does not have itself from the top: whole members, as section 7.1.1 says.
// What an item then still lacks is told with its answer.
func (b *body) settle() {
	for i := range b.items {
		q, has := &b.items[i], b.have[i]
		if has&theSubject == 0 {
			q.Subject = b.top.Subject
			has |= b.has & wholeSubject
		}
		if has&theAction == 0 {
			q.Action = b.top.Action
			has |= b.has & wholeAction
		}
		if has&theResource == 0 {
			q.Resource = b.top.Resource
			has |= b.has & wholeResource
		}
		if has&theContext == 0 {
			q.Context, q.AtLeast = b.top.Context, b.top.AtLeast
		}
		q.Lacks = lacking(has, wholeSubject|wholeAction|wholeResource)
	}
}

// lacking gives the first part that is wanted and not there, as it is called; empty for none.
func lacking(has, wanted part) string {
	if has&wanted == wanted {
		return ""
	}
	for _, n := range []struct {
		part part
		name string
	}{
		{theSubject, "subject"},
		{theSubjectType, "subject.type"},
		{theSubjectID, "subject.id"},
		{theAction, "action"},
		{theActionName, "action.name"},
		{theResource, "resource"},
		{theResourceType, "resource.type"},
		{theResourceID, "resource.id"},
	} {
		if n.part&wanted&^has != 0 {
			return n.name
		}
	}
	return ""
}

// complete refuses a question that lacks a part. Kind: Invalid.
func (b *body) complete(wanted part) error {
	if name := lacking(b.has, wanted); name != "" {
		return malformed("The field %s is missing.", name)
	}
	return nil
}
