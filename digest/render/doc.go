// Package render turns an issue's Markdown into what people read: the HTML and
// the text part of the mail, and the body of the page.
//
// The Markdown holds words of strangers. It is parsed once into a small tree in
// which every address is known to be harmless and every text is plain, and only
// from that tree is anything written. So both parts of a mail have the same
// words and the same links in the same order, and nothing of a stranger's markup
// can survive in any of them.
package render
