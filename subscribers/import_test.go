package subscribers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// listed returns the rows of a file as “address name”.
func listed(f *importFile) (list []string) {
	for _, r := range f.rows {
		list = append(list, strings.TrimSpace(r.address.Typed+" "+r.name))
	}
	return list
}

func inUTF16(text string, head ...byte) string {
	out := bytes.NewBuffer(head)
	for _, u := range utf16.Encode([]rune(text)) {
		if head[0] == 0xFF {
			out.Write([]byte{byte(u), byte(u >> 8)})
		} else {
			out.Write([]byte{byte(u >> 8), byte(u)})
		}
	}
	return out.String()
}

func TestReadImport(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in       string
		want     []string
		doubled  int
		rejected []RejectedLine
	}{
		"one address a line": {
			in:   "alice@example.org\nbob@example.org",
			want: []string{"alice@example.org", "bob@example.org"},
		},
		"blank lines, white space and the line ends of Windows": {
			in:   "\r\n alice@example.org \r\n\r\n\tbob@example.org\r\n\r\n",
			want: []string{"alice@example.org", "bob@example.org"},
		},
		"the line ends of an old Mac": {
			in:   "alice@example.org\rbob@example.org\r",
			want: []string{"alice@example.org", "bob@example.org"},
		},
		"a byte order mark": {
			in:   "\ufeffalice@example.org\nbob@example.org\n",
			want: []string{"alice@example.org", "bob@example.org"},
		},
		"UTF-16 of Windows": {
			in:   inUTF16("email\tname\r\njürgen@example.org\tJürgen 𝄞\r\n", 0xFF, 0xFE),
			want: []string{"jürgen@example.org Jürgen 𝄞"},
		},
		"UTF-16 the other way round": {
			in:   inUTF16("alice@example.org\r\n", 0xFE, 0xFF),
			want: []string{"alice@example.org"},
		},
		"names, as mail programs write them": {
			in:   "Alice A. <alice@example.org>\n\"Bob, Jr.\" <bob@example.org>\nCarl, Carol <carol@example.org>\n<dave@example.org>\n",
			want: []string{"alice@example.org Alice A.", "bob@example.org Bob, Jr.", "carol@example.org Carl, Carol", "dave@example.org"},
		},
		"links": {
			in:   "mailto:alice@example.org\nMAILTO:bob@example.org?subject=Hello\nCarol <mailto:carol@example.org>\n",
			want: []string{"alice@example.org", "bob@example.org", "carol@example.org Carol"},
		},
		"doubles, in any spelling": {
			in:      "alice@example.org\nALICE@Example.ORG\nAlice <alice@example.org>\nalice+ree@example.org\n",
			want:    []string{"alice@example.org", "alice+ree@example.org"},
			doubled: 2,
		},
		"lines that are no addresses": {
			in:   "alice@example.org\nbob at example.org\n\ncarol@localhost\ndave@example.org\nerin@example.org\n",
			want: []string{"alice@example.org", "dave@example.org", "erin@example.org"},
			rejected: []RejectedLine{
				{2, "bob at example.org", "not an email address: “bob at example.org”: there is a space in it"},
				{4, "carol@localhost", "not an email address: “carol@localhost”: the part after the @ has no dot"},
			},
		},
		"a table with commas": {
			in:   "id,E-Mail Address,First Name,Last Name\n1,alice@example.org,Alice,Quill\n2,bob@example.org,,Reed\n",
			want: []string{"alice@example.org Alice Quill", "bob@example.org Reed"},
		},
		"a table with semicolons that says so": {
			in:   "sep=;\nEMAIL;LASTNAME;FIRSTNAME\nalice@example.org;Quill;Alice\n",
			want: []string{"alice@example.org Alice Quill"},
		},
		"a table with tabs": {
			in:   "name\temail\nAlice, of Kent\talice@example.org\n",
			want: []string{"alice@example.org Alice, of Kent"},
		},
		"quoted cells and such that run over lines": {
			in:   "email,notes,name\nalice@example.org,\"met her,\nat the fair\",\"Alice \"\"Al\"\" Quill\"\nbob@example.org,,Bob\n",
			want: []string{"alice@example.org Alice \"Al\" Quill", "bob@example.org Bob"},
		},
		"rows that are too short, too long or without an address": {
			in:   "name,email\nAlice,alice@example.org,more,cells\nBob\n,\nCarol, \nDave,dave@example.org\n",
			want: []string{"alice@example.org Alice", "dave@example.org Dave"},
			rejected: []RejectedLine{
				{3, "Bob", "there is no address in column 2"},
				{5, "Carol", "there is no address in column 2"},
			},
		},
		"quotes that do not match": {
			in:       "name,email\nAlice \"Al\" Quill,alice@example.org\nBob,bob@example.org\n",
			want:     []string{"bob@example.org Bob"},
			rejected: []RejectedLine{{2, "", "the quotes in it do not match"}},
		},
		"a quote that swallows rows": {
			in:       "name,email\n\"Alice,alice@example.org\nBob,bob@example.org\nCarol\",carol@example.org\nDave,dave@example.org\n",
			want:     []string{"dave@example.org Dave"},
			rejected: []RejectedLine{{2, "Alice,alice@example.org\nBob,bob@example.org\nCarol carol@example.org", "the quotes in it do not match: one cell runs over 3 lines"}},
		},
		"no names of columns": {
			in:   "1,alice@example.org,Kent\n2,bob@example.org,Essex\n",
			want: []string{"alice@example.org", "bob@example.org"},
		},
		"names of columns that nobody knows": {
			in:   "Nr;Kontakt\n1;alice@example.org\n2;bob@example.org\n",
			want: []string{"alice@example.org", "bob@example.org"},
		},
		"no names and two addresses in a line": {
			in:       "1,alice@example.org,Kent\n2,bob@example.org,bob2@example.org\n",
			want:     []string{"alice@example.org"},
			rejected: []RejectedLine{{2, "2 bob@example.org bob2@example.org", "there are 2 addresses in one line; write each on its own"}},
		},
		"an export of subscribers that holds nobody else": {
			in: "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LAST_CHANGED,TAGS\n" +
				"alice@example.org,Alice,2,2020-02-03 04:05:06,,2020-02-03 04:06:06,2020-02-03 04:05:06,\"\"\"VIP\"\",\"\"Blog\"\"\"\n",
			want: []string{"alice@example.org Alice"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := readImport("", []byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, listed(f)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.rejected, f.rejected); diff != "" || f.doubled != tt.doubled {
				t.Errorf("%d doubled, want %d; rejected (-want +got):\n%s", f.doubled, tt.doubled, diff)
			}
		})
	}
}

