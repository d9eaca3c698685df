package digest

import (
	"slices"
	"strings"
)

// A group is the stories of an issue that share a topic.
type group struct {
	name string // empty: the only one
	told []told
}

// more is the name of those stories that share their topic with no other.
const more = "More"

// byTopic groups stories, which are in their order. A group has two stories at
// least and stands where its first one stood; what is left over comes last.
// Where that makes only one group it has no name.
func byTopic(stories []told) []group {
	var groups []group
	var rest group
	place := map[string]int{} // of each topic's group
	for i, topic := range topicsOf(stories) {
		s := stories[i]
		if topic == "" {
			rest.told = append(rest.told, s)
			continue
		}
		if _, begun := place[topic]; !begun {
			place[topic] = len(groups)
			groups = append(groups, group{name: nameOf(s.Story, topic)})
		}
		g := &groups[place[topic]]
		g.told = append(g.told, s)
	}
	if len(rest.told) > 0 {
		rest.name = more
		groups = append(groups, rest)
	}
	if len(groups) == 1 {
		groups[0].name = ""
	}
	return groups
}

// topicsOf gives each story that one of its topics which most of the others
// share, as long as two are left that do; else "". Topics are compared, and
// given, in lower case.
func topicsOf(stories []told) []string {
	topics := make([][]string, len(stories))
	for i, s := range stories {
		topics[i] = distinct(s.Topics)
	}
	given := make([]string, len(stories))
	for topic := widest(topics, given); topic != ""; topic = widest(topics, given) {
		for i := range given {
			if given[i] == "" && slices.Contains(topics[i], topic) {
				given[i] = topic
			}
		}
	}
	return given
}

// widest returns the topic that most of the stories share which were given none
// yet, of several the one that comes first; empty when no two share one. A
// topic that nearly all stories have tells none from another.
func widest(topics [][]string, given []string) string {
	var order []string
	open, all := map[string]int{}, map[string]int{}
	for i := range topics {
		for _, topic := range topics[i] {
			if all[topic]++; given[i] != "" {
				continue
			}
			if open[topic]++; open[topic] == 1 {
				order = append(order, topic)
			}
		}
	}
	best := ""
	for _, topic := range order {
		says := len(topics) < 4 || all[topic]*5 < len(topics)*4
		if says && open[topic] >= 2 && open[topic] > open[best] {
			best = topic
		}
	}
	return best
}

// distinct returns topics in lower case, each once.
func distinct(topics []string) []string {
	var found []string
	for _, t := range topics {
		if t = strings.ToLower(t); t != "" && !slices.Contains(found, t) {
			found = append(found, t)
		}
	}
	return found
}

// nameOf returns a topic as the story writes it.
func nameOf(s Story, topic string) string {
	i := slices.IndexFunc(s.Topics, func(t string) bool { return strings.ToLower(t) == topic })
	return CutWords(s.Topics[i], 40)
}
