package policy

import (
	"fmt"
	"slices"
	"testing"

	"roster/internal/roster"
)

func TestNetworksAreKeptInOneForm(t *testing.T) {
	got, err := ParseNetworks([]string{" 203.0.113.77/24", "203.0.113.0/24", "2001:DB8::1", "::ffff:198.51.100.7", "::ffff:10.0.0.0/104", "192.0.2.1"})
	want := []string{"10.0.0.0/8", "192.0.2.1/32", "198.51.100.7/32", "203.0.113.0/24", "2001:db8::1/128"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "example.com", "1.2.3", "1.2.3.4/33", "1.2.3.4/08", "fe80::1%eth0", "fe80::%eth0/64", "::ffff:1.2.3.4/90", "1.2.3.4-9", "010.0.0.1"} {
		if _, err := ParseNetworks([]string{bad}); !roster.Is(err, "network_invalid") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	var many []string
	for i := range MaxNetworks + 1 {
		many = append(many, fmt.Sprintf("10.0.%d.0/24", i))
	}
	if _, err := ParseNetworks(many); !roster.Is(err, "too_many_networks") {
		t.Errorf("too many: %v", err)
	}
}

func TestAnAddressLiesInAListOrNot(t *testing.T) {
	list := []string{"203.0.113.0/24", "2001:db8::/32"}
	for ip, in := range map[string]bool{
		"203.0.113.255": true, "203.0.114.0": false, "::ffff:203.0.113.9": true, "2001:db8:ffff::1": true, "2001:db9::1": false,
		"": false, "unknown": false, "203.0.113.9:443": false,
	} {
		if Within(list, ip) != in {
			t.Errorf("%q: %t", ip, !in)
		}
	}
	if !Within(nil, "") || Within([]string{"not a block"}, "203.0.113.9") {
		t.Error("an empty list has every address, a broken one none")
	}
	if LocksOut(list, roster.Actor{Kind: roster.ActorMember, IP: "198.51.100.1"}) == nil || LocksOut(list, roster.Actor{Kind: roster.ActorCLI}) != nil {
		t.Error("who is locked out")
	}
}
