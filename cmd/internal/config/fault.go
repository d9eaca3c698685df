package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Fault is one thing that is wrong with a configuration.
type Fault struct {
	Path string // the key, such as mail.relays[0].url; empty for the file as a whole
	Line int    // where it stands in the file, counted from 1; 0 when that is not known
	What string // what is wrong and what to do; never holds a secret
}

// Faults are all things that are wrong with a configuration, as one error.
type Faults struct {
	File string // empty when the configuration is from no file
	List []Fault
}

// Error writes one line for each fault.
func (f *Faults) Error() string {
	var b strings.Builder
	for i, fault := range f.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(cmp.Or(f.File, "configuration"))
		if fault.Line > 0 {
			fmt.Fprintf(&b, ":%d", fault.Line)
		}
		b.WriteString(": ")
		if fault.Path != "" {
			b.WriteString(fault.Path + ": ")
		}
		b.WriteString(fault.What)
	}
	return b.String()
}

func (f *Faults) add(path, format string, args ...any) {
	f.List = append(f.List, Fault{Path: path, What: fmt.Sprintf(format, args...)})
}

// covers reports whether f has a fault at path or at something that path is
// part of.
func (f *Faults) covers(path string) bool {
	return slices.ContainsFunc(f.List, func(fault Fault) bool {
		rest, ok := strings.CutPrefix(path, fault.Path)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// err returns f, in the order of the lines, or nil when there is no fault.
func (f *Faults) err() error {
	if len(f.List) == 0 {
		return nil
	}
	slices.SortStableFunc(f.List, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
	return f
}
