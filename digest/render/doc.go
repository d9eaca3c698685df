// Package render turns an issue's Markdown into what people read: the HTML and
// the text part of the mail, and the body of the page.
//
// The Markdown holds words of strangers. It is parsed once into a small tree in
// which every address is known to be harmless and every text is plain, and only
// from that tree is anything written. So both parts of a mail have the same
// words and the same links in the same order, and nothing of a stranger's markup
// can survive in any of them.
//
// On the way the tree is cut into pieces, and its nodes are given roles: what is
// the lead, a group, a takeaway or an old figure follows from the shape of the
// Markdown. How each of them looks in a mail stands in style.go; what stands
// around them is the template's.
package render
