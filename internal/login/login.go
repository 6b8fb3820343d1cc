// Package login holds the words of login methods: e-mail and password, and connections to providers; what makes one
// complete and ready, and what tells people apart by one. It keeps nothing and asks nobody.
package login

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"roster/internal/roster"
)

// Kind tells how a login method proves who somebody is.
type Kind string

// The kinds of login methods: e-mail and password, and connections to a provider by OAuth 2.0 (RFC 6749) or
// OpenID Connect.
const (
	Password Kind = "password"
	OAuth    Kind = "oauth"
	OIDC     Kind = "oidc"
)

// State tells how far a login method is.
type State string

// The states of a login method. Only a ready one lets anybody in.
const (
	Draft  State = "draft"  // never tested as it is now
	Tested State = "tested" // tested, and not enabled
	Ready  State = "ready"  // enabled, complete and tested
	Off    State = "off"    // e-mail and password, switched off
)

// Method is one way in that an organisation offers (requirements R23, R24).
type Method struct {
	Org        roster.OrgID
	ID         string
	Kind       Kind
	Name       string // what its button says
	Enabled    bool
	Connection Connection // zero for a password
	TestedAt   time.Time  // zero while it was not tested as it is now
	Revision   int64      // rises with each change that takes the test back
	CreatedAt  time.Time
	CreatedBy  string // an actor's ID
	UpdatedAt  time.Time
	UpdatedBy  string
	Version    int64
}

// Connection is what is known of a provider. Secret is sealed with the installation's key, and shown to nobody.
type Connection struct {
	Issuer          string // of OpenID Connect, where its addresses are discovered; of OAuth what "iss" must be, may be empty
	AuthorizeURL    string // of OAuth
	TokenURL        string // likewise
	UserInfoURL     string // likewise
	ClientID        string
	Secret          string // sealed; empty for a public client
	Scopes          []string
	Parameters      []Parameter // more for the authorisation request
	IdentifierClaim string      // what of the answer is the person's identifier
}

// Parameter is one more parameter of an authorisation request.
type Parameter struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// NewID makes a connection's identifier.
func NewID() string { return roster.NewID("lgm_") }

// ByPassword is e-mail and password as an organisation has it.
func ByPassword(o roster.Organisation) Method {
	return Method{Org: o.ID, ID: roster.PasswordMethod, Kind: Password, Enabled: !o.PasswordOff}
}

// Ref points at the method.
func (m Method) Ref() roster.Ref { return roster.Ref{Kind: "login_method", ID: m.ID, Name: m.Label()} }

// Label gives what to call the method.
func (m Method) Label() string {
	if m.Kind == Password {
		return passwordLabel
	}
	return m.Name
}

const passwordLabel = "E-mail and password"

// Called is Label as a value of a sentence.
func (m Method) Called() any {
	if m.Kind == Password {
		return roster.Plain(passwordLabel)
	}
	return m.Name
}

// State tells how far the method is.
func (m Method) State() State {
	switch {
	case m.Kind == Password && m.Enabled:
		return Ready
	case m.Kind == Password:
		return Off
	case m.TestedAt.IsZero():
		return Draft
	case m.Enabled:
		return Ready
	}
	return Tested
}

// Ready is nil when the method lets people in. Kind: Conflict, code method_not_ready.
func (m Method) Ready() error {
	switch m.State() {
	case Ready:
		return nil
	case Draft:
		return m.unready("%s has not been tested as it is now. An Owner tests it under Settings, Login methods.", m.Called())
	case Tested:
		return m.unready("%s is not switched on. An Owner does that under Settings, Login methods.", m.Called())
	}
	return m.unready("%s is switched off here. Choose another login method.", m.Called())
}

func (Method) unready(format string, args ...any) *roster.Error {
	return roster.Errorf(roster.Conflict, "method_not_ready", format, args...)
}

// Bounds of a connection: characters, and how many. All but the name and the claim are ASCII.
const (
	MaxName        = 60
	MaxURL         = 500
	MaxClient      = 300
	MostScopes     = 30
	MostParameters = 20
	MaxScope       = 200
	MaxParameter   = 100 // of its name; its value has at most MaxURL
	MaxClaim       = 100
)

