package templates

import (
	_ "embed" // views.md
	"io/fs"
	"path"
)

//go:embed views.md
var views string

// Views returns the description of all views: what each template gets.
func Views() string { return views }

// BuiltIn returns the files that are built in, which an operator's own stand in
// for.
func BuiltIn() fs.FS { return builtIn }

// A Listing is one file that mails and pages are made of.
type Listing struct {
	File string `json:"file"` // mail/issue.html.tmpl
	View string `json:"view"` // the struct that it is filled from, such as IssueMail; empty: it is no template, or has pieces for others
	Own  bool   `json:"own"`  // it is the operator's
}

// List returns all files that mails and pages are made of, in order.
func (s *Set) List() (all []Listing) {
	views := map[string]string{}
	for _, t := range trials() {
		views[t.file] = t.view.Name()
	}
	names := map[string]bool{}
	for _, folder := range folders {
		entries, _ := fs.ReadDir(builtIn, folder) // the folders are in the program
		for _, e := range entries {
			names[path.Join(folder, e.Name())] = false
		}
	}
	for _, name := range s.own {
		names[name] = true
	}
	for _, name := range sortedKeys(names) {
		all = append(all, Listing{File: name, View: views[name], Own: names[name]})
	}
	return all
}
