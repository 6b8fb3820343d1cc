// Package passkey holds what Web Authentication (WebAuthn level 3) asks of a relying party: what a browser is told to make
// or to use a key by, and whether its answer is good. It keeps nothing, knows no clock, and decides nobody's way in.
package passkey

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"roster/internal/roster"
)

// Place is where keys are made and used: the installation's own address, and nothing that a request says.
type Place struct{ base *url.URL }

// At gives the place of an address.
func At(base *url.URL) Place { return Place{base} }

// Offered tells whether browsers make passkeys here: they do for names, not for bare IP addresses.
func (p Place) Offered() bool {
	if p.base == nil || p.base.Hostname() == "" {
		return false
	}
	_, err := netip.ParseAddr(p.base.Hostname())
	return err != nil
}

// party makes the relying party of the place. Kind: Conflict (passkeys_nowhere).
func (p Place) party(product string) (*webauthn.WebAuthn, error) {
	if !p.Offered() {
		return nil, roster.Errorf(roster.Conflict, "passkeys_nowhere", "Browsers make passkeys for names alone, and this installation is reached by a bare IP address.")
	}
	return webauthn.New(&webauthn.Config{
		RPID: p.base.Hostname(), RPDisplayName: product, RPOrigins: []string{p.base.Scheme + "://" + p.base.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		// Some password managers tell of extensions that nobody asked about, and nothing here rests on any.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
}

// handleBytes is how long a person's name for authenticators is.
const handleBytes = 32

// NewHandle makes the name by which authenticators know a person. It is random, so that it tells nothing and leads
// nowhere else (WebAuthn, 14.6.1).
func NewHandle() []byte {
	b := make([]byte, handleBytes)
	rand.Read(b) // it never fails: the process ends when the system has no randomness
	return b
}

// Key is a passkey as it is kept: public, and whole, since later answers are compared with what it said when it was made.
type Key struct {
	Handle     []byte              `json:"handle"`
	Credential webauthn.Credential `json:"credential"`
}

// Encode gives the key as a text.
func (k Key) Encode() (string, error) {
	data, err := json.Marshal(k)
	return string(data), err
}

// Decode reads what Encode gave.
func Decode(text string) (Key, error) {
	var k Key
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return k, fmt.Errorf("passkey: %w", err)
	}
	return k, nil
}

// ID gives the authenticator's own name for the key.
func (k Key) ID() string { return encoded(k.Credential.ID) }

// Alone tells whether the key proves its person by itself: it asked them for a finger, a face or a PIN when it was made.
func (k Key) Alone() bool { return k.Credential.Flags.UserVerified }

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Holder is a person with their keys, as the library asks for them.
type Holder struct {
	Handle []byte
	Name   string // their address, which authenticators show
	Keys   []Key
}

// WebAuthnID gives the name by which authenticators know the person.
func (h Holder) WebAuthnID() []byte { return h.Handle }

// WebAuthnName gives what authenticators show of the person.
func (h Holder) WebAuthnName() string { return h.Name }

// WebAuthnDisplayName gives the same: Roster knows other names of members, not of persons.
func (h Holder) WebAuthnDisplayName() string { return h.Name }

// WebAuthnCredentials gives the person's keys.
func (h Holder) WebAuthnCredentials() []webauthn.Credential {
	all := make([]webauthn.Credential, len(h.Keys))
	for i, k := range h.Keys {
		all[i] = k.Credential
	}
	return all
}

func (h Holder) descriptors() []protocol.CredentialDescriptor {
	all := make([]protocol.CredentialDescriptor, len(h.Keys))
	for i, k := range h.Keys {
		all[i] = k.Credential.Descriptor()
	}
	return all
}

// Options is what a browser is asked.
type Options struct {
	JSON      []byte // for navigator.credentials, with bytes in base64url
	Challenge string // the answer must hold it
}

// algorithms are the signatures that are taken: EdDSA, ES256 and RS256, which every authenticator has one of.
func algorithms() []protocol.CredentialParameter {
	var all []protocol.CredentialParameter
	for _, a := range []webauthncose.COSEAlgorithmIdentifier{webauthncose.AlgEdDSA, webauthncose.AlgES256, webauthncose.AlgRS256} {
		all = append(all, protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: a})
	}
	return all
}

// ToMake asks for a new key of a person. product is what authenticators call this place.
func (p Place) ToMake(product string, who Holder) (Options, error) {
	party, err := p.party(product)
	if err != nil {
		return Options{}, err
	}
	asked, session, err := party.BeginRegistration(who, webauthn.WithCredentialParameters(algorithms()), webauthn.WithExclusions(who.descriptors()),
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationPreferred,
		}))
	if err != nil {
		return Options{}, fmt.Errorf("passkey: ask for a key: %w", err)
	}
	return options(asked.Response, session)
}

