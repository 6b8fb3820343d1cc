package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write copies what is exported into a file, or to the output where none is named. A file that is there is written anew: what
// is exported again and again keeps its name. One that could not be written whole does not stay.
func (c *Console) Write(path string, from io.Reader) error {
	if path == "" {
		_, err := io.Copy(c.Out, from)
		return err
	}
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return errors.Join(fmt.Errorf("write the export: %w", err), os.Remove(path))
	}
	return nil
}

// Fresh writes a file that is to be new. Until it is whole and on disk it stands beside, under a name of its own and for its
// owner alone; whatever got the name meanwhile stays (fs.ErrExist).
func Fresh(path string, fill func(*os.File) error) error {
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*") // O_EXCL, mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	err = fill(part)
	if err == nil {
		err = part.Sync()
	}
	if err = errors.Join(err, part.Close()); err != nil {
		return err
	}
	err = os.Link(part.Name(), path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return claim(part.Name(), path)
}

// claim gives a file a name that nothing has where the file system knows no links, as on many a stick: an empty file takes it
// first.
func claim(part, path string) error {
	taken, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(taken.Close(), os.Rename(part, path)); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
