package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is what Roster refused, as it said it (RFC 9457). Programs look at Code, which stays; people read Detail.
type Error struct {
	Status     int           `json:"status"`
	Code       string        `json:"code"`
	Title      string        `json:"title"`
	Detail     string        `json:"detail"`
	Fields     []FieldError  `json:"errors"`     // what is wrong with which field of the input
	Missing    []string      `json:"missing"`    // permissions and scopes that this client lacks
	Givers     []string      `json:"givers"`     // a few members who could give what is missing
	Holders    []string      `json:"holders"`    // a few who hold the thing that is in use
	Existing   string        `json:"existing"`   // the ID of the member who has the address already
	RequestID  string        `json:"request_id"` // as the server's log knows the request
	RetryAfter time.Duration `json:"-"`          // when to come again; zero where the server did not say
}

// FieldError is what is wrong with one field.
type FieldError struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error says what happened, for logs: code, the server's words, and the request's ID.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "roster: %d %s: %s", e.Status, e.Code, e.Detail)
	for _, f := range e.Fields {
		if f.Message != e.Detail {
			fmt.Fprintf(&b, " %s: %s", f.Field, f.Message)
		}
	}
	if len(e.Missing) > 0 {
		b.WriteString(" Missing: " + strings.Join(e.Missing, ", ") + ".")
	}
	if e.RequestID != "" {
		b.WriteString(" (" + e.RequestID + ")")
	}
	return b.String()
}

// Temporary tells whether the same request may succeed a little later.
func (e *Error) Temporary() bool {
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.Code == "position_ahead" // the server asked is behind one that made a change
}

// Code gives the code of what Roster refused, such as "already_member"; empty for any other error, and for none.
func Code(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// refusal reads what the server said. What is no problem of Roster's, such as a page of a proxy, is told by its status.
func refusal(res *http.Response, body []byte) *Error {
	e := &Error{}
	var oauth struct {
		Code   string `json:"error"`
		Detail string `json:"error_description"`
	}
	if json.Unmarshal(body, e) != nil || e.Code == "" {
		*e = Error{}
		if json.Unmarshal(body, &oauth) == nil {
			e.Code, e.Detail = oauth.Code, oauth.Detail
		}
	}
	e.Status = res.StatusCode
	if e.Code == "" {
		e.Code = "http_" + strconv.Itoa(res.StatusCode)
	}
	if e.Title == "" {
		e.Title = http.StatusText(res.StatusCode)
	}
	if e.Detail == "" {
		e.Detail = e.Title
	}
	if e.RequestID == "" {
		e.RequestID = res.Header.Get("Request-Id")
	}
	e.RetryAfter = retryAfter(res.Header.Get("Retry-After"))
	return e
}

// retryAfter reads the header: seconds, or a date (RFC 9110, 10.2.3).
func retryAfter(text string) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
