// A judge of the book's formats: it reads questions of `tinkuy book conformance` and answers them with the Go team's
// golang.org/x/mod/sumdb/note and sumdb/tlog. What those packages do not know (three lines of text around a proof, the
// length before an entry, a book's id) is read here in the plainest way.
//
// Entries are not judged: neither package knows JSON.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height       = 8 // a C2SP tile is 256 hashes wide
	prefix       = "tinkuy/"
	sumdbOrigin  = "go.sum database tree\n"
	proofVersion = "c2sp.org/tlog-proof@v1"
)

var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

type question struct {
	ID    int    `json:"id"`
	Check string `json:"check"`
	Given given  `json:"given"`
}

type given struct {
	Note    []byte            `json:"note"`
	Origin  string            `json:"origin"`
	Keys    []string          `json:"keys"`
	// Of witnesses, as vkeys of type 4.
	Witnesses []string `json:"witnesses"`
	Entry   []byte            `json:"entry"`
	Index   int64             `json:"index"`
	Size    int64             `json:"size"`
	Root    []byte            `json:"root"`
	Hashes  [][]byte          `json:"hashes"`
	OldSize int64             `json:"old_size"`
	OldRoot []byte            `json:"old_root"`
	Proof   []byte            `json:"proof"`
	Files   map[string][]byte `json:"files"`
}

type answer struct {
	ID     int    `json:"id"`
	Accept *bool  `json:"accept"`
	Reason string `json:"reason"`
}

var errNotJudged = errors.New("not judged")

func main() {
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) == 0 {
			return
		}
		var q question
		if err := json.Unmarshal(line, &q); err != nil {
			fmt.Fprintln(os.Stderr, "not a question:", err)
			os.Exit(2)
		}
		if err := out.Encode(answered(q)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		if err != nil {
			return
		}
	}
}

func answered(q question) answer {
	err := judge(q.Check, q.Given)
	if err == errNotJudged {
		return answer{q.ID, nil, err.Error()}
	}
	accept, reason := err == nil, ""
	if err != nil {
		reason = err.Error()
	}
	return answer{q.ID, &accept, reason}
}

func judge(check string, g given) error {
	switch check {
	case "checkpoint", "cosignature":
		_, err := checkpoint(g.Note, g)
		return err
	case "inclusion":
		return inclusion(g)
	case "consistency":
		return consistency(g)
	case "proof":
		return proof(g)
	case "tiles":
		return tiles(g)
	}
	return errNotJudged
}

// checkpoint opens the note with every key asked for and reads its tree.
func checkpoint(data []byte, g given) (tlog.Tree, error) {
	var verifiers []note.Verifier
	for _, vkey := range g.Keys {
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return tlog.Tree{}, err
		}
		verifiers = append(verifiers, verifier)
	}
	for _, vkey := range g.Witnesses {
		verifier, err := newWitness(vkey)
		if err != nil {
			return tlog.Tree{}, err
		}
		verifiers = append(verifiers, verifier)
	}
	opened, err := note.Open(data, note.VerifierList(verifiers...))
	if err != nil {
		return tlog.Tree{}, err
	}
	for _, verifier := range verifiers {
		if !signedBy(opened, verifier) {
			return tlog.Tree{}, fmt.Errorf("%s has not signed", verifier.Name())
		}
	}
	rest, ok := strings.CutPrefix(opened.Text, g.Origin+"\n")
	if !ok {
		return tlog.Tree{}, errors.New("of another origin")
	}
	// ParseTree reads size and root of any log; only the first line is that of the Go team's own.
	return tlog.ParseTree([]byte(sumdbOrigin + rest))
}

// witness verifies cosignatures (C2SP tlog-cosignature, cosignature/v1), a kind of signature that note does not know but
// takes from whoever does.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

const cosigning = 4 // the type of the key

func newWitness(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, encoded, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosigning {
		return nil, errors.New("not a cosigning key")
	}
	digest := sha256.Sum256(append([]byte(name+"\n"), key...))
	hash := binary.BigEndian.Uint32(digest[:])
	if id != fmt.Sprintf("%08x", hash) {
		return nil, errors.New("the key's id is another")
	}
	return witness{name, hash, key[1:]}, nil
}

func (w witness) Name() string { return w.name }

func (w witness) KeyHash() uint32 { return w.hash }

func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	if time > math.MaxInt64 {
		return false
	}
	signed := append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", time), text...)
	return ed25519.Verify(w.key, signed, signature[8:])
}

func signedBy(opened *note.Note, verifier note.Verifier) bool {
	for _, signature := range opened.Sigs {
		if signature.Name == verifier.Name() && signature.Hash == verifier.KeyHash() {
			return true
		}
	}
	return false
}

