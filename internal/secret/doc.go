// Package secret makes and checks what must stay unknown: random secrets, password hashes behind a
// bounded gate, the criteria a password must meet, and the installation's key with what is derived
// from it. It does not store anything but the key's file, and it knows no account, session or door.
package secret
