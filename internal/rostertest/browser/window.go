package browser

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Request is one request that a page made.
type Request struct {
	Method  string
	URL     string // with its fragment
	Referer string
	Kind    string // "Document", "Stylesheet", "Image", "Fetch", …
}

// window is a page and what was heard from it.
type window struct {
	ctx       context.Context
	options   Options
	downloads string

	mu         sync.Mutex
	loading    bool
	status     int64 // of the document that was loaded last
	requests   []Request
	complaints []string
	forgiven   []string
	dialogs    []string
	downloaded []string // paths of files that are there whole
}

// hear takes what Chromium tells. It must be quick and must not ask anything back.
func (w *window) hear(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *page.EventFrameRequestedNavigation:
		w.loading = true
	case *page.EventFrameStartedLoading:
		w.loading = true
	case *page.EventFrameStoppedLoading:
		w.loading = false
	case *network.EventRequestWillBeSent:
		w.requested(e)
	case *network.EventResponseReceived:
		w.answered(e)
	case *runtime.EventExceptionThrown:
		w.complaints = append(w.complaints, "a script failed: "+thrown(e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.complaints = append(w.complaints, fmt.Sprintf("a script wrote an error: %s", said(e.Args)))
		}
	case *log.EventEntryAdded:
		// What the network has to say is judged by answered, which knows more.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			w.complaints = append(w.complaints, fmt.Sprintf("%s: %s", e.Entry.Source, e.Entry.Text))
		}
	case *page.EventJavascriptDialogOpening:
		w.dialogs = append(w.dialogs, e.Message)
		go w.accept()
	}
}

// loads takes what Chromium tells of downloads, any window's.
func (w *window) loads(event any) {
	if e, ok := event.(*cdpbrowser.EventDownloadProgress); ok && e.State == cdpbrowser.DownloadProgressStateCompleted {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.downloaded = append(w.downloaded, e.FilePath)
	}
}

func (w *window) accept() {
	// It fails only when the page is gone, and then there is no dialog either.
	_, _ = chromedp.Call(w.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
}

func (w *window) requested(e *network.EventRequestWillBeSent) {
	r := Request{Method: e.Request.Method, URL: e.Request.URL + e.Request.URLFragment, Kind: string(e.Type)}
	for name, value := range e.Request.Headers {
		if strings.EqualFold(name, "Referer") {
			r.Referer = fmt.Sprint(value)
		}
	}
	w.requests = append(w.requests, r)
	if u, err := url.Parse(r.URL); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			w.complaints = append(w.complaints, "the page asked another machine: "+r.URL)
		}
	}
}

// answered keeps a document's status, and complains of any other part of a page that failed: a
// document may be an error on purpose, its parts may not.
func (w *window) answered(e *network.EventResponseReceived) {
	if e.Type == network.ResourceTypeDocument {
		w.status = e.Response.Status
		return
	}
	if e.Response.Status >= 400 {
		w.complaints = append(w.complaints, fmt.Sprintf("%s %s answered %d", e.Type, e.Response.URL, e.Response.Status))
	}
}

func thrown(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text
}

func said(args []*runtime.RemoteObject) string {
	var parts []string
	for _, a := range args {
		if a.Description != "" {
			parts = append(parts, a.Description)
		} else {
			parts = append(parts, string(a.Value))
		}
	}
	return strings.Join(parts, " ")
}

// open gives the complaints that are not forgiven.
func (w *window) open() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.complaints), func(c string) bool {
		return slices.ContainsFunc(w.forgiven, func(f string) bool { return strings.Contains(c, f) })
	})
}

func (w *window) busy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.loading
}
