package backup_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/action/role"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postgres"
	"roster/internal/store"
	"roster/internal/store/backup"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lived is a house in which things have happened.
func lived(t *testing.T, h *rostertest.House) {
	t.Helper()
	h.Declare(rostertest.Fleet())
	south := h.Account("Süd \"Ost\"", "")
	h.Group("Werk", south)
	_, err := h.Roles.Create(h.As(h.Owner), role.Draft{Name: "Dispatcher", Description: "Sends people out", Permissions: []string{"devices.read"}})
	must(t, err)
	anna := h.Own(h.Owner, roster.Actor{}, team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Børg <b>"}})
	_, err = h.Team.Block(h.As(h.Owner), anna.Member, "Lost a laptop\n— twice")
	must(t, err)
	_, err = h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Nightly", Grants: team.RoleGivings("auditor")})
	must(t, err)
	for _, last := range []string{"Alt", "Weg"} {
		otto := h.Own(h.Owner, roster.Actor{}, team.Invitation{Email: last + "@example.com", Profile: roster.Profile{FirstName: "Otto", LastName: last}})
		_, err = h.Removals.Remove(h.As(h.Owner), otto.Member, "")
		must(t, err)
		if last == "Weg" { // what they were called is then no bytes, and not NULL
			_, err = h.Erasures.Erase(h.As(h.Owner), otto.Member, "Otto Weg")
			must(t, err)
		}
	}
	must(t, signIn(h))
	h.Horde(150) // more than one statement takes
}

// signIn lets the Owner sign in.
func signIn(h *rostertest.House) error {
	_, err := h.SignIn.SignIn(h.As(roster.Actor{Kind: roster.ActorNobody}), signin.Try{Email: "olga@example.com", Password: rostertest.Password})
	return err
}

// copied gives a database's backup.
func copied(t *testing.T, db *store.DB) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, db.Snapshot(context.Background(), func(ctx context.Context, rd store.Reader) error {
		out.Reset()
		_, err := backup.Write(ctx, rd, db.Kind(), &out)
		return err
	}))
	return out.Bytes()
}

// unzipped gives what is in a backup.
func unzipped(t *testing.T, file []byte) string {
	t.Helper()
	zipped, err := gzip.NewReader(bytes.NewReader(file))
	must(t, err)
	text, err := io.ReadAll(zipped)
	must(t, err)
	return string(text)
}

// zipped makes a backup of what is to be in it.
func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := io.WriteString(w, text)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

// lines gives a backup's lines but for the head: of each table its rows in an order of their own.
func lines(t *testing.T, file []byte) []string {
	t.Helper()
	var all []string
	at := ""
	for line := range strings.Lines(unzipped(t, file)) {
		var t struct{ Type, Name string }
		if json.Unmarshal([]byte(line), &t) == nil {
			at = t.Name
		}
		if t.Type != "backup" {
			all = append(all, at+" "+line)
		}
	}
	slices.Sort(all)
	return all
}

// fresh gives an empty database of each kind.
func fresh(t *testing.T) map[string]string {
	all := map[string]string{"sqlite": filepath.Join(t.TempDir(), "restored.db")}
	if postgres.Wanted() {
		all["postgres"] = postgres.Database(t)
	}
	return all
}

// TestACopyIsTheSameInEitherDatabase: each row of each table, whichever kind it comes from and goes to; histories verify, people
// sign in, and it goes on.
func TestACopyIsTheSameInEitherDatabase(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		lived(t, h)
		file := copied(t, h.DB)
		want := lines(t, file)
		for kind, database := range fresh(t) {
			t.Run(kind, func(t *testing.T) {
				done, err := backup.Restore(context.Background(), store.Options{URL: database}, bytes.NewReader(file))
				must(t, err)
				if done.Engine != h.DB.Kind() || done.Rows < 300 || done.Schema == 0 || done.MadeAt.IsZero() {
					t.Errorf("restored: %+v", done)
				}
				r := rostertest.Open(t, database)
				if got := lines(t, copied(t, r.DB)); !slices.Equal(got, want) {
					t.Error(apart(got, want))
				}
				r.Clock.Pass(time.Hour)
				r.Verified(h.Acme.ID)
				r.Verified(roster.Installation)
				if err := signIn(r); err != nil {
					t.Errorf("sign in: %v", err)
				}
				if _, err := r.Team.Invite(r.As(h.Owner), team.Invitation{Email: "new@example.com", Profile: roster.Profile{FirstName: "N", LastName: "Ew"}}); err != nil {
					t.Errorf("go on: %v", err)
				}
			})
		}
	})
}

// apart tells how two lists of lines differ.
func apart(got, want []string) string {
	var out strings.Builder
	for _, l := range got {
		if _, found := slices.BinarySearch(want, l); !found && out.Len() < 2000 {
			fmt.Fprintf(&out, "more: %.300s\n", l)
		}
	}
	for _, l := range want {
		if _, found := slices.BinarySearch(got, l); !found && out.Len() < 4000 {
			fmt.Fprintf(&out, "less: %.300s\n", l)
		}
	}
	return out.String()
}

// TestWhatIsNoWholeBackupRestoresNothing: cut off anywhere, damaged, or something else; what stays is an empty database, which
// takes the whole one.
func TestWhatIsNoWholeBackupRestoresNothing(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		lived(t, h)
		file := copied(t, h.DB)
		plain := unzipped(t, file)
		flipped := slices.Clone(file)
		flipped[len(flipped)/2] ^= 0x10
		all := strings.SplitAfter(plain, "\n")
		short := slices.Delete(slices.Clone(all), len(all)/2, len(all)/2+1)
		database := fresh(t)[h.DB.Kind()]
		try := func(what string, data []byte, code string) {
			t.Helper()
			_, err := backup.Restore(context.Background(), store.Options{URL: database}, bytes.NewReader(data))
			if !roster.Is(err, code) {
				t.Errorf("%s: %v, want %s", what, err, code)
			}
		}
		try("nothing", nil, "backup_unreadable")
		try("another file", []byte("id,name\n1,Anna\n"), "backup_unreadable")
		try("another kind of lines", zipped(t, `{"type":"export","format":1}`+"\n"), "backup_unreadable")
		try("a damaged byte", flipped, "backup_unreadable")
		try("a line that is missing", zipped(t, strings.Join(short, "")), "backup_unreadable")
		try("without its last byte", file[:len(file)-1], "backup_unreadable")
		for i := 1; i < 8; i++ {
			try(fmt.Sprint("cut off after ", i, " eighths"), file[:len(file)*i/8], "backup_unreadable")
		}
		head, rest, _ := strings.Cut(plain, "\n")
		try("a newer format", zipped(t, strings.Replace(head, `"format":1`, `"format":2`, 1)+"\n"+rest), "backup_newer")
		schema := fmt.Sprintf(`"schema":%d`, schemaOf(t, file))
		try("a newer schema", zipped(t, strings.Replace(head, schema, `"schema":9999`, 1)+"\n"+rest), "backup_newer")
		_, err := backup.Restore(context.Background(), store.Options{URL: database}, bytes.NewReader(file))
		must(t, err)
		try("a second time", file, "database_not_empty")
		r := rostertest.Open(t, database)
		r.Verified(h.Acme.ID)
	})
}

func schemaOf(t *testing.T, file []byte) int64 {
	t.Helper()
	var head backup.Head
	must(t, json.NewDecoder(strings.NewReader(unzipped(t, file))).Decode(&head))
	return head.Schema
}
