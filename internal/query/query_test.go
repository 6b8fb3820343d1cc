package query

import (
	"fmt"
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
