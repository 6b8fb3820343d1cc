// Package persist holds lists and indexes whose changed copies share what did not change with the ones before,
// so that a small change of something large is cheap and nobody who reads the former state sees it. It knows
// nothing of what it holds, and writes nothing to a disk.
package persist
