package people

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"go.yaml.in/yaml/v3"

	"roster/internal/roster"
)

// scan reads JSON token by token, and knows the line that it is on.
type scan struct {
	*json.Decoder
	data []byte
	at   int64
	line int
}

func place(name string, n int) string { return name + "[" + strconv.Itoa(n) + "]" }

// next gives a token and its line.
func (s *scan) next() (json.Token, int, error) {
	token, err := s.Token()
	end := s.InputOffset()
	s.line += bytes.Count(s.data[s.at:end], []byte("\n"))
	s.at = end
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, s.line, malformed(s.line, roster.Plain("it ends too early"))
		}
		return nil, s.line, malformed(s.line, heard(err.Error()))
	}
	return token, s.line, nil
}

// node reads a value whole.
func (s *scan) node(depth int) (*yaml.Node, error) {
	token, line, err := s.next()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: line}
	switch v := token.(type) {
	case nil:
		n.Tag = "!!null"
	case bool:
		n.Tag, n.Value = "!!bool", fmt.Sprint(v)
	case json.Number:
		n.Tag, n.Value = number, v.String()
	case string:
		n.Tag, n.Value = "!!str", v
	case json.Delim:
		return n, s.inside(n, v, depth)
	}
	return n, nil
}

func (s *scan) inside(n *yaml.Node, open json.Delim, depth int) error {
	if depth > 8 {
		return malformed(s.line, roster.Plain("it is nested too deeply"))
	}
	n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
	if open == '{' {
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
	}
	for s.More() {
		c, err := s.node(depth + 1)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, c)
	}
	_, _, err := s.next()
	return err
}

// readJSON reads an object item by item, so that no more than one of them is held as it was written.
func (r *reader) readJSON(data []byte) error {
	s := &scan{Decoder: json.NewDecoder(bytes.NewReader(data)), data: data, line: 1}
	s.UseNumber()
	if _, _, err := s.next(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for s.More() {
		token, line, err := s.next()
		if err != nil {
			return err
		}
		if err := r.readPart(s, seen, fmt.Sprint(token), line); err != nil {
			return err
		}
	}
	if _, _, err := s.next(); err != nil {
		return err
	}
	if _, err := s.Token(); !errors.Is(err, io.EOF) {
		return malformed(s.line, roster.Plain("something follows after the object"))
	}
	return nil
}

func (r *reader) readPart(s *scan, seen map[string]bool, name string, line int) error {
	if name == "prune" || seen[name] || !listed(s) {
		value, err := s.node(1)
		if err != nil {
			return err
		}
		return r.part(seen, name, line, value)
	}
	if err := r.part(seen, name, line, nil); err != nil {
		return err
	}
	if _, _, err := s.next(); err != nil {
		return err
	}
	for n := 0; s.More(); n++ {
		item, err := s.node(2)
		if err != nil {
			return err
		}
		if err := r.item(name, n, item); err != nil {
			return err
		}
	}
	_, _, err := s.next()
	return err
}

// listed tells whether a list comes next.
func listed(s *scan) bool {
	rest := bytes.TrimLeft(s.data[s.InputOffset():], " \t\r\n:")
	return len(rest) > 0 && rest[0] == '['
}
