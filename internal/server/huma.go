package server

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Keys of huma.Operation.Metadata that the adapter reads: the action, where several operations
// perform the same one, the reason of a route that performs none of the list, and whether an answer may go on (a bool).
const (
	MetaAction = "action"
	MetaReason = "reason"
	MetaOpen   = "open"
	// MetaPatient is true of an operation that lasts long on purpose.
	MetaPatient = "patient"
)

// Huma gives what huma.NewAPI needs to add its operations to the mux as routes; prefix stands before each operation's
// path. The operation's OperationID names the action unless its metadata does. huma's own routes (OpenAPIPath,
// DocsPath, SchemasPath) name none and are refused: leave these settings empty and mount the documents as routes.
func (m *Mux) Huma(prefix string) huma.Adapter { return &humaRoutes{mux: m, prefix: prefix} }

type humaRoutes struct {
	mux    *Mux
	prefix string
}

func (a *humaRoutes) Handle(op *huma.Operation, handle func(huma.Context)) {
	route := Route{
		Method:  strings.ToUpper(op.Method),
		Pattern: a.prefix + op.Path,
		Action:  op.OperationID,
		MaxBody: op.MaxBodyBytes,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handle(humago.NewContext(op, r, w))
		}),
	}
	if action, ok := op.Metadata[MetaAction].(string); ok {
		route.Action = action
	}
	route.Reason, _ = op.Metadata[MetaReason].(string)
	route.Open, _ = op.Metadata[MetaOpen].(bool)
	route.Patient, _ = op.Metadata[MetaPatient].(bool)
	a.mux.Handle(route)
}

func (a *humaRoutes) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }
