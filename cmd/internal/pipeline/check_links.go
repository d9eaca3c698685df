package pipeline

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"redigest/digest"
	"redigest/digest/feed"
)

// askFor is how long others are asked about an issue in all. Whatever they say,
// or do not, the issue is sent.
const askFor = 20 * time.Second

// Ask adds to c what others say of its issue, which can only warn: whether its
// links answer and, where table is set and nothing of the issue is final yet,
// whether the publisher's table of numbers can be read. It stores nothing, and
// takes 20 seconds at most.
func (p *Pipeline) Ask(ctx context.Context, fetcher *feed.Fetcher, c Checkup, table bool) Checkup {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	c.Findings = slices.Clone(c.Findings)
	if table && c.Issue.FrozenAt.IsZero() {
		c.Findings = append(c.Findings, p.tableFindings(ctx, fetcher)...)
	}
	c.Links = fetcher.Probe(ctx, p.linksElsewhere(c.Issue))
	c.Findings = append(c.Findings, deadLinks(c.Links)...)
	return c
}

// linksElsewhere returns where an issue's links lead that are not to our own
// site, on which its page is not before it is sent.
func (p *Pipeline) linksElsewhere(issue digest.Issue) []string {
	return slices.DeleteFunc(readHTML(issue.HTML).links, func(link string) bool {
		isWeb := strings.HasPrefix(link, "http://") || strings.HasPrefix(link, "https://")
		isOurs := link == p.opts.BaseURL || strings.HasPrefix(link, p.opts.BaseURL+"/")
		return !isWeb || isOurs
	})
}

// deadLinks says which links a reader follows in vain. One whose server does not
// serve programs is no fault, and of one that was not asked for nothing is known.
// Of a host that does not answer at all the first link speaks for the others.
func deadLinks(asked []feed.Probe) (found []Finding) {
	silent := map[string]int{} // by host and reason
	for _, probe := range asked {
		silent[silence(probe)]++
	}
	for _, probe := range asked {
		if probe.Verdict != feed.Broken && probe.Verdict != feed.Refused {
			continue
		}
		what, others := probe.Reason, silent[silence(probe)]-1
		if others < 0 {
			continue // told with the first
		}
		if probe.Status == 0 && others > 0 {
			links := "links"
			if others == 1 {
				links = "link"
			}
			what += fmt.Sprintf("; the same for %d more %s there", others, links)
			silent[silence(probe)] = 0
		}
		found = append(found, Finding{Warning, CheckLink, probe.URL, what,
			"try it in a browser; if it is wrong, mend the story or the setting that it comes from"})
	}
	return found
}

// silence names a host that gave no answer and why not; links that got one have
// each a name of their own.
func silence(probe feed.Probe) string {
	u, err := url.Parse(probe.URL)
	if err != nil || probe.Status != 0 {
		return probe.URL
	}
	return u.Host + " " + probe.Reason
}

func (p *Pipeline) tableFindings(ctx context.Context, fetcher *feed.Fetcher) []Finding {
	if p.opts.NumbersURL == "" {
		return nil
	}
	found, err := fetcher.Numbers(ctx, p.opts.NumbersURL)
	return NumbersReading{Problems: found.Problems, Err: err}.Findings()
}

// Findings says what of the publisher's table could not be read.
func (r NumbersReading) Findings() []Finding {
	const do = "mend the table; until then the numbers stand as they were stored last"
	if r.Err != nil {
		return []Finding{{Warning, CheckNumbers, "the table of numbers", fmt.Sprint(r.Err), do}}
	}
	var found []Finding
	for _, problem := range r.Problems {
		found = append(found, Finding{Warning, CheckNumbers, "the table of numbers, " + problem.Where, problem.What, do})
	}
	return found
}

// linksOfParts finds the links that only one part has: its reader would miss
// them, and filters take such a mail for a trick.
func linksOfParts(e examined) (found []Finding) {
	inText := map[string]bool{}
	for _, link := range e.text.links {
		inText[normal(link)], inText[normal(trimmed(link))] = true, true
	}
	inHTML := map[string]bool{}
	for _, link := range e.html.links {
		inHTML[normal(link)] = true
		if !inText[normal(link)] {
			found = append(found, onlyIn(e.html, e.text, link))
		}
	}
	for _, link := range e.text.links {
		isLink := inHTML[normal(link)] || inHTML[normal(trimmed(link))]
		// A story may have an address among its words.
		if !isLink && !strings.Contains(e.html.words, trimmed(link)) {
			found = append(found, onlyIn(e.text, e.html, link))
		}
	}
	return found
}

func onlyIn(has, lacks part, link string) Finding {
	return Finding{Warning, CheckParts, lacks.name, "it lacks a link that " + has.name + " has: " + link,
		"if the templates are your own, print in both what they are given"}
}

// trimmed returns an address without the punctuation that follows it in a text.
func trimmed(link string) string { return strings.TrimRight(link, ".,;:!?)]”’\"'") }

// normal returns an address in the one form in which it compares with others.
func normal(link string) string {
	if u, err := url.Parse(link); err == nil {
		return u.String()
	}
	return link
}
