package passkey_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"roster/internal/passkey"
	"roster/internal/rostertest/authenticator"
)

func at(t *testing.T, address string) passkey.Place {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return passkey.At(u)
}

// made gives a device with a key for a place, and the key as it is kept.
func made(t *testing.T, p passkey.Place, origin string) (*authenticator.Device, passkey.Key) {
	t.Helper()
	d, who := authenticator.New(t, origin), passkey.Holder{Handle: passkey.NewHandle(), Name: "anna@example.com"}
	o, err := p.ToMake("Roster", who)
	if err != nil {
		t.Fatal(err)
	}
	a, err := passkey.Read(d.Make(o.JSON))
	if err != nil {
		t.Fatal(err)
	}
	k, err := p.Made(who, a)
	if err != nil {
		t.Fatal(err)
	}
	text, err := k.Encode()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := passkey.Decode(text)
	if err != nil || kept.ID() != k.ID() || !bytes.Equal(kept.Handle, who.Handle) {
		t.Fatalf("kept as %s: %v", text, err)
	}
	return d, kept
}

// proves answers by the device, after whatever is done to it.
func proves(t *testing.T, p passkey.Place, d *authenticator.Device, k passkey.Key, verify bool) (passkey.Proof, error) {
	t.Helper()
	o, err := p.ToProve([]passkey.Key{k}, verify)
	if err != nil {
		t.Fatal(err)
	}
	a, err := passkey.Read(d.Use(o.JSON))
	if err != nil {
		t.Fatal(err)
	}
	if a.Key != k.ID() || a.Challenge != o.Challenge {
		t.Errorf("read %+v", a)
	}
	return p.Proved([]passkey.Key{k}, a, verify)
}

func TestAKeyThatWasMadeProvesItsPerson(t *testing.T) {
	p := at(t, "https://roster.example.com:8443")
	d, k := made(t, p, "https://roster.example.com:8443")
	if !k.Alone() {
		t.Error("a key that verified its person stands alone")
	}
	for range 3 {
		proof, err := proves(t, p, d, k, true)
		if err != nil || !proof.Verified || proof.Cloned {
			t.Fatalf("%+v %v", proof, err)
		}
		k = proof.Key
	}
}

func TestAnAnswerIsGoodForItsPlaceAlone(t *testing.T) {
	p := at(t, "https://roster.example.com")
	d, k := made(t, p, "https://roster.example.com")
	for what, lie := range map[string]func(*authenticator.Device){
		"another origin":       func(d *authenticator.Device) { d.Origin = "https://evil.example.com" },
		"another port":         func(d *authenticator.Device) { d.Origin = "https://roster.example.com:8443" },
		"plain http":           func(d *authenticator.Device) { d.Origin = "http://roster.example.com" },
		"another RP ID":        func(d *authenticator.Device) { d.RP = "example.com" },
		"nobody verified":      func(d *authenticator.Device) { d.Verifies = false },
		"the origin of a page": func(d *authenticator.Device) { d.Origin = "https://roster.example.com.evil.example" },
	} {
		other := d.Clone()
		lie(other)
		if proof, err := proves(t, p, other, k, true); err == nil {
			t.Errorf("%s: proved %+v", what, proof)
		}
	}
	d.Verifies = false
	if proof, err := proves(t, p, d, k, false); err != nil || proof.Verified || !proof.Key.Alone() {
		t.Errorf("without verifying, where none is asked: %+v %v", proof, err)
	}
}

func TestACountThatGoesBackIsACopy(t *testing.T) {
	p := at(t, "https://roster.example.com")
	d, k := made(t, p, "https://roster.example.com")
	copied := d.Clone()
	proof, err := proves(t, p, d, k, true)
	if err != nil || proof.Cloned {
		t.Fatalf("%+v %v", proof, err)
	}
	if proof, err := proves(t, p, copied, proof.Key, true); err != nil || !proof.Cloned {
		t.Errorf("a copy: %+v %v", proof, err)
	}
	d, k = made(t, p, "https://roster.example.com")
	d.Counts = false
	if proof, err := proves(t, p, d, k, true); err != nil || !proof.Cloned {
		t.Errorf("a count that stands: %+v %v", proof, err)
	}
}

func TestAnotherKeyAndAnotherSignatureProveNothing(t *testing.T) {
	p := at(t, "https://roster.example.com")
	d, k := made(t, p, "https://roster.example.com")
	_, other := made(t, p, "https://roster.example.com")
	o, err := p.ToProve([]passkey.Key{k}, true)
	if err != nil {
		t.Fatal(err)
	}
	a, err := passkey.Read(d.Use(o.JSON))
	if err != nil {
		t.Fatal(err)
	}
	if proof, err := p.Proved([]passkey.Key{other}, a, true); err == nil {
		t.Errorf("another key: %+v", proof)
	}
	other.Credential.ID = k.Credential.ID
	other.Handle = k.Handle
	if proof, err := p.Proved([]passkey.Key{other}, a, true); err == nil {
		t.Errorf("another's signature: %+v", proof)
	}
}

func TestWhatIsNoAnswerIsNotRead(t *testing.T) {
	for _, text := range []string{"", "null", "{}", "[]", `{"rawId":"x","response":{"clientDataJSON":"!"}}`, `{"rawId":"eA","response":{"clientDataJSON":"e30"}}`, strings.Repeat("x", 40_000)} {
		if a, err := passkey.Read(text); err == nil {
			t.Errorf("%.40q: read %+v", text, a)
		}
	}
}

func TestPasskeysAreOfferedAtNamesAlone(t *testing.T) {
	for address, want := range map[string]bool{
		"https://roster.example.com": true, "http://localhost:8080": true, "http://127.0.0.1:8080": false, "https://[2001:db8::1]": false,
	} {
		if got := at(t, address).Offered(); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if (passkey.Place{}).Offered() {
		t.Error("nowhere")
	}
}
