package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"redigest/cmd/internal/config"
)

// shipped is the file in the repository.
var shipped = filepath.Join("..", "..", "..", "config.yaml")

func TestShippedFileSaysTheDefaults(t *testing.T) {
	t.Parallel()
	got, err := config.Load(shipped, none)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.Database = filepath.Join(filepath.Dir(shipped), want.Database)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("config.yaml differs from Default (-default +file):\n%s", diff)
	}
}

func TestDefaultIsValid(t *testing.T) {
	t.Parallel()
	if err := config.Default().Validate(); err != nil {
		t.Error(err)
	}
}

// example matches the lines of the shipped file that a user takes the # from.
var example = regexp.MustCompile(`(?m)^( +)#(- |  )([a-z_]+: )`)

func TestShippedFileNamesAndExplainsEveryKey(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"as it is": data, "with its examples": example.ReplaceAll(data, []byte("$1$2$3"))} {
		var root yaml.Node
		loader, err := yaml.NewLoader(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if err := loader.Load(&root); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkKeys(t, name, strings.Split(string(text), "\n"), root.Content[0], reflect.TypeFor[config.Config](), "")
	}
}

// checkKeys wants every key of type typ below n, each with a comment above it
// or on its line.
func checkKeys(t *testing.T, name string, lines []string, n *yaml.Node, typ reflect.Type, path string) {
	t.Helper()
	values := map[string]*yaml.Node{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		values[key.Value] = n.Content[i+1]
		above := strings.TrimSpace(lines[max(0, key.Line-2)])
		if !strings.HasPrefix(above, "# ") && !strings.Contains(lines[key.Line-1], " # ") {
			t.Errorf("%s: %s%s has no comment", name, path, key.Value)
		}
	}
	for i := range typ.NumField() {
		field := typ.Field(i)
		key := field.Tag.Get("yaml")
		value, ok := values[key]
		if !ok {
			t.Errorf("%s: %s%s is not named", name, path, key)
			continue
		}
		switch inner := field.Type; {
		case inner.Kind() == reflect.Struct:
			checkKeys(t, name, lines, value, inner, path+key+".")
		case inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Struct && len(value.Content) > 0:
			checkKeys(t, name, lines, value.Content[0], inner.Elem(), path+key+"[0].")
		case inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Struct && name == "with its examples":
			t.Errorf("%s%s has no example", path, key)
		}
	}
}

// The examples are as good as they can be: what is wrong with them is that they
// name no real publisher.
func TestExamplesOfTheShippedFileLackOnlyRealValues(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "relay-password"), "correct horse\n")
	_, err = config.Load(write(t, filepath.Join(dir, "config.yaml"), example.ReplaceAllString(string(data), "$1$2$3")), none)
	want := []string{"publication.from", "publication.postal_address", "site.base_url"}
	if diff := cmp.Diff(want, paths(t, err)); diff != "" {
		t.Errorf("faults (-want +got):\n%s\n%v", diff, err)
	}
}
