package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"roster/internal/roster"
)

// inert makes people's own words harmless: one line, at most limit characters, no control or
// formatting characters, and nothing that a mail client would make a link of. A client finds links
// by the full stop in a host and the colon of a scheme, so whatever follows one of these gets a
// space before it: "https://evil.example" becomes "https: //evil. example". It is seen, it can be
// read aloud, and "J.R. Silva" is still J. R. Silva.
func inert(s string, limit int) string {
	var b strings.Builder
	parting := false // a stop or colon was written, and nothing since
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			r = ' '
		}
		if unicode.Is(unicode.Cf, r) { // invisible: joiners, directions, soft hyphens
			continue
		}
		if parting && r != ' ' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		parting = parts(r)
	}
	s = strings.Join(strings.Fields(b.String()), " ")
	if utf8.RuneCountInString(s) > limit {
		s = strings.TrimRight(string([]rune(s)[:limit-1]), " ") + "…"
	}
	return s
}

// parts tells the signs behind which an address may begin: the colon, and all that international
// names take for a full stop (RFC 3490, section 3.1) or that are folded into one or the other.
func parts(r rune) bool { return strings.ContainsRune(":.：﹕︓．。｡․﹒", r) }

// inertLines is inert for texts of several lines.
func inertLines(s string, limit int) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")), "\n") {
		line = inert(line, limit)
		limit -= utf8.RuneCountInString(line) + 1
		lines = append(lines, line)
		if limit < 2 {
			break
		}
	}
	if len(lines) == 1 && lines[0] == "" {
		return nil
	}
	return lines
}

// address is inert for what is mostly an e-mail address: one that is nothing else stays whole, since it is what it
// looks like.
func address(s string) string {
	if e, err := roster.ParseEmail(s); err == nil && e.Typed == s {
		return s
	}
	return inert(s, roster.MaxName)
}
