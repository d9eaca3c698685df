package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs what a user types and compares what they see.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want int
	}{
		"done":               {[]string{"version"}, exitDone},
		"help is no mistake": {[]string{"issue", "send", "--help"}, exitDone},
		"no command":         {nil, exitDone},
		"unknown command":    {[]string{"issues"}, exitUsage},
		"unknown flag":       {[]string{"version", "--loud"}, exitUsage},
		"missing argument":   {[]string{"story", "add"}, exitUsage},
		"not done":           {[]string{"story", "list", "--config", "testdata/none.yaml"}, exitNotDone},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			std := streams{in: strings.NewReader(""), out: &out, err: &errs}
			if got := run(t.Context(), tt.args, std, func(string) string { return "" }); got != tt.want {
				t.Errorf("the exit code is %d, want %d\n%s%s", got, tt.want, &out, &errs)
			}
		})
	}
}

// Every command has a help that ends with an example, and says it on standard
// output.
func TestEveryCommandHasAnExample(t *testing.T) {
	t.Parallel()
	for _, command := range strings.Split("demo|serve|story add|story list|story show|story hide|source list|fetch|issue preview|issue check|issue send|"+
		"issue list|issue status|issue hold|issue release|issue cancel|issue resend|template list|template export|subscriber add|subscriber import|subscriber list|subscriber show|subscriber export|"+
		"numbers import|numbers list|numbers remove|subscriber erase|subscriber suppress|subscriber allow|bounce read|arm|disarm|dkim new|dkim check|backup|version", "|") {
		var out, errs bytes.Buffer
		code := run(t.Context(), append(strings.Fields(command), "--help"), streams{out: &out, err: &errs}, func(string) string { return "" })
		if code != exitDone || !strings.Contains(out.String(), "Example:\n  redigest "+command) {
			t.Errorf("%s --help: %d\n%s%s", command, code, &out, &errs)
		}
	}
}
