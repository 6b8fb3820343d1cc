package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"roster/client/webhook"
)

// vector is the published example of Standard Webhooks.
type vector struct {
	Secret    string `json:"secret"`
	ID        string `json:"webhook-id"`
	Timestamp string `json:"webhook-timestamp"`
	Payload   string `json:"payload"`
	Signature string `json:"webhook-signature"`
}

func published(t testing.TB) vector {
	t.Helper()
	text, err := os.ReadFile("testdata/vector.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vector
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v vector) header() http.Header {
	return http.Header{"Webhook-Id": {v.ID}, "Webhook-Timestamp": {v.Timestamp}, "Webhook-Signature": {v.Signature}}
}

// then is a clock at the vector's moment and so much later.
func (v vector) then(later time.Duration) func() time.Time {
	seconds, _ := strconv.ParseInt(v.Timestamp, 10, 64)
	return func() time.Time { return time.Unix(seconds, 0).Add(later) }
}

func verifier(t testing.TB, now func() time.Time, secrets ...string) *webhook.Verifier {
	t.Helper()
	v, err := webhook.New(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return v.At(now)
}

const otherSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

func TestThePublishedVectorIsGenuineAndNothingElse(t *testing.T) {
	v := published(t)
	d, err := verifier(t, v.then(0), v.Secret).Verify(v.header(), []byte(v.Payload))
	if err != nil || d.ID != v.ID || string(d.Body) != v.Payload || d.At.Unix() != 1614265330 {
		t.Fatalf("the published vector: %+v %v", d, err)
	}
	for name, c := range map[string]struct {
		change func(*vector, http.Header)
		want   error
	}{
		"an altered body":          {func(v *vector, _ http.Header) { v.Payload += " " }, webhook.ErrForged},
		"another ID":               {func(_ *vector, h http.Header) { h.Set("Webhook-Id", "msg_other") }, webhook.ErrForged},
		"another time":             {func(_ *vector, h http.Header) { h.Set("Webhook-Timestamp", "1614265331") }, webhook.ErrForged},
		"another signature":        {func(_ *vector, h http.Header) { h.Set("Webhook-Signature", "v1,"+strings.Repeat("A", 43)+"=") }, webhook.ErrForged},
		"a signature of a version": {func(v *vector, h http.Header) { h.Set("Webhook-Signature", "v2"+v.Signature[2:]) }, webhook.ErrForged},
		"a signature without one":  {func(v *vector, h http.Header) { h.Set("Webhook-Signature", v.Signature[3:]) }, webhook.ErrForged},
		"a signature that is none": {func(_ *vector, h http.Header) { h.Set("Webhook-Signature", "v1,%%%") }, webhook.ErrForged},
		"an empty signature":       {func(_ *vector, h http.Header) { h.Set("Webhook-Signature", "v1,") }, webhook.ErrForged},
		"no signature":             {func(_ *vector, h http.Header) { h.Del("Webhook-Signature") }, webhook.ErrIncomplete},
		"no ID":                    {func(_ *vector, h http.Header) { h.Del("Webhook-Id") }, webhook.ErrIncomplete},
		"no time":                  {func(_ *vector, h http.Header) { h.Del("Webhook-Timestamp") }, webhook.ErrIncomplete},
		"a time that is none":      {func(_ *vector, h http.Header) { h.Set("Webhook-Timestamp", "yesterday") }, webhook.ErrIncomplete},
		"one too far among many":   {func(v *vector, h http.Header) { h.Set("Webhook-Signature", strings.Repeat("v2,x ", 16)+v.Signature) }, webhook.ErrForged},
	} {
		v := published(t)
		h := v.header()
		c.change(&v, h)
		if _, err := verifier(t, v.then(0), v.Secret).Verify(h, []byte(v.Payload)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestADeliveryIsFreshForFiveMinutesEitherWay(t *testing.T) {
	v := published(t)
	for _, c := range []struct {
		later time.Duration
		want  error
	}{{5 * time.Minute, nil}, {5*time.Minute + time.Second, webhook.ErrStale}, {-5 * time.Minute, nil}, {-5*time.Minute - time.Second, webhook.ErrStale}} {
		if _, err := verifier(t, v.then(c.later), v.Secret).Verify(v.header(), []byte(v.Payload)); !errors.Is(err, c.want) {
			t.Errorf("%s later: got %v, want %v", c.later, err, c.want)
		}
	}
}

func TestWhileASecretChangesEitherSideMayHaveTwo(t *testing.T) {
	v := published(t)
	if _, err := verifier(t, v.then(0), otherSecret).Verify(v.header(), []byte(v.Payload)); !errors.Is(err, webhook.ErrForged) {
		t.Errorf("another secret: %v", err)
	}
	if _, err := verifier(t, v.then(0), otherSecret, v.Secret).Verify(v.header(), []byte(v.Payload)); err != nil {
		t.Errorf("two secrets: %v", err)
	}
	h := v.header()
	h.Set("Webhook-Signature", "v1,"+strings.Repeat("A", 43)+"= v1a,x "+v.Signature)
	if _, err := verifier(t, v.then(0), v.Secret).Verify(h, []byte(v.Payload)); err != nil {
		t.Errorf("several signatures: %v", err)
	}
}

func TestASecretIsOne(t *testing.T) {
	for _, secrets := range [][]string{{}, {""}, {"whsec_"}, {"whsec_AAAA"}, {"not base64 at all!"}, {otherSecret, ""}} {
		if _, err := webhook.New(secrets...); err == nil {
			t.Errorf("%q is taken for secrets", secrets)
		}
	}
}

func TestAnEndpointTakesWhatIsGenuineAlone(t *testing.T) {
	v := published(t)
	var took []string
	var fails error
	h := verifier(t, v.then(0), v.Secret).Handler(func(_ *http.Request, d webhook.Delivery) error {
		took = append(took, d.ID)
		return fails
	})
	ask := func(method, body string) int {
		r := httptest.NewRequest(method, "/hooks", strings.NewReader(body))
		r.Header = v.header()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	for _, c := range []struct {
		method, body string
		fails        error
		want, took   int
	}{
		{"POST", v.Payload, nil, 204, 1},
		{"POST", v.Payload, errors.New("the disk is full"), 500, 1},
		{"POST", v.Payload + "x", nil, 400, 0},
		{"POST", strings.Repeat("x", webhook.MaxBody+1), nil, 413, 0},
		{"GET", v.Payload, nil, 405, 0},
	} {
		took, fails = nil, c.fails
		if got := ask(c.method, c.body); got != c.want || len(took) != c.took {
			t.Errorf("%s of %d bytes: got %d, taken %v", c.method, len(c.body), got, took)
		}
	}
}

// An endpoint of the host product: deliveries that are not from Roster, or not fresh, never reach the function.
func ExampleVerifier_Handler() {
	v, err := webhook.New("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX")
	if err != nil {
		panic(err)
	}
	endpoint := v.Handler(func(_ *http.Request, d webhook.Delivery) error {
		fmt.Println("took", d.ID)
		return nil
	})

	for _, body := range []string{`{"type":"member.block"}`, `{"type":"member.forge"}`} {
		r := deliver("msg_1", `{"type":"member.block"}`, body)
		w := httptest.NewRecorder()
		endpoint.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// took msg_1
	// 204
	// 400
}

// deliver makes a delivery that is signed for one body and carries another.
func deliver(id, signed, body string) *http.Request {
	key, _ := base64.StdEncoding.DecodeString(otherSecret[len("whsec_"):])
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, stamp, signed)
	r := httptest.NewRequest(http.MethodPost, "/hooks", strings.NewReader(body))
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Webhook-Timestamp", stamp)
	r.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return r
}
