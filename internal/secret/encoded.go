package secret

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Sizes of new hashes, in bytes.
const (
	saltBytes = 16
	keyBytes  = 32
)

// Bounds of what a stored hash may ask for. Whoever can write a row must not be able to make one
// sign-in take all memory or all time.
const (
	maxEncoded   = 256
	maxMemoryKiB = 256 << 10
	maxTime      = 16
	maxThreads   = 16
	maxWork      = 1 << 20 // memory in KiB times passes
)

// errStored is what every damaged or hostile stored hash amounts to.
var errStored = errors.New("secret: the stored password hash cannot be used")

// stored is a hash as it is kept: cost, salt and key.
type stored struct {
	Params
	salt, key []byte
}

func (s stored) encode() string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, s.MemoryKiB, s.Time, s.Threads, b.EncodeToString(s.salt), b.EncodeToString(s.key))
}

// cheaperThan tells whether the hash costs a guesser less than one made with p would.
func (s stored) cheaperThan(p Params) bool {
	return s.MemoryKiB < p.MemoryKiB || s.Time < p.Time || len(s.key) < keyBytes || len(s.salt) < saltBytes
}

// decode reads the PHC string format of argon2id, version 19, and nothing else: no optional parts,
// no other order, no other spelling of a number.
func decode(encoded string) (stored, error) {
	parts := strings.Split(encoded, "$")
	if len(encoded) > maxEncoded || len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return stored{}, fmt.Errorf("%w: not argon2id of version %d", errStored, argon2.Version)
	}
	var s stored
	var err error
	if s.Params, err = decodeParams(parts[3]); err != nil {
		return stored{}, err
	}
	if s.salt, err = decodeBytes(parts[4], 8, 64); err != nil {
		return stored{}, fmt.Errorf("%w: salt: %w", errStored, err)
	}
	if s.key, err = decodeBytes(parts[5], 16, 64); err != nil {
		return stored{}, fmt.Errorf("%w: key: %w", errStored, err)
	}
	return s, nil
}

func decodeParams(s string) (Params, error) {
	parts := strings.Split(s, ",")
	if len(parts) != 3 {
		return Params{}, fmt.Errorf("%w: its cost is not m, t and p", errStored)
	}
	m, errM := number(parts[0], "m=", maxMemoryKiB)
	t, errT := number(parts[1], "t=", maxTime)
	p, errP := number(parts[2], "p=", maxThreads)
	if err := errors.Join(errM, errT, errP); err != nil {
		return Params{}, fmt.Errorf("%w: %w", errStored, err)
	}
	if m < 8*p || m*t > maxWork {
		return Params{}, fmt.Errorf("%w: the cost m=%d, t=%d, p=%d is out of bounds", errStored, m, t, p)
	}
	return Params{MemoryKiB: m, Time: t, Threads: uint8(p)}, nil
}

func number(s, name string, limit uint32) (uint32, error) {
	digits, ok := strings.CutPrefix(s, name)
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || strconv.FormatUint(n, 10) != digits || n < 1 || n > uint64(limit) {
		return 0, fmt.Errorf("%s is out of bounds or not a number", strings.TrimSuffix(name, "="))
	}
	return uint32(n), nil
}

func decodeBytes(s string, least, most int) ([]byte, error) {
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") { // the decoder skips line breaks
		return nil, errors.New("not base64")
	}
	if len(b) < least || len(b) > most {
		return nil, fmt.Errorf("%d bytes, not %d to %d", len(b), least, most)
	}
	return b, nil
}
