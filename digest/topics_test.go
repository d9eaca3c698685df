package digest_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"redigest/digest"
)

// brief composes a day whose stories in brief have these topics, and returns
// the names of the groups with their stories: “Magnets: 0 2 | More: 1”.
func brief(topics ...string) string {
	stories := []digest.Story{story("lead", ago(0), ranked(2))}
	for i := range 4 {
		stories = append(stories, story(fmt.Sprintf("worth %d", i), ranked(1)))
	}
	for i, names := range topics {
		stories = append(stories, story(fmt.Sprintf("b%d", i), ago(i+1), func(s *digest.Story) {
			if names != "" {
				s.Topics = strings.Split(names, ",")
			}
		}))
	}
	_, text, _ := strings.Cut(compose(stories...).Markdown, "## In brief\n\n")
	var groups []string
	for _, section := range strings.Split("\n"+text, "\n### ") {
		name, body, _ := strings.Cut(section, "\n\n")
		var numbers []string
		for _, m := range regexp.MustCompile(`\[b(\d)\]`).FindAllStringSubmatch(section, -1) {
			numbers = append(numbers, m[1])
		}
		if len(numbers) > 0 && body == "" || strings.HasPrefix(section, "\n") {
			name = ""
		}
		if len(numbers) > 0 {
			groups = append(groups, strings.TrimSpace(name)+": "+strings.Join(numbers, " "))
		}
	}
	return strings.Join(groups, " | ")
}

func TestInBriefIsByTopic(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		topics []string
		want   string
	}{
		"two groups":                       {[]string{"Magnets", "Mining", "Magnets", "Mining"}, "Magnets: 0 2 | Mining: 1 3"},
		"a topic of one is More":           {[]string{"Magnets", "Mining", "Magnets"}, "Magnets: 0 2 | More: 1"},
		"More comes last":                  {[]string{"", "Mining", "Policy", "Mining"}, "Mining: 1 3 | More: 0 2"},
		"one group has no name":            {[]string{"Magnets", "Magnets"}, ": 0 1"},
		"no topics have none":              {[]string{"", "", ""}, ": 0 1 2"},
		"all different have none":          {[]string{"A", "B", "C"}, ": 0 1 2"},
		"case is no difference":            {[]string{"Magnets", "mining", "MAGNETS", "Mining"}, "Magnets: 0 2 | mining: 1 3"},
		"the topic that most share":        {[]string{"India,Magnets", "Magnets", "India,Magnets", "Ore", "Ore"}, "Magnets: 0 1 2 | Ore: 3 4"},
		"a topic of nearly all says none":  {[]string{"News,Ore", "News,Ore", "News,Policy", "News,Policy", "News"}, "Ore: 0 1 | Policy: 2 3 | More: 4"},
		"a topic of more than half is one": {[]string{"Ore", "Ore", "Ore", "Policy", "Policy"}, "Ore: 0 1 2 | Policy: 3 4"},
		"a story has a topic once":         {[]string{"Ore,ore", "Policy", "Policy"}, "Policy: 1 2 | More: 0"},
	}
	for name, tt := range tests {
		if got := brief(tt.topics...); got != tt.want {
			t.Errorf("%s: %q becomes %q, want %q", name, tt.topics, got, tt.want)
		}
	}
}
