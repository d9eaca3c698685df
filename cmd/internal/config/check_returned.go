package config

import (
	"time"

	"redigest/subscribers/returns"
)

// minEmpty is how often a mailbox may be emptied without being a nuisance.
const minEmpty = Duration(5 * time.Second)

func (r Returned) check(found *Faults, path bool) {
	const at = "mail.returned"
	if r.Mailbox != "" {
		// The URL is not quoted: it may hold a password by mistake.
		if _, err := returns.ParseAccount(r.Mailbox); err != nil {
			found.add(at+".mailbox", "%s", err)
		} else if r.Password == "" {
			found.add(at+".password", "the mailbox has no password; set password, password_file or %s", returnedPassword)
		}
	}
	if r.Folder == "" {
		found.add(at+".folder", "name the folder of the mailbox, such as INBOX")
	}
	if r.Every < minEmpty {
		found.add(at+".every", "the mailbox is emptied every %s at most", minEmpty)
	}
	if r.Listen != "" {
		checkListen(found, at+".listen", r.Listen)
		if !path {
			found.add(at+".listen", "set mail.return_path too: mail is taken for its addresses alone")
		}
	}
	// The list looks back over a hundred issues: with more days than that nobody
	// would ever be suppressed.
	const most = 90
	if r.SoftCount < 1 || r.SoftCount > most {
		found.add(at+".soft_count", "this must be between 1 and %d", most)
	}
	if r.SoftDays < 1 || r.SoftDays > most {
		found.add(at+".soft_days", "this must be between 1 and %d", most)
	}
}
