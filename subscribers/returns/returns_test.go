package returns_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"redigest/subscribers"
	"redigest/subscribers/bounce"
	"redigest/subscribers/returns"
)

// The token is looked for in one place after another: the address the mail
// came to, the name the relay was given, the header of the copy.
func TestTheTokenAloneSaysWhoseMailCameBack(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	ann, bob, forged := b.token("ann@example.net"), b.token("bob@example.net"), b.forged("ann@example.net")
	at := func(token string) string { return "b+" + token + "@bounce.example.org" }
	header := func(token string) string {
		return "List-Unsubscribe: <https://digest.example.org/unsubscribe/" + token + ">,\n <mailto:u+" + token + "@bounce.example.org>\n"
	}
	tests := map[string]struct {
		mail  report
		to    []string
		claim returns.Claim
		whose string
	}{
		"the address it came to":                    {report{to: at(ann)}, nil, returns.Proven, "ann"},
		"in capitals":                               {report{to: strings.ToUpper(at(ann))}, nil, returns.Proven, "ann"},
		"the address that the door knows":           {report{}, []string{at(ann)}, returns.Proven, "ann"},
		"the door's before the header's":            {report{to: at(bob)}, []string{at(ann)}, returns.Proven, "ann"},
		"the name of the envelope":                  {report{envelopeID: ann}, nil, returns.Proven, "ann"},
		"the address before the envelope":           {report{to: at(ann), envelopeID: bob}, nil, returns.Proven, "ann"},
		"the copy's return path":                    {report{copied: "Return-Path: <" + at(ann) + ">\n"}, nil, returns.Proven, "ann"},
		"the copy's address to leave by":            {report{copied: header(b.leaveToken("ann@example.net"))}, nil, returns.Proven, "ann"},
		"the envelope before the copy":              {report{envelopeID: ann, copied: header(b.leaveToken("bob@example.net"))}, nil, returns.Proven, "ann"},
		"none":                                      {report{}, nil, returns.Absent, ""},
		"none, whatever address it names":           {report{recipient: "bob@example.net"}, nil, returns.Absent, ""},
		"a forged one":                              {report{to: at(forged)}, nil, returns.Forged, ""},
		"a forged one with a good one elsewhere":    {report{to: at(forged), envelopeID: ann}, nil, returns.Forged, ""},
		"a forged one in the envelope":              {report{envelopeID: forged, copied: header(b.leaveToken("ann@example.net"))}, nil, returns.Forged, ""},
		"one that is for something else":            {report{to: at(b.list.ConfirmToken(b.find("ann@example.net").ID, 1, morning))}, nil, returns.Forged, ""},
		"one cut short":                             {report{to: at(ann[:54])}, nil, returns.Absent, ""},
		"a door that knows an address without any":  {report{to: at(ann)}, []string{"bounces@example.org"}, returns.Proven, "ann"},
		"a report about ann that names bob instead": {report{to: at(ann), recipient: "bob@example.net"}, nil, returns.Proven, "ann"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBedLike(t, b)
			out := b.take(tt.mail.String(), tt.to...)
			if out.Claim != tt.claim || out.Kind != bounce.Bounce {
				t.Errorf("it is a %s and its token %s, want %s", out.Kind, out.Claim, tt.claim)
			}
			if out.Done() != (tt.claim == returns.Proven) {
				t.Errorf("it may go: %t", out.Done())
			}
			for _, name := range []string{"ann", "bob"} {
				bounced := len(b.find(name+"@example.net").Returned) > 0
				if bounced != (name == tt.whose) {
					t.Errorf("%s's mail came back: %t", name, bounced)
				}
			}
		})
	}
}

// newBedLike clears what came back in b, for the next case with the same tokens.
func newBedLike(t *testing.T, b *bed) *bed {
	t.Helper()
	b.exec("DELETE FROM returned")
	b.exec("DELETE FROM hard_returns")
	b.exec("DELETE FROM suppressions")
	like := *b
	like.TB = t
	return &like
}