func TestFilesThatAreRefusedWhole(t *testing.T) {
	t.Parallel()
	const full = "this looks like a full export with statuses; this version imports plain lists, and would mail people who left; " +
		"remove the rows of all who left and the columns that say so, and import the rest"
	tests := map[string]struct{ in, says string }{
		"nothing":                {"", "there are no email addresses in this file; write one on each line, or give a table with a column named email"},
		"no addresses":           {"Dear all,\nplease find the list attached.\n", "there are no email addresses in this file; write one on each line, or give a table with a column named email"},
		"a workbook":             {"PK\x03\x04\x00\x00", "this is not a text file; save the table as CSV and import that"},
		"Windows-1252":           {"email,name\nbob@example.org,Bob\njuergen@example.org,J\xfcrgen\n", "line 3 is not UTF-8 text; save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”) and import that"},
		"a quote without an end": {"name,email\nAlice,alice@example.org\n\"Bob,bob@example.org\nCarol,carol@example.org\n", "line 3 opens a quote that is never closed; close it or take it out"},
		"a status":               {"email,status\nalice@example.org,active\n", "the column “status”: " + full},
		"a state":                {"first_name,email_address,state\nAlice,alice@example.org,active\n", "the column “state”: " + full},
		"when they left":         {"email,First Name,tier,unsubscribed_at\nalice@example.org,Alice,free,\n", "the column “unsubscribed_at”: " + full},
		"mail switched off":      {"email,active_subscription,email_disabled\nalice@example.org,false,true\n", "the column “email_disabled”: " + full},
		"a file of who left":     {"Email Address,OPTIN_TIME,UNSUB_TIME,UNSUB_REASON\nalice@example.org,,2020-02-03,\n", "the column “UNSUB_TIME”: " + full},
		"a file of who bounced":  {"Email Address,OPTIN_TIME,CLEAN_TIME\nalice@example.org,,2020-02-03\n", "the column “CLEAN_TIME”: " + full},
		"a yes or no":            {"id,email,name,subscribed_to_emails,deleted_at\n1,alice@example.org,Alice,false,\n", "the column “subscribed_to_emails”: " + full},
		"a black list":           {"EMAIL;LASTNAME;EMAIL_BLACKLISTED\nalice@example.org;Quill;Yes\n", "the column “EMAIL_BLACKLISTED”: " + full},
		"undeliverable":          {"email_address,undeliverability_date\nalice@example.org,\n", "the column “undeliverability_date”: " + full},
		"in another language":    {"Email,Globaler Status\nalice@example.org,Abonniert\n", "the column “Globaler Status”: " + full},
		"our columns, reordered": {"name,address,status,edition,created_at,confirmed_at,suppressed\n,alice@example.org,unsubscribed,daily,,,\n", "the column “status”: " + full},
		"a word in some line":    {"alice@example.org,x\nbob@example.org,Unsubscribed\n", "line 2 says “Unsubscribed”: " + full},
		"a heading in a list":    {"alice@example.org\n\nUnsubscribed:\nbob@example.org\ncarol@example.org\n", "line 3 says “Unsubscribed:”: " + full},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, _ := newList(t)
			before := dump(t, l)
			_, err := l.Import(t.Context(), strings.NewReader(tt.in), ImportOptions{Ground: "a test"})
			if err == nil || err.Error() != tt.says {
				t.Errorf("it says  %v\nwant     %s", err, tt.says)
			}
			if dump(t, l) != before {
				t.Error("something of it was stored")
			}
		})
	}
}

