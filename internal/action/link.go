package action

import "roster/internal/roster"

// Prefixes by which a secret that turns up somewhere can be recognised.
const (
	InvitationPrefix = "rinv_" // the secret of an invitation's link
	SessionPrefix    = "rses_" // the secret in a session's cookie
	ClientPrefix     = "rsec_" // an API user's client secret
)

// InvitationPath gives the path of an invitation's link. It is the one place where a secret stands in
// a URL; the server takes it out of the address bar at once.
func InvitationPath(org roster.OrgID, secret string) string {
	return "/invitation/" + string(org) + "/" + secret
}
