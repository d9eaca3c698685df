package bounce

// loosePolicy are words about the sender, the message or the way it came, which
// others use as well: they are asked behind the narrow codes.
var loosePolicy = []saying{
	{badreputation, []string{
		"reputation", "unexpected volume or user complaints", "poor sender", "sender score", "senderscore",
	}},
	{speeding, []string{
		"too many recipients this hour", "sent to too many", "rate limit-", "rate control", "too fast",
		"sending rate", "message rate", "exceeded the rate", "exceeds the maximum .. per",
		"exceeded .. limit .. per", "sending limit", "hourly limit", "daily limit", "per hour", "per minute",
	}},
	{toomanyconn, []string{
		"too many connections", "too many concurrent", "too many smtp sessions", "too many sessions",
		"too many recipients", "connection limit", "connections limit", "concurrent connections",
		"simultaneous connections", "number of connections", "maximum number of recipients", "max connections",
		"connection rate", "connection frequency",
	}},
	{blocked, []string{
		"blocked using", "blocked by", "is blocked", "been blocked", "was blocked", "block list", "blocklist",
		"blocklisted", "block listed", "blacklist", "blacklisted", "black list", "black listed", "blacklists",
		"blocking list", "rbl", "rbls", "dnsbl", "dnsbls", "spamhaus", "spamcop", "barracudacentral", "sorbs",
		"uceprotect", "spam source", "listed at", "listed in", "listed on", "is listed", "on our block",
		"denied access", "ip .. blocked", "ip .. denied", "ip .. rejected", "address .. blocked", "host .. blocked",
		"connection refused", "connection rejected", "connections from this host", "not accepting connections",
		"refused connection", "refused to talk to me", "connection denied", "client host rejected",
		"client host .. blocked", "dynamic ip", "dynamic address", "dynamic .. addresses", "dialup", "dial up",
		"residential", "consumer", "temporarily deferred", "no access from mail server", "refuses to talk to you",
		"mail from .. refused", "bad dns", "helo .. rejected", "ehlo .. rejected", "invalid ip for sending",
		"is not allowed to send", "your ip", "your host", "your server", "your mail server", "your network",
		"sender ip", "client ip", "bulk email sender", "too many spams", "daily relay quota", "greylist-",
		"graylist-", "graylisted", "grey listed", "error no spam from you", "domain .. blocked",
		"domain does not exist host rejected", "hosts with dynamic", "banned",
		"unfortunately messages from .. werent sent", "cloudmark", "proxy", "compromised", "ip address is ignored",
	}},
	{rejected, []string{
		"sender rejected", "sender address rejected", "sender .. rejected", "rejected .. sender", "sender domain",
		"sender denied", "sender .. not allowed", "sender .. invalid", "invalid sender", "bad sender",
		"sender not permitted", "sender .. does not exist", "sender .. refused", "sender verify failed",
		"sender verification failed", "unroutable sender", "unrouteable sender", "unresolvable sender",
		"sender unverified", "sender .. blocked", "sender not pre approved", "sender .. unknown", "from address",
		"blocked sender-", "badmailfrom", "envelope sender", "return path", "domain of sender", "domain .. sender",
		"backscatter", "null sender", "empty envelope senders", "rejected by .. administrator", "not a member",
		"non member", "not subscribed", "not allowed to post", "closed mailing list", "user complaints",
	}},
	{spamdetected, []string{
		"spam", "spammy", "unsolicited", "ube", "uce", "bulk email", "bulk mail", "junk", "spamassassin",
		"score .. exceed-", "classified as", "identified as", "blacklisted url", "url .. blacklist-",
		"high probability", "content .. rejected", "rejected .. content", "message filtered", "contains .. url",
		"advertis-",
	}},
	{mesgtoobig, []string{
		"exceed- .. fixed .. size", "message exceed-", "mail size", "exceeding .. size", "size exceeds",
		"message length",
	}},
	{contenterror, []string{
		"line length", "smtputf8 is required", "header size", "too many received headers", "media error",
		"media not supported", "conversion .. required", "8 bit", "8bit", "mime error", "invalid mime",
		"malformed mime", "charset", "attachment", "content encoding", "unsupported .. format", "message header",
	}},
	{blocked, []string{
		"blocked", "greylisted",
	}},
	{policyviolation, []string{
		"policy", "policies", "administrative prohibition", "administratively", "prohibited", "header error",
		"not allowed", "not permitted", "disallowed", "denied by", "message rejected", "message refused",
		"mail rejected", "transaction failed", "delivery not authorized", "message content", "closed", "legal",
		"violates", "violation",
	}},
	{securityerror, []string{
		"access denied", "auth required", "must be authenticated", "authenticate", "unauthenticated senders",
		"starttls", "tls required", "tls is required", "encryption required", "certificate", "security",
		"cryptographic", "authentication", "credentials", "restricted",
	}},
}
