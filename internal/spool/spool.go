// Package spool holds what is written whole before anybody gets the first byte of it: files that only this process can
// open, and that end with it. What is in them it does not know.
package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// File is nowhere else: Close ends it.
type File struct {
	*os.File
	Size int64 // once it was rewound
}

// New makes an empty one.
func New() (*File, error) {
	f, err := os.CreateTemp("", "roster-spool-*") // its mode is 0600
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("spool: %w", err), f.Close())
	}
	return &File{File: f}, nil
}

// Rewind goes back to the first byte, to be read.
func (f *File) Rewind() error {
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		f.Size = size
		_, err = f.Seek(0, io.SeekStart)
	}
	return err
}
