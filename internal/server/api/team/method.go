package team

import (
	"context"
	"net/http"

	members "roster/internal/action/team"
	"roster/internal/action/team/way"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// MethodChoice is how somebody shall come in.
type MethodChoice struct {
	LoginMethod string `json:"login_method" doc:"password, or the ID of a connection that is ready."`
	Identifier  string `json:"identifier,omitempty" doc:"What the connection's provider must say of them, exactly; none with password."`
}

// MethodRequest is the request to choose how a member comes in.
type MethodRequest struct {
	Guarded
	Body MethodChoice
}

func (a area) setMethod(ctx context.Context, in *MethodRequest) (*api.Written[Member], error) {
	version, err := api.MustMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	to := roster.Coming{Method: in.Body.LoginMethod, Identifier: in.Body.Identifier}
	if to.Method == "" {
		return nil, roster.Errorf(roster.Invalid, "field_required", "Name a login method: password, or the ID of a connection.").On("login_method")
	}
	return api.Write(ctx, http.StatusOK, func() (members.View, error) {
		return a.ways.Change(ctx, api.MemberID(in.ID), way.Change{Coming: to, Version: version})
	}, changed)
}
