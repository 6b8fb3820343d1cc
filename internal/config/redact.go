package config

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// hidden stands for what is not shown.
const hidden = "(hidden)"

// Setting is one setting as it is shown.
type Setting struct{ Name, Value string }

// Redacted gives every setting in the order of the help, with passwords hidden, for --print-config.
func (s Server) Redacted() ([]Setting, error) {
	model, err := flags(&s)
	if err != nil {
		return nil, err
	}
	var all []Setting
	for _, f := range model {
		var value string
		switch v := f.Target.Interface().(type) {
		case []string:
			value = strings.Join(v, ",")
		default:
			value = fmt.Sprint(v)
		}
		all = append(all, Setting{f.Name, redact(value)})
	}
	return all, nil
}

// flags gives the settings as kong sees them, in their order, bound to s.
func flags(s *Server) ([]*kong.Flag, error) {
	k, err := kong.New(s, kong.NoDefaultHelp())
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return k.Model.Flags, nil
}

// redact hides passwords wherever a URL may hold one. What looks like a URL and is not understood
// is hidden whole.
func redact(text string) string {
	if regexp.MustCompile(`(?i)\b(password|passwd|secret)\s*=`).MatchString(text) && !strings.Contains(text, "://") {
		return hidden
	}
	if !strings.Contains(text, "://") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return hidden
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return hidden
	}
	for name := range query {
		if n := strings.ToLower(name); strings.Contains(n, "pass") || strings.Contains(n, "secret") || strings.Contains(n, "key") || strings.Contains(n, "token") {
			query.Set(name, hidden)
			u.RawQuery = query.Encode()
		}
	}
	if _, set := u.User.Password(); set {
		u.User = url.UserPassword(u.User.Username(), hidden)
	}
	return strings.ReplaceAll(u.String(), url.PathEscape(hidden), hidden)
}
