// Package arch holds tests alone: they keep the house as docs/ARCHITECTURE.md draws it. Each has a
// twin that feeds it a small broken house and sees that it bites. It holds no test of behaviour.
package arch
