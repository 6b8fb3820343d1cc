package endpoint

import (
	"strings"
	"testing"
	"time"

	"roster/internal/roster"
)

func TestWhatAWebhookMayBe(t *testing.T) {
	actions := []string{"member.block", "member.invite", "role.edit"}
	for _, c := range []struct {
		url, events string
		local       bool
		code, is    string
	}{
		{url: "https://hooks.example.com/in?key=1", is: "*"},
		{url: " https://hooks.example.com ", events: "role.edit Member.* role.edit", is: "member.* role.edit"},
		{url: "https://hooks.example.com", events: "member.block *", is: "*"},
		{url: "http://127.0.0.1:9/", local: true, is: "*"},
		{url: "http://hooks.example.com", code: "url_invalid"},
		{url: "ftp://hooks.example.com", local: true, code: "url_invalid"},
		{url: "https://u:p@hooks.example.com", code: "url_invalid"},
		{url: "https://127.0.0.1", code: "url_private"},
		{url: "https://[::1]/", code: "url_private"},
		{url: "https://10.1.2.3/", code: "url_private"},
		{url: "https://localhost", code: "url_private"},
		{url: "", code: "field_required"},
		{url: "https://" + strings.Repeat("a", 600), code: "url_invalid"},
		{url: "https://hooks.example.com/" + strings.Repeat("é", MaxURL-26), is: "*"},
		{url: "https://hooks.example.com/" + strings.Repeat("é", MaxURL-25), code: "url_invalid"},
		{url: "https://hooks.example.com", events: "member.blocked", code: "event_unknown"},
		{url: "https://hooks.example.com", events: "mem.*", code: "event_unknown"},
	} {
		e, err := Endpoint{URL: c.url, Events: strings.Fields(c.events)}.Clean(actions, c.local)
		switch {
		case c.code != "" && !roster.Is(err, c.code):
			t.Errorf("%q %q: %v, not %s", c.url, c.events, err, c.code)
		case c.code == "" && (err != nil || strings.Join(e.Events, " ") != c.is || e.Name == ""):
			t.Errorf("%q %q: %+v, %v", c.url, c.events, e, err)
		}
	}
}

func TestWhichEventsAreWanted(t *testing.T) {
	e := Endpoint{Events: []string{"member.*", "role.edit"}}
	for action, wants := range map[string]bool{"member.block": true, "members.block": false, "member": false, "role.edit": true, "role.edited": false, "unit.move": false} {
		if e.Wants(action) != wants {
			t.Errorf("%s: %t", action, !wants)
		}
	}
}

func TestWaitsGrowAndTenOrMoreFitIntoThreeDays(t *testing.T) {
	total, tries := time.Duration(0), 1
	for ; total < Patience; tries++ {
		if tries > 1 && Wait(tries) < Wait(tries-1) {
			t.Errorf("the wait after try %d is shorter", tries)
		}
		total += Wait(tries)
	}
	if tries < 15 || Wait(0) != Wait(1) {
		t.Errorf("%d tries in %s", tries, total)
	}
	if Hushed("https://a.example/b?c=d") != "https://a.example/b?…" || Hushed("https://a.example/b") != "https://a.example/b" {
		t.Error("an address is not hushed")
	}
}
