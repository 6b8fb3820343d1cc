package web

import (
	"encoding/json"

	"roster/internal/secret"
)

// CriteriaList is what a password must be, as a form shows it.
type CriteriaList struct {
	Least    int    // characters
	Check    string // where the criteria are asked while one is typed
	Criteria []secret.Criterion
}

// OpenCriteria gives the list of a form in which nothing was typed yet.
func OpenCriteria(check string) CriteriaList {
	return CriteriaList{secret.MinOnlyFactor, check, secret.Criteria("", secret.MinOnlyFactor)}
}

// Judged answers which criteria a password meets.
func (v *Visit) Judged(list []secret.Criterion) error {
	type criterion struct {
		Key string `json:"key"`
		Met bool   `json:"met"`
	}
	out := make([]criterion, 0, len(list))
	for _, c := range list {
		out = append(out, criterion{c.Key, c.Met})
	}
	v.W.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(v.W).Encode(map[string]any{"criteria": out})
}
