package browser

import (
	cdpwebauthn "github.com/chromedp/cdproto/webauthn"
)

// Authenticator gives the page a device that holds passkeys and says yes to whatever it is asked, as a person with a
// finger on it does. Keys stay in it as long as the page is open.
func (p *Page) Authenticator() {
	p.t.Helper()
	call(p, cdpwebauthn.Enable, cdpwebauthn.EnableParams{})
	call(p, cdpwebauthn.AddVirtualAuthenticator, cdpwebauthn.AddVirtualAuthenticatorParams{Options: &cdpwebauthn.VirtualAuthenticatorOptions{
		Protocol: cdpwebauthn.AuthenticatorProtocolCtap2, Transport: cdpwebauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}})
}
