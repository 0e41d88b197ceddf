package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// tiles reads a log by C2SP tlog-tiles for sumdb/tlog, whose own paths are those of the checksum database.
type tiles struct{ base string }

func (t tiles) Height() int                     { return tileHeight }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		data, err := read(t.base, tilePath(tile))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

// tilePath turns tile/8/0/x001/234 into tile/0/x001/234, and tile/8/data/… into tile/entries/….
func tilePath(tile tlog.Tile) string {
	inner := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	if rest, isData := strings.CutPrefix(inner, "data/"); isData {
		inner = "entries/" + rest
	}
	return "tile/" + inner
}

// read gets a file of a log: over HTTP, or from a folder.
func read(base, name string) ([]byte, error) {
	if !strings.HasPrefix(base, "http") {
		return os.ReadFile(path.Join(base, name))
	}
	answer, err := http.Get(base + "/" + name)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", name, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// openTree is the tree that a note promises, once its signature holds.
func openTree(signed []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	var head log.Checkpoint
	rest, err := head.Unmarshal([]byte(opened.Text))
	if err != nil {
		return tlog.Tree{}, err
	}
	if head.Origin != verifier.Name() || len(rest) > 0 {
		return tlog.Tree{}, fmt.Errorf("checkpoint of %q with %d bytes more", head.Origin, len(rest))
	}
	return tlog.Tree{N: int64(head.Size), Hash: tlog.Hash(head.Hash)}, nil
}

// checkTiles has sumdb/tlog read the whole log: each entry must prove to be in the tree, and every older tree too.
func checkTiles(arguments []string) error {
	base, vkey := arguments[0], arguments[1]
	old, err := strconv.ParseInt(arguments[2], 10, 64)
	if err != nil {
		return err
	}
	signed, err := read(base, "checkpoint")
	if err != nil {
		return err
	}
	tree, err := openTree(signed, vkey)
	if err != nil {
		return err
	}
	// This reader checks every tile that it reads against the tree's hash.
	hashes := tlog.TileHashReader(tree, tiles{base})
	if err := checkEntries(base, tree, hashes); err != nil {
		return err
	}
	oldRoot, err := tlog.TreeHash(old, hashes)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, old, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old, oldRoot); err != nil {
		return err
	}
	fmt.Printf("%d %s\n", tree.N, tree.Hash)
	return nil
}

func checkEntries(base string, tree tlog.Tree, hashes tlog.HashReader) error {
	var index int64
	for index < tree.N {
		width := min(1<<tileHeight, tree.N-index)
		bundle, err := read(base, tilePath(tlog.Tile{H: tileHeight, L: -1, N: index >> tileHeight, W: int(width)}))
		if err != nil {
			return err
		}
		for end := index + width; index < end; index++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("entry %d: cut bundle", index)
			}
			size := 2 + int(binary.BigEndian.Uint16(bundle))
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(bundle[2:size])); err != nil {
				return fmt.Errorf("entry %d: %w", index, err)
			}
			bundle = bundle[size:]
		}
		if len(bundle) > 0 {
			return fmt.Errorf("bundle before %d: %d bytes too many", index, len(bundle))
		}
	}
	return nil
}

// checkWithTessera does what tessera's cmd/fsck does, whose exit code is 0 whatever it finds.
func checkWithTessera(arguments []string) error {
	base, vkey := arguments[0], arguments[1]
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	var fetcher fsck.Fetcher = &client.FileFetcher{Root: base}
	if strings.HasPrefix(base, "http") {
		address, err := url.Parse(base)
		if err != nil {
			return err
		}
		if fetcher, err = client.NewHTTPFetcher(address, nil); err != nil {
			return err
		}
	}
	return fsck.New(verifier.Name(), verifier, fetcher, leafHashes, fsck.Opts{N: 2}).Check(context.Background())
}

// leafHashes is tessera's own default: a C2SP bundle's RFC 6962 leaf hashes.
func leafHashes(data []byte) ([][]byte, error) {
	var bundle api.EntryBundle
	if err := bundle.UnmarshalText(data); err != nil {
		return nil, err
	}
	var hashes [][]byte
	for _, entry := range bundle.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}
