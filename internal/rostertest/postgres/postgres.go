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
	return create(t, "")
}

// Copy is Database for one that begins as a copy of another, whose name it is given. That one is made and filled when it
// is first asked for, and stays until the cluster goes.
func Copy(t testing.TB, of string, fill func(url string) error) string {
	t.Helper()
	cluster := cluster(t)
	c := connect(t, cluster)
	defer c.Close(context.Background()) // and so the lock ends
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var made bool
	if _, err := c.Exec(ctx, `SELECT pg_advisory_lock(1)`); err != nil {
		t.Fatal(err)
	}
	if err := c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, of).Scan(&made); err != nil {
		t.Fatal(err)
	}
	if !made {
		run(t, cluster, `CREATE DATABASE `+of)
		if err := fill(named(t, cluster, of)); err != nil {
			run(t, cluster, `DROP DATABASE `+of+` WITH (FORCE)`)
			t.Fatal(err)
		}
		// What filled it may not have let go yet, and what somebody is connected to cannot be copied.
		run(t, cluster, `ALTER DATABASE `+of+` ALLOW_CONNECTIONS false`)
		run(t, cluster, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '`+of+`'`)
	}
	return create(t, ` TEMPLATE `+of)
}

// create makes a database for as long as the test runs.
func create(t testing.TB, how string) string {
	t.Helper()
	cluster, name := cluster(t), "roster_"+strings.ToLower(rand.Text())
	run(t, cluster, `CREATE DATABASE `+name+how)
	t.Cleanup(func() { run(t, cluster, `DROP DATABASE `+name+` WITH (FORCE)`) })
	return named(t, cluster, name)
}

// cluster gives the cluster's URL.
func cluster(t testing.TB) string {
	t.Helper()
	url := os.Getenv(Variable)
	if url == "" || url == None {
		t.Fatalf("PostgreSQL is needed here: run `make test`, or `scripts/with-postgres go test …`, which set %s", Variable)
	}
	return url
}

// named gives the URL of a database of the cluster.
func named(t testing.TB, cluster, name string) string {
	t.Helper()
	u, err := url.Parse(cluster)
	if err != nil {
		t.Fatalf("%s is not a URL: %v", Variable, err)
	}
	u.Path = "/" + name
	return u.String()
}

func connect(t testing.TB, cluster string) *pgx.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, cluster)
	if err != nil {
		t.Fatalf("the cluster of %s does not answer: %v", Variable, err)
	}
	return c
}

func run(t testing.TB, cluster, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := connect(t, cluster)
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
