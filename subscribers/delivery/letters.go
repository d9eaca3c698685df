package delivery

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"redigest/digest"
	"redigest/subscribers"
	"redigest/subscribers/mail"
	"redigest/templates"
)

// A Publication is who writes the letters.
type Publication struct {
	templates.Publication

	From    netmail.Address
	ReplyTo netmail.Address // zero: answers go to From

	// ListID names the list for ever, as "label.domain"; "digest." and the
	// domain of From if empty.
	ListID string
}

// LettersOptions sets up [Letters].
type LettersOptions struct {
	Publication Publication
	BaseURL     string // of the site, without a slash at its end

	// ReturnPath is where returned mail and mail from those who leave arrives.
	// Without one it comes to From, and nobody leaves by mail.
	ReturnPath mail.ReturnPath

	Signer *mail.Signer // signs all that is mailed; nil: nothing is signed

	Templates *templates.Set // of confirmations; what is built in if nil
}

// Letters writes what is mailed: it knows the text of each mailing and what
// differs from reader to reader.
type Letters struct {
	list  *subscribers.List
	store *digest.Store
	opts  LettersOptions

	mu    sync.Mutex
	built map[letterKey]*mail.Template
}

// A letterKey names a letter. All confirmations have one letter.
type letterKey struct {
	kind  subscribers.Kind
	issue digest.ID
}

// NewLetters returns the letters of a publication.
func NewLetters(list *subscribers.List, store *digest.Store, opts LettersOptions) *Letters {
	if p := &opts.Publication; p.ListID == "" {
		p.ListID = "digest." + domain(p.From.Address)
	}
	if opts.Templates == nil {
		opts.Templates = templates.Default()
	}
	return &Letters{list: list, store: store, opts: opts, built: map[letterKey]*mail.Template{}}
}

// domain returns the domain of an address in A-labels.
func domain(address string) string {
	d := address[strings.LastIndexByte(address, '@')+1:]
	if ascii, err := idna.Lookup.ToASCII(d); err == nil {
		return ascii
	}
	return d
}

// From returns the address that mail is from.
func (l *Letters) From() string { return l.opts.Publication.From.Address }

// Template returns the letter of a mailing. It is built once, but for tests: the
// draft that a test shows may have changed before the next one.
func (l *Letters) Template(ctx context.Context, m *subscribers.Mailing) (*mail.Template, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := letterKey{m.Kind, m.IssueID}
	if t := l.built[key]; t != nil {
		return t, nil
	}
	letter, err := l.letter(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("write the letter of mailing %s: %w", m.ID, err)
	}
	t, err := mail.Build(letter)
	if err != nil {
		return nil, fmt.Errorf("build the message of mailing %s: %w", m.ID, err)
	}
	if m.Kind != subscribers.TestMailing {
		l.built[key] = t
	}
	return t, nil
}

// Forget drops the letter of a mailing that is finished; it is built anew when
// it is asked for again.
func (l *Letters) Forget(m *subscribers.Mailing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.built, letterKey{m.Kind, m.IssueID})
}

// Copy returns what is the reader's own in a message. Who has not signed up, as
// whoever is shown a test, did so on the day of the message.
func (l *Letters) Copy(c subscribers.Claim, to string, dated time.Time) mail.Copy {
	signedUp := c.SignedUpAt
	if signedUp.IsZero() {
		signedUp = dated
	}
	zone := l.store.Zone()
	return mail.Copy{
		To:        to,
		Token:     l.token(c),
		MessageID: l.messageID(c.Key()),
		Since:     signedUp.In(zone).Format(time.DateOnly),
		Date:      dated.In(zone),
	}
}

// messageID is a function of the delivery's key, so that every attempt at a
// delivery has the same one and no two deliveries do.
func (l *Letters) messageID(k subscribers.Key) string {
	return k.Mailing.String() + "." + k.Subscriber.String() + "@" + domain(l.From())
}

func (l *Letters) token(c subscribers.Claim) string {
	if c.Mailing.Kind == subscribers.ConfirmationMailing {
		// The link works as long as its mailing: what would arrive later is
		// given up.
		return l.list.ConfirmToken(c.Subscriber, c.Mailing.Generation, c.Mailing.DeadlineAt)
	}
	return l.list.UnsubscribeToken(c.Subscriber)
}

