package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"roster/internal/secret"
)

// hashCollector shows in the metrics how busy the one place is in which passwords are hashed.
type hashCollector struct{ h *secret.Hasher }

// Describe sends nothing: Collect tells what there is.
func (hashCollector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c hashCollector) Collect(out chan<- prometheus.Metric) {
	load := c.h.Load()
	for _, m := range []struct {
		name, help string
		kind       prometheus.ValueType
		value      float64
	}{
		{"roster_password_hashes_running", "Passwords that are hashed now.", prometheus.GaugeValue, float64(load.Running)},
		{"roster_password_hashes_waiting", "Passwords that wait to be hashed.", prometheus.GaugeValue, float64(load.Waiting)},
		{"roster_password_hashes_total", "Passwords that were hashed.", prometheus.CounterValue, float64(load.Done)},
		{"roster_password_hashes_refused_total", "Requests that were turned away because too many waited.", prometheus.CounterValue, float64(load.Refused)},
	} {
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc(m.name, m.help, nil, nil), m.kind, m.value)
	}
}
