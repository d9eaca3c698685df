package config

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A decoder writes YAML into a Config. It walks the nodes itself, because the
// library's errors quote values, and a value may be a password.
type decoder struct {
	Faults
	lines map[string]int // where each key that the file has stands
}

// decode reads data into c. What data does not mention stays as it is.
func decode(data []byte, c *Config) (*decoder, error) {
	d := &decoder{lines: map[string]int{}}
	root, err := document(data)
	if err != nil {
		return d, err
	}
	d.value(reflect.ValueOf(c).Elem(), root, "")
	return d, nil
}

// document returns the one YAML document of data.
func document(data []byte) (*yaml.Node, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var first, second yaml.Node
	switch err := loader.Load(&first); {
	case errors.Is(err, io.EOF) || err == nil && len(first.Content) == 0:
		return nil, &Faults{List: []Fault{{What: "the file says nothing; the config.yaml that comes with the program shows what it may say"}}}
	case err != nil:
		return nil, &Faults{List: []Fault{syntaxFault(err)}}
	}
	switch err := loader.Load(&second); {
	case errors.Is(err, io.EOF):
		return first.Content[0], nil
	case err != nil:
		return nil, &Faults{List: []Fault{syntaxFault(err)}}
	}
	return nil, &Faults{List: []Fault{{Line: second.Line, What: "a second YAML document begins here (---); all settings stand in one"}}}
}

// syntaxFault says what the YAML parser cannot read, without the words of the
// parser where they quote the file.
func syntaxFault(err error) Fault {
	const unreadable = "this is not YAML: "
	var at *yaml.LoadError
	if !errors.As(err, &at) {
		return Fault{What: unreadable + "it cannot be read"}
	}
	what := at.Message
	switch {
	case strings.Contains(what, "anchor"):
		what = "a value that begins with * or & must stand in quotes"
	case strings.Contains(what, "tag"):
		what = "a value that begins with ! must stand in quotes"
	case strings.Contains(what, "cannot start any token"):
		what = "lines are indented by spaces, not tabs, and a value that begins with @, % or ` must stand in quotes"
	case strings.ContainsAny(what, "'\"`“‘"):
		what = "it cannot be read from here on"
	}
	return Fault{Line: at.Mark.Line, What: unreadable + what}
}

// fault notes what is wrong at n.
func (d *decoder) fault(n *yaml.Node, path, format string, args ...any) {
	d.List = append(d.List, Fault{Path: path, Line: n.Line, What: fmt.Sprintf(format, args...)})
}

// line returns where path stands, or what it is part of.
func (d *decoder) line(path string) int {
	for path != "" {
		if line, ok := d.lines[path]; ok {
			return line
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 0
}

// value writes what n says into v.
func (d *decoder) value(v reflect.Value, n *yaml.Node, path string) {
	if _, ok := d.lines[path]; !ok && path != "" {
		d.lines[path] = n.Line
	}
	if what := unplain(n); what != "" {
		d.fault(n, path, "%s", what)
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.text(text, n, path)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.mapping(v, n, path)
	case reflect.Slice:
		d.list(v, n, path)
	default:
		d.scalar(v, n, path)
	}
}

// unplain says what of YAML has no place in the file. All of it is more likely
// a value that lacks its quotes.
func unplain(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.AliasNode:
		return "a value that begins with * must stand in quotes"
	case n.Anchor != "":
		return "a value that begins with & must stand in quotes"
	case n.Style&yaml.TaggedStyle != 0:
		return "a value that begins with ! must stand in quotes"
	}
	return ""
}

// null reports whether n is a key with nothing after it.
func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func (d *decoder) mapping(v reflect.Value, n *yaml.Node, path string) {
	if null(n) {
		return // all of its keys are commented out
	}
	if n.Kind != yaml.MappingNode {
		d.fault(n, path, "here belong the keys %s, each on a line of its own", strings.Join(keys(v.Type()), ", "))
		return
	}
	seen := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		d.entry(v, n.Content[i], n.Content[i+1], path, seen)
	}
}

// entry writes one key of a mapping into v.
func (d *decoder) entry(v reflect.Value, key, n *yaml.Node, path string, seen map[string]int) {
	full := strings.TrimPrefix(path+"."+key.Value, ".")
	field := slices.Index(keys(v.Type()), key.Value)
	switch {
	case key.Kind != yaml.ScalarNode || !isKey(key.Value):
		// Perhaps a password after a colon that lacks its space.
		d.fault(key, path, "what stands here is no key; does a colon lack its space, or a value its quotes?")
	case field < 0:
		d.fault(key, full, "there is no such key; the keys here are %s", strings.Join(keys(v.Type()), ", "))
	case seen[key.Value] > 0:
		d.fault(key, full, "the key stands on line %d already; leave one of them out", seen[key.Value])
	default:
		seen[key.Value] = key.Line
		d.lines[full] = key.Line
		d.value(v.Field(field), n, full)
	}
}

// isKey reports whether s could be a key at all.
func isKey(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == ""
}

// keys returns the keys of a mapping that is read into a t.
func keys(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		keys = append(keys, t.Field(i).Tag.Get("yaml"))
	}
	return keys
}

func (d *decoder) list(v reflect.Value, n *yaml.Node, path string) {
	if null(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.fault(n, path, "this must be a list: each of its values on a line that begins with “- ”, or [] for none")
		return
	}
	v.Set(reflect.Zero(v.Type()))
	for i, content := range n.Content {
		element := reflect.New(v.Type().Elem()).Elem()
		preset(element)
		at := fmt.Sprintf("%s[%d]", path, i)
		if null(content) {
			d.fault(content, at, "nothing stands after the dash")
			continue
		}
		d.value(element, content, at)
		v.Set(reflect.Append(v, element))
	}
}

// text writes a scalar that its type reads by itself.
func (d *decoder) text(v encoding.TextUnmarshaler, n *yaml.Node, path string) {
	if n.Kind != yaml.ScalarNode || null(n) {
		d.fault(n, path, "a value is missing; one that begins with # must stand in quotes")
		return
	}
	if err := v.UnmarshalText([]byte(n.Value)); err != nil {
		d.fault(n, path, "%s", err)
	}
}

func (d *decoder) scalar(v reflect.Value, n *yaml.Node, path string) {
	if n.Kind != yaml.ScalarNode {
		d.fault(n, path, "this must be one value; put it in quotes if it holds [ ] { } or a colon")
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		if n.Value != "true" && n.Value != "false" {
			d.fault(n, path, "this must be true or false")
		}
		v.SetBool(n.Value == "true")
	case reflect.Int:
		number, err := strconv.Atoi(n.Value)
		if err != nil {
			d.fault(n, path, "this must be a whole number")
			return
		}
		v.SetInt(int64(number))
	case reflect.String:
		if null(n) {
			v.SetString("")
			return
		}
		v.SetString(n.Value)
	default:
		panic("config: no way to read a " + v.Type().String())
	}
}
