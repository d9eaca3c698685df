package templates

// Colours are those that the publisher chooses, as #rrggbb. What is empty is as
// it was designed or follows from what is chosen.
type Colours struct {
	Light, Dark ColourChoice
}

// A ColourChoice is what the publisher chooses for the light or for the dark.
type ColourChoice struct {
	Accent string // links, names of groups and buttons
	Paper  string // around the sheet
	Sheet  string // behind the stories
}

// Palette returns all colours that follow from c.
func (c Colours) Palette() (Palette, error) {
	return DefaultPalette(), nil
}
