package digest

import "slices"

// A Company is one that is listed, so that an issue can say where.
type Company struct {
	Name    string   // as it is written in full
	Ticker  string   // with its exchange: ASX: LYC
	Aliases []string // other names that mean it and nothing else
}

// ListedCompanies returns the listed companies that a rare-earth digest names
// again and again.
func ListedCompanies() []Company { return slices.Clone(listed[:]) }

// listed has full names alone. “MP”, “Hastings” or “Neo” on their own are far
// more often a member of parliament, a town or a prefix.
var listed = [...]Company{
	{Name: "MP Materials", Ticker: "NYSE: MP"},
	{Name: "Lynas", Ticker: "ASX: LYC", Aliases: []string{"Lynas Rare Earths"}},
}
