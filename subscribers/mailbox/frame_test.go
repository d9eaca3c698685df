package mailbox

import "testing"

func TestLinksToTop(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"<!doctype html>\n<html lang=en>\n<head>\n<title>x</title></head>": "<!doctype html>\n<html lang=en>\n<head>|\n<title>x</title></head>",
		"<!doctype html><!-- x --><html><body>x":                           "<!doctype html><!-- x --><html>|<body>x",
		"<p>x":                                                             "|<p>x",
		"text":                                                             "|text",
		"":                                                                 "|",
		"<HEAD data-x='>'>y":                                               "<HEAD data-x='>'>|y",
		"<!doctype html>":                                                  "<!doctype html>|",
		"<html><a href=x>y</a>":                                            "<html>|<a href=x>y</a>",
		"<header><head>":                                                   "|<header><head>",
		"  \n <head><p>in a head>":                                         "  \n <head>|<p>in a head>",
	}
	for document, want := range tests {
		at := headStart(document)
		if got := document[:at] + "|" + document[at:]; got != want {
			t.Errorf("%q:\ngot  %q\nwant %q", document, got, want)
		}
	}
}
