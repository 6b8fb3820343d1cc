package server

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// Sending is a file that is sent, as a download. Close ends it.
type Sending struct {
	Name  string // what the browser is to call it
	Media string
	Size  int64
	io.ReadCloser
}

// sendTime is how long a file may take on its way, however long it took to make.
const sendTime = 10 * time.Minute

// Send sends a file and closes it. Its bytes are nobody's page: browsers keep it, and do not show it. A client that went
// away is no fault of ours.
func Send(w http.ResponseWriter, f Sending) error {
	h := w.Header()
	h.Set("Content-Type", f.Media)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	// Where the connection knows no deadline the file is sent all the same.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(sendTime))
	w.WriteHeader(http.StatusOK)
	_, _ = io.Copy(w, f)
	if err := f.Close(); err != nil {
		return fmt.Errorf("server: file: %w", err)
	}
	return nil
}
