package templates

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
)

// A WebPage is the view of one page. Each has a template of its own in web/,
// and the fields of the view are all that the template may use.
type WebPage interface {
	page() string // the name of its template, without .html.tmpl
}

// Page returns a whole page.
func (s *Set) Page(view WebPage) ([]byte, error) {
	var b bytes.Buffer
	if err := s.webPages.ExecuteTemplate(&b, "web/"+view.page()+".html.tmpl", view); err != nil {
		return nil, fmt.Errorf("page %s: %w", view.page(), err)
	}
	return b.Bytes(), nil
}

// A StaticFile is a file that pages load by itself.
type StaticFile struct {
	Type string // for Content-Type
	Hash string // of its content; a part of the address that pages use
	Data []byte
}

// Static returns the file of static/ with that name.
func (s *Set) Static(name string) (StaticFile, bool) {
	f, ok := s.static[name]
	return f, ok
}

// staticTypes are the kinds of file that pages may load, by the ends of names.
var staticTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg",
	".webp": "image/webp", ".gif": "image/gif", ".ico": "image/x-icon",
}

// coloursFile is a static file that is made: the colours of pages.
const coloursFile = "colours.css"

// static returns the files that pages load.
func (l *library) static(p Palette) map[string]StaticFile {
	found := map[string]StaticFile{coloursFile: newStatic(coloursFile, []byte(p.css()))}
	for name, data := range l.files {
		if path.Dir(name) == "static" {
			found[path.Base(name)] = newStatic(name, data)
		}
	}
	return found
}

func newStatic(name string, data []byte) StaticFile {
	sum := sha256.Sum256(data)
	return StaticFile{Type: staticTypes[path.Ext(name)], Hash: hex.EncodeToString(sum[:6]), Data: data}
}

// assetURL is the address of a static file that changes with its content, so
// that browsers may keep it for ever.
func (s *Set) assetURL(name string) (string, error) {
	f, ok := s.Static(name)
	if !ok {
		return "", fmt.Errorf("there is no static/%s", name)
	}
	return "/static/" + name + "?v=" + f.Hash, nil
}
