package templates

import (
	"fmt"
	"html/template"
	"reflect"
	"strings"
)

// Samples of views show what a template does with a field that is set and with
// one that is not. They are made from the views' types, so none is forgotten.

// sectionKinds are all kinds, for samples.
var sectionKinds = []SectionKind{FiguresSection, LeadSection, StorySection, GroupSection, NumbersSection, CorrectionSection, SponsorSection}

var (
	kindType = reflect.TypeFor[SectionKind]()
	htmlType = reflect.TypeFor[template.HTML]()
)

// fill sets everything in v, which stands at path: lists get an element of each
// kind and an empty one.
func fill(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), joined(path, v.Type().Field(i)))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), path)
	case reflect.Slice:
		fillList(v, path)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(2)
	case reflect.String:
		v.SetString(sampleText(v.Type(), path))
	default:
		panic(fmt.Sprintf("templates: no sample of a %s, which stands at %s", v.Type(), path))
	}
}

// joined returns the path of a field. What is embedded has no name of its own.
func joined(path string, f reflect.StructField) string {
	if f.Anonymous {
		return path
	}
	return strings.TrimPrefix(path+"."+f.Name, ".")
}

func fillList(v reflect.Value, path string) {
	element := v.Type().Elem()
	kind, hasKind := reflect.StructField{}, false
	if element.Kind() == reflect.Struct {
		kind, hasKind = element.FieldByName("Kind")
	}
	n := 1
	if hasKind && kind.Type == kindType {
		n = len(sectionKinds)
	}
	for i := range n {
		e := reflect.New(element).Elem()
		fill(e, fmt.Sprintf("%s.%d", path, i))
		if n > 1 {
			e.FieldByIndex(kind.Index).Set(reflect.ValueOf(sectionKinds[i]))
		}
		v.Set(reflect.Append(v, e))
	}
	v.Set(reflect.Append(v, reflect.New(element).Elem()))
}

// sampleText is a text that is found again in what is written: it says where it
// stands, in the form that its field has.
func sampleText(t reflect.Type, path string) string {
	switch name := path[strings.LastIndexByte(path, '.')+1:]; {
	case t == htmlType:
		return "<p>" + path + "</p>"
	case strings.HasSuffix(name, "URL") || name == "Canonical":
		return "https://www.example.org/" + strings.ToLower(path)
	case strings.HasSuffix(name, "Path"):
		return "/" + strings.ToLower(path)
	case name == "Language":
		return "en"
	case strings.HasPrefix(name, "ISO"):
		return "2026-02-03"
	}
	return path
}

// leaves calls each with what is set by itself in a view: its fields and those
// of the structs in it.
func leaves(v reflect.Value, path string, each func(v reflect.Value, path string)) {
	if v.Kind() != reflect.Struct {
		each(v, path)
		return
	}
	for i := range v.NumField() {
		leaves(v.Field(i), joined(path, v.Type().Field(i)), each)
	}
}

// samples returns views of one type that between them take the branches of a
// template: all of it set and nothing; all but one field and that field alone;
// and where there is a number, a 1.
func samples(t reflect.Type) (all []reflect.Value) {
	full := func() reflect.Value {
		v := reflect.New(t).Elem()
		fill(v, "")
		return v
	}
	bare := func() reflect.Value { return reflect.New(t).Elem() }
	all = append(all, full(), bare())
	n := 0
	leaves(bare(), "", func(reflect.Value, string) { n++ })
	for i := range n {
		without, alone := full(), bare()
		leaf(without, i).SetZero()
		leaf(alone, i).Set(leaf(full(), i))
		all = append(all, without, alone)
		if leaf(full(), i).Kind() == reflect.Int {
			one := full()
			leaf(one, i).SetInt(1)
			all = append(all, one)
		}
	}
	return all
}

// leaf returns leaf n of a view.
func leaf(view reflect.Value, n int) (found reflect.Value) {
	leaves(view, "", func(v reflect.Value, _ string) {
		if n == 0 {
			found = v
		}
		n--
	})
	return found
}
