package delivery

import (
	"redigest/subscribers"
	"redigest/subscribers/mail"
)

// Envelope returns who the mail of a delivery is from; whom it is to is told
// by the claim. With a return path, each delivery has an address of its own,
// and the relay is told its name (RFC 3461, section 4.4), so that what comes
// back says which mail it is about and nobody else can say so.
func (l *Letters) Envelope(c subscribers.Claim) mail.Envelope {
	if l.opts.ReturnPath.IsZero() {
		return mail.Envelope{From: l.From()}
	}
	token := l.list.ReturnedToken(c.Key())
	return mail.Envelope{From: l.opts.ReturnPath.Returned(token), ID: token}
}

// unsubscribeMailto is where a reader leaves by mail (RFC 2369, section 3.2),
// with the place of their token in it; empty without a return path.
func (l *Letters) unsubscribeMailto() string {
	if l.opts.ReturnPath.IsZero() {
		return ""
	}
	return "mailto:" + l.opts.ReturnPath.Leaving(mail.TokenPlace)
}
