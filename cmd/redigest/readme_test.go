package main

import (
	"strings"
	"testing"
)

// TestTheReadmesFiveMinutesLeadToAMail runs what the README says, with the
// story that it shows.
func TestTheReadmesFiveMinutesLeadToAMail(t *testing.T) {
	t.Parallel()
	_, section, _ := strings.Cut(readFile(t, "../../README.md"), "## Five minutes to a first mail")
	section, _, _ = strings.Cut(section, "\n## ")
	var commands, story []string
	for line := range strings.Lines(section) {
		code, indented := strings.CutPrefix(strings.TrimRight(line, "\n"), "    ")
		switch command, ok := strings.CutPrefix(code, "./redigest "); {
		case ok:
			commands = append(commands, command)
		case indented && !strings.HasPrefix(code, "go build"):
			story = append(story, code)
		}
	}
	p := newProgram(t, "")
	p.write("config.yaml", readFile(t, "../../config.yaml"))
	p.write("story.md", strings.Join(story, "\n")+"\n")
	if len(commands) != 4 || len(story) < 8 {
		t.Fatalf("the README has %q and %q", commands, story)
	}
	var out string
	for _, command := range commands {
		out = p.run(exitDone, words(command)...)
	}
	if !strings.Contains(out, "mailed to nobody") || len(p.inbox("you@example.org")) != 1 {
		t.Errorf("the last command says\n%s", out)
	}
}

// words splits a command line at its blanks, those in quotes aside.
func words(line string) (all []string) {
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			all = append(all, part)
			continue
		}
		all = append(all, strings.Fields(part)...)
	}
	return all
}

func TestServeRunsWithTheShippedConfiguration(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "")
	shipped := readFile(t, "../../config.yaml")
	// Only the port is another, since tests run side by side.
	moved := strings.Replace(shipped, "127.0.0.1:8080", strings.TrimPrefix(p.base, "http://"), 1)
	if moved == shipped {
		t.Fatal("the shipped configuration does not listen at 127.0.0.1:8080")
	}
	p.write("config.yaml", moved)
	s := p.serve()
	if code, body := p.get(p.base + "/"); code != 200 || !strings.Contains(body, "Straight Into Your Inbox") {
		t.Errorf("the site answers %d\n%s", code, body)
	}
	s.stop()
}
