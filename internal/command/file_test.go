package command

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// folder gives what is in a folder, by name.
func folder(t *testing.T, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		names = append(names, f.Name())
	}
	return names
}

func says(text string) func(*os.File) error {
	return func(f *os.File) error {
		_, err := f.WriteString(text)
		return err
	}
}

// TestAFreshFileTakesNobodysPlace: of two who write one name the first stays, whole; so does what got the name meanwhile, a link
// that leads nowhere too; and nothing is left beside.
func TestAFreshFileTakesNobodysPlace(t *testing.T) {
	dir, aside := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "all.backup")
	theirs := filepath.Join(aside, "theirs")
	if err := os.Symlink(theirs, path+".part"); err != nil { // a name that could be guessed
		t.Fatal(err)
	}
	err := Fresh(path, func(f *os.File) error {
		if err := Fresh(path, says("the first")); err != nil {
			t.Errorf("the first: %v", err)
		}
		return says("the second")(f)
	})
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("the second: %v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "the first" {
		t.Errorf("%q, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil {
		t.Error(err)
	} else if info.Mode() != 0o600 {
		t.Errorf("the mode is %v", info.Mode())
	}
	link := filepath.Join(dir, "link.backup")
	err = Fresh(link, func(f *os.File) error { return errors.Join(os.Symlink(theirs, link), says("text")(f)) })
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("a link: %v", err)
	}
	full := errors.New("the disk is full")
	if err := Fresh(filepath.Join(dir, "half.backup"), func(f *os.File) error { return errors.Join(says("ha")(f), full) }); !errors.Is(err, full) {
		t.Errorf("half: %v", err)
	}
	if got := folder(t, dir); !slices.Equal(got, []string{"all.backup", "all.backup.part", "link.backup"}) {
		t.Errorf("there are %q", got)
	}
	if got := folder(t, aside); len(got) > 0 {
		t.Errorf("a link was followed to %q", got)
	}
}

// TestANameIsClaimedWithoutLinks: as on file systems that know none.
func TestANameIsClaimedWithoutLinks(t *testing.T) {
	dir := t.TempDir()
	part, path := filepath.Join(dir, "part"), filepath.Join(dir, "all.backup")
	for _, text := range []string{"the first", "the second"} {
		if err := os.WriteFile(part, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := claim(part, path); errors.Is(err, fs.ErrExist) != (text == "the second") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "the first" {
		t.Errorf("%q, %v", text, err)
	}
	if err := claim(filepath.Join(dir, "nothing"), filepath.Join(dir, "other")); err == nil {
		t.Error("nothing got a name")
	}
	if got := folder(t, dir); !slices.Equal(got, []string{"all.backup", "part"}) {
		t.Errorf("there are %q", got)
	}
}
