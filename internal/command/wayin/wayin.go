// Package wayin holds the commands about how a person comes in: what is lost, and where they are signed in.
package wayin

// Commands are about ways in.
type Commands struct {
	ResetPassword resetPasswordCommand `cmd:"" does:"member.password_reset" name:"reset-password" help:"Send a person who has a password of their own the link by which they choose a new one."`
	ResetMFA      resetMFACommand      `cmd:"" does:"member.factor_reset" name:"reset-mfa" help:"Reset a person's second factors that are lost."`
	Recover       recoverCommand       `cmd:"" does:"member.recover,person.recover" help:"Print a link by which somebody who has no way in left chooses a password."`
	SignOut       signOutCommand       `cmd:"" does:"member.sign_out" name:"sign-out" help:"Sign a person out of the organisation, on every device."`
}
