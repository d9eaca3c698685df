// Package digest turns stories into issues: it keeps the stories and their
// sources, decides which of them are due, composes the day's issue as Markdown,
// and freezes it when it is to be sent.
//
// It knows no address. A story counts as mailed from the moment its issue is
// frozen, and is then never in another issue of the same edition.
package digest