func TestImportNeedsAGround(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	if _, err := l.Import(t.Context(), strings.NewReader("alice@example.org"), ImportOptions{}); !errors.Is(err, ErrNoGround) {
		t.Errorf("Import = %v, want ErrNoGround", err)
	}
	if report, err := l.Import(t.Context(), strings.NewReader("alice@example.org"), ImportOptions{DryRun: true}); err != nil || report.Added != 1 {
		t.Errorf("a dry run: %+v, %v; want one to be added", report, err)
	}
	if dump(t, l, "subscribers") != "" {
		t.Error("somebody was put on the list")
	}
}

// manyStandings puts one address in each state and returns a file with all.
func manyStandings(t *testing.T, l *List, clock *wallClock) (file string) {
	t.Helper()
	names := make([]string, 0, len(standings))
	for name := range standings {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		address := fmt.Sprintf("reader%d@example.org", i)
		standings[name](t, l, clock, address)
		file += address + "\n"
	}
	return file
}

func TestPromise3ImportLiftsNothingAndMailsNobody(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	file := manyStandings(t, l, clock) + "READER0@example.org\nnobody\n"
	clock.Pass(time.Hour)
	suppressions, mails := dump(t, l, "suppressions"), dump(t, l, "mailings", "deliveries")
	dry, err := l.Import(t.Context(), strings.NewReader(file), ImportOptions{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	report := importFrom(t, l, file)
	want := ImportReport{
		Added: 2, Already: 1, Suppressed: 5, Unsubscribed: 2, Doubled: 1, Rejected: 1, // new and pending are added
		Lines: []RejectedLine{{12, "nobody", "not an email address: “nobody”: there is no @ in it"}},
	}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("the report (-want +got):\n%s", diff)
	}
	want.DryRun = true
	if diff := cmp.Diff(want, dry); diff != "" {
		t.Errorf("the dry run's report (-want +got):\n%s", diff)
	}
	if dump(t, l, "suppressions") != suppressions {
		t.Error("suppressions have changed")
	}
	if dump(t, l, "mailings", "deliveries") != mails {
		t.Error("mail is owed")
	}
	if n := number(t, l, "SELECT count(*) FROM consents WHERE event = 'imported' AND ground = 'a test'"); n != 2 {
		t.Errorf("%d grounds were recorded, want 2", n)
	}
	before := dump(t, l)
	clock.Pass(time.Hour)
	again := importFrom(t, l, file)
	if again.Added != 0 || again.Already != 3 || again.Suppressed != 5 || again.Unsubscribed != 2 {
		t.Errorf("the second time: %+v", again)
	}
	if dump(t, l) != before {
		t.Error("the second time wrote something")
	}
}

func TestImportCutOffAndRunAgainComesToTheSame(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	file := []byte(manyStandings(t, l, clock))
	const rows = 4 * importMost
	for i := range rows {
		file = fmt.Appendf(file, "Reader <r%d@example.org>\n", i)
	}
	batches := 0
	for _, kill := range []int{1, 2, 3, 1, 1000} { // after so many batches
		ctx, cancel := context.WithCancel(t.Context())
		batches = 0
		_, err := l.Import(ctx, bytes.NewReader(file), ImportOptions{Ground: "a test", Progress: func(done, total int) {
			if total != rows+len(standings) || done < 1 || done > total {
				t.Errorf("%d of %d are done", done, total)
			}
			if batches++; batches == kill {
				cancel()
			}
		}})
		cancel()
		if kill < 1000 != errors.Is(err, context.Canceled) {
			t.Fatalf("killed after %d batches: %v", kill, err)
		}
	}
	if batches < rows/importMost+1 {
		t.Errorf("%d batches for %d rows: others have to wait too long", batches, rows)
	}
	if n := number(t, l, "SELECT count(*) FROM subscribers WHERE name = 'Reader' AND status = 'confirmed' AND address LIKE 'r%'"); n < rows {
		t.Errorf("%d are on the list, want %d", n, rows)
	}
	if n := number(t, l, "SELECT count(*) - count(DISTINCT subscriber_id) FROM consents WHERE event = 'imported'"); n != 0 {
		t.Errorf("%d were recorded twice", n)
	}
}

func TestAnExportGoesBackIn(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	manyStandings(t, l, clock)
	if _, err := l.Add(t.Context(), "=1+1@example.org", "'=cmd()", "at the fair"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Add(t.Context(), "jürgen@müller.example", "Jürgen, \"Jü\"\nMüller", "at the fair"); err != nil {
		t.Fatal(err)
	}
	change(t, l, "UPDATE subscribers SET edition = 'weekly' WHERE name LIKE 'J%'")
	var file bytes.Buffer
	n, err := l.Export(t.Context(), &file)
	if err != nil || n != 8 {
		t.Fatalf("Export = %d, %v; want 8: all but the new, the erased and the one on no list", n, err)
	}

	copied := openList(t, filepath.Join(t.TempDir(), "copy.db"), clock)
	clock.Pass(time.Hour)
	report := importFrom(t, copied, file.String())
	want := ImportReport{Added: 3, Pending: 1, Suppressed: 2, Unsubscribed: 2, Lines: []RejectedLine{}}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("the report (-want +got):\n%s", diff)
	}
	ignore := cmp.Options{cmpopts.IgnoreFields(Subscriber{}, "ID", "Generation", "AskedAt"), cmpopts.IgnoreFields(Suppression{}, "Source", "CreatedAt"), cmpopts.EquateEmpty(),
		cmpopts.SortSlices(func(a, b Suppression) bool { return a.Reason < b.Reason })}
	for s, err := range l.Subscribers(t.Context(), Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, find(t, copied, s.Address).Subscriber, ignore); diff != "" {
			t.Errorf("%s is not the same (-here +there):\n%s", s.Address, diff)
		}
	}
	before := dump(t, copied)
	importFrom(t, copied, file.String())
	if dump(t, copied) != before {
		t.Error("the second time wrote something")
	}
	if dump(t, copied, "mailings") != "" {
		t.Error("mail is owed")
	}
}

