// Verifiers made of other people's code, to be held against a running Yui.
//
//	tlog URL VKEY OLD        golang.org/x/mod/sumdb: the note, every tile and entry, proofs from the tiles
//	fsck URL VKEY            transparency-dev/tessera: fsck over all tiles and bundles
//	proofs FILE              transparency-dev/merkle: inclusion and consistency as the API proves them
//	receipt FILE VKEY        transparency-dev/formats: a .tlog-proof
//	cosigned FILE VKEY CVKEY torchwood: a note and a witness's line on it
//	cosign FILE VKEY NAME    torchwood: writes the line of a witness NAME, and its key, for a note
//
// Exit code 0: accepted. 1: refused, with the reason on the standard error output.
package main

import (
	"fmt"
	"os"
)

var commands = map[string]struct {
	arguments int
	run       func(arguments []string) error
}{
	"tlog":     {3, checkTiles},
	"fsck":     {2, checkWithTessera},
	"proofs":   {1, checkProofs},
	"receipt":  {2, checkReceipt},
	"cosigned": {3, checkCosigned},
	"cosign":   {3, cosign},
}

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("no command"))
	}
	command, known := commands[os.Args[1]]
	arguments := os.Args[2:]
	if !known || len(arguments) != command.arguments {
		fail(fmt.Errorf("unknown command or wrong arguments: %q", os.Args[1:]))
	}
	if err := command.run(arguments); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
