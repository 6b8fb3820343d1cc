package courier

import (
	"strings"
	"testing"
	"time"

	"roster/internal/roster"
)

// The vector is that of the reference libraries (github.com/standard-webhooks/standard-webhooks, go/webhook_test.go).
func TestASignatureIsThatOfStandardWebhooks(t *testing.T) {
	got, err := Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := Sign("whsec_?", "msg_1", time.Now(), nil); err == nil {
		t.Error("what is no secret signs")
	}
	if s := NewSecret(); !strings.HasPrefix(s, SecretPrefix) || len(s) != len(SecretPrefix)+44 || s == NewSecret() {
		t.Errorf("a secret: %d characters", len(s))
	}
}

func TestABodyIsBoundedAndTellsNothingOfPersons(t *testing.T) {
	e := roster.Event{Organisation: "org_a", Seq: 7, At: time.Unix(1, 0), Action: "member.invite"}
	for range 5000 {
		e.Changes = append(e.Changes, roster.Change{Field: "phone", To: strings.Repeat("1", 30)})
	}
	e.Changes = append([]roster.Change{{Field: "person", To: "prs_secret"}}, e.Changes...)
	body, err := Body(e)
	if err != nil || len(body) > MaxBody || !strings.Contains(string(body), `"changes_left_out":`) || strings.Contains(string(body), "prs_secret") {
		t.Errorf("%d bytes, %v: %.300s", len(body), err, body)
	}
}

func TestAnAnswerIsKeptWithoutWhatSteersATerminal(t *testing.T) {
	if got := beginning(strings.NewReader("thank\tyou\r\n\x1b[2J\x7f\u009b31m\u0085so")); got != "thank\tyou\n[2J31mso" {
		t.Errorf("%q", got)
	}
}
