package team

import (
	"context"
	"net/http"

	"roster/internal/action/factor"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// FactorResetRequest is the request to reset a member's second factors.
type FactorResetRequest struct {
	api.OnMember
	api.Repeatable
}

// FactorReset is what became of it.
type FactorReset struct {
	ByMail bool `json:"by_mail" doc:"true where the person gets a letter, and lets go of the factor by its link and their password; false where it ended at once."`
}

// PasswordResetRequest is the request to have a member sent the link for a new password.
type PasswordResetRequest struct {
	api.OnMember
	api.Repeatable
}

func (a area) resetPassword(ctx context.Context, in *PasswordResetRequest) (*api.Ended, error) {
	return api.Finish(ctx, func() (roster.Member, error) { return a.recovery.Send(ctx, api.MemberID(in.ID)) })
}

func (a area) resetFactor(ctx context.Context, in *FactorResetRequest) (*api.Written[FactorReset], error) {
	return api.Write(ctx, http.StatusOK, func() (factor.Reset, error) { return a.factors.Reset(ctx, api.MemberID(in.ID)) },
		func(r factor.Reset, _ bool) FactorReset { return FactorReset{r.ByMail} })
}

func (a area) signOut(ctx context.Context, in *ActRequest) (*api.Ended, error) {
	return api.Finish(ctx, func() (roster.Member, error) { return a.profiles.SignOut(ctx, api.MemberID(in.ID)) })
}
