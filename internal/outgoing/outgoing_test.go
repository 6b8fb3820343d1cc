package outgoing

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestWhatIsPublic(t *testing.T) {
	for address, public := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1::1": true, "::ffff:93.184.216.34": true,
		"127.0.0.1": false, "127.1.2.3": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false, "192.0.2.1": false, "240.0.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fc00::1": false, "ff02::1": false, "2001:db8::1": false, "2002:7f00:1::": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "fe80::1%eth0": false,
	} {
		if got := Public(netip.MustParseAddr(address)); got != public {
			t.Errorf("%s: public is %v", address, got)
		}
	}
}

// first answers the first request as somebody on the public internet would, and hands the others on.
type first struct {
	answer func(*http.Request) *http.Response
	next   http.RoundTripper
	asked  int
}

func (f *first) RoundTrip(r *http.Request) (*http.Response, error) {
	if f.asked++; f.asked == 1 {
		return f.answer(r), nil
	}
	return f.next.RoundTrip(r)
}

func TestNoRedirectLeadsToAPrivateAddress(t *testing.T) {
	reached := false
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(inside.URL, "https://"), ":")
	for _, to := range []string{inside.URL, "https://localhost:" + port, "https://[::ffff:127.0.0.1]:" + port, "http://127.0.0.1:" + port} {
		client := Client(Settings{})
		b := client.Transport.(bounded)
		b.next = &first{next: b.next, answer: func(r *http.Request) *http.Response {
			return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {to}}, Body: io.NopCloser(strings.NewReader("")), Request: r}
		}}
		client.Transport = b
		answer, err := client.Get("https://provider.example/token")
		if err == nil {
			_ = answer.Body.Close()
		}
		if err == nil || reached {
			t.Errorf("a redirect led to %s: %v", to, err)
		}
		if strings.HasPrefix(to, "https://1") && !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", to, err)
		}
	}
}

func TestAnAnswerIsCutWhereItIsTooLarge(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 11)) }))
	defer server.Close()
	for most, fits := range map[int64]bool{10: false, 11: true, 12: true} {
		answer, err := Client(Settings{Private: true, Bytes: most}).Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if (err == nil) != fits || !fits && !errors.Is(err, ErrTooMuch) || fits && len(data) != 11 {
			t.Errorf("at most %d: %d bytes, %v", most, len(data), err)
		}
	}
}

func TestPlainHTTPIsForPrivateAddressesAlone(t *testing.T) {
	if _, err := Client(Settings{}).Get("http://provider.example/"); err == nil || !strings.Contains(err.Error(), "https://") {
		t.Errorf("plain http: %v", err)
	}
}

// TestAnOpenAddressOfThisMachineIsPrivate: whoever set it is told why it is not asked.
func TestAnOpenAddressOfThisMachineIsPrivate(t *testing.T) {
	for _, address := range []string{"http://localhost:1/", "http://127.0.0.1:1/", "http://[::1]:1/"} {
		if _, err := Client(Settings{}).Get(address); !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := Client(Settings{}).Get("http://provider.example/"); err == nil || errors.Is(err, ErrPrivate) {
		t.Errorf("an open address elsewhere: %v", err)
	}
}
