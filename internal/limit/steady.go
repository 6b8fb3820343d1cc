package limit

import (
	"errors"
	"io"
	"time"
)

// Steady reads what may take long because there is much of it, as long as it keeps coming: it has some time, and more for
// what it has brought. Who sends slowly, or nothing, has no more than that.
type Steady struct {
	io.ReadCloser
	Line  Line
	Clock func() time.Time
	First time.Duration // from when it is first asked for
	Rate  int64         // bytes a second
	After time.Duration // for the answer to what was read

	begun time.Time
	read  int64
}

// Line is a connection that can be told by when something must have gone over it; the zero time is never.
type Line interface {
	SetReadDeadline(by time.Time) error
	SetWriteDeadline(by time.Time) error
}

// Longest gives how long so many bytes may take.
func (s *Steady) Longest(bytes int64) time.Duration {
	return s.First + time.Duration(bytes)*time.Second/time.Duration(s.Rate)
}

// Read gives the next piece. A line that knows no deadlines has none.
func (s *Steady) Read(p []byte) (int, error) {
	if s.begun.IsZero() {
		s.begun = s.Clock()
	}
	by := s.begun.Add(s.Longest(s.read))
	_, _ = s.Line.SetReadDeadline(by), s.Line.SetWriteDeadline(by.Add(s.After))
	n, err := s.ReadCloser.Read(p)
	if s.read += int64(n); errors.Is(err, io.EOF) {
		_ = s.Line.SetReadDeadline(time.Time{}) // what is done with it has a time of its own
	}
	return n, err
}
