package roster

import "slices"

// Unique gives each of some texts once, sorted.
func Unique[T ~string](all []T) []T {
	all = slices.Clone(all)
	slices.Sort(all)
	return slices.Compact(all)
}
