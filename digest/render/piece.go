package render

import (
	"strings"

	"redigest/templates"
)

// A piece is a part of an issue that stands by itself.
type piece struct {
	kind   templates.SectionKind
	blocks []*node
}

// pieces cuts a document: each piece begins with a heading of the second level,
// and what stands before the first of them is one too.
func pieces(doc *node) []piece {
	var found []piece
	for _, block := range doc.children {
		if opensPiece(block) || len(found) == 0 {
			found = append(found, piece{})
		}
		last := &found[len(found)-1]
		last.blocks = append(last.blocks, block)
	}
	top := true // no heading stands above
	for i := range found {
		p := &found[i]
		p.kind = p.kindOf(top)
		if i == 0 && len(found) > 1 && p.isFigures() {
			p.kind = templates.FiguresSection
		}
		top = top && !opensPiece(p.blocks[0])
		p.giveRoles()
	}
	return found
}

func opensPiece(block *node) bool { return block.kind == heading && block.level == 2 }

// isFigures reports whether a piece that others follow is the line of figures.
func (p *piece) isFigures() bool { return len(p.blocks) == 1 && p.blocks[0].kind == paragraph }

// giveRoles says of the blocks of a piece what each is.
func (p *piece) giveRoles() {
	switch p.kind {
	case templates.LeadSection, templates.StorySection:
		p.blocks = tellStory(p.blocks, headlineRole(p.kind))
	case templates.FiguresSection:
		p.blocks[0].role = topFigures
		keepTopWhole(p.blocks[0])
	default:
		p.blocks[0].role = groupName
		p.blocks = append(p.blocks[:1:1], groupBlocks(p.blocks[1:])...)
	}
}

func headlineRole(kind templates.SectionKind) role {
	if kind == templates.LeadSection {
		return leadHeadline
	}
	return headline
}

// The names of those groups that are shown in a way of their own.
const (
	correction  = "Correction"
	corrections = "Corrections"
	sponsor     = "Sponsor"
)

// kindOf says what the piece is; top says that no heading stands above it.
func (p *piece) kindOf(top bool) templates.SectionKind {
	head := p.blocks[0]
	switch {
	case !opensPiece(head) || head.id != "": // with an id, the whole text of a story
		return templates.StorySection
	case top && (len(head.links()) > 0 || !opensGroup(p.blocks[1:])): // the lead may have no address
		return templates.LeadSection
	case len(head.links()) > 0:
		return templates.StorySection
	}
	switch words := head.words(); {
	case words == correction || words == corrections:
		return templates.CorrectionSection
	case words == sponsor:
		return templates.SponsorSection
	case opensTable(p.blocks[1:]):
		return templates.NumbersSection
	}
	return templates.GroupSection
}

// opensGroup reports whether blocks below a heading without a link are stories
// or figures of their own: a heading, a table, a sponsor's line, or a list of
// headlines.
func opensGroup(blocks []*node) bool {
	if len(blocks) == 0 {
		return false
	}
	if opensTable(blocks) {
		return true
	}
	switch first := blocks[0]; first.kind {
	case heading:
		return true
	case list:
		return holdsHeadlines(first)
	case paragraph:
		return first.children[0].kind == link
	}
	return false
}

// opensTable reports whether blocks begin with a table, above which a note may
// stand.
func opensTable(blocks []*node) bool {
	if len(blocks) > 1 && isNote(blocks[0]) {
		blocks = blocks[1:]
	}
	return len(blocks) > 0 && blocks[0].kind == table
}

// holdsHeadlines reports whether n is a list of stories, each of which begins
// with its headline.
func holdsHeadlines(n *node) bool {
	for _, it := range n.children {
		if first := it.children[0]; first.kind != paragraph || first.children[0].kind != link {
			return false
		}
	}
	return true
}

// groupBlocks puts the blocks of each story of a group together. A story goes
// on until the next heading or the note that stands below all of them.
func groupBlocks(blocks []*node) []*node {
	var found []*node
	for len(blocks) > 0 {
		head := blocks[0]
		n := 1
		if head.kind == heading && len(head.links()) > 0 {
			for n < len(blocks) && blocks[n].kind != heading && !isNote(blocks[n]) {
				n++
			}
			found = append(found, tellStory(blocks[:n], headline)...)
		} else {
			giveGroupRole(head)
			found = append(found, head)
		}
		blocks = blocks[n:]
	}
	return found
}

// giveGroupRole says what a block of a group is that is no story by itself.
func giveGroupRole(n *node) {
	switch {
	case n.kind == heading:
		n.role = topicName
	case n.kind == list && holdsHeadlines(n):
		n.role = headlines
		for _, it := range n.children {
			giveItemRoles(it.children[0])
		}
	case isNote(n):
		n.role = note
	case n.kind == table:
		giveFigureRoles(n)
	}
}

// giveItemRoles says what is what in a story that is told on two lines: its
// headline and, where the second line begins with an outlet, who that is.
func giveItemRoles(line *node) {
	line.role = storyLine
	line.children[0].role = headline
	for i, n := range line.children[1:] {
		if n.kind == emphasis && line.children[i].kind == newline {
			n.role = outletName
		}
	}
}

// tellStory returns the blocks of one story as one, and the note that may stand
// below it.
func tellStory(blocks []*node, head role) []*node {
	if blocks[0].kind == heading {
		blocks[0].role = head
	}
	if blocks[0].id != "" { // its whole text, which is another's in every word
		return []*node{{kind: story, children: blocks}}
	}
	var below []*node
	if last := len(blocks) - 1; last > 0 && isNote(blocks[last]) {
		blocks[last].role = note
		blocks, below = blocks[:last], blocks[last:]
	}
	giveStoryRoles(blocks[1:])
	return append([]*node{{kind: story, children: blocks}}, below...)
}

// giveStoryRoles says what is what below a headline.
func giveStoryRoles(blocks []*node) {
	for _, block := range blocks {
		if isTakeaway(block) {
			block.role = takeaway
		}
	}
	if last := len(blocks) - 1; last >= 0 && isReferences(blocks[last]) {
		blocks[last].role = references
	}
}

// isNote reports whether n is a remark of the issue's own: a line that is
// slanted as a whole.
func isNote(n *node) bool {
	return n.kind == paragraph && len(n.children) == 1 && n.children[0].kind == emphasis
}

// isTakeaway reports whether n begins with a bold word and a colon.
func isTakeaway(n *node) bool {
	return n.kind == paragraph && n.children[0].kind == strong && strings.HasSuffix(n.children[0].words(), ":")
}

// isReferences reports whether the last paragraph of a story says whom it cites,
// with or without a link to them, or where it is discussed.
func isReferences(last *node) bool {
	if last.kind != paragraph {
		return false
	}
	if strings.HasPrefix(last.words(), "Source: ") {
		return true
	}
	for _, n := range last.children {
		isPoint := n.kind == text && strings.Trim(n.text, " ·") == ""
		if n.kind != link && !isPoint {
			return false
		}
	}
	return true
}
