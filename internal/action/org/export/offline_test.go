package export_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"roster/internal/chain"
	"roster/internal/chain/checkpoint"
	"roster/internal/chain/offline"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// file is an export, line by line.
type file []map[string]any

// exported gives an export of Acme as it is.
func exported(t *testing.T, h *rostertest.House) file {
	t.Helper()
	f, err := h.Takeouts.Export(h.CLI(h.Acme.ID))
	need(t, err)
	defer func() { need(t, f.Close()) }()
	var all file
	for lines := json.NewDecoder(f); ; {
		var line map[string]any
		err := lines.Decode(&line)
		if errors.Is(err, io.EOF) {
			return all
		}
		need(t, err)
		all = append(all, line)
	}
}

// copied gives the file once more, so that a change of the one is none of the other.
func (f file) copied(t *testing.T) file {
	t.Helper()
	text, err := json.Marshal(f)
	need(t, err)
	var all file
	need(t, json.Unmarshal(text, &all))
	return all
}

// line gives where a line of the history stands in the file.
func (f file) line(seq int) int {
	return slices.IndexFunc(f, func(l map[string]any) bool { return l["type"] == "event" && l["seq"] == float64(seq) })
}

// ends corrects how many lines the file says that it has.
func (f file) ends() file {
	f[len(f)-1]["lines"] = len(f) - 2
	return f
}

// proved gives what a walk of the file finds.
func (f file) proved(t *testing.T, read func(string) (chain.Mark, error), marks ...chain.Mark) ([]chain.Fault, error) {
	t.Helper()
	var text bytes.Buffer
	for _, line := range f {
		need(t, json.NewEncoder(&text).Encode(line))
	}
	_, w, err := offline.Verify(&text, read, marks...)
	if w == nil {
		return nil, err
	}
	return w.Faults, err
}

// TestAFileIsProvedWithoutTheInstallation: each thing that can be done to the history in an export is found, and where.
func TestAFileIsProvedWithoutTheInstallation(t *testing.T) {
	h := rostertest.SQLite(t)
	for _, name := range []string{"anna", "bert", "cy"} {
		h.Join(name+"@example.com", strings.ToUpper(name[:1])+name[1:], "Berg", roster.RoleMember)
	}
	need(t, h.History.Mark(context.Background()))
	h.Join("dee@example.com", "Dee", "Dahl", roster.RoleMember)
	whole, key := exported(t, h), h.History.Key()
	last := int(whole[0]["seq"].(float64))
	foreign, err := checkpoint.NewSigner(bytes.Repeat([]byte{7}, 32))
	need(t, err)
	now, err := h.History.Checkpoint(h.CLI(h.Acme.ID))
	need(t, err)
	end, err := key.Read(now.Text)
	need(t, err)

	for _, c := range []struct {
		name string
		do   func(f file) file
		mark []chain.Mark
		seq  int
		want string
	}{
		{"sound", func(f file) file { return f }, nil, 0, ""},
		{"sound, and as a checkpoint saw it", func(f file) file { return f }, []chain.Mark{end}, 0, ""},
		{"an altered body", func(f file) file {
			l := f[f.line(3)]
			l["body"] = strings.Replace(l["body"].(string), `"door":"`, `"door":"x`, 1)
			return f
		}, nil, 3, "or was altered"},
		{"an altered column", func(f file) file { f[f.line(3)]["actor_id"] = "mem_x"; return f }, nil, 3, "columns were altered"},
		{"an altered text", func(f file) file { f.text(3)["t"] = "Olaf"; return f }, nil, 3, "a text was altered"},
		{"a deleted text", func(f file) file { f.text(3)["s"], f.text(3)["t"] = "", ""; return f }, nil, last, "1 of its texts are gone"},
		{"a dropped line", func(f file) file { return slices.Delete(f, f.line(4), f.line(4)+1).ends() }, nil, 4, "line 4 is missing"},
		{"swapped lines", func(f file) file {
			f[f.line(4)], f[f.line(5)] = f[f.line(5)], f[f.line(4)]
			return f
		}, nil, 4, "line 4 is missing"},
		{"an inserted line", func(f file) file { return slices.Insert(f, f.line(6), f[f.line(2)]).ends() }, nil, 2, "stands after line 5"},
		{"a cut end", func(f file) file { return slices.Delete(f, f.line(last), f.line(last)+1).ends() }, nil, last - 1, "its end was cut off"},
		{"a cut end, and the beginning corrected", func(f file) file {
			f[0]["seq"] = last - 1
			return slices.Delete(f, f.line(last), f.line(last)+1).ends()
		}, []chain.Mark{end}, last - 1, "its end was cut off"},
		{"cut before a checkpoint in the file", func(f file) file {
			f[0]["seq"] = 2
			return slices.DeleteFunc(f, func(l map[string]any) bool { return l["type"] == "event" && l["seq"].(float64) > 2 }).ends()
		}, nil, 2, "its end was cut off"},
		{"a checkpoint of another installation's key", func(f file) file {
			at := slices.IndexFunc(f, func(l map[string]any) bool { return l["type"] == "checkpoint" })
			text, err := foreign.Sign(end)
			need(t, err)
			f[at]["text"], f[at]["seq"] = text, end.Seq
			return f
		}, nil, last, "does not hold"},
		{"another's checkpoint", func(f file) file { return f }, []chain.Mark{{Organisation: "org_other", Seq: 2, Hash: "x"}}, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			faults, err := c.do(whole.copied(t)).proved(t, key.Read, c.mark...)
			need(t, err)
			if c.want == "" && len(faults) > 0 {
				t.Errorf("found %v", faults)
			}
			if c.want != "" && !slices.ContainsFunc(faults, func(f chain.Fault) bool { return f.Seq == int64(c.seq) && strings.Contains(f.What, c.want) }) {
				t.Errorf("found %v, not %q at line %d", faults, c.want, c.seq)
			}
		})
	}
	for name, f := range map[string]file{"without an end": whole[:len(whole)-1], "without a beginning": whole[1:], "of too few lines": slices.Delete(whole.copied(t), 3, 4)} {
		if _, err := f.proved(t, nil); !errors.Is(err, offline.ErrNotExport) {
			t.Errorf("a file %s: %v", name, err)
		}
	}
}

// text gives the first salt and text of a line.
func (f file) text(seq int) map[string]any {
	return f[f.line(seq)]["vals"].([]any)[0].(map[string]any)
}
