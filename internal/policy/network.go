package policy

import (
	"net/netip"
	"slices"
	"strings"

	"roster/internal/roster"
)

// MaxNetworks bounds how many address blocks a list has.
const MaxNetworks = 100

// ParseNetwork reads an address or a CIDR block, and gives it as a block without zone or host bits, IPv4 in its own form.
// Kind: Invalid, code network_invalid.
func ParseNetwork(s string) (netip.Prefix, error) {
	bad := roster.Errorf(roster.Invalid, "network_invalid", "%q is neither an IP address nor a CIDR block. They look like 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32.", s)
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, bad
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return netip.Prefix{}, bad
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// ParseNetworks reads several, and gives each once, sorted. Kind: Invalid, at the field allowed_from.
func ParseNetworks(all []string) ([]string, error) {
	var bad roster.Problems
	var kept []netip.Prefix
	for _, s := range all {
		p, err := ParseNetwork(strings.TrimSpace(s))
		if bad.Add("allowed_from", err); err == nil {
			kept = append(kept, p)
		}
	}
	slices.SortFunc(kept, netip.Prefix.Compare)
	kept = slices.Compact(kept)
	if len(kept) > MaxNetworks {
		bad.Add("allowed_from", roster.Errorf(roster.Invalid, "too_many_networks", "At most %d addresses and blocks, please.", MaxNetworks))
	}
	out := make([]string, len(kept))
	for i, p := range kept {
		out[i] = p.String()
	}
	return out, bad.Err()
}

// Within tells whether a client's address lies in a list; an empty list has every address in it, another none that
// cannot be read.
func Within(list []string, ip string) bool {
	if len(list) == 0 {
		return true
	}
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(list, func(s string) bool {
		p, err := netip.ParsePrefix(s)
		return err == nil && p.Contains(a)
	})
}

// Reach is nil where an organisation's list lets somebody in from an address (requirement R51). Whoever acts as root, or
// as Roster itself, comes from no address. Kind: Denied, code address_not_allowed.
func Reach(o roster.Organisation, actor roster.Actor) error {
	if actor.Root() || Within(o.AllowedFrom, actor.IP) {
		return nil
	}
	return roster.Errorf(roster.Denied, "address_not_allowed", "%s lets nobody in from your address, %s. Come from a network that it allows, or ask one of its Owners.", o.Name, actor.IP)
}

// ReachProgram is Reach for an API user, which may have a list of its own. Kind: Denied, code address_not_allowed.
func ReachProgram(organisation, own []string, ip string) error {
	if Within(organisation, ip) && Within(own, ip) {
		return nil
	}
	return roster.Errorf(roster.Denied, "address_not_allowed", "This API user is not let in from the address %s. Call from a network that its list and its organisation's allow.", ip)
}

// LocksOut refuses a list by which whoever sets it would lock themselves out. Root cannot be locked out. Kind: Conflict,
// code locks_you_out.
func LocksOut(list []string, actor roster.Actor) error {
	if actor.Root() || Within(list, actor.IP) {
		return nil
	}
	e := roster.Errorf(roster.Conflict, "locks_you_out", "You would lock yourself out: your own address, %s, is not in this list. Add it, or do this from an address that is.", actor.IP)
	return e.On("allowed_from")
}
