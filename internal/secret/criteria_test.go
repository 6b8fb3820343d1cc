package secret

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roster/internal/roster"
)

func anna() []string {
	return []string{"Anna", "Silva", "anna.silva@harbourfreight.example.com", "Harbour Freight"}
}

func TestCriteria(t *testing.T) {
	const length, notCommon, notPersonal, notTooLong = CriterionLength, CriterionNotCommon, CriterionNotPersonal, CriterionNotTooLong
	unmet := func(keys ...string) []string { return keys }
	cases := []struct {
		name, password string
		min            int
		about          []string
		unmet          []string
	}{
		{"several words", "violet otter bridge 42", 15, anna(), nil},
		{"random letters", "q8#vZ2!mW5^tR9&", 15, anna(), nil},
		{"eight random ones with a second factor", "q8#vZ2!m", 8, anna(), nil},
		{"eight alone are too few", "q8#vZ2!m", 15, anna(), unmet(length)},
		{"fourteen are too few", "q8#vZ2!mW5^tR9", 15, anna(), unmet(length)},
		{"fifteen letters of two bytes", "зимавлесумедвед", 15, nil, nil},
		{"fourteen letters of two bytes", "зимавлесумедве", 15, nil, unmet(length)},
		{"letters count composed", strings.Repeat("e\u0301", 8), 15, nil, unmet(length, notCommon)},
		{"nothing", "", 15, nil, unmet(length, notCommon)},
		{"64 characters", "correct harbour violet otter bridge window lantern copper meadow", 15, nil, nil},
		{"200 characters", strings.Repeat("violet otter bridge 42, ", 8) + "and more", 15, nil, nil},
		{"1,024 bytes", "violet otter bridge 42 " + strings.Repeat("x", MaxBytes-23), 15, nil, nil},
		{"1,025 bytes", "violet otter bridge 42 " + strings.Repeat("x", MaxBytes-22), 15, nil, unmet(notTooLong)},
		{"a megabyte", strings.Repeat("violet", 1<<18), 15, nil, unmet(notTooLong)},
		{"a common one twice", "passwordpassword", 15, nil, unmet(notCommon)},
		{"a common one with a year", "Password2026", 8, nil, unmet(notCommon)},
		{"leet", "P@$$w0rdP@$$w0rd", 15, nil, unmet(notCommon)},
		{"a row of keys", "qwertyuiopasdfgh", 15, nil, unmet(notCommon)},
		{"digits in a row", "123456789012345", 15, nil, unmet(notCommon)},
		{"one letter", strings.Repeat("a", 40), 15, nil, unmet(notCommon)},
		{"each digit several times", "111111222222333333", 15, nil, unmet(notCommon)},
		{"each letter of a common one several times", "ppppaaaasssswwwwoooorrrrdddd", 15, nil, unmet(notCommon)},
		{"the one of the comic", "correcthorsebatterystaple", 15, nil, unmet(notCommon)},
		{"the same as it is drawn", "Correct Horse Battery Staple!", 15, nil, unmet(notCommon)},
		{"the same with a year", "correct-horse-battery-staple-2026", 15, nil, unmet(notCommon)},
		{"the same beside strong words", "correct horse battery staple violet otter bridge", 15, nil, nil},
		{"a saying", "May the Force be with you", 15, nil, unmet(notCommon)},
		{"words with doubled letters", "committee bookkeeper balloon", 15, nil, nil},
		{"full-width letters", "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ", 15, nil, unmet(notCommon)},
		{"dotless i", "\u0131loveyou\u0131loveyou", 15, nil, unmet(notCommon)},
		{"accents", "pàsswördpàsswörd", 15, nil, unmet(notCommon)},
		{"not text", "violet \xff otter bridge 42", 15, nil, unmet(notCommon)},
		{"the name and a year", "AnnaSilva!1985!", 15, anna(), unmet(notPersonal)},
		{"the name in leet and a year", "4nn4.S1lv4.2026!", 15, anna(), unmet(notPersonal)},
		{"the name with a dotless i", "Anna.S\u0131lva.#7Q.", 15, anna(), unmet(notPersonal)},
		{"the whole address", "anna.silva@harbourfreight.example.com", 15, anna(), unmet(notPersonal)},
		{"the organisation and a year", "HarbourFreight2026", 15, anna(), unmet(notPersonal)},
		{"the domain", "harbourfreight.example", 15, anna(), unmet(notPersonal)},
		{"full-width name", "Ａｎｎａ-Ｓｉｌｖａ-#7Q.", 15, anna(), unmet(notPersonal)},
		{"the same without knowing her", "AnnaHarbour#7Q.", 15, nil, nil},
		{"the name within other words", "susannah likes purple elephants", 15, anna(), nil},
		{"the name beside strong words", "anna-violet-otter-bridge-42", 15, anna(), nil},
		{"a short name tells nothing", "violet otter bridge li", 15, []string{"Li", "Wu", ""}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, criterion := range Criteria(c.password, c.min, c.about...) {
				if !criterion.Met {
					got = append(got, criterion.Key)
				}
			}
			if strings.HasPrefix(c.name, "the name") || len(c.unmet) == 1 && c.unmet[0] == notPersonal {
				got = without1(got, notCommon) // a name may be common as well
			}
			if diff := cmp.Diff(c.unmet, got); diff != "" {
				t.Errorf("unmet (-want +got):\n%s", diff)
			}
			err := CheckPassword(c.password, c.min, c.about...)
			if (err == nil) != (len(c.unmet) == 0) {
				t.Errorf("CheckPassword: got %v", err)
			}
			if err != nil && (!roster.Is(err, "password_criteria") || roster.AsError(err).Kind != roster.Invalid || roster.AsError(err).Field != "password") {
				t.Errorf("got %+v", err)
			}
		})
	}
}

func without1(keys []string, left string) []string {
	var kept []string
	for _, k := range keys {
		if k != left {
			kept = append(kept, k)
		}
	}
	return kept
}

func TestCriteriaAreListedInOneOrder(t *testing.T) {
	want := []Criterion{{"length", false}, {"not_common", false}, {"not_personal", true}}
	if diff := cmp.Diff(want, Criteria("", MinOnlyFactor)); diff != "" {
		t.Error(diff)
	}
}

func TestRefusalSaysWhichCriterionFailedAndNeverThePassword(t *testing.T) {
	cases := []struct{ password, says string }{
		{"q8#vZ2!m", "too short"},
		{"q8#vZ2!m", "at least 15 characters"},
		{"passwordpassword", "easy to guess"},
		{"HarbourFreight2026", "your organisation's name"},
		{"violet otter bridge" + strings.Repeat("!", MaxBytes), "at most 1024 bytes"},
	}
	for _, c := range cases {
		err := CheckPassword(c.password, MinOnlyFactor, anna()...)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), c.password) {
			t.Errorf("%.30q: got %v, want it to say %q", c.password, err, c.says)
		}
	}
}

func TestJudgingAnyPasswordIsQuick(t *testing.T) {
	for _, p := range []string{
		strings.Repeat("1", MaxBytes), strings.Repeat("password", 128), strings.Repeat("a1", 512), strings.Repeat("@40$5!1", 146), strings.Repeat("é", 512),
		strings.Repeat("12/11/2010", 102), strings.Repeat("\U0001F600", 256),
	} {
		began := time.Now()
		Criteria(p, MinOnlyFactor, anna()...)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%.20q takes %s", p, took)
		}
	}
}
