package mailbox

import (
	"strings"

	"golang.org/x/net/html"
)

// linksToTop makes the links of a mail open in the window rather than in the
// frame that shows it, where the page they lead to would be refused. It adds
// one element at the place where a document's head begins, or would begin, and
// changes nothing else.
func linksToTop(document string) string {
	const base = `<base target="_top">`
	at := headStart(document)
	return document[:at] + base + document[at:]
}

// headStart returns where the head's content starts: after all that may stand
// before it.
func headStart(document string) int {
	z := html.NewTokenizer(strings.NewReader(document))
	at := 0
	for {
		kind := z.Next()
		raw := z.Raw()
		switch kind {
		case html.DoctypeToken, html.CommentToken:
		case html.TextToken:
			if strings.TrimSpace(string(raw)) != "" {
				return at
			}
		case html.StartTagToken:
			switch name, _ := z.TagName(); string(name) {
			case "html":
			case "head":
				return at + len(raw)
			default:
				return at
			}
		default:
			return at
		}
		at += len(raw)
	}
}
