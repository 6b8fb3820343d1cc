package secret

import (
	"slices"

	"roster/internal/roster"
)

// without gives the text with every occurrence of the words left out, and whether there was any.
// Digits and signs that stand for letters count as those letters ("4nn4" holds "anna").
func without(text []rune, words [][]rune) (rest string, found bool) {
	out := make([]bool, len(text))
	for _, spelled := range [][]rune{text, spell(text, 'i'), spell(text, 'l')} {
		for _, w := range words {
			for i := 0; i+len(w) <= len(spelled); i++ {
				if slices.Equal(spelled[i:i+len(w)], w) {
					found = true
					for j := range w {
						out[i+j] = true
					}
				}
			}
		}
	}
	kept := make([]rune, 0, len(text))
	for i, r := range text {
		if !out[i] {
			kept = append(kept, r)
		}
	}
	return string(kept), found
}

// spell reads digits and signs as the letters they stand for; a one and an exclamation mark stand
// for either i or l.
func spell(text []rune, one rune) []rune {
	spelled := make([]rune, len(text))
	for i, r := range text {
		switch r {
		case '0':
			r = 'o'
		case '1', '!', '|':
			r = one
		case '3':
			r = 'e'
		case '4', '@':
			r = 'a'
		case '5', '$':
			r = 's'
		case '7':
			r = 't'
		}
		spelled[i] = r
	}
	return spelled
}

// personalWords gives the folded words of three letters or more. Shorter ones stand in too many
// other words to tell anything.
func personalWords(about []string) [][]rune {
	var words [][]rune
	for _, w := range roster.SearchWords(about...) {
		if r := []rune(lookalike(w)); len(r) >= 3 {
			words = append(words, r)
		}
	}
	return words
}
