// Package search finds stories by their words: single words, phrases in
// quotation marks, and beginnings of words.
//
// Words are cut and folded here, in Go, and not by the database. So they are the
// same in every engine, in what is stored, in what is looked for and in what is
// marked in a result: Dy₂O₃ is Dy2O3, Tanbréez is tanbreez, U.S. is US, and of
// scripts that put no blanks between words every character is one.
package search
