// This program goes one round with the client that oapi-codegen makes of the document: a member is made, read, listed,
// edited and removed. The generated file is laid beside it when it is built.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
)

func main() {
	if err := round(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func round(ctx context.Context) error {
	const org = "acme"
	c, err := NewClientWithResponses(os.Getenv("ROSTER_URL")+"/api/v1", WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+os.Getenv("ROSTER_TOKEN"))
		return nil
	}))
	if err != nil {
		return err
	}
	email, first, last, phone := "gina@example.com", "Gina", "Generated", "+4930901822"
	made, err := c.MemberInviteWithResponse(ctx, org, nil, MemberInviteJSONRequestBody{Email: &email, FirstName: &first, LastName: &last})
	if err != nil || made.JSON201 == nil {
		return fmt.Errorf("made: %w: %s", err, made.Body)
	}
	read, err := c.MemberShowWithResponse(ctx, org, made.JSON201.Id, nil)
	if err != nil || read.JSON200 == nil || read.JSON200.Name != "Gina Generated" {
		return fmt.Errorf("read: %w: %s", err, read.Body)
	}
	list, err := c.MemberListWithResponse(ctx, org, &MemberListParams{Q: &email})
	if err != nil || list.JSON200 == nil || len(list.JSON200.Items) != 1 {
		return fmt.Errorf("listed: %w: %s", err, list.Body)
	}
	edited, err := c.MemberEditWithResponse(ctx, org, read.JSON200.Id, &MemberEditParams{IfMatch: read.JSON200.Etag}, MemberEditJSONRequestBody{Phone: &phone})
	if err != nil || edited.JSON200 == nil || edited.JSON200.Phone == nil || *edited.JSON200.Phone != phone {
		return fmt.Errorf("edited: %w: %s", err, edited.Body)
	}
	stale, err := c.MemberEditWithResponse(ctx, org, read.JSON200.Id, &MemberEditParams{IfMatch: read.JSON200.Etag}, MemberEditJSONRequestBody{Phone: &phone})
	if err != nil || stale.ApplicationproblemJSON412 == nil || stale.ApplicationproblemJSON412.Code != "changed_meanwhile" {
		return fmt.Errorf("a stale edit: %w: %s", err, stale.Body)
	}
	removed, err := c.MemberRemoveWithResponse(ctx, org, read.JSON200.Id, nil)
	if err != nil || removed.StatusCode() != http.StatusNoContent {
		return fmt.Errorf("removed: %w: %s", err, removed.Body)
	}
	return nil
}
