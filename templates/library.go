package templates

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// A library is all files by their names, such as mail/issue.html.tmpl: those
// that are built in, and the operator's own in place of some.
type library struct {
	files map[string][]byte
	own   []string // the names of those that are the operator's, in order
}

// folders are those that have files in them.
var folders = []string{"mail", "static", "web"}

// maxFile is how large a file of the operator's may be, in octets: what is
// larger was not meant to be loaded by every reader of a page.
const maxFile = 1 << 20

// openLibrary reads all files. own may be nil.
func openLibrary(own fs.FS) (*library, error) {
	l := &library{files: map[string][]byte{}}
	for _, folder := range folders {
		entries, err := fs.ReadDir(builtIn, folder)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			name := path.Join(folder, e.Name())
			if l.files[name], err = builtIn.ReadFile(name); err != nil {
				return nil, err
			}
		}
	}
	if own == nil {
		return l, nil
	}
	return l, l.replace(own)
}

// replace takes the operator's files in place of those of the same names, and
// more files for pages to load.
func (l *library) replace(own fs.FS) error {
	var faults Faults
	names, err := templatesIn(own, ".")
	if err != nil {
		return err
	}
	for _, name := range names {
		faults = append(faults, Fault{File: name, What: "it belongs into mail or web, beside this folder's other files"})
	}
	for _, folder := range folders {
		names, err := templatesIn(own, folder)
		if err != nil {
			return err
		}
		for _, name := range names {
			if fault := l.take(own, name); fault.What != "" {
				faults = append(faults, fault)
			}
		}
	}
	return faults.err()
}

// templatesIn returns the files of a folder that are meant for the program: not
// those that an editor, or the system, has put beside them.
func templatesIn(own fs.FS, folder string) (names []string, err error) {
	entries, err := fs.ReadDir(own, folder)
	if errors.Is(err, fs.ErrNotExist) && folder != "." {
		return nil, nil
	}
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() && !strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".tmpl") || folder == "static" && !strings.HasSuffix(name, "~")) {
			names = append(names, path.Join(folder, name))
		}
	}
	return names, err
}

// take reads a file of the operator's.
func (l *library) take(own fs.FS, name string) Fault {
	_, replaces := l.files[name]
	switch _, loads := staticTypes[path.Ext(name)]; {
	case path.Dir(name) == "static" && !loads:
		return Fault{File: name, What: "pages cannot load it; they can load files that end in " + strings.Join(sortedKeys(staticTypes), " ")}
	case path.Dir(name) != "static" && !replaces:
		return Fault{File: name, What: "there is no such template; those in " + path.Dir(name) + " are " + strings.Join(l.namesIn(path.Dir(name)), " ")}
	}
	data, err := fs.ReadFile(own, name)
	if err != nil {
		return Fault{File: name, What: fmt.Sprintf("it cannot be read: %v", withoutName(err))}
	}
	if len(data) > maxFile {
		return Fault{File: name, What: fmt.Sprintf("it has %d octets, and %d are the most", len(data), maxFile)}
	}
	if path.Ext(name) == ".tmpl" && !utf8.Valid(data) {
		return Fault{File: name, What: "it is not in UTF-8; save it so"}
	}
	l.files[name] = plain(name, data)
	l.own = append(l.own, name)
	return Fault{}
}

// plain returns a file without what editors on Windows put into a template and
// what would stand in the mail then: the mark at its beginning, and line ends of
// two characters.
func plain(name string, data []byte) []byte {
	if path.Ext(name) != ".tmpl" {
		return data
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
}

// withoutName returns why a file could not be read, which a fault names already.
func withoutName(err error) error {
	if why, ok := errors.AsType[*fs.PathError](err); ok {
		return why.Err
	}
	return err
}

// namesIn returns the names of the files in a folder, without it.
func (l *library) namesIn(folder string) (names []string) {
	for _, name := range sortedKeys(l.files) {
		if path.Dir(name) == folder {
			names = append(names, path.Base(name))
		}
	}
	return names
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
