package endpoint

import (
	"strconv"
	"strings"
	"time"
)

// MaxAnswer is how many bytes of an answer are remembered.
const MaxAnswer = 1000

// Wait gives how long to wait after a failed try, counted from 1: some seconds at first, a few hours at last.
func Wait(try int) time.Duration {
	steps := [...]time.Duration{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour,
	}
	return steps[min(max(try, 1), len(steps))-1]
}

func messageID(of string, seq int64) string {
	return "msg_" + strings.TrimPrefix(of, "org_") + "_" + strconv.FormatInt(seq, 10)
}

// Hushed gives an address without what stands behind its question mark: some receivers put a secret there.
func Hushed(address string) string {
	before, _, more := strings.Cut(address, "?")
	if more {
		return before + "?…"
	}
	return address
}
