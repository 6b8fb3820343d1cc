package secret

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestKeyFileIsMadeOnceAndReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roster.key")
	first, err := LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if first.MAC("x", nil) != again.MAC("x", nil) {
		t.Error("the second start has another key")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	data, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(data), "roster_key_1_") || !strings.HasSuffix(string(data), "\n") {
		t.Errorf("the file is not recognisable text: %d bytes, %v", len(data), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files are left, not 1", len(left))
	}
}

func TestTwoStartersAgreeOnOneKey(t *testing.T) {
	for range 20 {
		path := filepath.Join(t.TempDir(), "roster.key")
		var wg sync.WaitGroup
		macs := make([]string, 8)
		for i := range macs {
			wg.Go(func() {
				k, err := LoadKey(path)
				if err != nil {
					t.Error(err)
					return
				}
				macs[i] = k.MAC("x", nil)
			})
		}
		wg.Wait()
		for _, m := range macs {
			if m != macs[0] {
				t.Fatal("two starters have different keys")
			}
		}
	}
}

func TestBadKeyFileIsRefusedInPlainWords(t *testing.T) {
	good := NewKey().text()
	cases := []struct {
		name, content string
		mode          os.FileMode
		says          string
	}{
		{"others may read", good, 0o604, "chmod 600"},
		{"the group may read", good, 0o640, "chmod 600"},
		{"the group may write", good, 0o620, "chmod 600"},
		{"empty", "", 0o600, "holds no key"},
		{"cut", good[:30], 0o600, "holds no key"},
		{"another form", strings.Replace(good, "_1_", "_2_", 1), 0o600, "holds no key"},
		{"more after it", good + good, 0o600, "holds no key"},
		{"huge", strings.Repeat("A", 1<<20), 0o600, "holds no key"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "roster.key")
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
			k, err := LoadKey(path)
			if err == nil || k != nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
				t.Fatalf("got %v, %v", k, err)
			}
			if len(c.content) > 20 && strings.Contains(err.Error(), c.content[20:30]) {
				t.Error("the error shows the key")
			}
			if now, _ := os.ReadFile(path); string(now) != c.content {
				t.Error("the file was changed")
			}
		})
	}
}

func TestKeyFileThatCannotBeMadeIsAnError(t *testing.T) {
	dir := t.TempDir()
	if _, err := LoadKey(filepath.Join(dir, "nowhere", "roster.key")); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a missing folder: got %v", err)
	}
	if _, err := LoadKey(dir); err == nil {
		t.Error("a folder is not a key file")
	}
}

func TestDerivedKeysDifferByPurposeAndKey(t *testing.T) {
	a, b := NewKey(), NewKey()
	if len(a.Derive("x")) != 32 || !bytes.Equal(a.Derive("x"), a.Derive("x")) {
		t.Error("a purpose's key must stay the same")
	}
	if bytes.Equal(a.Derive("x"), a.Derive("y")) || bytes.Equal(a.Derive("x"), b.Derive("x")) {
		t.Error("two purposes or two keys share a derived key")
	}
}

func TestSealedTextOpensOnlyUnchangedAndForItsPurpose(t *testing.T) {
	k := NewKey()
	for _, plain := range []string{"", "a secret", strings.Repeat("long ", 10000)} {
		sealed, err := k.Seal("oauth", []byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Open("oauth", sealed)
		if err != nil || string(got) != plain {
			t.Errorf("got %d bytes, %v", len(got), err)
		}
		twice, _ := k.Seal("oauth", []byte(plain))
		if twice == sealed {
			t.Error("sealing twice gave the same text")
		}
		if len(plain) > 0 && strings.Contains(sealed, plain) {
			t.Error("the sealed text shows what is in it")
		}
	}
}

func TestSealedTextThatIsNotRightIsRefused(t *testing.T) {
	k := NewKey()
	sealed, err := k.Seal("oauth", []byte("a secret"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Open("mail", sealed); err == nil {
		t.Error("it opened for another purpose")
	}
	if _, err := NewKey().Open("oauth", sealed); err == nil {
		t.Error("it opened with another key")
	}
	for i := range sealed {
		changed := []byte(sealed)
		changed[i] ^= 1
		if _, err := k.Open("oauth", string(changed)); err == nil {
			t.Errorf("it opened with byte %d changed", i)
		}
	}
	for _, s := range []string{"", "a secret", sealed[:len(sealed)-1], sealed + "A", sealed + "\n", sealPrefix, sealPrefix + "AAAA"} {
		if _, err := k.Open("oauth", s); err == nil {
			t.Errorf("%q opened", s)
		}
	}
}

func TestMACTellsDataPurposeAndKeyApart(t *testing.T) {
	k := NewKey()
	m := k.MAC("cursor", []byte("data"))
	if len(m) != 64 || m != k.MAC("cursor", []byte("data")) {
		t.Errorf("got %q", m)
	}
	if m == k.MAC("cursor", []byte("date")) || m == k.MAC("other", []byte("data")) || m == NewKey().MAC("cursor", []byte("data")) {
		t.Error("two MACs are the same")
	}
}

func TestKeyDoesNotPrint(t *testing.T) {
	k := NewKey()
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%+v", k), fmt.Sprintf("%#v", k), fmt.Sprint(k)} {
		if s != "secret.Key(hidden)" {
			t.Errorf("got %q", s)
		}
	}
}
