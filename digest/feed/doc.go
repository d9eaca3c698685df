// Package feed reads feeds, pages and files into stories.
//
// Whatever comes in is hostile until it is a [digest.Story]: its texts are
// plain, its body is Markdown without raw HTML, and characters that a wrong
// decoding spoiled are repaired where that is certain and flagged where they
// are lost. What cannot be read is said in words, and never takes the rest
// with it.
package feed
