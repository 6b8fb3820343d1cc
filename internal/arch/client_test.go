package arch

import (
	"strings"
	"testing"
)

// drawn finds what the module for host products draws in: it has the standard library and itself, so that whoever imports
// it gets nothing else along. And nobody of the house imports it: it is for those outside.
func drawn(h *house) []string {
	var complaints []string
	for _, r := range h.rooms {
		for _, i := range r.imports {
			host, _, _ := strings.Cut(i, "/")
			foreign := strings.Contains(host, ".") || host == module && !under(strings.TrimPrefix(i, module+"/"), "client")
			switch ours := under(r.path, "client"); {
			case ours && foreign:
				complaints = append(complaints, r.path+": imports "+i+"; it needs the standard library alone")
			case !ours && under(strings.TrimPrefix(i, module+"/"), "client"):
				complaints = append(complaints, r.path+": imports "+i+", which is for host products")
			}
		}
	}
	return complaints
}

func TestTheClientNeedsTheStandardLibraryAlone(t *testing.T) { holds(t, drawn(real(t))) }

func TestTheClientsRuleBites(t *testing.T) {
	bites(t, drawn(sketch(t, map[string]string{
		"client/a.go":         `package client; import (_ "net/http"; _ "roster/internal/roster"; _ "golang.org/x/oauth2")`,
		"client/webhook/a.go": `package webhook; import (_ "crypto/hmac"; _ "roster/client")`,
		"internal/jobs/a.go":  `package jobs; import _ "roster/client/webhook"`,
	})),
		"client: imports golang.org/x/oauth2", "client: imports roster/internal/roster", "internal/jobs: imports roster/client/webhook",
	)
}