func TestPromise3WhatFollowsFromEachKindOfMail(t *testing.T) {
	t.Parallel()
	bounced := []subscribers.Reason{subscribers.ReasonBounce}
	complained := []subscribers.Reason{subscribers.ReasonComplaint, subscribers.ReasonUnsubscribed}
	left := []subscribers.Reason{subscribers.ReasonUnsubscribed}
	tests := map[string]struct {
		mail func(b *bed) string
		want []subscribers.Reason
		done bool
	}{
		"an address that is no good": {func(b *bed) string { return report{to: b.back("ann@example.net")}.String() }, bounced, true},
		"a try that failed":          {func(b *bed) string { return report{to: b.back("ann@example.net"), status: "4.4.7"}.String() }, nil, true},
		"a delay":                    {func(b *bed) string { return report{to: b.back("ann@example.net"), action: "delayed"}.String() }, nil, true},
		"good news": {func(b *bed) string {
			return report{to: b.back("ann@example.net"), action: "delivered", status: "2.0.0"}.String()
		}, nil, true},
		"a complaint":                  {func(b *bed) string { return complaint("abuse", "Return-Path: <"+b.back("ann@example.net")+">\n") }, complained, true},
		"a complaint told by the link": {func(b *bed) string { return complaint("abuse", "List-Unsubscribe: <"+b.leave("ann@example.net")+">\n") }, left, true},
		"the opposite of a complaint":  {func(b *bed) string { return complaint("not-spam", "Return-Path: <"+b.back("ann@example.net")+">\n") }, nil, true},
		"a report about a signature": {func(b *bed) string {
			return complaint("auth-failure", "Return-Path: <"+b.back("ann@example.net")+">\n")
		}, nil, true},
		"a complaint about nobody":      {func(b *bed) string { return complaint("abuse", "") }, nil, false},
		"a vacation notice":             {func(b *bed) string { return away(b.back("ann@example.net")) }, nil, true},
		"a mail to leave":               {func(b *bed) string { return letter(b.leave("ann@example.net")) }, left, true},
		"a mail to leave, in capitals":  {func(b *bed) string { return letter(strings.ToUpper(b.leave("ann@example.net"))) }, left, true},
		"a vacation notice to leave":    {func(b *bed) string { return away(b.leave("ann@example.net")) }, left, true},
		"a letter to the return path":   {func(b *bed) string { return letter(b.back("ann@example.net")) }, nil, false},
		"a letter to the editor":        {func(b *bed) string { return letter("editor@example.org") }, nil, false},
		"a letter to leave, but forged": {func(b *bed) string { return letter("u+" + b.forged("ann@example.net") + "@bounce.example.org") }, nil, false},
		"nothing":                       {func(b *bed) string { return "" }, nil, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			for i, raw := range []string{tt.mail(b), strings.ReplaceAll(tt.mail(b), "\r\n", "\n"), strings.ReplaceAll(tt.mail(b), "\r\n", "\r")} {
				out := b.take(raw)
				if out.Done() != tt.done {
					t.Errorf("may go: %t, want %t (%+v)", out.Done(), tt.done, out)
				}
				if i > 0 && out.Done() && out.Effect != subscribers.EffectTakenBefore && out.Effect != subscribers.EffectLeft {
					t.Errorf("with other line ends it counts again: %+v", out)
				}
			}
			got := b.suppressed("ann@example.net")
			if slices.Sort(got); !slices.Equal(got, tt.want) {
				t.Errorf("ann is suppressed for %v, want %v", got, tt.want)
			}
			if bob := b.suppressed("bob@example.net"); bob != nil {
				t.Errorf("bob is suppressed for %v", bob)
			}
		})
	}
}

// Servers on the way write fields of their own on top.
func TestTheSameMailByTwoWaysCountsOnce(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	raw := report{to: b.back("ann@example.net"), status: "4.4.7"}.String()
	b.take(raw)
	byAnother := "Return-Path: <>\r\nReceived: from mx.example.net by mail.example.org;\r\n Tue, 03 Feb 2026 06:05:01 +0000\r\nX-Score: 0.1\r\n" + raw + "\r\n"
	if out := b.take(byAnother); out.Effect != subscribers.EffectTakenBefore {
		t.Errorf("taken again as %+v", out)
	}
	if out := b.take((report{to: b.back("ann@example.net"), status: "4.4.7", id: "another"}).String()); out.Effect != subscribers.EffectCounted {
		t.Errorf("another report is taken as %+v", out)
	}
}

func TestASuppressionSaysFromWhichMail(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.take(report{to: b.back("ann@example.net")}.String())
	s := b.find("ann@example.net").Suppressed
	if len(s) != 1 || !strings.Contains(s[0].Source, "report.1@mx.example.net") || !strings.Contains(s[0].Source, "userunknown 5.1.1") {
		t.Errorf("suppressed %+v", s)
	}
}

func TestAMailThatCannotBeWrittenDownIsAnError(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	raw := report{to: b.back("ann@example.net")}.String()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if out, err := b.returns.Take(ended, []byte(raw), nil); err == nil || out.Done() && out.Effect != "" {
		t.Errorf("taken as %+v, %v", out, err)
	}
	if b.suppressed("ann@example.net") != nil {
		t.Error("something was written all the same")
	}
}

func TestAHugeMailIsReadAtItsBeginning(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	raw := report{to: b.back("ann@example.net")}.String() + strings.Repeat("and so on and on\r\n", 1<<20)
	if out := b.take(raw); out.Effect != subscribers.EffectSuppressed {
		t.Errorf("taken as %+v", out)
	}
}
