package authz

// Chunks are what a changed snapshot shares with the one before: only those with a change in them are
// copied.
const (
	chunkBits = 6
	chunkSize = 1 << chunkBits
)

type chunk[T any] [chunkSize]T

// vector is a list that is changed through a draft of it alone; copies of the struct share its chunks.
type vector[T any] struct {
	chunks []*chunk[T]
	n      uint32
}

// at gives an element for reading.
func (v *vector[T]) at(i uint32) *T { return &v.chunks[i>>chunkBits][i&(chunkSize-1)] }

// draft changes a vector: it copies each chunk when it is first changed, and none that it made itself.
type draft[T any] struct {
	*vector[T]
	own []bool // by chunk; nil until something changed
}

// set gives an element for writing.
func (d *draft[T]) set(i uint32) *T {
	d.open()
	at := i >> chunkBits
	if !d.own[at] {
		c := *d.chunks[at]
		d.chunks[at], d.own[at] = &c, true
	}
	return &d.chunks[at][i&(chunkSize-1)]
}

// push adds an element and gives its number and place.
func (d *draft[T]) push() (uint32, *T) {
	d.open()
	i := d.n
	if i>>chunkBits == uint32(len(d.chunks)) {
		d.chunks, d.own = append(d.chunks, new(chunk[T])), append(d.own, true)
	}
	d.n++
	return i, d.set(i)
}

// open makes the list of chunks the draft's own, so that appending never writes into a shared one.
func (d *draft[T]) open() {
	if d.own == nil {
		d.chunks = append(make([]*chunk[T], 0, len(d.chunks)+1), d.chunks...)
		d.own = make([]bool, len(d.chunks), len(d.chunks)+1)
	}
}
