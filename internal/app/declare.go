package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"roster/internal/authz/declaration"
	"roster/internal/roster"
)

// declare applies the host product's declaration from the file that the settings name, as the operator. One
// that is refused stops the start.
func (h *House) declare(ctx context.Context, s ServeSettings) error {
	if s.Catalogue == "" {
		return nil
	}
	data, err := os.ReadFile(s.Catalogue)
	if err != nil {
		return fmt.Errorf("the catalogue: %w", err)
	}
	d, err := declaration.Parse(data)
	if err != nil {
		return about(s.Catalogue, err)
	}
	applied, err := h.Catalogue.Apply(roster.WithActor(ctx, roster.Actor{Kind: roster.ActorCLI, Name: "Command line", Door: roster.DoorCLI}), d)
	if err != nil {
		return about(s.Catalogue, err)
	}
	s.Log.InfoContext(ctx, "catalogue", "file", s.Catalogue, "version", applied.Catalogue.Version(), "changed", applied.Changed)
	return nil
}

// about puts the file's name before what is wrong with it.
func about(file string, err error) error {
	var known *roster.Error
	if !errors.As(err, &known) {
		return fmt.Errorf("the catalogue %s: %w", file, err)
	}
	told := *known
	told.Message = "The catalogue " + file + " is refused. " + known.Message
	told.Fields = slices.Clone(known.Fields)
	for i := range told.Fields {
		told.Fields[i].Field = file + ": " + told.Fields[i].Field
	}
	return &told
}
