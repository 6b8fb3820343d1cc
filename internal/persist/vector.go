package persist

// Chunks are what a changed snapshot shares with the one before: only those with a change in them are
// copied.
const (
	chunkBits = 6
	chunkSize = 1 << chunkBits
)

type chunk[T any] [chunkSize]T

// Vector is a list that is changed through a Draft of it alone; copies of the struct share its chunks.
type Vector[T any] struct {
	chunks []*chunk[T]
	n      uint32
}

// Len gives how many elements there are, by which the last is told.
func (v *Vector[T]) Len() uint32 { return v.n }

// At gives an element for reading.
func (v *Vector[T]) At(i uint32) *T { return &v.chunks[i>>chunkBits][i&(chunkSize-1)] }

// Draft changes a vector: it copies each chunk when it is first changed, and none that it made itself.
type Draft[T any] struct {
	*Vector[T]
	own []bool // by chunk; nil until something changed
}

// Draft makes a draft that changes the vector in place, and none of the copies made before.
func (v *Vector[T]) Draft() Draft[T] { return Draft[T]{Vector: v} }

// Set gives an element for writing.
func (d *Draft[T]) Set(i uint32) *T {
	d.open()
	at := i >> chunkBits
	if !d.own[at] {
		c := *d.chunks[at]
		d.chunks[at], d.own[at] = &c, true
	}
	return &d.chunks[at][i&(chunkSize-1)]
}

// Push adds an element and gives its number and place.
func (d *Draft[T]) Push() (uint32, *T) {
	d.open()
	i := d.n
	if i>>chunkBits == uint32(len(d.chunks)) {
		d.chunks, d.own = append(d.chunks, new(chunk[T])), append(d.own, true)
	}
	d.n++
	return i, d.Set(i)
}

// open makes the list of chunks the draft's own, so that appending never writes into a shared one.
func (d *Draft[T]) open() {
	if d.own == nil {
		d.chunks = append(make([]*chunk[T], 0, len(d.chunks)+1), d.chunks...)
		d.own = make([]bool, len(d.chunks), len(d.chunks)+1)
	}
}
