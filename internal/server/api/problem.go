package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/roster"
	"roster/internal/server"
)

// ownErrors makes huma's errors our problems. huma keeps the makers of errors in variables of its
// package: they are set once, and then left alone, since they are read while requests run.
func ownErrors() {
	if _, ours := huma.NewError(0, "").(*server.Problem); ours {
		return
	}
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		if status == 0 { // nothing failed: huma wants to see the type, for each operation
			return &server.Problem{}
		}
		return server.NewProblem(context.Background(), translate(status, message, errs))
	}
	huma.NewErrorWithContext = func(c huma.Context, status int, message string, errs ...error) huma.StatusError {
		return server.NewProblem(c.Context(), translate(status, message, errs))
	}
}

// translate says what huma found wrong in our words, and never what stood there.
func translate(status int, message string, errs []error) error {
	if status == http.StatusInternalServerError || status < 400 {
		return errors.Join(append(errs, errors.New(message))...)
	}
	var bad roster.Problems
	for _, err := range errs {
		var detail *huma.ErrorDetail
		if !errors.As(err, &detail) {
			return fmt.Errorf("api: %s: %w", message, err)
		}
		_, field, _ := strings.Cut(detail.Location, ".")
		if field == "" {
			return Malformed("%s", detail.Message) // of the body, in the words of package server
		}
		bad.Add(field, roster.Errorf(roster.Invalid, "parameter_invalid", "This is no value for it: %s.", detail.Message))
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return Malformed("The request cannot be read: %s.", message)
}

// Malformed says that a request is not of the form that is asked for. Kind Invalid, code malformed.
func Malformed(format string, args ...any) *roster.Error {
	return roster.Errorf(roster.Invalid, "malformed", format, args...)
}

// refusal is a problem with the challenge that belongs to it.
type refusal struct {
	*server.Problem
	challenge string
}

// refuse tells an error outward.
func refuse(ctx context.Context, err error) *refusal {
	return &refusal{server.NewProblem(ctx, err), server.Challenge(ctx, err)}
}

// GetHeaders gives the headers that belong to the answer.
func (r *refusal) GetHeaders() http.Header {
	h := r.Problem.GetHeaders()
	if r.challenge != "" {
		h.Set("WWW-Authenticate", r.challenge)
	}
	return h
}

// writeRefusal answers a request that did not come as far as its handler.
func writeRefusal(ctx context.Context, w http.ResponseWriter, r *http.Request, err error) {
	if c := server.Challenge(ctx, err); c != "" {
		w.Header().Set("WWW-Authenticate", c)
	}
	server.WriteProblem(w, r.WithContext(ctx), err)
}