// Clean gives a connection's method as it is kept, complete, or an Invalid error that lists every field at fault.
func (m Method) Clean() (Method, error) {
	var bad roster.Problems
	name, err := roster.CleanName(m.Name)
	switch {
	case err == nil && name == "":
		err = required()
	case err == nil && len([]rune(name)) > MaxName:
		err = roster.Errorf(roster.Invalid, "too_long", "A button has room for %d characters.", MaxName)
	}
	bad.Add("name", err)
	m.Name = name
	switch m.Kind {
	case OIDC:
		m.Connection = m.Connection.discovered(&bad)
	case OAuth:
		m.Connection = m.Connection.named(&bad)
	default:
		bad.Add("kind", roster.Errorf(roster.Invalid, "kind_unknown", "A connection is oidc (OpenID Connect) or oauth (OAuth 2.0)."))
	}
	m.Connection = m.Connection.common(&bad)
	return m, bad.Err()
}

func required() *roster.Error {
	return roster.Errorf(roster.Invalid, "field_required", "Fill this in.")
}

// discovered checks what OpenID Connect asks for: the rest is discovered.
func (c Connection) discovered(bad *roster.Problems) Connection {
	c.Issuer = strings.TrimSpace(c.Issuer)
	bad.Add("issuer", checkURL(c.Issuer, true))
	for _, f := range []struct{ name, value string }{{"authorize_url", c.AuthorizeURL}, {"token_url", c.TokenURL}, {"user_info_url", c.UserInfoURL}} {
		if f.value != "" {
			bad.Add(f.name, roster.Errorf(roster.Invalid, "field_unknown", "With OpenID Connect this is found out by the issuer. Leave it empty."))
		}
	}
	if !slices.Contains(c.Scopes, "openid") {
		c.Scopes = append([]string{"openid"}, c.Scopes...)
	}
	if strings.TrimSpace(c.IdentifierClaim) == "" {
		c.IdentifierClaim = "sub"
	}
	return c
}

// named checks what OAuth 2.0 asks for.
func (c Connection) named(bad *roster.Problems) Connection {
	for _, u := range []struct {
		field string
		value *string
		must  bool
	}{
		{"authorize_url", &c.AuthorizeURL, true},
		{"token_url", &c.TokenURL, true},
		{"user_info_url", &c.UserInfoURL, true},
		{"issuer", &c.Issuer, false},
	} {
		*u.value = strings.TrimSpace(*u.value)
		bad.Add(u.field, checkURL(*u.value, u.must))
	}
	return c
}

