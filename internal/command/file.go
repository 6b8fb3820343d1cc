package command

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Write copies what is exported into a file, or to the output where none is named. A file that could not be written whole
// does not stay.
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
