//go:build tools

// Package tools pins the Dkron that the lab runs: `go build` takes the command
// from the module cache, so that go.sum proves its content.
package tools

import _ "github.com/distribworks/dkron/v3"
