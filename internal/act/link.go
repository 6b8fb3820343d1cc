package act

import "roster/internal/roster"

// Prefixes by which a secret that turns up somewhere can be recognised.
const (
	InvitationPrefix = "rinv_" // the secret of an invitation's link
	SessionPrefix    = "rses_" // the secret in a session's cookie
	ClientPrefix     = "rsec_" // an API user's client secret
	DevicePrefix     = "rdev_" // the secret in a cookie of a device on which somebody signed in before; it opens nothing
	HalfPrefix       = "rhlf_" // the secret in a cookie between the two proofs of a sign-in
	ResetPrefix      = "rrst_" // the secret of a link by which a second factor is reset
	RecoveryPrefix   = "rrec_" // the secret of a link by which a password is chosen anew
	EmailPrefix      = "radr_" // the secret of a link by which a change of address is proved or undone
	PortalPrefix     = "rptl_" // the secret of a link by which the host product brings somebody in
)

// ResetPath gives the path of the link by which a person lets go of a second factor.
func ResetPath(org roster.OrgID, secret string) string {
	return "/factor-reset/" + string(org) + "/" + secret
}

// RecoveryPath gives the path of the link by which a person chooses a password anew.
func RecoveryPath(secret string) string { return "/recovery/" + secret }

// EmailPath gives the path of the link by which a mailbox proves a change of address, or undoes it.
func EmailPath(secret string) string { return "/email-change/" + secret }

// PortalPath gives the path of the link by which the host product brings a member in.
func PortalPath(org roster.OrgID, secret string) string {
	return "/portal/" + string(org) + "/" + secret
}

// InvitationPath gives the path of an invitation's link. There and in the paths above alone a secret stands in a URL; the
// server takes it out of the address bar at once.
func InvitationPath(org roster.OrgID, secret string) string {
	return "/invitation/" + string(org) + "/" + secret
}
