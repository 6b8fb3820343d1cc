// Package jobs is what runs beside the requests: jobs that follow from the history, sweeps of what has
// had its time, and the server's own row, by which a second one knows that it is here. It decides
// nothing: what a job does to Roster's data is a use case of a room. What a kind of job does is in the
// packages below.
package jobs
