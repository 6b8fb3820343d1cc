package oauth

import (
	"net/http"
	"strings"

	"roster/internal/roster"
	"roster/internal/server"
)

// The error codes of RFC 6749, section 5.2, that this door gives. As codes of roster.Error they are
// the ones the access log shows.
const (
	codeRequest   = "invalid_request"
	codeClient    = "invalid_client"
	codeGrant     = "invalid_grant"
	codeNotYours  = "unauthorized_client"
	codeGrantType = "unsupported_grant_type"
	codeScope     = "invalid_scope"
)

func invalid(text string) error { return roster.Errorf(roster.Invalid, codeRequest, "%s", text) }

func unknownClient(text string) error {
	return roster.Errorf(roster.Unauthenticated, codeClient, "%s", text)
}

// failure is an error as OAuth 2.0 says it.
type failure struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// fail answers with an error (RFC 6749, 5.2): 400 for what is wrong with the request, 401 with a
// challenge for what is wrong with the client. Errors that are not the client's are logged once, by
// server.NewProblem, and their text stays here.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	p := server.NewProblem(r.Context(), err)
	code, status := p.Code, p.Status
	switch {
	case status == http.StatusUnauthorized:
		code = codeClient
		w.Header().Set("WWW-Authenticate", `Basic realm="Roster", charset="UTF-8"`)
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		code = "temporarily_unavailable"
	case code == "address_not_allowed":
		code, status = codeNotYours, http.StatusBadRequest
	case status >= http.StatusInternalServerError:
		code = "server_error"
	case status == http.StatusRequestEntityTooLarge:
		code = codeRequest
	default:
		if status = http.StatusBadRequest; !standard(code) {
			code = codeRequest
		}
	}
	for name, values := range p.GetHeaders() {
		if w.Header().Get(name) == "" {
			w.Header()[name] = values
		}
	}
	write(w, status, failure{code, describable(p.Detail)})
}

func standard(code string) bool {
	switch code {
	case codeRequest, codeClient, codeGrant, codeNotYours, codeGrantType, codeScope:
		return true
	}
	return false
}

// describable keeps to the characters that error_description may have: printable ASCII without quotation
// marks and backslashes.
func describable(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '"':
			return '\''
		case c < ' ' || c > '~' || c == '\\':
			return -1
		}
		return c
	}, text)
}