func (l *Letters) letter(ctx context.Context, m *subscribers.Mailing) (mail.Letter, error) {
	switch m.Kind {
	case subscribers.IssueMailing:
		return l.issue(ctx, m.IssueID)
	case subscribers.TestMailing:
		letter, err := l.issue(ctx, m.IssueID)
		letter.Subject = "[Test] " + letter.Subject
		return letter, err
	case subscribers.ConfirmationMailing:
		return l.confirmation()
	}
	return mail.Letter{}, fmt.Errorf("there is no letter of the kind %q", m.Kind)
}

// errNotRendered guards against an order for an issue that is a draft.
var errNotRendered = errors.New("the issue has no mail yet; it must be frozen first")

func (l *Letters) issue(ctx context.Context, id digest.ID) (mail.Letter, error) {
	issue, err := l.store.IssueByID(ctx, id)
	if err != nil {
		return mail.Letter{}, err
	}
	if issue.HTML == "" || issue.Text == "" {
		return mail.Letter{}, fmt.Errorf("issue %s of %s: %w", id, issue.Day, errNotRendered)
	}
	return l.issueLetter(issue), nil
}

func (l *Letters) issueLetter(issue digest.Issue) mail.Letter {
	letter := l.common()
	letter.Subject, letter.HTML, letter.Text = issue.Subject, issue.HTML, issue.Text
	letter.UnsubscribeURL = l.UnsubscribeURL()
	letter.UnsubscribeMailto = l.unsubscribeMailto()
	letter.Bulk = true
	letter.FeedbackID = fmt.Sprintf("%s:%s:%s:redigest", issue.Day, l.opts.Publication.ListID, issue.Edition)
	return letter
}

// Sample returns the whole message of an issue as it would be for a reader at
// address to. Its link is nobody's.
func (l *Letters) Sample(issue digest.Issue, to string, now time.Time) ([]byte, error) {
	t, err := mail.Build(l.issueLetter(issue))
	if err != nil {
		return nil, fmt.Errorf("build the message of %s: %w", issue.Day, err)
	}
	return t.Append(nil, l.Copy(subscribers.Claim{Mailing: &subscribers.Mailing{Kind: subscribers.TestMailing}}, to, now))
}

// UnsubscribeURL is where a reader leaves, with the place of their token in it.
// What is rendered for mail must hold it exactly so.
func (l *Letters) UnsubscribeURL() string {
	return l.opts.BaseURL + "/unsubscribe/" + mail.TokenPlace
}

// common is what all letters have. A confirmation has the list's fields too,
// so that nobody's vacation notice answers it.
func (l *Letters) common() mail.Letter {
	p := l.opts.Publication
	return mail.Letter{
		From:        p.From,
		ReplyTo:     p.ReplyTo,
		ListID:      p.ListID,
		ListName:    p.Name,
		ListHelp:    l.opts.BaseURL + "/",
		ListOwner:   "mailto:" + p.From.Address,
		ListArchive: l.opts.BaseURL + "/issues",
		Signer:      l.opts.Signer,
	}
}

func (l *Letters) confirmation() (mail.Letter, error) {
	view := templates.ConfirmationMail{
		Publication: l.opts.Publication.Publication,
		Subject:     l.ConfirmationSubject(),
		HowOften:    "every day",
		ConfirmURL:  l.opts.BaseURL + "/confirm/" + mail.TokenPlace,
		ValidDays:   int(subscribers.PendingFor / (24 * time.Hour)),
	}
	letter := l.common()
	letter.Subject = view.Subject
	letter.AutoSubmitted = true
	var htmlErr, textErr error
	letter.HTML, htmlErr = l.opts.Templates.ConfirmationHTML(view)
	letter.Text, textErr = l.opts.Templates.ConfirmationText(view)
	return letter, errors.Join(htmlErr, textErr)
}

// ConfirmationSubject is the subject of confirmations, for the page that tells
// a new reader what to look for.
func (l *Letters) ConfirmationSubject() string {
	return "Please confirm: " + l.opts.Publication.Name
}
