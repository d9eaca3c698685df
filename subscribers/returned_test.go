package subscribers

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestWhatAReportCountsAgainstAnAddress(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		report Report
		want   Weight
	}{
		"an unknown mailbox":                {Report{Action: "failed", Status: "5.1.1", Reason: "userunknown", Hard: true}, WeightHard},
		"time ran out":                      {Report{Action: "failed", Status: "4.4.7", Reason: "expired"}, WeightSoft},
		"a mailbox that is closed for now":  {Report{Action: "failed", Status: "5.2.1", Reason: "suspend"}, WeightSoft},
		"no reason at all":                  {Report{Action: "failed"}, WeightSoft},
		"a full mailbox":                    {Report{Action: "failed", Status: "5.2.2", Reason: "mailboxfull"}, WeightNeutral},
		"a full mailbox by its code":        {Report{Action: "failed", Status: "4.2.2"}, WeightNeutral},
		"a policy against us":               {Report{Action: "failed", Status: "5.7.1", Reason: "blocked"}, WeightNeutral},
		"a policy by its word":              {Report{Action: "failed", Status: "5.0.0", Reason: "spamdetected"}, WeightNeutral},
		"a mail that is too big":            {Report{Action: "failed", Status: "5.3.4", Reason: "mesgtoobig"}, WeightNeutral},
		"a delay":                           {Report{Action: "delayed", Status: "4.2.2", Reason: "expired"}, WeightNone},
		"a delay that says the worst":       {Report{Action: "delayed", Status: "5.1.1", Hard: true}, WeightNone},
		"it was delivered":                  {Report{Action: "delivered", Status: "2.0.0"}, WeightNone},
		"it was sent on":                    {Report{Action: "relayed"}, WeightNone},
		"a list took it":                    {Report{Action: "expanded"}, WeightNone},
		"a vacation notice":                 {Report{Action: "replied", Reason: "vacation"}, WeightNone},
		"a report that says nothing at all": {Report{}, WeightNone},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.report.Weigh(); got != tt.want {
				t.Errorf("%+v weighs %s, want %s", tt.report, got, tt.want)
			}
		})
	}
}

func TestOfSeveralReportsTheReadersOwnCounts(t *testing.T) {
	t.Parallel()
	gone := func(named string) Report { return Report{Recipient: named, Action: "failed", Hard: true} }
	fine := func(named string) Report { return Report{Recipient: named, Action: "delivered"} }
	tests := map[string]struct {
		reports []Report
		want    Weight
	}{
		"the one that names them":                 {[]Report{fine("a@example.org"), gone("Ann@Example.org")}, WeightHard},
		"the one that names them, first":          {[]Report{fine("ann@example.org"), gone("a@example.org")}, WeightNone},
		"the one mailed to them and sent on":      {[]Report{fine("a@example.org"), {Recipient: "b@example.org", Original: "ann@example.org", Action: "failed", Hard: true}}, WeightHard},
		"one that names somebody else":            {[]Report{gone("a@example.org")}, WeightHard},
		"a list of which some are no good":        {[]Report{gone("a@example.org"), fine("b@example.org")}, WeightNone},
		"a list of which none is any good":        {[]Report{gone("a@example.org"), gone("b@example.org")}, WeightHard},
		"one that names nobody":                   {[]Report{gone("")}, WeightHard},
		"none: the mail says nothing of anybody":  {nil, WeightNone},
		"one that names what is no address":       {[]Report{gone("<>")}, WeightHard},
		"of many others the best news":            {[]Report{gone("a@example.org"), {Recipient: "b@example.org", Action: "failed", Reason: "mailboxfull"}}, WeightNeutral},
		"of many others nothing worse than a try": {[]Report{gone("a@example.org"), {Recipient: "b@example.org", Action: "failed", Reason: "expired"}}, WeightSoft},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := pick(tt.reports, "ann@example.org")
			if got := r.Weigh(); got != tt.want {
				t.Errorf("%+v weighs %s, want %s", r, got, tt.want)
			}
		})
	}
}

