package mail

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"
)

// TokenPlace stands where a reader's token goes: in a letter's parts and in its
// unsubscribe address. It is as long as a token and in a token's alphabet, so
// that filling it in changes no encoding and no line break.
const TokenPlace = "jze4hwlxygo2dtjdevtxxmx6yqc56lpzgegbezljou45rzz7vdrmkca"

// SincePlace stands in a letter's parts where the day goes on which a reader
// signed up. It has the form of a day, so that filling one in changes no encoding
// and no line break, and is none, so that no text has it by accident.
const SincePlace = "9304-75-86"

// A Letter is what a message says, the same for all its readers.
type Letter struct {
	From    netmail.Address
	ReplyTo netmail.Address // zero: answers go to From
	Subject string
	HTML    string // may hold TokenPlace and SincePlace any number of times
	Text    string // likewise

	ListID   string // "label.domain", without brackets, for ever the same; empty: no List- fields at all
	ListName string // shown beside it; left out where the field could not hold it as it is

	// UnsubscribeURL holds TokenPlace once, and makes the one-click fields of
	// RFC 8058. Both parts must then hold TokenPlace too. Empty for mail to
	// those who are not subscribed yet.
	UnsubscribeURL    string
	UnsubscribeMailto string // "mailto:…", optional; may hold TokenPlace

	ListHelp, ListOwner, ListArchive string // URIs; left out when empty

	// FeedbackID groups the complaints that a provider tells of (Google's
	// Feedback-ID): three names, from the narrowest to the widest, and the
	// sender's own of 5 to 15 characters, with colons between them. It must not
	// name a reader. Left out when empty.
	FeedbackID string

	AutoSubmitted bool // Auto-Submitted: auto-generated, for what a program sends in answer to someone
	Bulk          bool // Precedence: bulk

	Signer *Signer // signs every copy, and is of From's domain; nil: none does
}

// header writes the fields that are the same for all readers, but for those
// of MIME. Names and values are as mail-reading programs want them, one each.
func (l Letter) header() ([]string, error) {
	if headerText(l.Subject) == "" {
		return nil, errors.New("the letter has no subject")
	}
	from, err := sender(l.From)
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	if s := l.Signer; s != nil && !strings.HasSuffix(strings.ToLower(from.Address), "@"+s.domain) {
		return nil, fmt.Errorf("from: %q is not of the domain that signs, %s", l.From.Address, s.domain)
	}
	var h headerWriter
	h.write(mailboxField("From", from))
	if l.ReplyTo.Address != "" && l.ReplyTo.Address != l.From.Address {
		replyTo, err := sender(l.ReplyTo)
		if err != nil {
			return nil, fmt.Errorf("reply-to: %w", err)
		}
		h.write(mailboxField("Reply-To", replyTo))
	}
	h.write(unstructuredField("Subject", l.Subject))
	l.listFields(&h)
	if l.FeedbackID != "" {
		h.write(feedbackID(l.FeedbackID))
	}
	if l.Bulk {
		h.write("Precedence: bulk\r\n", nil)
	}
	if l.AutoSubmitted {
		h.write("Auto-Submitted: auto-generated\r\n", nil)
	}
	return h.fields, h.err
}

// sender is an address that mail is from: it must work with any relay.
func sender(a netmail.Address) (netmail.Address, error) {
	if NeedsSMTPUTF8(a.Address) {
		return a, fmt.Errorf("%q: a sender's address is ASCII before its @", a.Address)
	}
	wire, err := onTheWire(a.Address)
	if err != nil {
		return a, fmt.Errorf("%q is not an address: %w", a.Address, err)
	}
	return netmail.Address{Name: a.Name, Address: wire}, nil
}

// headerWriter collects fields and the first error.
type headerWriter struct {
	fields []string
	err    error
}

func (h *headerWriter) write(field string, err error) {
	if h.err == nil {
		h.err = err
	}
	h.fields = append(h.fields, field)
}