func TestOurOwnExportIsTakenStrictly(t *testing.T) {
	t.Parallel()
	head := strings.Join(exportHeader, ",") + "\n"
	tests := map[string]struct {
		standing   string
		row        string
		status     Status
		suppressed []Reason
		report     ImportReport
	}{
		"who is confirmed here has left there": {
			standing: "confirmed", row: ",,unsubscribed,daily,,,", status: Unsubscribed, suppressed: []Reason{ReasonUnsubscribed}, report: ImportReport{Unsubscribed: 1},
		},
		"who is confirmed here bounced there": {
			standing: "confirmed", row: ",,confirmed,daily,,,bounce", status: Confirmed, suppressed: []Reason{ReasonBounce}, report: ImportReport{Suppressed: 1},
		},
		"who is pending here is confirmed there": {
			standing: "pending", row: ",,confirmed,daily,,2026-01-01T00:00:00Z,", status: Confirmed, report: ImportReport{Added: 1},
		},
		"who is confirmed here is pending there": {
			standing: "confirmed", row: ",,pending,daily,,,", status: Confirmed, report: ImportReport{Already: 1},
		},
		"who left here is confirmed there": {
			standing: "left", row: ",,confirmed,daily,,,", status: Unsubscribed, suppressed: []Reason{ReasonUnsubscribed}, report: ImportReport{Unsubscribed: 1},
		},
		"who was erased here is confirmed there": {
			standing: "erased", row: ",,confirmed,daily,,,", status: Erased, suppressed: []Reason{ReasonErased}, report: ImportReport{Suppressed: 1},
		},
		"who is suppressed by hand here is confirmed there": {
			standing: "suppressed by hand, never on the list", row: ",,confirmed,daily,,,", suppressed: []Reason{ReasonManual}, report: ImportReport{Suppressed: 1},
		},
		"who is new has left there": {
			standing: "new", row: ",,unsubscribed,daily,,,", status: Unsubscribed, suppressed: []Reason{ReasonUnsubscribed}, report: ImportReport{Unsubscribed: 1},
		},
		"a status that we do not have": {
			standing: "new", row: ",,active,daily,,,", report: ImportReport{Rejected: 1},
		},
		"a reason that we do not have": {
			standing: "new", row: ",,confirmed,daily,,,nixie", report: ImportReport{Rejected: 1},
		},
		"an edition that we do not have": {
			standing: "new", row: ",,confirmed,hourly,,,", report: ImportReport{Rejected: 1},
		},
		"a time as a spreadsheet writes it": {
			standing: "new", row: ",,confirmed,daily,1.2.2026 06:00,,", report: ImportReport{Rejected: 1},
		},
		"a cell too many": {
			standing: "new", row: ",,confirmed,daily,,,,", report: ImportReport{Rejected: 1},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, clock := newList(t)
			standings[tt.standing](t, l, clock, "alice@example.org")
			report := importFrom(t, l, head+"alice@example.org"+tt.row+"\n")
			report.Lines = nil
			if diff := cmp.Diff(tt.report, report); diff != "" {
				t.Errorf("the report (-want +got):\n%s", diff)
			}
			r, err := l.Find(t.Context(), "alice@example.org")
			if err != nil && !errors.Is(err, ErrNoSubscriber) {
				t.Fatal(err)
			}
			var reasons []Reason
			for _, x := range r.Suppressed {
				reasons = append(reasons, x.Reason)
			}
			if r.Status != tt.status || !slices.Equal(reasons, tt.suppressed) {
				t.Errorf("she is %q, suppressed for %v; want %q, %v", r.Status, reasons, tt.status, tt.suppressed)
			}
			if n := len(r.Consents); tt.status == Unsubscribed && (n == 0 || r.Consents[n-1].Event != EventUnsubscribed) {
				t.Errorf("that she left is not on record: %+v", r.Consents)
			}
		})
	}
}