func inclusion(g given) error {
	root, err := hash(g.Root)
	if err != nil {
		return err
	}
	hashes, err := allHashes(g.Hashes)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(hashes, g.Size, root, g.Index, tlog.RecordHash(g.Entry))
}

func consistency(g given) error {
	root, err := hash(g.Root)
	if err != nil {
		return err
	}
	old, err := hash(g.OldRoot)
	if err != nil {
		return err
	}
	hashes, err := allHashes(g.Hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(hashes, g.Size, root, g.OldSize, old)
}

// proof reads a C2SP tlog-proof and has its parts judged.
func proof(g given) error {
	head, signed, found := bytes.Cut(g.Proof, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || lines[0] != proofVersion {
		return errors.New("not a proof")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if _, err := base64.StdEncoding.Strict().DecodeString(lines[0][len("extra "):]); err != nil {
			return err
		}
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return errors.New("no index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil || lines[0] != "index "+strconv.FormatInt(index, 10) {
		return errors.New("malformed index")
	}
	var hashes []tlog.Hash
	for _, line := range lines[1:] {
		parsed, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		hashes = append(hashes, parsed)
	}
	tree, err := checkpoint(signed, g)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(hashes, tree.N, tree.Hash, index, tlog.RecordHash(g.Entry))
}

// tiles has every hash of every tile authenticated against the checkpoint, and compares the entries with them.
func tiles(g given) error {
	tree, err := checkpoint(g.Files["checkpoint"], g)
	if err != nil {
		return err
	}
	entries, err := allEntries(g.Files, tree.N)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return errors.New("no founding entry")
	}
	first := tlog.RecordHash(entries[0])
	if g.Origin != prefix+crockford.EncodeToString(first[:20]) {
		return errors.New("founded by another entry")
	}
	var indexes []int64
	var leaves int
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		for place := range tile.W {
			indexes = append(indexes, tlog.StoredHashIndex(height*tile.L, tile.N<<height+int64(place)))
		}
		if tile.L == 0 {
			leaves = len(indexes)
		}
	}
	hashes, err := tlog.TileHashReader(tree, directory(g.Files)).ReadHashes(indexes)
	if err != nil {
		return err
	}
	for n, entry := range entries {
		if n >= leaves || hashes[n] != tlog.RecordHash(entry) {
			return fmt.Errorf("entry %d is not under the checkpoint", n)
		}
	}
	return nil
}

// directory reads tiles as C2SP names them: as Go does, but without the height.
type directory map[string][]byte

func (d directory) Height() int { return height }

func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}

func (d directory) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		data, ok := d[path(tile)]
		if !ok {
			full := tile
			full.W = 1 << height
			data, ok = d[path(full)]
			if ok && len(data) == full.W*tlog.HashSize {
				data = data[:tile.W*tlog.HashSize]
			}
		}
		if !ok {
			return nil, fmt.Errorf("no file %s", path(tile))
		}
		found = append(found, data)
	}
	return found, nil
}

func path(tile tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
}

func allEntries(files map[string][]byte, size int64) ([][]byte, error) {
	var entries [][]byte
	for _, tile := range tlog.NewTiles(height, 0, size) {
		if tile.L != 0 {
			continue
		}
		name := strings.Replace(path(tile), "tile/0/", "tile/entries/", 1)
		data, ok := files[name]
		width := tile.W
		if !ok {
			tile.W = 1 << height
			data, ok = files[strings.Replace(path(tile), "tile/0/", "tile/entries/", 1)]
		}
		if !ok {
			return nil, fmt.Errorf("no file %s", name)
		}
		bundle, err := bundled(data)
		if err != nil || len(bundle) != tile.W {
			return nil, fmt.Errorf("%s does not hold %d entries", name, tile.W)
		}
		entries = append(entries, bundle[:width]...)
	}
	return entries, nil
}

func bundled(data []byte) ([][]byte, error) {
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, errors.New("half a length")
		}
		length := int(binary.BigEndian.Uint16(data))
		if data = data[2:]; len(data) < length {
			return nil, errors.New("half an entry")
		}
		entries, data = append(entries, data[:length]), data[length:]
	}
	return entries, nil
}

func allHashes(data [][]byte) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, each := range data {
		one, err := hash(each)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, one)
	}
	return hashes, nil
}

func hash(data []byte) (tlog.Hash, error) {
	var result tlog.Hash
	if len(data) != sha256.Size {
		return result, fmt.Errorf("a hash of %d bytes", len(data))
	}
	copy(result[:], data)
	return result, nil
}
