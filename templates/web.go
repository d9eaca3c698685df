package templates

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"path"
)

//go:embed web/*.html.tmpl
var webFiles embed.FS

//go:embed static
var staticFiles embed.FS

// webPages holds every page and the pieces they share; see layout.html.tmpl.
var webPages = template.Must(template.New("web").
	Funcs(template.FuncMap{"asset": assetURL}).
	ParseFS(webFiles, "web/*.html.tmpl"))

// A WebPage is the view of one page. Each has a template of its own in web/,
// and the fields of the view are all that the template may use.
type WebPage interface {
	// HTML returns the whole page.
	HTML() ([]byte, error)
}

func webPage(name string, view any) ([]byte, error) {
	var b bytes.Buffer
	if err := webPages.ExecuteTemplate(&b, name+".html.tmpl", view); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
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
func Static(name string) (StaticFile, bool) {
	f, ok := assets[name]
	return f, ok
}

var assets = loadAssets()

func loadAssets() map[string]StaticFile {
	types := map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
	names, err := fs.Glob(staticFiles, "static/*")
	if err != nil {
		panic(err) // the pattern is wrong
	}
	files := make(map[string]StaticFile, len(names))
	for _, name := range names {
		data, err := staticFiles.ReadFile(name)
		if err != nil {
			panic(err) // the file is in the program
		}
		sum := sha256.Sum256(data)
		files[path.Base(name)] = StaticFile{Type: types[path.Ext(name)], Hash: hex.EncodeToString(sum[:6]), Data: data}
	}
	return files
}

// assetURL is the address of a static file that changes with its content, so
// that browsers may keep it for ever.
func assetURL(name string) (string, error) {
	f, ok := Static(name)
	if !ok {
		return "", fmt.Errorf("there is no static/%s", name)
	}
	return "/static/" + name + "?v=" + f.Hash, nil
}
