// Package authz says what a member may do: the catalogue of permissions, scopes and built-in roles, an
// organisation's snapshot with its decisions and their explanations, and the authority of somebody with what
// it lacks to give or take. It reads no database and knows no request and no action.
package authz
