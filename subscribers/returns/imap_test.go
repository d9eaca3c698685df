package returns_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/mail"
	"redigest/subscribers/returns"
)

func (b *bed) empty(a returns.Account) returns.Tally {
	b.Helper()
	t, err := b.returns.Empty(b.Context(), a)
	if err != nil {
		b.Fatal(err)
	}
	return t
}

func TestAMailboxIsEmptiedOfWhatIsUnderstood(t *testing.T) {
	t.Parallel()
	for _, security := range []mail.Security{mail.Plain, mail.StartTLS, mail.ImplicitTLS} {
		t.Run(string(security), func(t *testing.T) {
			t.Parallel()
			b, s := newBed(t), startIMAP(t, security)
			s.put(
				report{to: b.back("ann@example.net")}.String(),
				letter("editor@example.org"),
				letter(b.leave("bob@example.net")),
				report{to: "b+" + b.forged("ann@example.net") + "@bounce.example.org", id: "forged"}.String(),
			)
			if got := b.empty(s.account); got != (returns.Tally{Taken: 2, Kept: 2}) {
				t.Errorf("the first time %+v", got)
			}
			if got := s.flags(); !slices.Equal(got, []string{`\Flagged`, `\Flagged`}) {
				t.Errorf("what is left has the flags %q: want it flagged and unread", got)
			}
			if got := b.suppressed("ann@example.net"); !slices.Equal(got, []subscribers.Reason{subscribers.ReasonBounce}) {
				t.Errorf("ann is suppressed for %v", got)
			}
			if got := b.find("bob@example.net").Status; got != subscribers.Unsubscribed {
				t.Errorf("bob is %s", got)
			}
			if got := b.empty(s.account); got != (returns.Tally{}) {
				t.Errorf("the second time %+v: what is kept is not read again", got)
			}
			if n := strings.Count(b.log.String(), "left for you"); n != 2 {
				t.Errorf("%d mails are said to be left, want 2:\n%s", n, b.log)
			}
		})
	}
}

// The line dies after the results are committed and before the mails are
// deleted: they are found again, and count once.
func TestALineThatDiesBeforeTheDeletingCountsOnce(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"STORE", "EXPUNGE"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			b, s := newBed(t), startIMAP(t, mail.Plain)
			for i := range 3 {
				s.put(report{to: b.back("ann@example.net"), status: "4.4.7", id: fmt.Sprint("late", i)}.String())
			}
			s.throughCut(word)
			if got, err := b.returns.Empty(t.Context(), s.account); err == nil || got.Taken != 3 {
				t.Errorf("over the bad line %+v, %v; want 3 and an error", got, err)
			}
			if got := len(s.flags()); got != 3 {
				t.Fatalf("%d mails are left, want 3", got)
			}
			s.direct()
			if got := b.empty(s.account); got.Taken != 3 {
				t.Errorf("over the good line %+v", got)
			}
			if got := s.flags(); len(got) != 0 {
				t.Errorf("%q are left", got)
			}
			if got := len(b.find("ann@example.net").Returned); got != 3 {
				t.Errorf("%d mails counted, want 3", got)
			}
		})
	}
}

func TestNothingIsDeletedThatIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	b, s := newBed(t), startIMAP(t, mail.Plain)
	s.put(letter("editor@example.org"), report{to: b.back("ann@example.net")}.String(), report{to: b.back("bob@example.net")}.String())
	b.exec("ALTER TABLE returned RENAME TO lost")
	if got, err := b.returns.Empty(t.Context(), s.account); err == nil || got.Taken != 0 {
		t.Errorf("taken %+v, %v", got, err)
	}
	if got := s.flags(); !slices.Equal(got, []string{`\Flagged`, "", ""}) {
		t.Errorf("the mails have the flags %q", got)
	}
	b.exec("ALTER TABLE lost RENAME TO returned")
	if got := b.empty(s.account); got.Taken != 2 {
		t.Errorf("once it can be written: %+v", got)
	}
}

