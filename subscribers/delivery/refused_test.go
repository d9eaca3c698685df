package delivery_test

import (
	"testing"

	"redigest/subscribers/delivery"
	"redigest/subscribers/smtptest"
)

// suppressions counts the addresses that are suppressed as bounces.
func (b *bed) suppressions() (n int) {
	b.Helper()
	if err := b.db.Read().QueryRow(`SELECT count(*) FROM suppressions WHERE reason = 'bounce'`).Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}

// What a relay says at once counts as what comes back later: but only where it
// speaks of the recipient.
func TestPromise3WhoIsRefusedAtRcptIsNotMailedAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stage smtptest.Stage
		reply string
		want  int // of 3 readers
	}{
		"nobody has that name":           {smtptest.Rcpt, "550 5.1.1 nobody has that name", 3},
		"nobody, in no code":             {smtptest.Rcpt, "550 no such user", 3},
		"a full mailbox":                 {smtptest.Rcpt, "552 5.2.2 over quota", 0},
		"a policy":                       {smtptest.Rcpt, "550 5.7.1 not from you", 0},
		"not now":                        {smtptest.Rcpt, "450 4.2.0 come back later", 0},
		"what the mail says":             {smtptest.Body, "554 5.6.0 not this", 0},
		"nobody, but of the whole mail":  {smtptest.Body, "550 5.1.1 nobody has that name", 0},
		"nobody, but before the message": {smtptest.Data, "550 5.1.1 nobody has that name", 0},
		"our own address":                {smtptest.Mail, "550 5.1.8 not from you", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			far := smtptest.Start(t, smtptest.Options{Script: smtptest.Refuse(tt.stage, tt.reply)})
			b.readers(3)
			b.order()
			_ = b.worker(delivery.Options{}, relayOf(t, far, 1)).Drain(t.Context()) // some of these stop the relay
			if got := b.suppressions(); got != tt.want {
				t.Errorf("%d readers are suppressed, want %d", got, tt.want)
			}
		})
	}
}
