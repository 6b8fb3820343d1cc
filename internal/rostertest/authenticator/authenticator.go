// Package authenticator is a passkey's device together with the browser that asks it, for tests that speak to Roster without
// one: it makes keys and answers by them, honestly or in whatever way a test asks for.
package authenticator

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"
)

// Device holds the keys of somebody. Change what it says to make it lie.
type Device struct {
	t        testing.TB
	Origin   string // what the browser tells of where it is
	RP       string // what the device believes where it is; the origin's host when empty
	Verifies bool   // whether it asks for a finger, a face or a PIN
	Counts   bool   // whether it counts how often its keys were used
	Repeats  bool   // whether it gives its newest key once more instead of making another
	keys     []*key
}

type key struct {
	id, handle []byte
	private    *ecdsa.PrivateKey
	count      uint32
}

// New gives a device that verifies its person and counts, in a browser at an origin.
func New(t testing.TB, origin string) *Device {
	return &Device{t: t, Origin: origin, Verifies: true, Counts: true}
}

// Clone gives a copy of the device and its keys, as they are now.
func (d *Device) Clone() *Device {
	other := *d
	other.keys = nil
	for _, k := range d.keys {
		same := *k
		other.keys = append(other.keys, &same)
	}
	return &other
}

// Handle gives the name by which the newest key knows its person.
func (d *Device) Handle() string { return encode(d.keys[len(d.keys)-1].handle) }

// asked is as much of the options as the device looks at.
type asked struct {
	Challenge string `json:"challenge"`
	RP        struct {
		ID string `json:"id"`
	} `json:"rp"`
	RPID string `json:"rpId"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Allow []struct {
		ID string `json:"id"`
	} `json:"allowCredentials"`
}

func (d *Device) read(options []byte) asked {
	d.t.Helper()
	var a asked
	if err := json.Unmarshal(options, &a); err != nil {
		d.t.Fatalf("options: %v: %s", err, options)
	}
	return a
}

// Make makes a key as the options ask, and gives the browser's answer.
func (d *Device) Make(options []byte) string {
	d.t.Helper()
	a := d.read(options)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		d.t.Fatal(err)
	}
	k := &key{id: make([]byte, 32), handle: d.decode(a.User.ID), private: private}
	rand.Read(k.id)
	if d.Repeats {
		k = d.keys[len(d.keys)-1]
	} else {
		d.keys = append(d.keys, k)
	}
	data := d.data(k, a.RP.ID, 0x40)
	data = append(data, make([]byte, 16)...) // of no known make
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.id)))
	data = append(append(data, k.id...), d.cose(k)...)
	var object bytes.Buffer
	object.WriteByte(0xa3)
	object.WriteString("\x63fmt\x64none\x67attStmt\xa0\x68authData")
	object.Write(binary.BigEndian.AppendUint16([]byte{0x59}, uint16(len(data))))
	object.Write(data)
	return d.answer(k, map[string]any{
		"clientDataJSON": encode(d.client("webauthn.create", a.Challenge)), "attestationObject": encode(object.Bytes()), "transports": []string{"internal"},
	})
}

// Use answers the options by the first key that they allow; by the newest where they allow any.
func (d *Device) Use(options []byte) string {
	d.t.Helper()
	a := d.read(options)
	if len(d.keys) == 0 {
		d.t.Fatal("the device has no key")
	}
	k := d.keys[len(d.keys)-1]
	for _, allowed := range a.Allow {
		for _, mine := range d.keys {
			if allowed.ID == encode(mine.id) {
				k = mine
			}
		}
	}
	data, client := d.data(k, a.RPID, 0), d.client("webauthn.get", a.Challenge)
	clientHash := sha256.Sum256(client)
	digest := sha256.Sum256(append(bytes.Clone(data), clientHash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, digest[:])
	if err != nil {
		d.t.Fatal(err)
	}
	return d.answer(k, map[string]any{
		"clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signature), "userHandle": encode(k.handle),
	})
}

// data is what the device says of itself: where it is, whether it saw and verified somebody, and its count.
func (d *Device) data(k *key, rp string, flags byte) []byte {
	if d.RP != "" {
		rp = d.RP
	}
	hash := sha256.Sum256([]byte(rp))
	flags |= 0x01
	if d.Verifies {
		flags |= 0x04
	}
	if d.Counts {
		k.count++
	}
	return binary.BigEndian.AppendUint32(append(hash[:], flags), k.count)
}

// client is what the browser says.
func (d *Device) client(kind, challenge string) []byte {
	data, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": false})
	if err != nil {
		d.t.Fatal(err)
	}
	return data
}

func (d *Device) answer(k *key, response map[string]any) string {
	data, err := json.Marshal(map[string]any{
		"id": encode(k.id), "rawId": encode(k.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}, "authenticatorAttachment": "platform",
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return string(data)
}

// cose writes the public key as COSE does (RFC 9053): EC2, ES256, P-256, x and y.
func (d *Device) cose(k *key) []byte {
	point, err := k.private.PublicKey.Bytes()
	if err != nil {
		d.t.Fatal(err)
	}
	out := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}
	out = append(out, point[1:33]...)
	out = append(out, 0x22, 0x58, 0x20)
	return append(out, point[33:]...)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (d *Device) decode(s string) []byte {
	d.t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}
