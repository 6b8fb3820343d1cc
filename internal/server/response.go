package server

import (
	"cmp"
	"net/http"
	"strings"
)

// policy is the Content-Security-Policy of every answer, but for who may frame it: nothing but our own bytes, nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "

// securityHeaders stand on every answer that does not set its own. Referrer-Policy is same-origin
// rather than no-referrer, which would make browsers send "Origin: null" with our own forms;
// pages with a secret in their path get no-referrer from the mux.
func securityHeaders(https bool, framers []string) http.Header {
	h := map[string]string{
		"Content-Security-Policy":      policy + cmp.Or(strings.Join(framers, " "), "'none'"),
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
		"Cache-Control":                "no-store",
	}
	if https {
		h["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
	}
	if len(framers) > 0 {
		delete(h, "X-Frame-Options") // which knows no origins
	}
	all := http.Header{}
	for name, value := range h {
		all.Set(name, value)
	}
	return all
}

// response is the ResponseWriter below every handler. It counts, and adds the headers that no
// answer may lack at the last moment, so that nobody can lose them on the way.
type response struct {
	http.ResponseWriter
	always http.Header // shared by all answers, and not changed
	status int         // 0 until the header was written
	bytes  int64
}

func (w *response) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
		h := w.Header()
		for name, value := range w.always { // as Get and Set would, which make a new list each time
			if has := h[name]; len(has) == 0 || has[0] == "" {
				h[name] = value
			}
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(p []byte) (int, error) {
	w.begin()
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// FlushError is what http.ResponseController calls.
func (w *response) FlushError() error {
	w.begin()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the deadlines of the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *response) begin() {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
}

// underneath gives net/http's own ResponseWriter, which http.MaxBytesReader must be given to close
// the connection of a body that is too large.
func underneath(w http.ResponseWriter) http.ResponseWriter {
	for {
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = u.Unwrap()
	}
}
