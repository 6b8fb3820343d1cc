package roster

import (
	"slices"
	"strings"
)

// MaxDomains bounds how many domains an organisation can name.
const MaxDomains = 100

// ParseDomain reads the domain of e-mail addresses, with or without the @ before it, and gives it as A-labels in
// lower case. Kind: Invalid, code domain_invalid.
func ParseDomain(s string) (string, error) {
	s = strings.TrimPrefix(strings.Trim(s, " \t"), "@")
	e, err := ParseEmail("a@" + s)
	if err != nil {
		return "", Errorf(Invalid, "domain_invalid", "%q is not the domain of an e-mail address. It looks like example.com.", s)
	}
	return strings.TrimPrefix(e.Folded, "a@"), nil
}

// ParseDomains reads several, and gives each once, sorted. Kind: Invalid, at the field domains.
func ParseDomains(all []string) ([]string, error) {
	var bad Problems
	kept := []string{}
	for _, s := range all {
		d, err := ParseDomain(s)
		if bad.Add("domains", err); err == nil {
			kept = append(kept, d)
		}
	}
	slices.Sort(kept)
	kept = slices.Compact(kept)
	if len(kept) > MaxDomains {
		bad.Add("domains", Errorf(Invalid, "too_many_domains", "At most %d domains, please.", MaxDomains))
	}
	return kept, bad.Err()
}

// CheckDomain refuses an address that a new regular member may not have: its domain is not among the allowed
// ones. A subdomain of one is another domain. External users belong to the organisation's customers, so theirs are
// not looked at. Kind: Invalid, code domain_not_allowed, naming what is allowed.
func (o Organisation) CheckDomain(kind MemberKind, e Email) error {
	_, domain, _ := strings.Cut(e.Folded, "@")
	if kind != Regular || len(o.Domains) == 0 || slices.Contains(o.Domains, domain) {
		return nil
	}
	const most = 5
	named := strings.Join(o.Domains[:min(most, len(o.Domains))], ", ")
	if more := len(o.Domains) - most; more > 0 {
		return Errorf(Invalid, "domain_not_allowed", "%s invites only addresses of %s and %d more domains.", o.Name, named, more)
	}
	return Errorf(Invalid, "domain_not_allowed", "%s invites only addresses of %s.", o.Name, named)
}
