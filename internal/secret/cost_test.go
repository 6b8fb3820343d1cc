package secret

import (
	"strings"
	"testing"
	"time"
)

// TestJudgingAPasswordIsBounded: what a visitor types is judged while they type, so it must not take long,
// also where folding makes many signs of one.
func TestJudgingAPasswordIsBounded(t *testing.T) {
	for name, password := range map[string]string{
		"signs that stand for letters": strings.Repeat("4@8({[<369&#!1|0$5+7%2", 40),
		"characters that unfold":       strings.Repeat("⑴", 300),
	} {
		begin := time.Now()
		Criteria(password, MinOnlyFactor, "Anna", "Berg", "anna@example.com", "Acme")
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}
