package bounce

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// findAddresses returns what looks like an address in running text, in order
// and without repetition.
func findAddresses(s string) (all []string) {
	for from := 0; from < len(s) && len(all) < maxAddresses; {
		at := strings.IndexByte(s[from:], '@')
		if at < 0 {
			return all
		}
		at += from
		start, end := localStart(s, at), domainEnd(s, at)
		from = max(end, at+1)
		if start == at || end == at+1 {
			continue
		}
		if a := s[start:end]; !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return all
}

// localStart returns where the local part before the “@” begins.
func localStart(s string, at int) int {
	if at > 0 && s[at-1] == '"' {
		if open := strings.LastIndexByte(s[:at-1], '"'); open >= 0 && at-open <= 66 {
			return open
		}
		return at
	}
	i := at
	for i > 0 && at-i < 128 {
		r, n := utf8.DecodeLastRuneInString(s[:i])
		if !isLocal(r) {
			break
		}
		i -= n
	}
	for i < at && (s[i] == '.' || s[i] == '\'' || s[i] == '=' || s[i] == '*') {
		i++
	}
	return i
}

// domainEnd returns where the domain behind the “@” ends.
func domainEnd(s string, at int) int {
	if at+1 < len(s) && s[at+1] == '[' {
		if n := strings.IndexByte(s[at+1:], ']'); n > 0 && n < 64 {
			return at + 2 + n
		}
		return at + 1
	}
	i := at + 1
	for i < len(s) && i-at < 255 {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isDomain(r) {
			break
		}
		i += n
	}
	for i > at+1 && (s[i-1] == '.' || s[i-1] == '-') {
		i--
	}
	return i
}

func isLocal(r rune) bool {
	switch r {
	case utf8.RuneError, '"', '(', ')', '<', '>', '[', ']', ',', ';', ':', '\\', '@', '“', '”', '「', '」':
		return false
	}
	return r > ' ' && r != 127 && !unicode.IsSpace(r)
}

func isDomain(r rune) bool {
	if r == utf8.RuneError {
		return false
	}
	return r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || unicode.IsLetter(r) || r >= 128 && unicode.IsMark(r)
}