func TestManyMailsAndAHugeOne(t *testing.T) {
	t.Parallel()
	b, s := newBed(t), startIMAP(t, mail.Plain)
	var mails []string
	for i := range 120 {
		mails = append(mails, report{to: b.back("ann@example.net"), status: "4.4.7", id: fmt.Sprint("many", i)}.String())
	}
	mails = append(mails, report{to: b.back("bob@example.net")}.String()+strings.Repeat("and so on and on\r\n", 1<<19))
	s.put(mails...)
	if got := b.empty(s.account); got != (returns.Tally{Taken: 121}) {
		t.Errorf("emptied %+v", got)
	}
	if got := s.flags(); len(got) != 0 {
		t.Errorf("%d are left", len(got))
	}
	if got := b.suppressed("bob@example.net"); !slices.Equal(got, []subscribers.Reason{subscribers.ReasonBounce}) {
		t.Errorf("bob is suppressed for %v", got)
	}
}

func TestAMailboxThatCannotBeOpenedSaysWhy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		security mail.Security // of the server
		change   func(*returns.Account)
		want     string
	}{
		"a wrong password":             {mail.ImplicitTLS, func(a *returns.Account) { a.Password = "xyzzy1" }, "refuses the user or the password"},
		"no STARTTLS where it must be": {mail.Plain, func(a *returns.Account) { a.Security = mail.StartTLS }, "offers no STARTTLS: use imaps://"},
		"no TLS where it must be":      {mail.Plain, func(a *returns.Account) { a.Security = mail.ImplicitTLS }, "TLS"},
		"STARTTLS of a stranger":       {mail.StartTLS, func(a *returns.Account) { a.Roots = nil }, "certificate"},
		"TLS of a stranger":            {mail.ImplicitTLS, func(a *returns.Account) { a.Roots = nil }, "certificate"},
		"a password in the clear":      {mail.StartTLS, func(a *returns.Account) { a.Security = mail.Plain }, "refuses the user or the password"},
		"no such folder":               {mail.Plain, func(a *returns.Account) { a.Folder = "Elsewhere" }, "Elsewhere"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, s := newBed(t), startIMAP(t, tt.security)
			s.put(report{to: b.back("ann@example.net")}.String())
			a := s.account
			tt.change(&a)
			_, err := b.returns.Empty(t.Context(), a)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "xyzzy1") {
				t.Errorf("the error is %v, want one that says %q", err, tt.want)
			}
			if len(s.flags()) != 1 || b.suppressed("ann@example.net") != nil {
				t.Error("something was done all the same")
			}
		})
	}
}

func TestAServerThatFallsSilentIsLeftWhenTheProgramEnds(t *testing.T) {
	t.Parallel()
	for name, greeting := range map[string]string{"at once": "", "after its greeting": "* OK IMAP4rev1 here\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			ctx, end := context.WithCancel(t.Context())
			go func() {
				c, err := listener.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				if greeting != "" {
					_, _ = c.Write([]byte(greeting))
					_, _ = c.Read(make([]byte, 1))
				}
				end()
				_, _ = io.Copy(io.Discard, c)
			}()
			began := time.Now()
			_, err = b.returns.Empty(ctx, returns.Account{Host: "127.0.0.1", Port: port(t, listener.Addr().String()), Security: mail.Plain, User: "u"})
			if !errors.Is(err, context.Canceled) || time.Since(began) > 10*time.Second {
				t.Errorf("after %s: %v", time.Since(began), err)
			}
		})
	}
}

func TestParseAccount(t *testing.T) {
	t.Parallel()
	good := map[string]returns.Account{
		"imaps://back@imap.example.org":              {Host: "imap.example.org", Port: 993, Security: mail.ImplicitTLS, User: "back"},
		"imap://back%40example.org@imap.example.org": {Host: "imap.example.org", Port: 143, Security: mail.StartTLS, User: "back@example.org"},
		"imap+plain://back@127.0.0.1:1143":           {Host: "127.0.0.1", Port: 1143, Security: mail.Plain, User: "back"},
	}
	for text, want := range good {
		if got, err := returns.ParseAccount(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "imap.example.org", "http://back@imap.example.org", "imaps://imap.example.org", "imaps://back@", "imaps://back:xyzzy1@imap.example.org",
		"imaps://back@imap.example.org/INBOX", "imaps://back@imap.example.org:0", "imap+plain://back@imap.example.org", "imaps://back@imap.example.org?x=y", "imaps://%zz:xyzzy1@x",
	} {
		if got, err := returns.ParseAccount(text); err == nil || strings.Contains(err.Error(), "xyzzy1") {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}
