package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

// maxFile is more than any file of settings holds, in bytes.
const maxFile = 1 << 20

// file is the settings of a file by the names of their flags.
type file struct{ values map[string]any }

// Loader reads a file of settings in JSON (it begins with a brace) or TOML, for
// kong.Configuration. A key is a setting's name, such as mail-from or mail_from. An unknown key, a
// key that stands twice and a value that is no text, number, truth or list of texts are errors.
// What the environment sets goes before the file.
func Loader(r io.Reader) (kong.Resolver, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("settings file: %w", err)
	}
	if len(data) > maxFile {
		return nil, errors.New("settings file: it is larger than 1 MiB")
	}
	entries, err := decode(bytes.TrimPrefix(data, []byte("\ufeff")))
	if err != nil {
		return nil, fmt.Errorf("settings file: %w", err)
	}
	known, err := flags(&Server{})
	if err != nil {
		return nil, err
	}
	f := file{map[string]any{}}
	for _, e := range entries {
		if err := f.add(e, known); err != nil {
			return nil, fmt.Errorf("settings file: %w", err)
		}
	}
	return f, nil
}

type entry struct {
	key   string
	value any
}

func (f file) add(e entry, known []*kong.Flag) error {
	name := strings.ReplaceAll(e.key, "_", "-")
	if !slices.ContainsFunc(known, func(k *kong.Flag) bool { return k.Name == name }) {
		return fmt.Errorf("there is no setting %q; “roster serve --help” lists them", e.key)
	}
	if _, twice := f.values[name]; twice {
		return fmt.Errorf("the setting %q stands twice", name)
	}
	value, err := plain(e.value)
	if err != nil {
		return fmt.Errorf("the setting %q %w", name, err)
	}
	f.values[name] = value
	return nil
}

// plain gives a value as it would be typed after its flag, so that all ways of setting it are read
// by the same rules.
func plain(value any) (any, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case json.Number:
		return v.String(), nil
	case []any:
		for _, item := range v {
			if _, ok := item.(string); !ok {
				return nil, errors.New("must be a list of texts")
			}
		}
		return v, nil
	}
	return nil, errors.New("must be a text, a number, true, false or a list of texts")
}

func decode(data []byte) ([]entry, error) {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return decodeJSON(data)
	}
	values := map[string]any{}
	if _, err := toml.Decode(string(data), &values); err != nil {
		return nil, fault(err)
	}
	var entries []entry
	for key, value := range values {
		entries = append(entries, entry{key, value})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	return entries, nil
}

// fault says where TOML is broken, and never what stands there: it may be a password.
func fault(err error) error {
	var broken toml.ParseError
	if errors.As(err, &broken) {
		return fmt.Errorf("line %d is not TOML", broken.Position.Line)
	}
	return errors.New("it is neither JSON nor TOML")
}

// decodeJSON reads one object key by key, as a map would forget that a key stood twice.
func decodeJSON(data []byte) ([]entry, error) {
	broken := func(d *json.Decoder) error {
		return fmt.Errorf("it is not JSON after byte %d", d.InputOffset())
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return nil, broken(d)
	}
	var entries []entry
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, broken(d)
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, broken(d)
		}
		entries = append(entries, entry{key.(string), value})
	}
	if _, err := d.Token(); err != nil {
		return nil, broken(d)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands after the JSON object")
	}
	return entries, nil
}

// Validate has nothing left to say: Loader knows the settings.
func (f file) Validate(*kong.Application) error { return nil }

// Resolve gives the file's value of a flag. Kong would let it override the environment, which is
// the other way round.
func (f file) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	if value, ok := f.values[flag.Name]; ok {
		return value, nil
	}
	return nil, nil
}
