package command

import (
	"errors"
	"fmt"
	"io"
	"os"

	"roster/internal/raster"
)

// Picture tells which picture is meant, or that there shall be none.
type Picture struct {
	Picture   string `help:"A picture: a PNG, JPEG or WebP of at most 2 MiB, of which the middle is cut out." placeholder:"FILE"`
	NoPicture bool   `help:"Take the picture away."`
}

// Named tells whether anything is to be done with the picture.
func (p Picture) Named() bool { return p.Picture != "" || p.NoPicture }

// Check refuses what cannot be meant.
func (p Picture) Check() error {
	if p.Picture != "" && p.NoPicture {
		return Usage("--picture and --no-picture do not go together.")
	}
	return nil
}

// Paint sets a picture, or takes it away, where that is asked for.
func Paint[T any](p Picture, set func([]byte) (T, error), remove func() (T, error)) (now T, err error) {
	switch {
	case p.NoPicture:
		return remove()
	case p.Picture == "":
		return now, nil
	}
	data, err := p.read()
	if err != nil {
		return now, err
	}
	return set(data)
}

// read gives the picture's bytes; one too many where there are too many.
func (p Picture) read() ([]byte, error) {
	f, err := os.Open(p.Picture)
	if err != nil {
		return nil, fmt.Errorf("read the picture: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(f, raster.MaxBytes+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read the picture: %w", err)
	}
	return data, nil
}
