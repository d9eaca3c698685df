package bounce

// The words of [Report.Reason].
const (
	authfailure     = "authfailure"     // SPF, DKIM or DMARC did not pass
	badreputation   = "badreputation"   // the sending address or domain has a bad name
	blocked         = "blocked"         // the sending host is not let in
	contenterror    = "contenterror"    // the message is malformed
	exceedlimit     = "exceedlimit"     // larger than this recipient takes
	expired         = "expired"         // not delivered in time
	feedback        = "feedback"        // a complaint
	filtered        = "filtered"        // refused by a filter that the recipient stands behind
	hasmoved        = "hasmoved"        // the recipient has another address now
	hostunknown     = "hostunknown"     // the domain does not exist
	mailboxfull     = "mailboxfull"     // no room in the mailbox
	mailererror     = "mailererror"     // a program that delivers mail failed
	mesgtoobig      = "mesgtoobig"      // larger than the server takes
	networkerror    = "networkerror"    // the way there is broken or runs in a circle
	norelaying      = "norelaying"      // the server does not take mail for this domain
	notaccept       = "notaccept"       // the host takes no mail at all
	notcompliant    = "notcompliantrfc" // the message breaks a rule of RFC 5322
	onhold          = "onhold"          // a bounce that does not say why
	policyviolation = "policyviolation" // against the receiver's rules
	rejected        = "rejected"        // the sender is refused
	requireptr      = "requireptr"      // the sending host has no reverse name
	securityerror   = "securityerror"   // not authenticated, not encrypted, not authorised
	spamdetected    = "spamdetected"    // called spam
	speeding        = "speeding"        // too much at a time
	suspend         = "suspend"         // the mailbox is locked for now
	syntaxerror     = "syntaxerror"     // a command was not understood
	systemerror     = "systemerror"     // a fault of the receiving system
	systemfull      = "systemfull"      // the receiving system's disk is full
	toomanyconn     = "toomanyconn"     // too many connections or recipients
	undefined       = "undefined"       // words that say nothing known
	userunknown     = "userunknown"     // there is no such mailbox
	vacation        = "vacation"        // an automatic reply
	virusdetected   = "virusdetected"   // called a virus
)

// isHard tells whether a reason lies in the address and will not pass.
func isHard(reason string) bool {
	switch reason {
	case userunknown, hostunknown, hasmoved, notaccept:
		return true
	}
	return false
}

// statusFaults are the enhanced codes whose meaning is narrow enough to
// outweigh loose words, without their class (RFC 3463, and the registry of RFC 5248).
var statusFaults = map[string]string{
	"1.1": userunknown, "1.2": hostunknown, "1.3": userunknown, "1.6": hasmoved, "1.7": rejected, "1.8": rejected, "1.10": notaccept,
	"2.1": suspend, "2.2": mailboxfull, "2.3": exceedlimit,
	"3.1": systemfull, "3.2": notaccept, "3.4": mesgtoobig, "3.5": systemerror,
	"4.3": systemerror, "4.6": networkerror, "4.14": networkerror, "4.316": expired,
	"5.3": toomanyconn,
	"6.0": contenterror, "6.1": contenterror, "6.2": contenterror, "6.3": contenterror, "6.6": contenterror, "6.7": contenterror,
	"7.13": suspend, "7.17": hasmoved, "7.20": authfailure, "7.21": authfailure, "7.22": authfailure, "7.23": authfailure,
	"7.24": authfailure, "7.25": requireptr, "7.26": authfailure, "7.27": rejected, "7.28": speeding, "7.509": authfailure,
}

// vagueFaults are the other codes, asked when no words decided.
var vagueFaults = map[string]string{
	"1.0": userunknown, "1.4": filtered, "1.5": userunknown, "1.9": systemerror,
	"2.0": filtered, "2.4": filtered,
	"3.0": systemerror, "3.3": systemerror,
	"4.0": networkerror, "4.1": expired, "4.2": networkerror, "4.4": hostunknown, "4.5": networkerror, "4.7": expired, "4.8": networkerror, "4.9": systemerror,
	"5.0": syntaxerror, "5.1": syntaxerror, "5.2": syntaxerror, "5.4": syntaxerror, "5.5": syntaxerror, "5.6": syntaxerror,
	"6.4": contenterror, "6.5": contenterror, "6.8": contenterror, "6.9": contenterror,
	"7.0": securityerror, "7.1": securityerror, "7.2": securityerror, "7.3": securityerror, "7.4": securityerror, "7.5": securityerror,
	"7.6": securityerror, "7.7": securityerror, "7.8": securityerror, "7.9": securityerror, "7.10": securityerror, "7.11": securityerror, "7.12": securityerror, "7.14": securityerror,
}

// codeFaults are the SMTP replies (RFC 5321, section 4.2.3) that are left when nothing else decided.
var codeFaults = map[string]string{
	"421": expired, "432": securityerror, "442": expired, "450": filtered, "451": systemerror, "452": systemfull, "454": securityerror, "455": syntaxerror,
	"500": syntaxerror, "501": syntaxerror, "502": syntaxerror, "503": syntaxerror, "504": syntaxerror, "521": notaccept, "522": mailboxfull, "523": exceedlimit, "524": filtered, "525": suspend, "530": securityerror,
	"534": securityerror, "535": securityerror, "538": securityerror, "551": hasmoved, "552": mailboxfull, "555": syntaxerror, "556": notaccept,
}
