package imports_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/language"

	"roster/internal/action/team/apply/imports"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/sheet"
	"roster/internal/words"
)

// TestWhatARowDidIsUndoneByWhatItTells: the last act first, each with the command, in which a shell takes every value as it is.
func TestWhatARowDidIsUndoneByWhatItTells(t *testing.T) {
	ben := imports.Deed{ID: "mem_1", Name: "Ben Blom"}
	row := imports.Row{Did: []imports.Deed{
		{Action: "member.unblock", ID: ben.ID, Name: ben.Name},
		{Action: "member.edit", ID: ben.ID, Name: ben.Name, Changes: []imports.Change{{Field: "last_name", From: "O'Blom $x", To: "Ek"}, {Field: "external_id", To: "b-7"}}},
		{Action: "member.grant", ID: ben.ID, Name: ben.Name, Gained: []string{"permission members.read at Fleet"}, Lost: []string{"role auditor at customer-17 until 2097-03-31T00:00:00Z"}},
	}}
	told := func(row imports.Row) string {
		var all []string
		for _, p := range row.Undo(language.English) {
			all = append(all, p.String())
		}
		return strings.Join(all, "\n")
	}
	equal(t, "undone", told(row), strings.Join([]string{
		"Take “permission members.read at Fleet” away from Ben Blom: roster user withdraw mem_1 --permission=members.read --at=Fleet",
		"Give Ben Blom “role auditor at customer-17 until 2097-03-31T00:00:00Z” again: roster user grant mem_1 --role=auditor --at=customer-17 --until=2097-03-31T00:00:00Z",
		"Set “Last name” of Ben Blom back to “O'Blom $x”: roster user edit mem_1 --last-name='O'\\''Blom $x'",
		"Clear “External ID” of Ben Blom: roster user edit mem_1 --external-id=''",
		"Block Ben Blom: roster user block mem_1",
	}, "\n"))
	row.Did = append([]imports.Deed{{Action: "member.invite", ID: ben.ID, Name: "ben@example.com"}}, row.Did...)
	equal(t, "whoever came in", told(row), "Remove ben@example.com: roster user remove mem_1 --yes")
	row.Planned = true
	equal(t, "planned", told(row), "")
}

// TestAResultTellsInTheLanguageOfItsReader whom each row is about and how it is undone, and no secret.
func TestAResultTellsInTheLanguageOfItsReader(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Join("ada@example.com", "Ada", "Ek", roster.RoleMember)
	ctx := h.As(h.Owner)
	v := upload(t, ctx, h, "Kind,Name,External ID,E-mail,First name,Phone", "api,Meter,meter-7", ",,,,Bo,", ",,,ada@example.com,,+44 20 7946 0999")
	_, err := h.Imports.Start(ctx, v.ID, true)
	must(t, err)
	v = run(t, h, v.ID)
	all, err := h.Imports.Read(ctx, v.ID, imports.Page{Limit: 10})
	must(t, err)
	meter, ada := all[0].Did[0], all[2].Did[0]
	w, err := words.Load()
	must(t, err)
	var b bytes.Buffer
	must(t, imports.Write(ctx, h.Imports, v, sheet.CSV, &b, imports.Speech{Tag: language.BrazilianPortuguese, Tell: w.Best("", "pt-BR").Tell}))
	for _, part := range []string{
		"ID do membro no Roster,ID do cliente no Roster,Como desfazer",
		"," + meter.ID + "," + meter.ClientID + ",Remova Meter: roster user remove " + meter.ID + " --yes",
		"," + ada.ID + ",,Esvazie “Telefone” de " + ada.Name + ": roster user edit " + ada.ID + " --phone=''",
		"E-mail: Informe um endereço de e-mail",
	} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("the result has no %q:\n%s", part, b.String())
		}
	}
	if meter.ID == "" || meter.ClientID == "" || strings.Contains(b.String(), "rsec_") {
		t.Errorf("the result:\n%s", b.String())
	}
}
