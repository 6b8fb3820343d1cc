package doors_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestStockClientsGetTokens lets two npm packages, which somebody else wrote, find the door by its metadata, and get,
// inspect and revoke tokens by each way in which a client authenticates.
func TestStockClientsGetTokens(t *testing.T) {
	packages, err := filepath.Abs("../../.cache/oauth-clients/node_modules")
	must(t, err)
	if _, err := os.Stat(filepath.Join(packages, "openid-client")); err != nil {
		t.Fatalf("openid-client and oauth4webapi are needed here; `make test` installs them: %v", err)
	}
	h := rostertest.SQLite(t)
	h.Clock.Pass(time.Since(h.Clock.Now())) // the packages live by the machine's clock
	made, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Sync", Grants: team.RoleGivings(roster.RoleAuditor)})
	must(t, err)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	write := func(kind string, der []byte, err error) string {
		must(t, err)
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	_, err = h.Credentials.AddKeys(h.As(h.Owner), made.ID, write("PUBLIC KEY", public, err))
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	node := exec.Command("node", "testdata/clients.mjs", packages, h.Serve().URL, made.ClientID, made.Secret, write("PRIVATE KEY", secret, err))
	node.Stderr = os.Stderr
	out, err := node.Output()
	const want = "oauth4webapi client_secret_basic\noauth4webapi client_secret_post\noauth4webapi private_key_jwt\n" +
		"openid-client client_secret_basic\nopenid-client client_secret_post\nopenid-client private_key_jwt\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
	h.Verified(h.Acme.ID)
}
