package cli

import (
	"log/slog"
	"testing"

	"roster/internal/config"
)

func TestAServerIsToldWhatItWasBuiltAs(t *testing.T) {
	if v := serving(config.Server{}, slog.New(slog.DiscardHandler)).Version; v == "" || v != builtIn().Version {
		t.Errorf("version %q, built as %q", v, builtIn().Version)
	}
}
