package authzen

import (
	"context"
	"net/http"
	"strconv"
	"unicode/utf8"

	"roster/internal/action/decision"
)

// sheet is what one request needs room for. Sheets are used again.
type sheet struct {
	buf     []byte // the body as it came
	reader  reader
	body    body
	answers []decision.Answer
	out     []byte
}

// Sheets that a large request has made larger than this are left to the collector.
const (
	largestText = 64 << 10
	largestList = 256
)

// give puts a sheet back, without what it was about.
func (d *Door) give(s *sheet) {
	if cap(s.buf) > largestText || cap(s.out) > largestText || cap(s.body.items) > largestList || cap(s.reader.keys) > largestList {
		return
	}
	clear(s.body.items[:cap(s.body.items)])
	clear(s.reader.keys[:cap(s.reader.keys)])
	clear(s.answers[:cap(s.answers)])
	s.body = body{items: s.body.items[:0], have: s.body.have[:0]}
	s.reader = reader{keys: s.reader.keys[:0]}
	d.sheets.Put(s)
}

// write answers with what stands in a sheet's out.
func (d *Door) write(w http.ResponseWriter, s *sheet) {
	h := w.Header()
	h["Content-Type"] = d.json
	if len(s.out) > 2048 { // net/http finds the length of shorter ones out by itself
		h["Content-Length"] = []string{strconv.Itoa(len(s.out))}
	}
	_, _ = w.Write(s.out) // a client that left reads no error either
}

// evaluation answers one question (section 6).
func (d *Door) evaluation(ctx context.Context, s *sheet) error {
	if err := s.body.complete(wholeSubject | wholeAction | wholeResource); err != nil {
		return err
	}
	a, err := d.decisions.Evaluate(ctx, &s.body.top)
	if err != nil {
		return err
	}
	s.out = append(appendAnswer(s.out[:0], a), '\n')
	return nil
}

// evaluations answers several (section 7); without any it is one.
func (d *Door) evaluations(ctx context.Context, s *sheet) error {
	if len(s.body.items) == 0 {
		return d.evaluation(ctx, s)
	}
	s.body.settle()
	answers, err := d.decisions.EvaluateAll(ctx, decision.Batch{Questions: s.body.items, Semantic: s.body.semantic, Answers: s.answers})
	if err != nil {
		return err
	}
	s.answers = answers
	s.out = append(s.out[:0], `{"evaluations":[`...)
	for i, a := range answers {
		if i > 0 {
			s.out = append(s.out, ',')
		}
		s.out = appendAnswer(s.out, a)
	}
	s.out = append(s.out, "]}\n"...)
	return nil
}

// appendAnswer writes a decision. The reason stands as a code, and in words for administrators (section
// 5.5.2); a question that was none has an error instead (section 7.2.1).
func appendAnswer(out []byte, a decision.Answer) []byte {
	switch {
	case a.Allowed:
		return append(out, `{"decision":true}`...)
	case a.Reason.Code == decision.Incomplete:
		out = append(out, `{"decision":false,"context":{"reason":"incomplete","error":{"status":400,"message":`...)
		return append(appendText(out, a.Reason.Text), "}}}"...)
	}
	out = append(out, `{"decision":false,"context":{"reason":`...)
	out = appendText(out, a.Reason.Code)
	out = append(out, `,"reason_admin":{"en":`...)
	return append(appendText(out, a.Reason.Text), "}}}"...)
}

func (d *Door) subjects(ctx context.Context, s *sheet) error {
	return s.search(ctx, d.decisions.SearchSubjects, theSubject|theSubjectType|wholeAction|wholeResource, `{"type":`, s.body.top.Subject.Type)
}

func (d *Door) resources(ctx context.Context, s *sheet) error {
	return s.search(ctx, d.decisions.SearchResources, wholeSubject|wholeAction|theResource|theResourceType, `{"type":`, s.body.top.Resource.Type)
}

func (d *Door) actions(ctx context.Context, s *sheet) error {
	return s.search(ctx, d.decisions.SearchActions, wholeSubject|wholeResource, `{"name":`, "")
}

// search answers a search (section 8): the page first, so that a reader of streams knows it in time.
func (s *sheet) search(ctx context.Context, find func(context.Context, decision.Search) (decision.Found, error), wanted part, open, kind string) error {
	b := &s.body
	if err := b.complete(wanted); err != nil {
		return err
	}
	found, err := find(ctx, decision.Search{Question: b.top, Token: b.token, Most: b.limit})
	if err != nil {
		return err
	}
	s.out = append(s.out[:0], `{"page":{"next_token":`...)
	s.out = appendText(s.out, found.Next)
	s.out = strconv.AppendInt(append(s.out, `,"count":`...), int64(len(found.Names)), 10)
	s.out = append(s.out, `},"results":[`...)
	for i, name := range found.Names {
		if i > 0 {
			s.out = append(s.out, ',')
		}
		s.out = append(s.out, open...)
		if kind != "" {
			s.out = append(appendText(s.out, kind), `,"id":`...)
		}
		s.out = append(appendText(s.out, name), '}')
	}
	s.out = append(s.out, "]}\n"...)
	return nil
}

const hexDigits = "0123456789abcdef"

// appendText writes a text as JSON. What is no UTF-8 becomes the replacement character.
func appendText(out []byte, text string) []byte {
	out = append(out, '"')
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ':
			out = append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		case c < utf8.RuneSelf:
			out = append(out, c)
		default:
			r, n := utf8.DecodeRuneInString(text[i:])
			out = utf8.AppendRune(out, r)
			i += n
			continue
		}
		i++
	}
	return append(out, '"')
}