// fatesBy reads what became of daily issues, the oldest first: s soft bounce,
// a accepted, n accepted and back through no fault of the reader's, r a reply
// to it, w withdrawn, q queued, u uncertain, S a soft bounce that suppressed.
func fatesBy(story string, from time.Time) (fates []fate) {
	kinds := map[rune]fate{
		's': {state: Accepted, weight: WeightSoft}, 'S': {state: Accepted, weight: WeightSoft, suppressed: true}, 'a': {state: Accepted}, 'n': {state: Accepted, weight: WeightNeutral},
		'r': {state: Accepted, weight: WeightNone}, 'w': {state: Withdrawn}, 'q': {state: Queued}, 'u': {state: Uncertain},
	}
	for i, c := range []rune(story) {
		f := kinds[c]
		f.at = from.AddDate(0, 0, i)
		fates = append([]fate{f}, fates...)
	}
	return fates
}

func TestSoftBouncesSuppressAfterANumberInARowOverSomeDays(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		story string // one issue a day, the oldest first; the last is mailed at now
		want  bool
	}{
		"one":                                     {"s", false},
		"five in a row within a week":             {"sssss", false},
		"eight in a row over a week":              {"ssssssss", true},
		"one that arrived begins anew":            {"ssssssssa" + "ss", false},
		"a reply shows that it arrived":           {"sssssssrs", false},
		"what was no fault of theirs is no break": {"snsnsnsns", true},
		"nor is what was never handed over":       {"sswqusssss", true},
		"too few of them, over weeks":             {"snnnnnnnsnnnnnnns", false},
		"young mail may come back yet":            {"ssssssss" + "aaaa", true},
		"what the operator lifted begins anew":    {"sssssssS" + "ss", false},
		"and may be enough again":                 {"sssssssS" + "ssssssss", true},
		"what has not come back for long arrived": {"ssssssss" + "aaaaaa", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := monday.AddDate(0, 0, len(tt.story)-1)
			r := softRun(fatesBy(tt.story, monday), now)
			if got := (ReturnPolicy{}).suppresses(r); got != tt.want {
				t.Errorf("%s: %d in a row from %s to %s, suppressed %t", tt.story, r.count, r.first, r.last, got)
			}
		})
	}
	if !(ReturnPolicy{SoftCount: 2, SoftFor: time.Hour}).suppresses(softRun(fatesBy("ss", monday), monday.AddDate(0, 0, 1))) {
		t.Error("two in a row do not suppress, though the policy says so")
	}
}

func TestWhatARefusedRecipientTells(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reply Reply
		want  Weight
	}{
		"no such mailbox":                       {Reply{Code: 550, Enhanced: "5.1.1"}, WeightHard},
		"no such domain":                        {Reply{Code: 550, Enhanced: "5.1.2"}, WeightHard},
		"a bad address":                         {Reply{Code: 553, Enhanced: "5.1.3"}, WeightHard},
		"moved away":                            {Reply{Code: 550, Enhanced: "5.1.6"}, WeightHard},
		"a domain that takes no mail":           {Reply{Code: 556, Enhanced: "5.1.10"}, WeightHard},
		"a closed mailbox":                      {Reply{Code: 550, Enhanced: "5.2.1"}, WeightHard},
		"550 alone":                             {Reply{Code: 550, Text: "No such user here"}, WeightHard},
		"551 alone":                             {Reply{Code: 551, Text: "User not local"}, WeightHard},
		"553 alone":                             {Reply{Code: 553, Text: "Mailbox name not allowed"}, WeightHard},
		"554 alone":                             {Reply{Code: 554, Text: "No"}, WeightSoft},
		"550 alone, about us":                   {Reply{Code: 550, Text: "Relaying denied"}, WeightNeutral},
		"550 alone, about our standing":         {Reply{Code: 550, Text: "Blocked, see the list"}, WeightNeutral},
		"a full mailbox":                        {Reply{Code: 552, Enhanced: "5.2.2"}, WeightNeutral},
		"a full mailbox for now":                {Reply{Code: 452, Enhanced: "4.2.2"}, WeightNeutral},
		"a policy":                              {Reply{Code: 550, Enhanced: "5.7.1"}, WeightNeutral},
		"a server's trouble":                    {Reply{Code: 554, Enhanced: "5.3.0"}, WeightNeutral},
		"the way there":                         {Reply{Code: 550, Enhanced: "5.4.4"}, WeightNeutral},
		"an address that needs what it has not": {Reply{Code: 553, Enhanced: "5.6.7"}, WeightNeutral},
		"a bad sender":                          {Reply{Code: 553, Enhanced: "5.1.8"}, WeightNeutral},
		"put off until it was given up":         {Reply{Code: 450, Enhanced: "4.2.1"}, WeightSoft},
		"put off without a code":                {Reply{Code: 451}, WeightSoft},
		"another code of the address":           {Reply{Code: 550, Enhanced: "5.1.0"}, WeightSoft},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ReplyReport(tt.reply).Weigh(); got != tt.want {
				t.Errorf("%+v weighs %s, want %s", tt.reply, got, tt.want)
			}
		})
	}
}

