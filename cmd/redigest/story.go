package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"redigest/digest"
	"redigest/digest/feed"
)

type storyCommands struct {
	Add  storyAddCommand  `cmd:"" help:"Store stories from files or addresses: Markdown with front matter, a saved page (HTML or text), a feed, a URL."`
	List storyListCommand `cmd:"" help:"List the newest stories."`
	Show storyShowCommand `cmd:"" help:"Print one story."`
	Hide storyHideCommand `cmd:"" help:"Keep a story out of all issues to come."`
}

type storyAddCommand struct {
	Inputs  []string `arg:"" name:"FILE|URL" help:"What to read; - is standard input."`
	URL     string   `help:"The address of the story, for a file that does not hold it." placeholder:"URL"`
	Foreign string   `help:"The stories are this outlet's and not your own: only headline, link and the beginning of the summary are kept." placeholder:"OUTLET"`
	JSON    bool     `help:"Print what was stored as JSON."`
}

func (storyAddCommand) example() string {
	return "redigest story add page.txt\nredigest story add story.html --url https://example.org/news/story/"
}

// Run stores all inputs that can be read and says what is wrong with the
// others.
func (c *storyAddCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	switch {
	case c.URL != "" && len(c.Inputs) > 1:
		return usageError{errors.New("--url names the address of one story; give one file with it")}
	case c.URL != "" && digest.Canonical(c.URL) == "":
		return usageError{fmt.Errorf("--url: %q is not a web address; write it as https://www.example.org/news/story/", c.URL)}
	}
	return g.with(ctx, std, func(a *app) error {
		added, failed := []digest.Added{}, false
		for _, input := range c.Inputs {
			stored, err := c.add(ctx, a, input)
			if err != nil {
				fmt.Fprintf(std.err, "redigest: %v\n", err)
				failed = true
			}
			added = append(added, stored...)
		}
		if err := c.print(std.out, a, added); err != nil {
			return err
		}
		if failed {
			return errNotDone
		}
		return nil
	})
}

func (c *storyAddCommand) add(ctx context.Context, a *app, input string) ([]digest.Added, error) {
	result, err := c.read(ctx, a, input)
	for _, p := range result.Problems {
		fmt.Fprintf(a.std.err, "%s: %s\n", input, p)
	}
	if err != nil {
		return nil, err
	}
	var source *digest.Source
	if c.Foreign != "" {
		source = &digest.Source{Name: c.Foreign, FirstReadAt: a.now()}
	}
	return a.store.AddStories(ctx, source, result.Stories)
}

func (c *storyAddCommand) read(ctx context.Context, a *app, input string) (feed.Result, error) {
	if digest.Canonical(input) != "" {
		return a.fetcher().Page(ctx, input)
	}
	data, err := readInput(input, a.std.in)
	if err != nil {
		return feed.Result{}, err
	}
	return feed.Read(data, feed.Options{Name: input, URL: c.URL, Zone: a.config.Zone(), Now: a.now()})
}

// readInput reads a file, or standard input for “-”.
func readInput(name string, in io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(in)
	}
	return os.ReadFile(name)
}

func (c *storyAddCommand) print(out io.Writer, a *app, added []digest.Added) error {
	if c.JSON {
		return printJSON(out, added)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range added {
		id := "-"
		if s.ID != 0 {
			id = s.ID.String()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Result, id, a.dated(s.Story), s.Title)
		if s.Reason != "" {
			fmt.Fprintf(w, "\t\t\t  %s\n", s.Reason)
		}
	}
	return w.Flush()
}

// dated returns when a story was published, in the publisher's zone.
func (a *app) dated(s digest.Story) string {
	t := s.PublishedAt.In(a.config.Zone())
	if s.DateOnly {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02 15:04")
}

type storyListCommand struct {
	Limit int  `help:"How many." default:"50"`
	JSON  bool `help:"Print them as JSON."`
}

func (storyListCommand) example() string { return "redigest story list --limit 20" }

// Run lists the newest stories.
func (c *storyListCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		stories, err := a.store.Stories(ctx, c.Limit)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(std.out, append([]digest.Story{}, stories...))
		}
		w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		for _, s := range stories {
			notes := ""
			if s.State == digest.Hidden {
				notes += " (hidden)"
			}
			if s.Damaged {
				notes += " (characters lost)"
			}
			if s.Rank != 0 {
				notes += " (rank " + rankWords(s.Rank) + ")"
			}
			if s.Foreign() {
				notes += " – " + s.Outlet
			}
			fmt.Fprintf(w, "%s\t%s\t%s%s\n", s.ID, a.dated(s), s.Title, notes)
		}
		return w.Flush()
	})
}

type storyShowCommand struct {
	ID   string `arg:"" help:"The story's ID, as story list prints it."`
	JSON bool   `help:"Print it as JSON."`
}

func (storyShowCommand) example() string { return "redigest story show 2gk9w0tz1" }

// Run prints one story as Markdown, or as JSON.
func (c *storyShowCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		s, err := a.story(ctx, c.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(std.out, s)
		}
		fmt.Fprintf(std.out, "# %s\n\n", s.Title)
		for _, line := range []struct{ name, text string }{
			{"Published", a.dated(s)}, {"Address", s.URL}, {"Outlet", s.Outlet}, {"Author", s.Author},
			{"Source", strings.TrimSpace(s.Source.Name + " " + s.Source.URL)}, {"Discussion", s.DiscussionURL},
			{"Topics", strings.Join(s.Topics, ", ")}, {"Rank", rankWords(s.Rank)}, {"Summary", s.Summary}, {"Takeaway", s.Takeaway},
		} {
			if line.text != "" {
				fmt.Fprintf(std.out, "%s: %s\n", line.name, line.text)
			}
		}
		for _, h := range s.Highlights {
			fmt.Fprintf(std.out, "- %s\n", h)
		}
		if s.Body != "" {
			fmt.Fprintf(std.out, "\n%s\n", s.Body)
		}
		return nil
	})
}

// rankWords returns a rank in words, "" when none was given.
func rankWords(rank int) string {
	if rank == 0 {
		return ""
	}
	return strconv.Itoa(rank)
}

func (a *app) story(ctx context.Context, id string) (digest.Story, error) {
	n, err := digest.ParseID(id)
	if err != nil {
		return digest.Story{}, usageError{fmt.Errorf("%w; redigest story list prints the IDs", err)}
	}
	return a.store.Story(ctx, n)
}

type storyHideCommand struct {
	ID   string `arg:"" help:"The story's ID, as story list prints it."`
	Undo bool   `help:"Let it be due again."`
}

func (storyHideCommand) example() string { return "redigest story hide 2gk9w0tz1" }

// Run hides a story or brings it back.
func (c *storyHideCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		s, err := a.story(ctx, c.ID)
		if err != nil {
			return err
		}
		change, done := a.store.Hide, "hidden"
		if c.Undo {
			change, done = a.store.Show, "due again"
		}
		if err := change(ctx, s.ID); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%s: %s\n", done, s.Title)
		return nil
	})
}
