package postbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// papers are a server's certificate and the authority that is to be trusted.
type papers struct {
	server tls.Certificate
	roots  *x509.CertPool
	file   string
}

type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// makePapers makes an authority and a certificate for loopback. For a stranger, the certificate is
// signed by a second authority, which nobody trusts.
func makePapers(t testing.TB, stranger bool) papers {
	t.Helper()
	trusted := makeAuthority(t)
	signer := trusted
	if stranger {
		signer = makeAuthority(t)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: "localhost"},
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.cert, &key.PublicKey, signer.key)
	must(t, err)

	p := papers{roots: x509.NewCertPool(), file: filepath.Join(t.TempDir(), "authority.pem")}
	p.server = tls.Certificate{Certificate: [][]byte{der, signer.cert.Raw}, PrivateKey: key}
	p.roots.AddCert(trusted.cert)
	must(t, os.WriteFile(p.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: trusted.cert.Raw}), 0o600))
	return p
}

func makeAuthority(t testing.TB) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "Postbox test authority"},
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return authority{cert, key}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("postbox: %v", err)
	}
}