// A returning is a list with an issue mailed to ann and bob.
type returning struct {
	*postRoom
	l        *List
	ann, bob Subscriber
	issue    ID // of the last mailing
}

func newReturning(t *testing.T) *returning {
	t.Helper()
	l, clock := newList(t)
	r := &returning{postRoom: outboxOf(t, l, clock), l: l}
	for name, s := range map[string]*Subscriber{"ann@example.org": &r.ann, "bob@example.org": &r.bob} {
		signUp(t, l, name)
		*s = confirm(t, l, name)
	}
	return r
}

// mail mails an issue to all who get it; the relay accepts every one.
func (r *returning) mail() Mailing {
	r.Helper()
	r.issue++
	m, err := r.EnqueueIssue(r.Context(), Order{IssueID: r.issue, Edition: "daily", CutoffAt: r.clock.Now()})
	if err != nil {
		r.Fatal(err)
	}
	for _, s := range []Subscriber{r.ann, r.bob} {
		if r.owed(m, s.ID) && r.hand(m, s.ID).OK {
			r.settle(Settlement{Key: Key{m.ID, s.ID}, State: Accepted, Reply: Reply{Code: 250}})
		}
	}
	return m
}

func (r *returning) take(x Returned) ReturnOutcome {
	r.Helper()
	done, err := r.l.TakeReturned(r.Context(), x)
	if err != nil {
		r.Fatal(err)
	}
	return done
}

// back is a mail that sends ann's copy of m back.
func (r *returning) back(m Mailing, mail string, report Report) Returned {
	return Returned{Token: r.l.ReturnedToken(Key{m.ID, r.ann.ID}), Mail: mail, MessageID: mail + "@mx.example.net", Event: ReturnBounced, Reports: []Report{report}}
}

var (
	gone = Report{Recipient: "ann@example.org", Action: "failed", Status: "5.1.1", Code: "550", Reason: "userunknown", Hard: true}
	late = Report{Recipient: "ann@example.org", Action: "failed", Status: "4.4.7", Reason: "expired"}
)

func TestPromise3AHardBounceSuppressesAtOnceAndSaysWhy(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	m := r.mail()
	if done := r.take(r.back(m, "first", gone)); done.Effect != EffectSuppressed || done.Weight != WeightHard {
		t.Errorf("taken as %+v, want suppressed", done)
	}
	ann := find(t, r.l, "ann@example.org")
	if len(ann.Suppressed) != 1 || ann.Suppressed[0].Reason != ReasonBounce {
		t.Fatalf("suppressed %+v, want a bounce", ann.Suppressed)
	}
	for _, word := range []string{"userunknown", "5.1.1", "550", "first@mx.example.net", m.ID.String()} {
		if !strings.Contains(ann.Suppressed[0].Source, word) {
			t.Errorf("the source %q does not say %s", ann.Suppressed[0].Source, word)
		}
	}
	if len(ann.Returned) != 1 || ann.Returned[0].Effect != EffectSuppressed || ann.Returned[0].Mailing != m.ID || ann.Returned[0].MessageID != "first@mx.example.net" {
		t.Errorf("the record holds %+v", ann.Returned)
	}
	if len(find(t, r.l, "bob@example.org").Suppressed) != 0 {
		t.Error("bob is suppressed too")
	}
	next := r.mail()
	if n := number(t, r.l, "SELECT count(*) FROM deliveries WHERE mailing_id = $1 AND subscriber_id = $2", next.ID, r.ann.ID); n != 0 {
		t.Error("ann is mailed the next issue")
	}
}