// checkURL refuses what is no address of a provider: https, or http of this very machine.
func checkURL(s string, must bool) error {
	if s == "" && !must {
		return nil
	}
	if s == "" {
		return required()
	}
	u, err := url.Parse(s)
	plain := err == nil && u.Scheme == "http" && isLoopback(u.Hostname())
	if err != nil || utf8.RuneCountInString(s) > MaxURL || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && !plain {
		return roster.Errorf(roster.Invalid, "url_invalid", "Write an address that begins with https://, such as https://login.example.com.")
	}
	return nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// common checks what both kinds have.
func (c Connection) common(bad *roster.Problems) Connection {
	c.ClientID = strings.TrimSpace(c.ClientID)
	switch {
	case c.ClientID == "":
		bad.Add("client_id", required())
	case len(c.ClientID) > MaxClient || !visible(c.ClientID):
		bad.Add("client_id", roster.Errorf(roster.Invalid, "client_id_invalid", "This is not a client ID. Copy it from the provider."))
	}
	if len(c.Scopes) > MostScopes || slices.ContainsFunc(c.Scopes, func(s string) bool {
		return s == "" || len(s) > MaxScope || !visible(s) || strings.ContainsAny(s, ` "\`)
	}) {
		bad.Add("scopes", roster.Errorf(roster.Invalid, "scopes_invalid", "Scopes are words with spaces between them, such as openid email; at most %d.", MostScopes))
	}
	bad.Add("parameters", checkParameters(c.Parameters))
	c.IdentifierClaim = strings.TrimSpace(c.IdentifierClaim)
	claim, err := roster.CleanText(c.IdentifierClaim, MaxClaim)
	if err == nil && claim == "" {
		err = required()
	}
	bad.Add("identifier_claim", err)
	return c
}

// reserved are parameters that Roster writes itself.
func reserved(name string) bool {
	return slices.Contains([]string{
		"client_id", "client_secret", "response_type", "response_mode", "redirect_uri", "scope", "state", "nonce",
		"code_challenge", "code_challenge_method", "request", "request_uri",
	}, strings.ToLower(name))
}

func checkParameters(all []Parameter) error {
	if len(all) > MostParameters {
		return roster.Errorf(roster.Invalid, "parameters_invalid", "At most %d parameters, please.", MostParameters)
	}
	seen := map[string]bool{}
	for _, p := range all {
		switch {
		case p.Name == "" || len(p.Name) > MaxParameter || len(p.Value) > MaxURL || !visible(p.Name) || !visible(p.Value) || strings.ContainsAny(p.Name, "=& "):
			return roster.Errorf(roster.Invalid, "parameters_invalid", "Write each parameter on a line as name=value.")
		case reserved(p.Name):
			return roster.Errorf(roster.Invalid, "parameter_reserved", "%s is written by Roster itself.", p.Name)
		case seen[p.Name]:
			return roster.Errorf(roster.Invalid, "parameters_invalid", "%s stands twice.", p.Name)
		}
		seen[p.Name] = true
	}
	return nil
}

// visible tells whether a text is printable ASCII alone.
func visible(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// ParseParameters reads parameters, each on a line as name=value.
func ParseParameters(text string) []Parameter {
	var all []Parameter
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			name, value, _ := strings.Cut(line, "=")
			all = append(all, Parameter{strings.TrimSpace(name), strings.TrimSpace(value)})
		}
	}
	return all
}

// WriteParameters writes parameters as ParseParameters reads them.
func WriteParameters(all []Parameter) string {
	lines := make([]string, len(all))
	for i, p := range all {
		lines[i] = p.Name + "=" + p.Value
	}
	return strings.Join(lines, "\n")
}

// Retests tells whether a change of a connection takes its test back: anything by which it speaks to the provider.
func (c Connection) Retests(now Connection) bool {
	return c.Rebinds(now) || c.Secret != now.Secret || !slices.Equal(c.Scopes, now.Scopes) || !slices.Equal(c.Parameters, now.Parameters)
}

// Rebinds tells whether people are told apart otherwise after a change, so that who was known is to be recognised by
// their identifier anew.
func (c Connection) Rebinds(now Connection) bool {
	return c.Issuer != now.Issuer || c.AuthorizeURL != now.AuthorizeURL || c.TokenURL != now.TokenURL || c.UserInfoURL != now.UserInfoURL ||
		c.ClientID != now.ClientID || c.IdentifierClaim != now.IdentifierClaim
}

// Identity is how a member comes in by a connection: by the identifier that they were invited with, and by the
// provider's own name for them since they did. It is known by organisation, connection and subject, never by an address.
type Identity struct {
	Member     roster.MemberID
	Method     string
	Identifier string // what the provider must say of them
	Subject    string // what the provider calls them for good; empty until they came in
	InvitedAt  time.Time
	BoundAt    time.Time
	// Unconfirmed tells that it is a person's of their own, who has not come by it from a session of theirs yet: until then
	// nobody comes in by it.
	Unconfirmed bool
}

// MaxIdentifier bounds identifiers, in characters.
const MaxIdentifier = 255

// CleanIdentifier gives an identifier as it is compared: exactly, but for spaces around it. Kind: Invalid.
func CleanIdentifier(s string) (string, error) {
	clean, err := roster.CleanText(strings.TrimSpace(s), MaxIdentifier)
	switch {
	case err != nil:
		return "", err
	case clean == "":
		return "", roster.Errorf(roster.Invalid, "field_required", "Fill in how the provider calls this person.")
	case strings.ContainsAny(clean, "\r\n"):
		return "", roster.Errorf(roster.Invalid, "identifier_invalid", "An identifier is one line.")
	}
	return clean, nil
}

// Proven is what a provider says of who has just signed in there.
type Proven struct {
	Method     string
	Subject    string
	Identifier string
	At         time.Time // when they signed in there, as the provider says; zero where it does not
}

// Fits is nil when it is the person whom an identity means. Kind: Denied, code identifier_mismatch.
func (p Proven) Fits(i Identity, by, organisation string) error {
	if i.Method != p.Method || i.Identifier != p.Identifier || i.Subject != "" && i.Subject != p.Subject {
		return Mismatch(p, by, organisation)
	}
	return nil
}

// Mismatch is the answer to somebody whom a provider knows and the organisation does not. It names what the provider
// said of them, and nothing that the organisation has.
func Mismatch(p Proven, by, organisation string) *roster.Error {
	return roster.Errorf(roster.Denied, "identifier_mismatch", "%s says that you are %q, and that is not who was invited to %s. Sign in there with the right account, or ask who invited you.", by, p.Identifier, organisation)
}
