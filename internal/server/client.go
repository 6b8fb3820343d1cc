package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ParseProxies reads the addresses of trusted proxies: IP addresses and CIDR blocks.
func ParseProxies(list []string) ([]netip.Prefix, error) {
	var proxies []netip.Prefix
	for _, s := range list {
		s = strings.TrimSpace(s)
		if a, err := netip.ParseAddr(s); err == nil {
			a = a.Unmap().WithZone("")
			proxies = append(proxies, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy %q is neither an IP address nor a CIDR block", s)
		}
		proxies = append(proxies, p.Masked())
	}
	return proxies, nil
}

// client gives the client's address and whether its connection is https. Both are the socket's,
// unless the peer is a trusted proxy: then the right-most untrusted hop of X-Forwarded-For, and
// what the nearest proxy says of the scheme (design page 6, tries).
func client(r *http.Request, proxies []netip.Prefix) (ip string, https bool) {
	https = r.TLS != nil
	peer, ok := hop(r.RemoteAddr)
	if !ok {
		return "", https
	}
	trusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	if !trusted(peer) {
		return peer.String(), https
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, h := range slices.Backward(hops) {
		a, ok := hop(h)
		if !ok {
			break // what stands left of a hop nobody can read was not written by a trusted one
		}
		peer = a
		if !trusted(a) {
			break
		}
	}
	if proto := strings.Split(strings.Join(r.Header.Values("X-Forwarded-Proto"), ","), ","); proto[0] != "" {
		https = strings.EqualFold(strings.TrimSpace(proto[len(proto)-1]), "https")
	}
	return peer.String(), https
}

// hop reads an address with or without a port, without zone, IPv4 in its own form.
func hop(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return a.Unmap().WithZone(""), err == nil
}