func TestPromise3WhatIsInTheOutboxIsWithdrawnAfterABounce(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	m := r.mail()
	next, err := r.EnqueueIssue(t.Context(), Order{IssueID: 99, Edition: "daily", CutoffAt: r.clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	r.take(r.back(m, "first", gone))
	if r.hand(next, r.ann.ID).OK || r.state(next, r.ann.ID) != Withdrawn {
		t.Errorf("the next mail to ann is %s, want withdrawn", r.state(next, r.ann.ID))
	}
}

func TestTheSameMailCountsOnce(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	m := r.mail()
	r.take(r.back(m, "first", late))
	if done := r.take(r.back(m, "first", late)); done.Effect != EffectTakenBefore {
		t.Errorf("taken again as %+v", done)
	}
	if n := number(t, r.l, "SELECT count(*) FROM returned"); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestAForgedTokenChangesNothing(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	m := r.mail()
	before := dump(t, r.l)
	good := r.l.ReturnedToken(Key{m.ID, r.ann.ID})
	for i := range good {
		other := byte('a')
		if good[i] == other {
			other = 'b'
		}
		x := r.back(m, "first", gone)
		x.Token = good[:i] + string(other) + good[i+1:]
		if _, err := r.l.TakeReturned(t.Context(), x); err == nil {
			t.Errorf("a token changed at %d is taken", i)
		}
	}
	for _, token := range []string{"", "x", r.l.ConfirmToken(r.ann.ID, 1, monday)} {
		if r.l.TakesMail(token) {
			t.Errorf("mail to the token %q is taken", token)
		}
	}
	if dump(t, r.l) != before {
		t.Error("something was written")
	}
}

func TestSoftBouncesAddUpOverManyMails(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	for day := range 8 {
		m := r.mail()
		done := r.take(r.back(m, fmt.Sprint("mail", day), late))
		want := EffectCounted
		if day == 7 {
			want = EffectSuppressed
		}
		if done.Effect != want {
			t.Errorf("day %d: %+v, want %s", day, done, want)
		}
		r.clock.Pass(24 * time.Hour)
	}
	ann := find(t, r.l, "ann@example.org")
	if len(ann.Suppressed) != 1 || !strings.Contains(ann.Suppressed[0].Source, "8 issues in a row since 2026-02-02") {
		t.Errorf("suppressed %+v", ann.Suppressed)
	}
}

// The operator knows better, and is not to be overruled by the next mail.
func TestPromise3WhatTheOperatorAllowsIsCountedAnew(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	for day := range 10 {
		m := r.mail()
		done := r.take(r.back(m, fmt.Sprint("mail", day), late))
		if day == 7 {
			if _, err := r.l.Allow(t.Context(), "ann@example.org"); err != nil {
				t.Fatal(err)
			}
		}
		if suppressed := done.Effect == EffectSuppressed; suppressed != (day == 7) {
			t.Errorf("day %d: %+v", day, done)
		}
		r.clock.Pass(24 * time.Hour)
	}
}

// Whoever has a reader's token, first of all the reader, may send any number of
// reports, each a little different.
func TestAFloodOfReportsIsNotKept(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	m := r.mail()
	for i := range 3 * returnedKept {
		r.take(r.back(m, fmt.Sprint("mail", i), late))
	}
	if n := number(t, r.l, "SELECT count(*) FROM returned"); n != returnedKept {
		t.Errorf("%d rows are kept", n)
	}
	if done := r.take(r.back(m, "the last", gone)); done.Effect != EffectSuppressed {
		t.Errorf("a report that says something else is taken as %+v", done)
	}
}

func TestAnIssueThatArrivedBeginsTheCountAnew(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	for day := range 14 {
		m := r.mail()
		if day != 6 {
			r.take(r.back(m, fmt.Sprint("mail", day), late))
		}
		r.clock.Pass(24 * time.Hour)
	}
	if ann := find(t, r.l, "ann@example.org"); len(ann.Suppressed) != 0 {
		t.Errorf("suppressed %+v, though day 6 arrived", ann.Suppressed)
	}
}

// A report may lie about for long, or in a folder that is given to the program
// only now.
func TestABounceThatMailOutlivedCountsNothing(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	m := r.mail()
	for range 8 {
		r.clock.Pass(24 * time.Hour)
		r.mail()
	}
	if done := r.take(r.back(m, "of old", gone)); done.Effect != EffectNone {
		t.Errorf("taken as %+v, though later mail arrived", done)
	}
}

// A link to leave may be forwarded with the mail it stands in. Whoever holds it
// can have its reader leave and nothing worse, whatever report they make up.
func TestPromise4ALinkToLeaveCanOnlyLeave(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	r.mail()
	token := r.l.UnsubscribeToken(r.ann.ID)
	if done := r.take(Returned{Token: token, Mail: "bounce", Event: ReturnBounced, Reports: []Report{gone}}); done.Effect != EffectNone {
		t.Errorf("a bounce is taken as %+v", done)
	}
	if ann := find(t, r.l, "ann@example.org"); ann.Status != Confirmed || len(ann.Suppressed) != 0 {
		t.Errorf("after a bounce ann is %s, suppressed %+v", ann.Status, ann.Suppressed)
	}
	spam := Returned{Token: token, Mail: "spam", Event: ReturnComplained, Reports: []Report{{Action: "complained", Reason: "feedback"}}}
	if done := r.take(spam); done.Effect != EffectLeft {
		t.Errorf("a complaint is taken as %+v", done)
	}
	ann := find(t, r.l, "ann@example.org")
	if ann.Status != Unsubscribed || ann.suppressedFor(ReasonComplaint) || !ann.suppressedFor(ReasonUnsubscribed) {
		t.Errorf("after a complaint ann is %s, suppressed %+v", ann.Status, ann.Suppressed)
	}
}

func TestAFullMailboxNeverSuppresses(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	full := Report{Recipient: "ann@example.org", Action: "failed", Status: "5.2.2", Reason: "mailboxfull"}
	for day := range 20 {
		if done := r.take(r.back(r.mail(), fmt.Sprint("mail", day), full)); done.Effect != EffectNone {
			t.Fatalf("day %d: %+v", day, done)
		}
		r.clock.Pass(24 * time.Hour)
	}
}

func TestPromise3AComplaintIsForGood(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	m := r.mail()
	done := r.take(Returned{Token: r.l.ReturnedToken(Key{m.ID, r.ann.ID}), Mail: "spam", Event: ReturnComplained, Reports: []Report{{Action: "complained", Reason: "feedback"}}})
	ann := find(t, r.l, "ann@example.org")
	if done.Effect != EffectSuppressed || ann.Status != Unsubscribed || !ann.suppressedFor(ReasonComplaint) || !ann.suppressedFor(ReasonUnsubscribed) {
		t.Errorf("taken as %+v; ann is %s, suppressed %+v", done, ann.Status, ann.Suppressed)
	}
	asked := len(confirmations(t, r.l, ann.ID))
	r.clock.Pass(48 * time.Hour)
	signUp(t, r.l, "ann@example.org")
	if len(confirmations(t, r.l, ann.ID)) != asked {
		t.Error("who complained was asked to confirm again")
	}
}

func TestAReplyCountsNothing(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	x := r.back(r.mail(), "away", Report{Action: "replied", Reason: "vacation"})
	x.Event = ReturnReplied
	if done := r.take(x); done.Effect != EffectNone {
		t.Errorf("taken as %+v", done)
	}
}

func TestLeavingByMail(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	token := r.l.UnsubscribeToken(r.ann.ID)
	for range 2 {
		if err := r.l.UnsubscribeByMail(t.Context(), strings.ToUpper(token)); err != nil {
			t.Fatal(err)
		}
	}
	ann := find(t, r.l, "ann@example.org")
	if ann.Status != Unsubscribed || len(ann.Suppressed) != 1 || ann.Suppressed[0].Source != leftByMail {
		t.Errorf("ann is %s, suppressed %+v", ann.Status, ann.Suppressed)
	}
	if last := ann.Consents[len(ann.Consents)-1]; last.Event != EventUnsubscribed || last.Ground != leftByMail {
		t.Errorf("the record says %+v", last)
	}
	if err := r.l.UnsubscribeByMail(t.Context(), r.l.ReturnedToken(Key{1, r.bob.ID})); err == nil {
		t.Error("a delivery's token lets its reader leave")
	}
}

func TestARefusedRecipientCountsAsABounce(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		settlement Settlement
		suppressed bool
		kept       int
	}{
		"refused for good":            {Settlement{State: Refused, AtRecipient: true, Reply: Reply{Code: 550, Enhanced: "5.1.1", Text: "who is ann@example.org?"}}, true, 1},
		"refused for what it says":    {Settlement{State: Refused, Reply: Reply{Code: 550, Enhanced: "5.1.1"}}, false, 0},
		"refused for us":              {Settlement{State: Refused, AtRecipient: true, Reply: Reply{Code: 550, Enhanced: "5.7.1"}}, false, 1},
		"given up":                    {Settlement{State: Failed, AtRecipient: true, Reply: Reply{Code: 450, Enhanced: "4.2.1"}}, false, 1},
		"put off":                     {Settlement{State: Deferred, AtRecipient: true, Reply: Reply{Code: 450}}, false, 0},
		"accepted":                    {Settlement{State: Accepted, AtRecipient: true, Reply: Reply{Code: 250}}, false, 0},
		"refused with a full mailbox": {Settlement{State: Refused, AtRecipient: true, Reply: Reply{Code: 552, Enhanced: "5.2.2"}}, false, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReturning(t)
			m, err := r.EnqueueIssue(t.Context(), Order{IssueID: 1, Edition: "daily", CutoffAt: r.clock.Now()})
			if err != nil {
				t.Fatal(err)
			}
			r.hand(m, r.ann.ID)
			tt.settlement.Key = Key{m.ID, r.ann.ID}
			r.settle(tt.settlement)
			ann := find(t, r.l, "ann@example.org")
			if got := ann.suppressedFor(ReasonBounce); got != tt.suppressed {
				t.Errorf("suppressed: %t, want %t", got, tt.suppressed)
			}
			if len(ann.Returned) != tt.kept {
				t.Errorf("%d rows are kept, want %d", len(ann.Returned), tt.kept)
			}
			for _, x := range ann.Suppressed {
				if strings.Contains(x.Source, "ann@") {
					t.Errorf("the source quotes the address: %s", x.Source)
				}
			}
		})
	}
}

func TestWhatComesBackForWhoIsGoneHasNoEffect(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	m := r.mail()
	r.take(r.back(m, "before", late))
	if err := r.l.Erase(t.Context(), "ann@example.org"); err != nil {
		t.Fatal(err)
	}
	if n := number(t, r.l, "SELECT count(*) FROM returned"); n != 0 {
		t.Errorf("%d rows are left of somebody erased", n)
	}
	if done := r.take(r.back(m, "after", gone)); done.Effect != EffectNone {
		t.Errorf("taken as %+v", done)
	}
	nobody := Returned{Token: r.l.ReturnedToken(Key{m.ID, 12345}), Mail: "nobody", Event: ReturnComplained}
	if done := r.take(nobody); done.Effect != EffectNone {
		t.Errorf("nobody's is taken as %+v", done)
	}
	if n := number(t, r.l, "SELECT count(*) FROM returned"); n != 0 {
		t.Errorf("%d rows are written about nobody", n)
	}
}

func TestATestMailThatComesBackSuppressesItsAddress(t *testing.T) {
	t.Parallel()
	r := newReturning(t)
	m, err := r.EnqueueTest(t.Context(), 7, "chief@example.org")
	if err != nil {
		t.Fatal(err)
	}
	done := r.take(Returned{Token: r.l.ReturnedToken(Key{Mailing: m.ID}), Mail: "test", Event: ReturnBounced, Reports: []Report{{Recipient: "chief@example.org", Action: "failed", Hard: true}}})
	if done.Effect != EffectSuppressed {
		t.Errorf("taken as %+v", done)
	}
	if _, err := r.EnqueueTest(t.Context(), 7, "chief@example.org"); err == nil {
		t.Error("the next test goes to the address that is no good")
	}
}

// A plan that goes through the deliveries of anybody else costs a storm of
// bounces dearly.
func TestARunOfBouncesIsFoundAlongTheKeys(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	rows, err := l.db.Read().Query("EXPLAIN QUERY PLAN "+selectFates, 1, "x", 10)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		t.Log(detail)
		if strings.HasPrefix(detail, "SCAN") && !strings.Contains(detail, "mailings_issue") || strings.Contains(detail, "TEMP B-TREE") {
			t.Errorf("the plan does %s", detail)
		}
	}
}
