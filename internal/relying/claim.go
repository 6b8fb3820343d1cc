package relying

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"roster/internal/login"
	"roster/internal/roster"
)

// claims are what a provider says of somebody, as it wrote them: a number stays as it was written.
type claims map[string]any

// UnmarshalJSON reads them.
func (c *claims) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var all map[string]any
	if err := d.Decode(&all); err != nil {
		return err
	}
	*c = all
	return nil
}

// ask asks the provider about who holds an access token.
func (to Provider) ask(ctx context.Context, at string, token *oauth2.Token) (claims, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, to.untrusted("its address for asking about people is none")
	}
	token.SetAuthHeader(r)
	r.Header.Set("Accept", "application/json")
	client, _ := ctx.Value(oauth2.HTTPClient).(*http.Client)
	if client == nil {
		return nil, errors.New("relying: no client")
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, to.failed("", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, to.failed("", err)
	}
	var said claims
	if answer.StatusCode != http.StatusOK || json.Unmarshal(body, &said) != nil {
		return nil, to.untrusted("it did not tell who signed in")
	}
	return said, nil
}

// find gives a claim by its name, or by the names that lead to it through objects, with dots between them.
func (c claims) find(name string) (any, bool) {
	if v, ok := c[name]; ok {
		return v, true
	}
	first, rest, nested := strings.Cut(name, ".")
	inner, ok := c[first].(map[string]any)
	if !nested || !ok {
		return nil, false
	}
	return claims(inner).find(rest)
}

// identifier gives what of the claims is the person's identifier. An address counts only where the provider says, by
// the boolean true, that it proved it.
func (to Provider) identifier(said claims) (string, error) {
	name := to.Connection.IdentifierClaim
	missing := func(why roster.Phrase) error {
		return roster.Errorf(roster.Denied, "identifier_missing", "%s did not say who signed in: %s.", to.Name, why)
	}
	v, ok := said.find(name)
	if !ok {
		return "", missing(roster.Phrasef("the claim %s is not in its answer", name))
	}
	if name == "email" && said["email_verified"] != any(true) {
		return "", missing(roster.Plain("it has not verified the e-mail address"))
	}
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		return "", missing(roster.Phrasef("the claim %s is no text and no number", name))
	}
	clean, err := login.CleanIdentifier(text)
	if err != nil {
		return "", missing(roster.Phrasef("the claim %s is empty, or no identifier", name))
	}
	return clean, nil
}

// signedIn gives when somebody signed in at the provider, by the claim auth_time (OpenID Connect Core 1.0, section 2): seconds
// since 1970, and at the latest now, since clocks differ. Zero where there is none; an error where it is no time.
func (c claims) signedIn(now time.Time) (time.Time, error) {
	v, told := c["auth_time"]
	if !told {
		return time.Time{}, nil
	}
	n, _ := v.(json.Number) // empty where it is no number, which none reads as one
	seconds, err := strconv.ParseFloat(n.String(), 64)
	switch {
	case err != nil:
		return time.Time{}, err
	case seconds <= 0:
		return time.Time{}, strconv.ErrRange
	case seconds >= float64(now.Unix()):
		return now, nil
	}
	return time.Unix(int64(seconds), 0), nil
}

// mostShown bounds what is shown of a claim, in characters.
const mostShown = 200

// shown gives the claims as people read them.
func (c claims) shown() []Claim {
	var all []Claim
	for _, name := range slices.Sorted(maps.Keys(c)) {
		value, ok := c[name].(string)
		if !ok {
			data, _ := json.Marshal(c[name]) // it came from JSON
			value = string(data)
		}
		all = append(all, Claim{legible(name), legible(value)})
	}
	return all
}

// legible gives a text that a provider wrote as it can be shown: without control characters, and cut.
func legible(s string) string {
	s = strings.Map(func(r rune) rune {
		if _, err := roster.CleanName(string(r)); err != nil {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if runes := []rune(s); len(runes) > mostShown {
		s = string(runes[:mostShown]) + "…"
	}
	return s
}