// ToProve asks for an answer by one of a person's keys, or by any key of whoever is there where none is given. verify asks
// that the person is verified by the authenticator.
func (p Place) ToProve(keys []Key, verify bool) (Options, error) {
	party, err := p.party("-")
	if err != nil {
		return Options{}, err
	}
	how := webauthn.WithUserVerification(verification(verify))
	var asked *protocol.CredentialAssertion
	var session *webauthn.SessionData
	if len(keys) == 0 {
		asked, session, err = party.BeginDiscoverableLogin(how)
	} else {
		asked, session, err = party.BeginLogin(Holder{Handle: keys[0].Handle, Keys: keys}, how)
	}
	if err != nil {
		return Options{}, fmt.Errorf("passkey: ask for a proof: %w", err)
	}
	return options(asked.Response, session)
}

func verification(required bool) protocol.UserVerificationRequirement {
	if required {
		return protocol.VerificationRequired
	}
	return protocol.VerificationPreferred
}

func options(response any, session *webauthn.SessionData) (Options, error) {
	data, err := json.Marshal(response)
	return Options{data, session.Challenge}, err
}

// mostAnswer bounds what a browser answers, in bytes; a key with its attestation has some kilobytes.
const mostAnswer = 32 << 10

// Answer is what a browser gave back, as far as it can be read before anything is known of it.
type Answer struct {
	Challenge string // the one that it says it answers
	Key       string // the authenticator's own name for the key
	text      string
}

// Read reads a browser's answer. Nothing of it is true yet.
func Read(text string) (Answer, error) {
	var outer struct {
		RawID    string `json:"rawId"`
		Response struct {
			ClientDataJSON string `json:"clientDataJSON"`
		} `json:"response"`
	}
	if len(text) > mostAnswer {
		return Answer{}, fmt.Errorf("passkey: the answer has %d bytes", len(text))
	}
	if err := json.Unmarshal([]byte(text), &outer); err != nil {
		return Answer{}, fmt.Errorf("passkey: read an answer: %w", err)
	}
	data, err := base64.RawURLEncoding.DecodeString(outer.Response.ClientDataJSON)
	if err != nil {
		return Answer{}, fmt.Errorf("passkey: read an answer: %w", err)
	}
	var client struct {
		Challenge string `json:"challenge"`
	}
	if err := json.Unmarshal(data, &client); err != nil {
		return Answer{}, fmt.Errorf("passkey: read an answer: %w", err)
	}
	id, err := base64.RawURLEncoding.DecodeString(outer.RawID)
	if err != nil || client.Challenge == "" {
		return Answer{}, fmt.Errorf("passkey: the answer names no key or no challenge: %w", err)
	}
	return Answer{client.Challenge, encoded(id), text}, nil
}

// Made gives the key that an answer made, if it is good: of this place and this challenge, and by a key that is there.
func (p Place) Made(who Holder, a Answer) (Key, error) {
	party, err := p.party("-")
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(a.text))
	if err != nil {
		return Key{}, fmt.Errorf("passkey: read a new key: %w", err)
	}
	made, err := party.CreateCredential(who, webauthn.SessionData{
		Challenge: a.Challenge, UserID: who.Handle, UserVerification: protocol.VerificationPreferred, CredParams: algorithms(),
	}, parsed)
	if err != nil {
		return Key{}, fmt.Errorf("passkey: a new key: %w", err)
	}
	return Key{who.Handle, *made}, nil
}

// Proof is what a good answer proved.
type Proof struct {
	Key      Key  // as it is to be kept from now on
	Verified bool // the authenticator asked its person for a finger, a face or a PIN
	Cloned   bool // its count went back: somewhere there may be a copy of the key
}

// Proved tells what an answer by one of some keys proved, if it is good. verify asks that the person was verified.
func (p Place) Proved(keys []Key, a Answer, verify bool) (Proof, error) {
	party, err := p.party("-")
	if err != nil {
		return Proof{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(a.text))
	if err != nil {
		return Proof{}, fmt.Errorf("passkey: read a proof: %w", err)
	}
	for _, k := range keys {
		if !bytes.Equal(k.Credential.ID, parsed.RawID) {
			continue
		}
		k.Credential.Authenticator.CloneWarning = false // an older warning is not this answer's
		now, err := party.ValidateLogin(Holder{Handle: k.Handle, Keys: []Key{k}}, webauthn.SessionData{
			Challenge: a.Challenge, UserID: k.Handle, AllowedCredentialIDs: [][]byte{k.Credential.ID}, UserVerification: verification(verify),
		}, parsed)
		if err != nil {
			return Proof{}, fmt.Errorf("passkey: a proof: %w", err)
		}
		verified := parsed.Response.AuthenticatorData.Flags.HasUserVerified()
		// Whether the key can stand alone was told when it was made; that this answer did not ask changes nothing.
		now.Flags.UserVerified = k.Credential.Flags.UserVerified || verified
		return Proof{Key{k.Handle, *now}, verified, now.Authenticator.CloneWarning}, nil
	}
	return Proof{}, fmt.Errorf("passkey: the key is none of these")
}
