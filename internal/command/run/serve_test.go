package run

import (
	"log/slog"
	"testing"

	"roster/internal/command"
	"roster/internal/config"
)

func TestAServerIsToldWhatItWasBuiltAs(t *testing.T) {
	if v := serving(config.Server{}, slog.New(slog.DiscardHandler)).Version; v == "" || v != command.BuiltIn().Version {
		t.Errorf("version %q, built as %q", v, command.BuiltIn().Version)
	}
}
