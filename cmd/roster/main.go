// Command roster is the team screen for your product, as one binary.
package main

import (
	"context"
	"os"

	"roster/internal/cli"
)

func main() {
	os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
