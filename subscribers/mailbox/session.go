package mailbox

import (
	"fmt"
	"io"

	"github.com/emersion/go-smtp"
)

// A session takes the messages of one line. It takes them for anyone.
type session struct {
	keep *maildir
	line *line
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }

// Data keeps a message to the octet. It answers once the message is safe on
// disk, so that accepted means accepted here too.
func (s *session) Data(r io.Reader) error {
	s.line.take(true)
	defer s.line.take(false)
	if err := s.keep.store(r); err != nil {
		// Whatever went wrong, the message was not at fault.
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: fmt.Sprintf("not kept: %v", err)}
	}
	return nil
}
