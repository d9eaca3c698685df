package bounce

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAReportHasOneEntryForEachRecipient(t *testing.T) {
	t.Parallel()
	raw := "From: mailer@relay.example\nTo: b+abc@bounce.example\nSubject: your mail\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=cut\n\n" +
		"--cut\n\nTwo of your readers did not get it.\n" +
		"--cut\nContent-Type: message/delivery-status\n\n" +
		"Reporting-MTA: dns; relay.example\nOriginal-Envelope-Id: abc\n\n" +
		"Final-Recipient: rfc822; ann@inbox.example\nAction: failed\nStatus: 5.1.1\n\n" +
		"Final-Recipient: rfc822; bob@inbox.example\nAction: failed\nStatus: 5.2.2\n" +
		"--cut--\n"
	got := Parse([]byte(raw))
	var who []string
	for _, r := range got.Reports {
		who = append(who, r.Recipient)
	}
	if diff := cmp.Diff([]string{"ann@inbox.example", "bob@inbox.example"}, who); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"abc"}, got.EnvelopeIDs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"b+abc@bounce.example"}, got.DeliveredTo); diff != "" {
		t.Error(diff)
	}
}
