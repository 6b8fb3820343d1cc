// Package postgres gives each test a PostgreSQL database of its own, in the cluster that
// ROSTER_TEST_POSTGRES names. It starts no cluster: scripts/with-postgres does. It knows nothing
// of Roster's tables.
package postgres

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Variable is the environment variable with the cluster's URL, whose user may create databases.
const Variable = "ROSTER_TEST_POSTGRES"

// None as the variable's value says that only SQLite is wanted, as in `make check`. Nothing else
// leaves PostgreSQL out: without the variable, tests fail.
const None = "none"

// Wanted tells whether tests are to run on PostgreSQL as well.
func Wanted() bool { return os.Getenv(Variable) != None }

// Database makes an empty database and gives its URL. It is dropped at the end of the test, with
// whatever is still connected to it.
func Database(t testing.TB) string {
	t.Helper()
	cluster := os.Getenv(Variable)
	if cluster == "" || cluster == None {
		t.Fatalf("PostgreSQL is needed here: run `make test`, or `scripts/with-postgres go test …`, which set %s", Variable)
	}
	u, err := url.Parse(cluster)
	if err != nil {
		t.Fatalf("%s is not a URL: %v", Variable, err)
	}
	name := "roster_" + strings.ToLower(rand.Text())
	run(t, cluster, `CREATE DATABASE `+name)
	t.Cleanup(func() { run(t, cluster, `DROP DATABASE `+name+` WITH (FORCE)`) })
	u.Path = "/" + name
	return u.String()
}

func run(t testing.TB, cluster, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, cluster)
	if err != nil {
		t.Fatalf("the cluster of %s does not answer: %v", Variable, err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
