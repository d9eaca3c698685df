package render

import "strings"

// A role is what a block is in an issue.
type role string

const (
	leadHeadline role = "lead"      // the headline of the first story
	groupName    role = "group"     // the name of a group of stories, such as “In brief”
	outletName   role = "outlet"    // who published the story above
	references   role = "reference" // whom the story cites and where it is discussed
)

// sections cuts a document into its pieces: each begins with a heading of the
// second level, and what stands before the first of them is one too.
func sections(doc *node) []*node {
	var found []*node
	for _, block := range doc.children {
		opens := block.kind == heading && block.level == 2
		if opens || len(found) == 0 {
			found = append(found, &node{kind: document})
		}
		last := found[len(found)-1]
		last.children = append(last.children, block)
	}
	for i, section := range found {
		giveRoles(section, i == 0)
	}
	return found
}

// giveRoles says of the blocks of a section what they are.
func giveRoles(section *node, first bool) {
	head := section.children[0]
	if head.kind != heading {
		return
	}
	if len(head.links()) == 0 && !first {
		head.role = groupName
		return
	}
	if first {
		head.role = leadHeadline
	}
	giveBodyRoles(section.children[1:])
}

func giveBodyRoles(blocks []*node) {
	if len(blocks) == 0 {
		return
	}
	if last := blocks[len(blocks)-1]; last.kind == paragraph && isReferences(last) {
		last.role = references
	}
	if first := blocks[0]; first.kind == paragraph && len(first.children) == 1 && first.children[0].kind == emphasis {
		first.role = outletName
	}
}

// isReferences reports whether the last paragraph of a story says whom it cites,
// with or without a link to them, or where it is discussed.
func isReferences(last *node) bool {
	return last.children[len(last.children)-1].kind == link || strings.HasPrefix(last.words(), "Source: ")
}
