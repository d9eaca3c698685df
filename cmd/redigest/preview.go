package main

import (
	"context"
	"fmt"
	"strings"

	"redigest/digest"
	"redigest/subscribers/mail"
)

type issuePreviewCommand struct {
	forDay
	Format string `help:"html, text, markdown, or eml: the whole mail, signed if mail.dkim names keys." enum:"html,text,markdown,eml" default:"text"`
	Out    string `help:"The file to write; standard output if none." placeholder:"FILE"`
	Open   bool   `help:"Show it in the browser (html)."`
}

func (issuePreviewCommand) example() string {
	return "redigest issue preview\nredigest issue preview --format html --out issue.html"
}

// Run shows an issue: as it was frozen or, before that, as it would be now.
func (c *issuePreviewCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		day, err := a.day(c.Day)
		if err != nil {
			return err
		}
		issue, err := a.pipeline.Preview(ctx, digest.Daily, day)
		if reason := noIssue(err); reason != "" {
			fmt.Fprintf(std.err, "no issue for %s: %s\n", day, reason)
			return nil
		}
		if err != nil {
			return err
		}
		data, err := c.render(a, issue)
		if err != nil {
			return err
		}
		for _, cut := range issue.Cut {
			fmt.Fprintf(std.err, "cut: %s\n", cut)
		}
		if c.Out != "" || !c.Open {
			if err := writeFile(c.Out, std.out, data); err != nil {
				return err
			}
		}
		if c.Open {
			return openInBrowser(ctx, a.forNobody(issue.HTML))
		}
		return nil
	})
}

// render returns the issue in the format that was asked for.
func (c *issuePreviewCommand) render(a *app, issue digest.Issue) ([]byte, error) {
	switch c.Format {
	case "html":
		return a.forNobody(issue.HTML), nil
	case "markdown":
		text := "Subject: " + issue.Subject + "\nPreheader: " + issue.Preheader + "\n\n" + issue.Markdown + "\n"
		if issue.FullText != "" {
			text += "\n---\n\n" + issue.FullText + "\n"
		}
		return []byte(text), nil
	case "eml":
		signer, err := a.signer()
		if err != nil {
			return nil, err
		}
		return a.letters(signer).Sample(issue, a.config.Publication.Sender().Address, a.now())
	}
	return a.forNobody(issue.Text), nil
}

// forNobody returns a part of a mail as somebody would have it who signed up
// today. The link to leave stays nobody's.
func (a *app) forNobody(part string) []byte {
	return []byte(strings.ReplaceAll(part, mail.SincePlace, string(a.today())))
}