// listFields writes what RFC 2369, 2919 and 8058 ask of a list. A
// confirmation mail has them too, but for those that unsubscribe.
func (l Letter) listFields(h *headerWriter) {
	if l.ListID == "" {
		if l.UnsubscribeURL != "" {
			h.write("", errors.New("the letter has an unsubscribe address and no list ID"))
		}
		return
	}
	h.write(listID(l.ListID, l.ListName))
	if l.UnsubscribeURL != "" {
		h.write(l.unsubscribe())
		// RFC 8058 section 5 allows no fold in it.
		h.write("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", nil)
	}
	for _, u := range []struct{ name, uri string }{
		{"List-Help", l.ListHelp}, {"List-Owner", l.ListOwner}, {"List-Archive", l.ListArchive},
	} {
		if u.uri != "" {
			h.write(uriField(u.name, u.uri))
		}
	}
	h.write("List-Post: NO\r\n", nil)
}

// listID writes List-Id on one line. A name that is not ASCII is left out:
// encoded-words have no place in List- fields, and readers of the field take
// its identifier by the brackets.
func listID(id, name string) (string, error) {
	const longest = 255 // RFC 2919 section 3
	id = strings.ToLower(id)
	if err := checkDomain(id); err != nil || len(id) > longest || !strings.Contains(id, ".") {
		return "", fmt.Errorf("list ID %q is not of the form label.domain", id)
	}
	f := newField("List-Id")
	name = quoted(headerText(name))
	if fits := f.col+len(name)+len(id)+len("  <>") <= foldAt; fits && name != `""` && plain(name, foldAt) {
		f.add(name, foldAt)
	}
	f.add("<"+id+">", maxLine)
	return f.end()
}

func feedbackID(id string) (string, error) {
	names := strings.Split(id, ":")
	for i, name := range names {
		if !isDotAtom(name) || slices.Contains(names[:i], name) {
			return "", fmt.Errorf("feedback ID %q: %q is not a name of its own", id, name)
		}
	}
	if sender := names[len(names)-1]; len(names) != 4 || len(sender) < 5 || len(sender) > 15 {
		return "", fmt.Errorf("feedback ID %q is not of the form issue:list:edition:sender", id)
	}
	return "Feedback-ID: " + id + "\r\n", nil
}

func (l Letter) unsubscribe() (string, error) {
	if strings.Count(l.UnsubscribeURL, TokenPlace) != 1 {
		return "", errors.New("the unsubscribe address has not one place for a token")
	}
	u, err := url.Parse(l.UnsubscribeURL)
	// RFC 8058 wants https. Where mail stays on this machine there may be none;
	// the configuration demands it for every other relay.
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return "", fmt.Errorf("the unsubscribe address %q is no web address", l.UnsubscribeURL)
	}
	if l.UnsubscribeMailto == "" {
		return uriField("List-Unsubscribe", l.UnsubscribeURL)
	}
	if !strings.HasPrefix(l.UnsubscribeMailto, "mailto:") {
		return "", fmt.Errorf("the unsubscribe address %q does not begin with “mailto:”", l.UnsubscribeMailto)
	}
	return uriField("List-Unsubscribe", l.UnsubscribeURL, l.UnsubscribeMailto)
}

// uriField writes URIs in brackets, the preferred first.
func uriField(name string, uris ...string) (string, error) {
	f := newField(name)
	for i, uri := range uris {
		u, err := url.Parse(uri)
		if err != nil || u.Scheme == "" || !isASCII(uri) || strings.ContainsAny(uri, " <>\"\\^`{|}\x7f") {
			return "", fmt.Errorf("header field %s: %q is not a URI", name, uri)
		}
		word := "<" + uri + ">"
		if i < len(uris)-1 {
			word += ","
		}
		f.add(word, foldAt)
	}
	return f.end()
}
