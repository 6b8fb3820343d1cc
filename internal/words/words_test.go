package words

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/roster"
)

func TestPlaceholdersAreFilledOnce(t *testing.T) {
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

func loaded(t *testing.T) *Languages {
	t.Helper()
	l, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var placeholders = regexp.MustCompile(`\{[a-z_]+\}`)

func named(sentence string) []string {
	all := placeholders.FindAllString(sentence, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// mark tells by what a sentence is recognised in any language: that it stands in brackets, and the sign at its end.
func mark(sentence string) string {
	mark := sentence[len(strings.TrimRight(sentence, ".?!:;,…")):]
	if strings.HasPrefix(sentence, "(") {
		mark = "(" + mark
	}
	return mark
}

// TestEveryLanguageSaysEverything holds that each catalogue has what English has, with the same values to be filled
// in and the same signs around it, and nothing else but the plurals of its own.
func TestEveryLanguageSaysEverything(t *testing.T) {
	l := loaded(t)
	english := l.English().say
	for _, c := range l.All()[1:] {
		for key, sentence := range english {
			other, ok := c.say[key]
			if !ok {
				t.Errorf("%s: nothing says %q: %s", c.Language(), key, sentence)
				continue
			}
			want, got := named(sentence), named(other)
			if base, counted := strings.CutSuffix(key, ".one"); counted && strings.Contains(english[base], "{n}") && c.form(0) == "one" {
				want = named(english[base]) // "0 pessoa": the one form is that of 0, too
			}
			if !slices.Equal(want, got) {
				t.Errorf("%s: %q has the places %v, in English %v", c.Language(), key, got, want)
			}
			if mark(sentence) != mark(other) && !strings.HasPrefix(key, "date.mon.") && !strings.HasPrefix(key, "history.did.") {
				t.Errorf("%s: %q says %q, which is not built as %q: is it another key's?", c.Language(), key, other, sentence)
			}
			if strings.TrimSpace(other) != other || other == "" {
				t.Errorf("%s: %q is empty, or begins or ends with a space: %q", c.Language(), key, other)
			}
		}
		for key, sentence := range c.say {
			base, form := key[:strings.LastIndex(key, ".")], key[strings.LastIndex(key, ".")+1:]
			if _, ok := english[key]; !ok && (english[base+".one"] == "" || !slices.Contains(c.Forms(), form)) {
				t.Errorf("%s: %q is not in the English catalogue", c.Language(), key)
			} else if !ok && !slices.Equal(named(c.say[base]), named(sentence)) {
				t.Errorf("%s: %q has other places than %q", c.Language(), key, base)
			}
		}
	}
}

func TestNumbersTakeTheFormThatTheLanguageHasForThem(t *testing.T) {
	l := loaded(t)
	for _, want := range []struct {
		language string
		n        int
		said     string
	}{
		{"en", 0, "0 people"},
		{"en", 1, "1 person"},
		{"en", 2, "2 people"},
		{"en", 1_204, "1,204 people"},
		{"en", 1_000_000, "1,000,000 people"},
		{"pt-BR", 0, "0 pessoa"},
		{"pt-BR", 1, "1 pessoa"},
		{"pt-BR", 2, "2 pessoas"},
		{"pt-BR", 1_204, "1.204 pessoas"},
		{"pt-BR", 1_000_000, "1.000.000 de pessoas"},
		{"pt-BR", 3_000_000, "3.000.000 de pessoas"},
		{"pt-BR", 1_000_001, "1.000.001 pessoas"},
	} {
		if got := l.Best("", want.language).Count("unit.people", want.n); got != want.said {
			t.Errorf("%s, %d: %q, want %q", want.language, want.n, got, want.said)
		}
	}
}

func TestDatesAreWrittenAsTheLanguageDoes(t *testing.T) {
	l, at := loaded(t), time.Date(2026, 3, 1, 23, 4, 0, 0, time.FixedZone("", -3600))
	for tag, want := range map[string][3]string{
		"en":    {"2 March 2026", "2 Mar 2026", "2 Mar 2026, 00:04 UTC"},
		"pt-BR": {"2 de março de 2026", "2 de mar. de 2026", "2 de mar. de 2026, 00:04 UTC"},
	} {
		c := l.Best("", tag)
		if got := [3]string{c.Day(at.UTC()), c.ShortDay(at.UTC()), c.Moment(at.UTC())}; got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
		if got := c.Moment(at.In(time.FixedZone("CET", 3600))); !strings.HasSuffix(got, "01:04 CET") {
			t.Errorf("%s: in another zone %q", tag, got)
		}
	}
}

func TestTheBestLanguageIsTheChosenOneThenTheBrowsersThenEnglish(t *testing.T) {
	l := loaded(t)
	for _, want := range []struct {
		accepts string
		chosen  []string
		is      string
	}{
		{"", nil, "en"},
		{"pt-BR,pt;q=0.9,en;q=0.8", nil, "pt-BR"},
		{"pt-PT", nil, "pt-BR"},
		{"PT", nil, "pt-BR"},
		{"de-CH, fr;q=0.7", nil, "en"},
		{"de, pt-BR;q=0.5, en;q=0.1", nil, "pt-BR"},
		{"en-GB, pt-BR;q=0.9", nil, "en"},
		{"en;q=0.1, pt-BR", nil, "pt-BR"},
		{"*", nil, "en"},
		{"pt-BR;q=oops", nil, "en"},
		{strings.Repeat("pt-BR,", 1000), nil, "en"},
		{"en", []string{"pt-BR"}, "pt-BR"},
		{"pt-BR", []string{"", "en"}, "en"},
		{"pt-BR", []string{"", ""}, "pt-BR"},
		{"pt-BR", []string{"xx"}, "pt-BR"},
	} {
		if got := l.Best(want.accepts, want.chosen...).Language(); got != want.is {
			t.Errorf("%q, chosen %q: %s, want %s", want.accepts, want.chosen, got, want.is)
		}
	}
	if !l.Known("pt-BR") || l.Known("pt") || l.Known("") {
		t.Error("which languages there are")
	}
}

// TestNoSentenceIsTheSameInBothLanguages finds English that was left standing.
func TestNoSentenceIsTheSameInBothLanguages(t *testing.T) {
	l := loaded(t)
	alike := regexp.MustCompile(`^([^\pL]|\{[a-z_]+\}|Roster|API|CSV|ID|MFA|Excel|xlsx|OAuth|E-mail|OpenID Connect|Status|Auditor|XLSX|UTC|Webhooks)*$`)
	for _, c := range l.All()[1:] {
		for _, key := range slices.Sorted(maps.Keys(c.say)) {
			if sentence := c.say[key]; sentence == l.English().say[key] && !alike.MatchString(sentence) {
				t.Errorf("%s: %q says the English %q", c.Language(), key, sentence)
			}
		}
	}
}

func TestWhatRoomsSayIsToldInAnotherLanguage(t *testing.T) {
	l := loaded(t)
	c := l.Best("", "pt-BR")
	inner := roster.Join([]roster.Phrase{roster.Phrasef("%s on %s", "units.write", "Nordwind 100%"), roster.Phrasef("… and %d more", 2)}, ", ")
	said := roster.Errorf(roster.Denied, "forbidden", "%s %s", roster.Phrasef("You need the permission %s for this.", inner), roster.Phrasef("%s can give it to you, or do it.", "Ana %d"))
	for _, want := range []struct{ got, want string }{
		{said.Message, "You need the permission units.write on Nordwind 100%, … and 2 more for this. Ana %d can give it to you, or do it."},
		{said.In(c.Tell).Message, "Você precisa da permissão units.write em Nordwind 100%, … e mais 2 para isto. Ana %d pode dar isso a você, ou fazê-lo."},
		{said.In(l.English().Tell).Message, said.Message},
		{c.Tell("Nobody translated %s.", "this"), "Nobody translated this."},
		{(&roster.Error{Message: "Made by hand."}).In(c.Tell).Message, "Made by hand."},
		{c.Own("See the team"), "Ver a equipe"},
		{c.Own("Fly 100% higher"), "Fly 100% higher"},
		{c.Retell("The mail server refused the letter: 550 No 100% such mailbox."), "O servidor de e-mail recusou a mensagem: 550 No 100% such mailbox."},
		{c.Retell("The mail server takes no letters at the moment (code 554)."), "O servidor de e-mail não aceita mensagens no momento (código 554)."},
		{c.Retell("The mail server cannot be reached."), "O servidor de e-mail não pode ser alcançado."},
		{c.Retell("Something else."), "Something else."},
		{l.English().Retell("The mail server cannot be reached."), "The mail server cannot be reached."},
	} {
		if want.got != want.want {
			t.Errorf("%q, want %q", want.got, want.want)
		}
	}
	several := roster.Problems{}
	several.Add("email", roster.Errorf(roster.Invalid, "field_required", "Fill this in."))
	several.Add("name", roster.Errorf(roster.Invalid, "too_long", "At most %d characters, please.", 60))
	e := roster.AsError(several.Err()).In(c.Tell)
	if e.Message != "2 campos precisam da sua atenção." || e.Fields[0].Message != "Preencha isto." || e.Fields[1].Message != "No máximo 60 caracteres, por favor." || e.Fields[0].Code != "field_required" {
		t.Errorf("%+v", e)
	}
	if roster.AsError(several.Err()).Fields[0].Message != "Fill this in." {
		t.Error("the error itself was changed")
	}
}
