package query

import (
	"fmt"
	"slices"
	"testing"
)

func TestMarksAreFew(t *testing.T) {
	for n, want := range map[int]string{1: "$1 [1]", 2: "$1, $2 [1 2]", 3: "$1, $2, $3, $4 [1 2 3 3]"} {
		marks, args := Marks([]int{1, 2, 3}[:n])
		if got := fmt.Sprint(marks, " ", args); got != want {
			t.Errorf("%d keys: %s", n, got)
		}
	}
}

func TestListsAreFew(t *testing.T) {
	for n, want := range map[int]string{0: "a = $1 AND b IN (NULL) [0]", 1: "a = $1 AND b IN ($2) [0 1]", 3: "a = $1 AND b IN ($2, $3, $4, $5) [0 1 2 3 3]"} {
		c := &Conditions{}
		c.Add("a = %s", 0)
		c.AddIn("b", []any{1, 2, 3}[:n])
		if got := fmt.Sprint(c.Text(), " ", c.Args()); got != want {
			t.Errorf("%d values: %s", n, got)
		}
	}
}

func TestTogether(t *testing.T) {
	insert := Statement{Text: "INSERT INTO a (x, y, z) VALUES ($1, $2, $1)", Args: []any{"x", "y"}}
	note := Statement{Text: "UPDATE b SET n = $1", Args: []any{1}}
	last := Statement{Text: "UPDATE c SET m = $1 WHERE id = $2", Args: []any{2, "c"}}
	if got := Together([]Statement{last}); got.Text != last.Text {
		t.Errorf("one alone became %q", got.Text)
	}
	got := Together([]Statement{insert, note, last})
	want := "WITH s0 AS (INSERT INTO a (x, y, z) VALUES ($1, $2, $1)), s1 AS (UPDATE b SET n = $3) UPDATE c SET m = $4 WHERE id = $5"
	if got.Text != want || !slices.Equal(got.Args, []any{"x", "y", 1, 2, "c"}) {
		t.Errorf("%q with %v, not %q", got.Text, got.Args, want)
	}
}
