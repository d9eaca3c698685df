// Package templates holds what people get to see: the embedded template files,
// the structs that they are filled from, and the typed functions that fill them.
//
// A view struct is the contract with whoever edits a template: its fields are
// plain, documented, and all that the template gets. Templates choose and
// repeat; they decide nothing.
package templates
