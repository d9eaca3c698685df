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

// listed has names alone that mean one company wherever they stand whole. “MP”,
// “Hastings”, “Rainbow” or “Critical Metals” are far more often a member of
// parliament, a town, a thing in the sky or a kind of metal.
var listed = [...]Company{
	{Name: "MP Materials", Ticker: "NYSE: MP"},
	{Name: "USA Rare Earth", Ticker: "NASDAQ: USAR"},
	{Name: "Energy Fuels", Ticker: "NYSE American: UUUU"},
	{Name: "NioCorp", Ticker: "NASDAQ: NB", Aliases: []string{"NioCorp Developments"}},
	{Name: "Ramaco Resources", Ticker: "NASDAQ: METC"},

	{Name: "Lynas", Ticker: "ASX: LYC", Aliases: []string{"Lynas Rare Earths"}},
	{Name: "Iluka", Ticker: "ASX: ILU", Aliases: []string{"Iluka Resources"}},
	{Name: "Arafura", Ticker: "ASX: ARU", Aliases: []string{"Arafura Rare Earths", "Arafura Resources"}},
	{Name: "Hastings Technology Metals", Ticker: "ASX: HAS"},
	{Name: "Northern Minerals", Ticker: "ASX: NTU"},
	{Name: "Vital Metals", Ticker: "ASX: VML"},
	{Name: "Ionic Rare Earths", Ticker: "ASX: IXR"},
	{Name: "Meteoric Resources", Ticker: "ASX: MEI"},
	{Name: "Lindian Resources", Ticker: "ASX: LIN"},
	{Name: "Viridis Mining and Minerals", Ticker: "ASX: VMM"},
	{Name: "Energy Transition Minerals", Ticker: "ASX: ETM"},

	{Name: "Neo Performance Materials", Ticker: "TSX: NEO"},
	{Name: "Aclara Resources", Ticker: "TSX: ARA"},
	{Name: "Ucore", Ticker: "TSXV: UCU", Aliases: []string{"Ucore Rare Metals"}},

	{Name: "China Northern Rare Earth", Ticker: "SSE: 600111"},
	{Name: "Shenghe Resources", Ticker: "SSE: 600392"},
	{Name: "JL MAG", Ticker: "SZSE: 300748", Aliases: []string{"JL MAG Rare-Earth"}},
	{Name: "Shin-Etsu Chemical", Ticker: "TSE: 4063"},

	{Name: "Pensana", Ticker: "LSE: PRE"},
	{Name: "Rainbow Rare Earths", Ticker: "LSE: RBW"},
}