func TestOfTwoRowsForOneAddressTheStricterHolds(t *testing.T) {
	t.Parallel()
	head := strings.Join(exportHeader, ",") + "\n"
	rows := []string{"alice@example.org,,confirmed,daily,,,\n", "alice@example.org,,unsubscribed,daily,,,\n", "Alice@example.org,,pending,daily,,,complaint\n"}
	for _, order := range [][3]int{{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {2, 0, 1}} {
		l, _ := newList(t)
		report := importFrom(t, l, head+rows[order[0]]+rows[order[1]]+rows[order[2]])
		if r := find(t, l, "alice@example.org"); r.Status != Unsubscribed || !r.suppressedFor(ReasonComplaint) || !r.suppressedFor(ReasonUnsubscribed) {
			t.Errorf("in the order %v she is %+v", order, r.Subscriber)
		}
		if report.Suppressed != 1 || report.Doubled != 2 {
			t.Errorf("in the order %v the report is %+v", order, report)
		}
	}
}

func TestAReportAsJSON(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	got, err := json.Marshal(importFrom(t, l, "alice@example.org\nbob@example.org\nnobody\n"))
	want := `{"dry_run":false,"added":2,"already":0,"pending":0,"suppressed":0,"unsubscribed":0,"doubled":0,"rejected":1,` +
		`"rejected_lines":[{"line":3,"text":"nobody","reason":"not an email address: “nobody”: there is no @ in it"}]}`
	if err != nil || string(got) != want {
		t.Errorf("it is   %s, %v\nwant    %s", got, err, want)
	}
}

// FuzzReadImport holds that every file is read or refused in words, and that
// what is read are addresses, each once.
func FuzzReadImport(f *testing.F) {
	for _, seed := range []string{"alice@example.org\nBob <bob@example.org>\n", "email,name\n\"a\"\"b\",c\n", "sep=;\nx;y@example.org\n", "\xff\xfea\x00",
		strings.Join(exportHeader, ",") + "\nalice@example.org,,confirmed,daily,,,bounce\n", "\"", "a,b\n\"c\nd@example.org\",e\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := readImport("", data)
		if err != nil {
			if !utf8.ValidString(err.Error()) {
				t.Fatalf("the error is not text: %q", err)
			}
			return
		}
		keys := map[string]bool{}
		for _, r := range read.rows {
			if a, err := ParseAddress(r.address.Typed); err != nil || a != r.address || keys[a.Key] {
				t.Fatalf("row %+v: %v, seen before: %v", r, err, keys[a.Key])
			}
			if keys[r.address.Key] = true; r.line < 1 || r.line > bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte("\r"))+1 || r.status == "" {
				t.Fatalf("row %+v of no line or without a status", r)
			}
		}
		for _, r := range read.rejected {
			if r.Reason == "" || r.Line < 1 || !utf8.ValidString(r.Text) {
				t.Fatalf("a line was rejected as %+v", r)
			}
		}
	})
}

