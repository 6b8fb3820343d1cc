package roster

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Lengths of texts that people type, in code points.
const (
	MaxName    = 100
	MaxEmail   = 254
	MaxPhone   = 16
	MaxMessage = 1000
	MaxReason  = 500
)

// Fold gives the form in which texts are compared and searched: compatibility-decomposed,
// case-folded, without accents. It is done here and not in a database, so that both agree.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(cases.Fold().String(s)) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// CleanName gives a name in NFC with outer spaces cut and inner runs of them made one. It refuses control and
// bidirectional control characters and more than MaxName code points (design page 6). An empty name passes: whether one
// is needed is the caller's rule. Kind: Invalid.
func CleanName(s string) (string, error) {
	if err := checkText(s, false); err != nil {
		return "", err
	}
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	if utf8.RuneCountInString(s) > MaxName {
		return "", Errorf(Invalid, "too_long", "At most %d characters, please.", MaxName)
	}
	return s, nil
}

// CleanText gives a text of several lines in NFC, at most limit code points. It refuses control
// characters other than line breaks and tabs, and bidirectional controls. Kind: Invalid.
func CleanText(s string, limit int) (string, error) {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if err := checkText(s, true); err != nil {
		return "", err
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	if utf8.RuneCountInString(s) > limit {
		return "", Errorf(Invalid, "too_long", "At most %d characters, please.", limit)
	}
	return s, nil
}

func checkText(s string, lines bool) error {
	if !utf8.ValidString(s) {
		return Errorf(Invalid, "not_text", "This is not valid text (UTF-8).")
	}
	for _, r := range s {
		if lines && (r == '\n' || r == '\t') {
			continue
		}
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return Errorf(Invalid, "control_character", "Control characters such as line breaks are not allowed here.")
		}
		if bidiControl(r) {
			return Errorf(Invalid, "bidi_control", "Characters that change the writing direction are not allowed here.")
		}
	}
	return nil
}

// bidiControl tells the characters that reorder what a reader sees (Unicode UAX 9).
func bidiControl(r rune) bool {
	return r == '\u061c' || r == '\u200e' || r == '\u200f' || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}

// Email is an address as typed, and the folded form by which it is found and compared.
type Email struct{ Typed, Folded string }

// ParseEmail checks an address by design page 6: one plain addr-spec, ASCII local part without
// quotes or comments, a domain with at least two labels, kept as A-labels in the folded form.
// Folding is ASCII lower case; plus signs and dots are kept. Kind: Invalid, code email_invalid.
func ParseEmail(s string) (Email, error) {
	s = strings.Trim(s, " \t")
	bad := Errorf(Invalid, "email_invalid", "This is not an e-mail address. It looks like anna@example.com.")
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > MaxEmail || !localPart(local) || strings.Contains(domain, "@") {
		return Email{}, bad
	}
	ascii, err := mailDomain.ToASCII(domain)
	if err != nil || !strings.Contains(ascii, ".") || strings.HasSuffix(ascii, ".") || len(ascii) > 253 || digits(ascii[strings.LastIndexByte(ascii, '.')+1:]) {
		return Email{}, bad
	}
	folded := lower(ascii)
	if again, err := mailDomain.ToASCII(folded); err != nil || again != folded || len(local)+1+len(folded) > MaxEmail {
		return Email{}, bad // written as an A-label it is no name any more, or too long
	}
	return Email{Typed: local + "@" + domain, Folded: lower(local) + "@" + folded}, nil
}

// mailDomain checks domains as registered names are (IDNA 2008, letters, digits and hyphens only).
var mailDomain = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

func localPart(s string) bool {
	if s == "" || len(s) > 64 || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte(".!#$%&'*+/=?^_`{|}~-", c) < 0 {
			return false
		}
	}
	return true
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// lower folds ASCII letters only: no other alphabet can be folded into an address's.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// ParsePhone checks a phone number: a plus sign and 7 to 15 digits (ITU-T E.164). Spaces, dots,
// hyphens and brackets are cut; an empty number passes. Kind: Invalid, code phone_invalid.
func ParsePhone(s string) (string, error) {
	s = phonePunctuation(s)
	if s == "" {
		return "", nil
	}
	rest, ok := strings.CutPrefix(s, "+")
	if !ok || len(rest) < 7 || len(rest) > 15 || !digits(rest) || rest[0] == '0' {
		return "", Errorf(Invalid, "phone_invalid", "Write the phone number with its country code, such as +55 11 5555 0100.")
	}
	return s, nil
}

// SearchWords gives the folded words by which a thing with these texts is found: the words of each, and each whole text
// that has inner punctuation (addresses, numbers); sorted by first use, without doubles, each cut to 64 bytes.
func SearchWords(texts ...string) []string {
	var words []string
	seen := map[string]bool{}
	add := func(w string) {
		if w = clip(w); w != "" && !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	for _, t := range texts {
		folded := Fold(t)
		if number := phonePunctuation(folded); isPhone(number) {
			add(number)
		}
		for _, w := range strings.Fields(folded) {
			add(w)
			add(bare(w))
		}
		for _, w := range strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			add(w)
		}
	}
	return words
}

// SearchPrefixes gives what a search asks for: each must begin one of a thing's SearchWords. Punctuation around
// a word is left out, but a plus sign before it; a phone number is one word, however it is written.
func SearchPrefixes(text string) []string {
	folded := Fold(text)
	if number := phonePunctuation(folded); isPhone(number) {
		return []string{clip(number)}
	}
	all := strings.Fields(folded)
	var words []string
	for i, w := range all {
		all[i] = clip(w)
		if w = clip(bare(w)); w != "" {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return all // which nothing has, and not everything
	}
	return words
}

// bare gives a word without the punctuation around it, but a plus sign before it.
func bare(w string) string {
	w = strings.TrimFunc(w, func(r rune) bool { return r != '+' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.TrimRight(w, "+")
}

// phonePunctuation gives a text without what phone numbers are grouped by.
func phonePunctuation(s string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "-", "", ".", "", "(", "", ")", "").Replace(s)
}

// isPhone tells whether a text can only be a phone number: a plus sign and digits, or as many digits as a short
// one has.
func isPhone(s string) bool {
	rest, plus := strings.CutPrefix(s, "+")
	return rest != "" && digits(rest) && (plus || len(rest) >= 7)
}

// clip cuts a search word to 64 bytes, where a character ends.
func clip(w string) string {
	if len(w) > 64 {
		return strings.ToValidUTF8(w[:64], "")
	}
	return w
}

// ParseYes reads a yes or no that may be absent: "true", "false" or nothing. Kind: Invalid, code not_boolean.
func ParseYes(s string) (*bool, error) {
	yes := s == "true"
	switch s {
	case "":
		return nil, nil
	case "true", "false":
		return &yes, nil
	}
	return nil, Errorf(Invalid, "not_boolean", "This is true or false.")
}
