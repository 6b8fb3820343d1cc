package secret

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"golang.org/x/text/unicode/norm"

	"roster/internal/roster"
)

// Lengths of passwords: in code points when the password is the only factor and when a second one
// is required, and in bytes at most (design page 6, NIST SP 800-63B-4).
const (
	MinOnlyFactor = 15
	MinWithSecond = 8
	MaxBytes      = 1024
)

// The keys of criteria, in the order in which they are shown.
const (
	CriterionLength      = "length"
	CriterionNotCommon   = "not_common"
	CriterionNotPersonal = "not_personal"
	CriterionNotTooLong  = "not_too_long"
)

// guessable is how many tries a password must withstand by zxcvbn's estimate: its third of four
// steps. Beyond it lies what the bounded tries and the slow hash hold off.
const guessable = 1e8

// strengthRunes is how much of a text is looked at for guessing: the estimate's time grows with the
// square of its input and more, and what is strong within the first part stays strong. A hundred signs that
// stand for letters took most of a second.
const strengthRunes = 40

// Criterion is one rule a password must meet, by its key, and whether it does.
type Criterion struct {
	Key string
	Met bool
}

// Criteria judges a password of at least minLength code points in NFC by every criterion, in the
// order of display. about is what others know of its owner: name, address, organisation.
// not_too_long is listed only when it is violated. What is too long is not looked at further.
func Criteria(password string, minLength int, about ...string) []Criterion {
	prepared, fits := prepare(password)
	if !fits {
		return []Criterion{{CriterionLength, true}, {CriterionNotCommon, true}, {CriterionNotPersonal, true}, {CriterionNotTooLong, false}}
	}
	return []Criterion{
		{CriterionLength, utf8.RuneCountInString(prepared) >= minLength},
		{CriterionNotCommon, !common(prepared)},
		{CriterionNotPersonal, !personal(prepared, about)},
	}
}

// CheckPassword is nil when the password meets every criterion; else it says which ones failed and
// how to mend it. Kind: Invalid, code password_criteria, field password.
func CheckPassword(password string, minLength int, about ...string) error {
	var failed []roster.Phrase
	for _, c := range Criteria(password, minLength, about...) {
		if c.Met {
			continue
		}
		switch c.Key {
		case CriterionNotTooLong:
			return tooLong()
		case CriterionLength:
			failed = append(failed, roster.Plain("It is too short."))
		case CriterionNotCommon:
			failed = append(failed, roster.Plain("It is common or easy to guess: use several words that have nothing to do with each other."))
		case CriterionNotPersonal:
			failed = append(failed, roster.Plain("It is built from your name, your address or your organisation's name: leave those out."))
		}
	}
	if failed == nil {
		return nil
	}
	return roster.Errorf(roster.Invalid, "password_criteria", "Choose another password, of at least %d characters. %s", minLength, roster.Join(failed, " ")).On("password")
}

// CheckTwice is CheckPassword for the only factor, typed twice as forms ask for it. Kind: Invalid, code
// password_criteria on password, passwords_differ on repeat; both at once.
func CheckTwice(password, repeat string, about ...string) error {
	var bad roster.Problems
	bad.Join(CheckPassword(password, MinOnlyFactor, about...))
	if password != repeat {
		bad.Add("repeat", roster.Errorf(roster.Invalid, "passwords_differ", "The two passwords are not the same."))
	}
	return bad.Err()
}

func tooLong() error {
	return roster.Errorf(roster.Invalid, "password_criteria", "Choose a shorter password: it can have at most %d bytes.", MaxBytes).On("password")
}

// prepare gives the password as it is hashed, in NFC, so that the same password typed on another
// system is the same, and whether it fits MaxBytes. Nothing is ever cut off.
func prepare(password string) (string, bool) {
	// Decomposed letters take up to about four times the bytes. Beyond that there is no need to look.
	if len(password) > 4*MaxBytes {
		return "", false
	}
	password = norm.NFC.String(password)
	return password, len(password) <= MaxBytes
}

// common tells whether the password, or what it looks like, is among the first that are tried.
func common(password string) bool {
	if guesses(password) < guessable {
		return true
	}
	look := lookalike(password)
	if look != strings.ToLower(password) && guesses(look) < guessable {
		return true
	}
	return drawnOut(look) || famous(look)
}

// drawnOut tells whether a password is something short whose signs are each typed several times.
func drawnOut(look string) bool {
	short := slices.Compact([]rune(look))
	return 2*len(short) <= utf8.RuneCountInString(look) && guesses(string(short)) < guessable
}

// famous tells whether a password is one of the long ones that everybody knows, with little around it.
func famous(look string) bool {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, look)
	for _, known := range []string{
		"correcthorsebatterystaple", "maytheforcebewithyou", "tobeornottobethatisthequestion", "thequickbrownfoxjumpsoverthelazydog", "loremipsumdolorsitamet",
		"allyourbasearebelongtous", "onceuponatimetherewas", "winteriscoming", "iamyourfather", "thisisaverylongpassword",
		"mypasswordisverystrong", "nobodywillguessthis", "openthepodbaydoorshal", "therainspainstaysmainlyintheplain", "twinkletwinklelittlestar", "supercalifragilisticexpialidocious",
		"inthebeginningwastheword", "weholdthesetruthstobeselfevident", "itwasthebestoftimesitwastheworstoftimes", "oneringtorulethemall", "helloworldhelloworld",
	} {
		if before, after, found := strings.Cut(plain, known); found {
			return guesses(before+after) < guessable
		}
	}
	return false
}

// personal tells whether the password is built from what is known about its owner: it holds some
// of it, and what is left without it would be easy to guess.
func personal(password string, about []string) bool {
	rest, found := without([]rune(lookalike(password)), personalWords(about))
	return found && guesses(rest) < guessable
}

// guesses estimates how many tries a text withstands, by its head: folding makes up to eighteen
// characters of one, so the text is cut here and nowhere before. Text that is not UTF-8 withstands none,
// as not every door could carry it again.
func guesses(s string) float64 { return zxcvbn.PasswordStrength(head(s), nil).Guesses }

func head(s string) string {
	for i := range s {
		if utf8.RuneCountInString(s[:i]) == strengthRunes {
			return s[:i]
		}
	}
	return s
}

// lookalike folds what a guesser folds: case, accents, full-width forms, and the dotless i and
// stroked letters that have no decomposition.
func lookalike(s string) string {
	return strings.NewReplacer("ı", "i", "ł", "l", "ø", "o", "đ", "d").Replace(roster.Fold(s))
}
