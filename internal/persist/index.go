package persist

import (
	"hash/maphash"
	"math/bits"
)

// shardSize is how many entries a shard holds on the average before the index is spread over more.
const shardSize = 256

// gone marks a place in a shard whose entry was taken out: a search goes on behind it.
const gone = ^uint64(0)

// Index finds the numbers of things by a text of theirs. The texts stand with the things and not here: an
// entry is 32 bits of the text's hash and the number. Shards are what changed copies share.
type Index struct {
	seed   maphash.Seed
	shards []shard
	n      int
}

// shard is a part of an index: a table with open addressing, its length a power of two.
type shard struct {
	table []uint64 // hash above, number + 1 below; 0 is empty
	used  int      // entries and what marks those taken out
	live  int
}

// NewIndex makes an index that fits so many entries.
func NewIndex(seed maphash.Seed, n int) Index {
	shards := 1
	for shards*shardSize < n {
		shards *= 2
	}
	return Index{seed: seed, shards: make([]shard, shards)}
}

// Hash gives the number under which a text is found.
func (x *Index) Hash(text string) uint32 { return uint32(maphash.String(x.seed, text)) }

// shard gives the number of the shard that a hash belongs to. The upper bits choose, as the lower ones
// choose the place in the shard.
func (x *Index) shard(hash uint32) uint32 { return hash >> 16 & uint32(len(x.shards)-1) }

// Find gives the number that a hash leads to and that is accepted as the one meant.
func (x *Index) Find(hash uint32, is func(uint32) bool) (uint32, bool) {
	table := x.shards[x.shard(hash)].table
	if len(table) == 0 {
		return 0, false
	}
	mask := uint32(len(table) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch e := table[i]; {
		case e == 0:
			return 0, false
		case uint32(e>>32) == hash && e != gone && is(uint32(e)-1):
			return uint32(e) - 1, true
		}
	}
}

// IndexDraft changes an index: it copies each shard when it is first changed.
type IndexDraft struct {
	*Index
	own []bool
}

// Draft makes a draft that changes the index in place, and none of the copies made before.
func (x *Index) Draft() IndexDraft { return IndexDraft{Index: x} }

// open gives the shard of a hash for writing, with room for one more.
func (d *IndexDraft) open(hash uint32) *shard {
	if d.own == nil {
		d.shards = append([]shard(nil), d.shards...)
		d.own = make([]bool, len(d.shards))
	}
	at := d.shard(hash)
	s := &d.shards[at]
	switch {
	case 4*(s.used+1) > 3*len(s.table):
		s.grow()
	case !d.own[at]:
		s.table = append([]uint64(nil), s.table...)
	}
	d.own[at] = true
	return s
}

// grow moves the entries to a table with room, without what was taken out.
func (s *shard) grow() {
	size := 1 << bits.Len(uint(2*s.live|3))
	was := s.table
	s.table, s.used = make([]uint64, size), s.live
	for _, e := range was {
		if e != 0 && e != gone {
			s.put(e)
		}
	}
}

func (s *shard) put(e uint64) {
	mask := uint32(len(s.table) - 1)
	i := uint32(e>>32) & mask
	for s.table[i] != 0 {
		i = (i + 1) & mask
	}
	s.table[i] = e
}

// Add puts a number under a hash.
func (d *IndexDraft) Add(hash uint32, number uint32) {
	if d.n >= 2*shardSize*len(d.shards) {
		d.spread()
	}
	s := d.open(hash)
	s.put(uint64(hash)<<32 | uint64(number+1))
	s.used++
	s.live++
	d.n++
}

// Take removes the entry of a number from under a hash.
func (d *IndexDraft) Take(hash uint32, number uint32) {
	s := d.open(hash)
	e := uint64(hash)<<32 | uint64(number+1)
	mask := uint32(len(s.table) - 1)
	for i := hash & mask; s.table[i] != 0; i = (i + 1) & mask {
		if s.table[i] == e {
			s.table[i] = gone
			s.live--
			d.n--
			return
		}
	}
}

// spread doubles the shards, so that copying one stays cheap however many things there are.
func (d *IndexDraft) spread() {
	was := d.shards
	next := NewIndex(d.seed, 2*shardSize*len(was))
	for _, s := range was {
		for _, e := range s.table {
			if e == 0 || e == gone {
				continue
			}
			to := &next.shards[next.shard(uint32(e>>32))]
			if 4*(to.used+1) > 3*len(to.table) {
				to.grow()
			}
			to.put(e)
			to.used++
			to.live++
		}
	}
	d.shards, d.own = next.shards, make([]bool, len(next.shards))
	for i := range d.own {
		d.own[i] = true
	}
}
