// Package server holds what every HTTP door shares: the mux whose routes name their actions, the chain around every
// request (request ID, client address, panics, access log, security headers, cross-origin protection, limits, metrics),
// strict decoding of JSON and forms, the one table from errors to HTTP answers, and the listeners with their
// graceful stop. It holds no page, no API operation and no rule of Roster's: those live in its children, each with
// Mount(mux), and in the rooms below.
package server
