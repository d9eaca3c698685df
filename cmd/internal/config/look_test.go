package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"redigest/cmd/internal/config"
)

func TestOwnTemplatesLieBesideTheFileOrWhereItSays(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		folders []string
		files   []string
		text    string
		want    string // as seen from the file's folder; empty: there are none
		fault   bool
	}{
		"nothing beside it":               {nil, nil, "{}", "", false},
		"a folder beside it":              {[]string{"templates"}, nil, "{}", "templates", false},
		"a file beside it":                {nil, []string{"templates"}, "{}", "", false},
		"another folder, that is named":   {[]string{"templates", "ours"}, nil, "publication: {templates: ours}", "ours", false},
		"a folder that is not there":      {[]string{"templates"}, nil, "publication: {templates: ours}", "", true},
		"a file that is named":            {nil, []string{"ours"}, "publication: {templates: ours}", "", true},
		"the program's source":            {[]string{"templates"}, []string{"templates/templates.go"}, "{}", "", false},
		"the program's source, on demand": {[]string{"templates"}, []string{"templates/templates.go"}, "publication: {templates: templates}", "templates", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, folder := range tt.folders {
				if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for _, file := range tt.files {
				write(t, filepath.Join(dir, file), "package templates\n")
			}
			c, err := config.Load(write(t, filepath.Join(dir, "config.yaml"), tt.text), none)
			if tt.fault {
				if diff := cmp.Diff([]string{"publication.templates"}, paths(t, err)); diff != "" {
					t.Errorf("faults (-want +got):\n%s\n%v", diff, err)
				}
				return
			}
			want := ""
			if tt.want != "" {
				want = filepath.Join(dir, tt.want)
			}
			if err != nil || c.Publication.Templates != want {
				t.Errorf("%q, %v; want %q", c.Publication.Templates, err, want)
			}
		})
	}
}
