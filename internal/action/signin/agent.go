package signin

// AgentName gives a browser's name for itself as sessions keep it; empty when it is no text.
func AgentName(s string) string { return clip(s, 300) }
