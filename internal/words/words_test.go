package words

import "testing"

func TestEnglishLoadsAndFillsPlaceholders(t *testing.T) {
	c, err := English()
	if err != nil {
		t.Fatal(err)
	}
	c.say["x"] = "{a} and {b}"
	if got := c.Say("x", "a", "{b}", "b", "2"); got != "{b} and 2" {
		t.Errorf("a value that looks like a placeholder must stay as it is, got %q", got)
	}
	if got := c.Say("no.such"); got != "[no.such]" {
		t.Errorf("unknown key: got %q", got)
	}
}
