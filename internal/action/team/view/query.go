package view

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"roster/internal/roster"
	"roster/internal/store/memberdb"
)

// MaxQuery is how long a view's query may be, in bytes.
const MaxQuery = 2000

// Columns are those that the list can show beside the name, in their order.
func Columns() []string {
	return []string{"identifier", "kind", "phone", "roles", "units", "status", "verified", "mfa", "last_seen_at", "created_at", "created_by", "updated_at", "updated_by"}
}

// Parameters are what a query may say, in the words of the API's list of members; columns are the list's own.
func Parameters() []string {
	return []string{"q", "status", "kind", "role", "unit", "not_role", "not_unit", "verified", "mfa", "sort", "columns", "limit"}
}

// Canonical gives a list's query in the one order in which it is kept and compared, without what is empty. That a role
// or customer account is there is not asked: it may be gone whenever the view is looked at. Kind: Invalid, code
// query_invalid.
func Canonical(query string) (string, error) {
	values, err := url.ParseQuery(query)
	if err != nil || utf8.RuneCountInString(query) > MaxQuery {
		return "", roster.Errorf(roster.Invalid, "query_invalid", "A view is the query of the Team page's address, of at most %d characters, such as status=active&sort=-created_at.", MaxQuery)
	}
	clean := url.Values{}
	for name, all := range values {
		switch {
		case !slices.Contains(Parameters(), name):
			return "", roster.Errorf(roster.Invalid, "query_invalid", "A view has only these parameters: %s.", strings.Join(Parameters(), ", "))
		case len(all) > 1:
			return "", roster.Errorf(roster.Invalid, "query_invalid", "Give each parameter of a view once: %s stands twice.", name)
		case all[0] != "" && !fits(name, all[0]):
			return "", roster.Errorf(roster.Invalid, "query_invalid", "A view's parameter %s cannot have this value.", name)
		case all[0] != "":
			clean.Set(name, all[0])
		}
	}
	return clean.Encode(), nil
}

// fits tells whether a parameter can have a value.
func fits(name, value string) bool {
	switch name {
	case "status":
		return slices.Contains([]roster.Status{roster.Invited, roster.Active, roster.Blocked, roster.Removed}, roster.Status(value))
	case "kind":
		return slices.Contains([]roster.MemberKind{roster.Regular, roster.External, roster.API}, roster.MemberKind(value))
	case "verified", "mfa":
		return value == "true" || value == "false"
	case "sort":
		return slices.Contains(memberdb.Sorts(), memberdb.Sort(value))
	case "limit":
		n, err := strconv.Atoi(value)
		return err == nil && n >= 1 && n <= 200
	case "columns":
		return value == "all" || !slices.ContainsFunc(strings.Split(value, ","), func(c string) bool { return !slices.Contains(Columns(), c) })
	}
	_, err := roster.CleanName(value)
	return err == nil
}
