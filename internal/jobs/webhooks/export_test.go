package webhooks

import "time"

// Pause is how long is rested by default after a look that took so long.
func Pause(took time.Duration) time.Duration { return Settings{}.complete().pause(took) }
