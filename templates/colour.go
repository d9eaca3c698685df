package templates

import (
	"encoding/hex"
	"fmt"
	"math"
)

// parseColour reads #rrggbb.
func parseColour(s string) (rgb [3]uint8, ok bool) {
	if len(s) != len("#rrggbb") || s[0] != '#' {
		return rgb, false
	}
	_, err := hex.Decode(rgb[:], []byte(s[1:]))
	return rgb, err == nil
}

// mixed returns colour a with a share of b in it.
func mixed(a, b string, share float64) string {
	from, _ := parseColour(a)
	to, _ := parseColour(b)
	var mix [3]uint8
	for i := range mix {
		mix[i] = uint8(math.Round(float64(from[i])*(1-share) + float64(to[i])*share))
	}
	return fmt.Sprintf("#%02x%02x%02x", mix[0], mix[1], mix[2])
}

// contrast returns the contrast of two colours, from 1 to 21 (WCAG 2.2, contrast
// ratio).
func contrast(a, b string) float64 {
	light, dark := luminance(a), luminance(b)
	return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
}

// luminance returns how light a colour is, from 0 to 1 (WCAG 2.2, relative
// luminance).
func luminance(colour string) float64 {
	rgb, _ := parseColour(colour)
	return 0.2126*linear(rgb[0]) + 0.7152*linear(rgb[1]) + 0.0722*linear(rgb[2])
}

// linear undoes the gamma of sRGB. The threshold is that of the standard for
// sRGB; WCAG's older one makes no difference for eight bits.
func linear(c uint8) float64 {
	v := float64(c) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}
