package roster

import "strings"

// PasswordMethod is the ID of e-mail and password, which every organisation has and can switch off.
const PasswordMethod = "password"

// Coming is how somebody who is invited will come in: by e-mail and password when Method is empty or PasswordMethod,
// else by a connection, whose provider calls them by the identifier.
type Coming struct{ Method, Identifier string }

// Connected tells whether it is by a connection.
func (c Coming) Connected() bool { return c.Method != "" && c.Method != PasswordMethod }

// Clean gives it as it is kept: nothing for e-mail and password.
func (c Coming) Clean() Coming {
	if !c.Connected() {
		return Coming{}
	}
	return Coming{c.Method, strings.TrimSpace(c.Identifier)}
}

// CheckPassword refuses a password for who comes in otherwise. Kind: Invalid, at login_method.
func (c Coming) CheckPassword() error {
	if !c.Connected() {
		return nil
	}
	return Errorf(Invalid, "field_unknown", "Who comes in by a connection gets no password here.").On("login_method")
}
