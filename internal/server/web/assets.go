package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"sort"
	"strings"
	"sync"

	"roster/internal/squeeze"
)

//go:embed assets
var files embed.FS

// Assets serves the style sheet, the modules and the icon below /assets/{hash of them all}/, so
// that a changed file has another address and an unchanged one is fetched once.
type Assets struct {
	prefix  string
	modules []string
	files   map[string]asset
}

type asset struct {
	kind  string
	plain []byte
	small func() []byte // compressed, when it is first asked for
}

// NewAssets reads the embedded files, joins the style sheets in the order of their names into
// app.css, and hashes the lot.
func NewAssets() (*Assets, error) {
	names, err := fs.Glob(files, "assets/*/*")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	a := &Assets{files: map[string]asset{}}
	hash := sha256.New()
	var css bytes.Buffer
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(hash, "%s %d\n", name, len(data))
		hash.Write(data)
		switch base := path.Base(name); path.Ext(name) {
		case ".css":
			css.Write(data)
		case ".js":
			a.modules = append(a.modules, base)
			a.add(base, "text/javascript; charset=utf-8", data)
		case ".svg":
			a.add(base, "image/svg+xml", data)
		}
	}
	a.add("app.css", "text/css; charset=utf-8", css.Bytes())
	a.prefix = "/assets/" + hex.EncodeToString(hash.Sum(nil))[:12] + "/"
	return a, nil
}

func (a *Assets) add(name, kind string, data []byte) {
	a.files[name] = asset{kind: kind, plain: data, small: sync.OnceValue(func() []byte { return new(squeeze.Pool).Gzip(data) })}
}

// URL gives a file's address, such as URL("app.css").
func (a *Assets) URL(name string) string { return a.prefix + name }

// ServeHTTP answers a file for a year, or 404 for another hash or name.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, a.prefix)
	file, known := a.files[name]
	if !ok || !known {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", file.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	body := file.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = file.small()
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that went away is not our fault
	}
}
