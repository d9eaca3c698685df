package render

// A role is what a node is in an issue, where its looks depend on that.
type role string

const (
	leadHeadline role = "lead"      // the headline of the first story
	headline     role = "headline"  // that of another
	groupName    role = "group"     // the name of a group of stories, such as “In brief”
	topicName    role = "topic"     // the name of a topic within a group
	headlines    role = "headlines" // a list of stories
	storyLine    role = "line"      // the paragraph that such a story is
	takeaway     role = "takeaway"  // what the story means
	outletName   role = "outlet"    // who published a story that is not the publisher's own
	references   role = "reference" // whom the story cites and where it is discussed
	note         role = "note"      // a remark of the issue's own
	topFigures   role = "top"       // the line of figures on top
	box          role = "box"       // what stands around a takeaway
	figures      role = "figures"   // a table of them, and the cells of its head
	corner       role = "corner"    // the first of these
	rowName      role = "row"       // the cell that says what its row is about
	aside        role = "aside"     // what is of lesser weight in a cell
	outdated     role = "old"       // a figure of an earlier day
	whole        role = "whole"     // words that no line ends within
	besideFirst  role = "change"    // the first of cells beside one another
	besideNext   role = "beside"    // another of them
	tableFrame   role = "frame"     // what scrolls around another table
)
