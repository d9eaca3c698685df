//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// TestPromise7And8EveryJudgePassesTheMail has issues of real feeds and our own
// samples judged, as they were sent and as the site shows them: by filters of
// spam, checkers of HTML, knowers of mail clients and of what people need who
// see badly. Each judge is shown spoilt mails too, and must condemn them.
func TestPromise7And8EveryJudgePassesTheMail(t *testing.T) {
	var issues []issued
	var zones strings.Builder
	for _, stories := range sizes() {
		i := issue(t, stories)
		issues = append(issues, i)
		zones.WriteString(i.zone)
	}
	publish(t, zones.String(), senderRecords...)
	judging := func(name string, judge func(t *testing.T)) {
		t.Run(name, func(t *testing.T) { t.Parallel(); judge(t) })
	}
	of := func(judge func(t *testing.T, i issued)) func(t *testing.T) {
		return func(t *testing.T) {
			for _, i := range issues {
				t.Run(i.name, func(t *testing.T) { judge(t, i) })
			}
		}
	}
	spoilt := issues[len(issues)/2]
	judging("the base check", of(func(t *testing.T, i issued) { judge(t, i.mail) }))
	judging("signatures", of(func(t *testing.T, i issued) {
		requireDKIM(t, i.mail, "of"+i.name+"-ed25519 ed25519-sha256", "of"+i.name+"-rsa rsa-sha256")
	}))
	judging("rspamd", func(t *testing.T) {
		rspamd(t)
		of(rspamdPasses)(t)
		rspamdCondemns(t, spoilt)
	})
	judging("SpamAssassin", func(t *testing.T) {
		spamd(t)
		of(spamdPasses)(t)
		spamdCondemns(t, spoilt)
	})
	judging("links of both parts", of(linksPair))
	judging("absent readers", of(awayIsSilent))
	judging("markup", func(t *testing.T) {
		markupPasses(t, issues)
		markupCondemns(t, spoilt)
	})
	judging("paper", of(paperHolds))
	judging("the feed", func(t *testing.T) {
		of(feedPasses)(t)
		feedCondemns(t, spoilt)
	})
	judging("Thunderbird", func(t *testing.T) { thunderbirdShows(t, spoilt) })
	judging("looks", func(t *testing.T) {
		looksPass(t, issues)
		looksCondemn(t, spoilt)
	})
}
