package roster

import "slices"

// Preferences are how a person wants Roster to be: their own, the same wherever they belong. What is empty was not
// chosen.
type Preferences struct {
	Language string // one of Languages; empty for the browser's
	Zone     string // an IANA time zone; empty for the browser's
	Theme    string // "light" or "dark"; empty for the system's
	Density  string // "compact" or "roomy"; empty for the standard one
	Quiet    bool   // no letter when somebody signs in as them on a device that is not known
}

// Languages gives the languages that Roster speaks, as BCP 47 tags, the one it falls back to first.
func Languages() []string { return []string{"en", "pt-BR"} }

// Themes and Densities give what can be chosen beside the default.
func Themes() []string { return []string{"light", "dark"} }

// Densities: see Themes.
func Densities() []string { return []string{"compact", "roomy"} }

// Check refuses what cannot be chosen. Whether there is such a time zone is not asked here. Kind: Invalid
// (language_unknown, theme_unknown, density_unknown).
func (p Preferences) Check() error {
	var bad Problems
	one := func(field, value string, of []string, err *Error) {
		if value != "" && !slices.Contains(of, value) {
			bad.Add(field, err)
		}
	}
	one("language", p.Language, Languages(), Errorf(Invalid, "language_unknown", "Roster does not speak this language. Choose one of those it offers."))
	one("theme", p.Theme, Themes(), Errorf(Invalid, "theme_unknown", "There is no such theme. Choose light, dark, or none for the system’s."))
	one("density", p.Density, Densities(), Errorf(Invalid, "density_unknown", "There is no such density. Choose compact, roomy, or none for the standard one."))
	return bad.Err()
}