func TestImportRefusesAFileThatByItsNameListsWhoLeft(t *testing.T) {
	t.Parallel()
	own := strings.Join(exportHeader, ",") + "\nalice@example.org,,unsubscribed,daily,,,unsubscribed\n"
	tests := map[string]struct {
		name, text string
		refused    bool
	}{
		"who unsubscribed":              {"/home/ann/unsubscribed_segment_export_8a.csv", "alice@example.org\n", true},
		"who did not subscribe":         {"non-subscribed.csv", "alice@example.org\n", true},
		"who was cleaned":               {`C:\lists\Cleaned Members.csv`, "email,name\nalice@example.org,Alice\n", true},
		"who bounced":                   {"2026-01 Bounces.txt", "alice@example.org\n", true},
		"who opted out":                 {"opt_outs.csv", "alice@example.org\n", true},
		"the folder says nothing":       {"/home/ann/cleaned/readers.csv", "alice@example.org\n", false},
		"who subscribed":                {"subscribed_members_export.csv", "alice@example.org\n", false},
		"our own export says it better": {"unsubscribed.csv", own, false},
		"without a name":                {"", "alice@example.org\n", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, dry := range []bool{true, false} {
				l, _ := newList(t)
				report, err := l.Import(t.Context(), strings.NewReader(tt.text), ImportOptions{Name: tt.name, Ground: "a test", DryRun: dry})
				if (err != nil) != tt.refused || tt.refused != errors.Is(err, errNameLeft) {
					t.Errorf("Import = %+v, %v; want it refused: %v", report, err, tt.refused)
				}
				if tt.refused && dump(t, l, "subscribers", "suppressions") != "" {
					t.Error("something of it was stored")
				}
			}
		})
	}
}
