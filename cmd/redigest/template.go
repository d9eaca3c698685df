package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"redigest/cmd/internal/config"
	"redigest/templates"
)

type templateCommands struct {
	List   templateListCommand   `cmd:"" help:"List the templates, say which are your own and what is wrong with them."`
	Export templateExportCommand `cmd:"" help:"Write templates that are built in, to make your own of them."`
}

// loadTemplates returns what mails and pages are made of: what is built in and
// the publisher's own.
func loadTemplates(c config.Config) (*templates.Set, error) {
	var own fs.FS
	if dir := c.Publication.Templates; dir != "" {
		own = os.DirFS(dir)
	}
	set, err := templates.Load(own, c.Publication.Colours.Chosen())
	if faults, ok := errors.AsType[templates.Faults](err); ok {
		for i, f := range faults {
			faults[i].File = filepath.Join(c.Publication.Templates, filepath.FromSlash(f.File))
		}
		return nil, fmt.Errorf("your own templates cannot be used:\n%w", faults)
	}
	return set, err
}

type templateListCommand struct {
	JSON bool `help:"Print them as JSON."`
}

func (templateListCommand) example() string { return "redigest template list" }

// Run lists the files that mails and pages are made of.
func (c *templateListCommand) Run(g *Globals, std *streams) error {
	loaded, err := config.Load(g.Config, g.getenv)
	if err != nil {
		return err
	}
	set, err := loadTemplates(loaded)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std.out, set.List())
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, l := range set.List() {
		origin := "built in"
		if l.Own {
			origin = "your own"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", origin, l.File, l.View)
	}
	return w.Flush()
}

type templateExportCommand struct {
	Files []string `arg:"" optional:"" name:"FILE" help:"As “template list” names them; with --out, all if none is given."`
	Out   string   `help:"The folder to write them into; that of your own templates if none is given." placeholder:"DIR" type:"path"`
}

func (templateExportCommand) example() string {
	return "redigest template export mail/issue.html.tmpl static/style.css\nredigest template export --out somewhere-to-look-at-them"
}

// viewsFile says what each template gets. It is written beside them.
const viewsFile = "views.md"

// Run writes the files and leaves alone what is there already: it may be
// somebody's work. It does without a configuration that can be read, since it may
// be own templates that keep it from that.
func (c *templateExportCommand) Run(g *Globals, std *streams) error {
	names, err := builtInFiles()
	if err != nil {
		return err
	}
	if len(c.Files) == 0 && c.Out == "" {
		// What nobody changes is better left to the program, which gets better.
		return usageError{errors.New("name the templates that you want to change (template list), or with --out a folder to look at all of them in")}
	}
	for _, name := range c.Files {
		if !slices.Contains(names, name) {
			return usageError{fmt.Errorf("there is no template %s; there are %s", name, strings.Join(names, " "))}
		}
	}
	if len(c.Files) > 0 {
		names = c.Files
	}
	dir := c.folder(g)
	kept := 0
	for _, name := range append(names, viewsFile) {
		to := filepath.Join(dir, filepath.FromSlash(name))
		switch err := exportFile(name, to); {
		case errors.Is(err, fs.ErrExist) && name == viewsFile:
		case errors.Is(err, fs.ErrExist):
			kept++
			fmt.Fprintf(std.err, "%s is there already and stays as it is\n", to)
		case err != nil:
			return fmt.Errorf("export %s: %w", name, err)
		default:
			fmt.Fprintln(std.out, to)
		}
	}
	if kept == len(names) {
		return errNotDone
	}
	return nil
}

// folder returns where the files go.
func (c *templateExportCommand) folder(g *Globals) string {
	if c.Out != "" {
		return c.Out
	}
	if loaded, err := config.Load(g.Config, g.getenv); err == nil && loaded.Publication.Templates != "" {
		return loaded.Publication.Templates
	}
	return filepath.Join(filepath.Dir(g.Config), "templates")
}

// builtInFiles returns the names of what is built in, in order.
func builtInFiles() (names []string, err error) {
	err = fs.WalkDir(templates.BuiltIn(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path.Clean(name))
		}
		return err
	})
	return names, err
}

// exportFile writes a file that is built in, unless there is one of that name.
func exportFile(name, to string) error {
	data := []byte(templates.Views())
	if name != viewsFile {
		var err error
		if data, err = fs.ReadFile(templates.BuiltIn(), name); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
