package browser_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"roster/internal/rostertest/browser"
)

// An Owner lets a server of theirs be told of what happens: its secret is shown once, a test says whether it is there, and
// what went wrong is found among the deliveries.
func TestAnOwnerSetsUpAWebhook(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		var broken atomic.Bool
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if broken.Load() {
				http.Error(w, "the warehouse is closed", http.StatusServiceUnavailable)
			}
		}))
		defer receiver.Close()
		name := map[bool]string{false: "Warehouse", true: "Plain warehouse"}[o.NoScript]
		owner := s.signedIn(s.email, o)
		owner.Open(s.at("settings"))
		owner.Click("Webhooks")
		if !o.NoScript {
			owner.WaitText("No webhooks yet")
			owner.CheckAxe()
		}
		owner.Open(s.at("settings", "webhooks", "add"))
		owner.Fill("Receiver's address", "ftp://hooks.example.com")
		owner.Fill("Events", "member.blocked")
		owner.Click("Add webhook")
		owner.WaitText("Write an address that begins with https://")
		owner.WaitText("There is no event \"member.blocked\".")
		owner.CheckAxe()
		owner.Fill("Receiver's address", receiver.URL)
		owner.Fill("Name", name)
		owner.Fill("Events", "member.*")
		owner.Click("Add webhook")
		owner.WaitText("whsec_")
		owner.CheckAxe()
		owner.Tick("I have stored it", true)
		owner.Click("Close")
		owner.WaitText("Nothing was delivered yet.")
		if owner.Shows("whsec_…") == false {
			t.Error("nothing tells by which secret it is signed")
		}
		owner.Click("Send a test")
		owner.WaitText("The receiver has the test.")
		owner.CheckAxe()
		broken.Store(true)
		owner.Click("Send a test")
		owner.WaitText("The receiver does not have the test.")
		owner.WaitText("the warehouse is closed")
		owner.CheckAxe()
		owner.Click(name)
		owner.Click("Pause")
		owner.WaitText("Nothing is lost: once it is resumed, deliveries go on where they stopped.")
		owner.Click("Resume")
		owner.WaitText(name + " goes on.")
		owner.Click("Delete " + name)
		owner.WaitText("The webhook ends for good.")
		owner.In(".confirm").Click("Delete " + name)
		owner.WaitText(name + " was deleted.")
	})
}
