package roster

import (
	"encoding/base32"
	"strings"

	"github.com/google/uuid"
)

// OrgID names an organisation ("org_…"). The value Installation names the installation's own history and lock.
type OrgID string

// MemberID names a member of one organisation ("mem_…").
type MemberID string

// PersonID names a person ("per_…").
type PersonID string

// Installation stands where an organisation would for what belongs to the whole installation.
const Installation OrgID = "installation"

// Prefixes of identifiers, so that anyone can tell what a pasted identifier is.
const (
	prefixOrg     = "org_"
	prefixMember  = "mem_"
	prefixPerson  = "per_"
	prefixClient  = "api_"
	prefixUnit    = "unit_"
	prefixRole    = "role_"
	prefixProduct = "cli_"
)

// crockford is Crockford's base 32 alphabet in lower case: no i, l, o, u.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes an identifier: prefix and a UUIDv7 (RFC 9562) in Crockford base 32, 26
// characters. Identifiers sort by the time they were made and are never secrets.
func NewID(prefix string) string {
	u := uuid.Must(uuid.NewV7())
	return prefix + crockford.EncodeToString(u[:])
}

// NewOrgID makes an organisation's identifier.
func NewOrgID() OrgID { return OrgID(NewID(prefixOrg)) }

// NewMemberID makes a member's identifier.
func NewMemberID() MemberID { return MemberID(NewID(prefixMember)) }

// NewPersonID makes a person's identifier.
func NewPersonID() PersonID { return PersonID(NewID(prefixPerson)) }

// NewUnitID makes a unit's identifier.
func NewUnitID() UnitID { return UnitID(NewID(prefixUnit)) }

// NewRoleID makes the identifier of an organisation's own role.
func NewRoleID() string { return NewID(prefixRole) }

// IsRoleID tells whether s has the form of the identifier of an organisation's own role; a built-in one has its key for it.
func IsRoleID(s string) bool { return hasForm(s, prefixRole) }

// IsUnitID tells whether s has the form of a unit's identifier.
func IsUnitID(s string) bool { return hasForm(s, prefixUnit) }

// IsMemberID tells whether s has the form of a member's identifier.
func IsMemberID(s string) bool { return hasForm(s, prefixMember) }

// IsOrgID tells whether s has the form of an organisation's identifier.
func IsOrgID(s string) bool { return hasForm(s, prefixOrg) }

// NewClientID makes an API user's client ID.
func NewClientID() string { return NewID(prefixClient) }

// NewProductID makes a product client's ID.
func NewProductID() string { return NewID(prefixProduct) }

// IsProductID tells whether s has the form of a product client's ID.
func IsProductID(s string) bool { return hasForm(s, prefixProduct) }

// IsClientID tells whether s has the form of a client ID.
func IsClientID(s string) bool { return hasForm(s, prefixClient) }

func hasForm(s, prefix string) bool {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok || len(rest) != 26 {
		return false
	}
	_, err := crockford.DecodeString(rest)
	return err == nil
}
