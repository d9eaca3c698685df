package database

import "runtime"

// SpareProcessor lets Go use one processor more than the machine has, and
// returns what undoes that. A commit that waits for the disk keeps one of them
// for as long as it waits, or until the runtime notices, and on a small server
// that is half of what could sign and send meanwhile.
//
// It changes the whole program, so it is for main to call. Where GOMAXPROCS is
// set in the environment it adds to that.
func SpareProcessor() (undo func()) {
	before := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(before + 1)
	return func() { runtime.GOMAXPROCS(before) }
}
