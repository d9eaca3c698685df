package bounce

// The tables are asked in the order that verdict.reason has, and within a table
// the first saying that matches decides: what names one fault without doubt comes
// first, what only colours a refusal comes last, behind the narrow codes.

// senderFaults are words about the address that the mail came from.
var senderFaults = []saying{
	{rejected, []string{
		"sender rejected", "sender address rejected", "sender denied", "invalid sender", "bad sender",
		"sender verify failed", "sender verification failed", "unroutable sender", "unrouteable sender",
		"domain of sender", "verification failed for", "envelope sender", "sender unknown", "unknown sender",
		"sender does not exist", "sender not found", "sender is unknown", "sender user unknown",
		"unable to verify sender",
	}},
}

// plainFaults are words that mean what they say, whatever code they come with.
var plainFaults = []saying{
	{authfailure, []string{
		"dmarc", "dkim .. fail-", "dkim .. did not pass", "spf .. fail-", "fail- .. spf", "spf records", "spf check",
		"spf record", "spf violation", "spf policy", "because of spf", "openspf", "spf pobox", "spf softfail",
		"spf hard fail", "sender policy framework", "sender is unauthenticated", "unauthenticated email",
		"unauthenticated mail", "authentication checks failed", "email authentication",
		"requires all senders to authenticate", "not authorized to send from", "not authorized to send mail from",
		"not permitted to send mail from", "is not allowed to send mail from", "is not allowed to send from",
		"domain owner discourages use of this host", "sender id", "bad spf", "dkim signature", "dkim signatures",
		"not authorized to use the domain", "client host is not authorized", "sender authentication",
		"does not designate", "domainkeys",
	}},
	{requireptr, []string{
		"reverse dns", "rdns", "reverse lookup", "reverse address", "reverse hostname", "cannot find your hostname",
		"cannot resolve your address", "unresolvable .. reverse", "hostname for ip", "ptr", "fcrdns",
		"client host rejected cannot find", "ip name lookup failed", "does not resolve to a", "dynamic reverse",
		"generic reverse",
	}},
	{virusdetected, []string{
		"virus", "viruses", "malware", "infected", "trojan", "worm", "phishing", "malicious", "dangerous attachment",
		"executable file",
	}},
	{mailboxfull, []string{
		"mailbox full", "mailbox almost full", "mail box full", "over quota", "overquota", "quota exceed-",
		"exceed- .. quota", "out of quota", "quota violation", "quota error", "quota full", "quota reached",
		"disk quota", "storage quota", "user is over", "over its quota", "full mailbox", "mailfile is over",
		"maildir .. over", "not enough storage", "not enough disk space", "insufficient storage", "exceeded storage",
		"exceeded its space limit", "exceed- .. mailbox size", "mailbox size limit", "mailbox .. exceed-",
		"mailbox exceeds", "mailbox would exceed", "exceeded the local limit", "storage limit", "storage allocation",
		"recipient .. out of space", "no space left in mailbox", "not have enough space", "is full", "boite pleine",
		"boite aux lettres pleine", "quota dépassé", "quota depasse", "postfach ist voll", "postfach voll",
		"speicherplatz", "buzón lleno", "buzon lleno", "casella piena", "casella postale piena",
		"caixa postal cheia", "caixa de correio cheia", "переполнен-", "квота", "mailbox overflow", "メールボックスが一杯",
		"メールボックスがいっぱい", "容量オーバー", "容量を超え", "errquota", "mailbox limit", "too many messages .. mailbox",
		"user .. too much mail", "mailbox has exceeded", "quota .. exceeded", "no storage space", "disk full",
		"exceeding the recipients", "recipient storage full", "full inbox",
	}},
	{suspend, []string{
		"account .. disabled", "account .. limited", "account .. suspended", "account .. is locked",
		"account locked", "account .. inactive", "account .. blocked", "account .. deactivated",
		"account .. expired", "account .. frozen", "account closed", "account is closed", "mailbox .. disabled",
		"mailbox .. suspended", "mailbox .. inactive", "mailbox .. frozen", "mailbox .. deactivated",
		"mailbox .. locked", "mailbox is blocked", "mailbox currently suspended", "user .. disabled",
		"user .. suspended", "user .. inactive", "user .. locked out", "user locked", "user account .. disabled",
		"recipient .. disabled", "recipient .. suspended", "recipient .. inactive", "recipient .. deactivated",
		"recipient .. frozen", "disabled recipient", "disabled user", "inactive user", "inactive mailbox",
		"inactive recipient", "inactive account", "inactive on this domain", "suspended account",
		"suspended mailbox", "disabled account", "disabled mailbox", "deactivated mailbox", "closed account",
		"address is administratively disabled", "domain .. suspended", "not accepting mail for this user",
		"email account .. disabled", "is a deactivated", "service is disabled", "boite du destinataire archivee",
		"boite archivee", "compte .. bloque", "compte .. suspendu", "compte .. desactive", "compte .. inactif",
		"konto .. gesperrt", "konto .. deaktiviert", "cuenta .. suspendida", "cuenta .. deshabilitada",
		"cuenta inactiva", "заблокирован-", "отключен-", "mailbox temporarily disabled", "sleeping account",
		"dormant", "mailaddress is administrative- disabled", "discontinued", "user .. deactivated",
		"invalid mailbox .. inactive", "vacation or suspended", "mailbox not .. active", "user not active",
		"account not active", "is not active",
	}},
	{hasmoved, []string{
		"has moved", "have moved", "user moved", "mailbox .. moved", "has been replaced by", "has a new address",
		"no forwarding address", "user not local please try",
	}},
	{notcompliant, []string{
		"multiple addresses in from", "rfc 5322", "rfc 2822 compliant", "rfc 5321 compliant", "rfc2822", "bare lf",
		"bare newline", "bare cr", "bare linefeed", "bare line feed", "duplicate headers", "duplicate header",
		"missing a valid message id", "missing message id", "missing .. header", "missing required header",
		"no message id", "from header .. missing", "no from header", "does not comply with rfc", "not compliant",
		"multiple from headers", "violates rfc", "improperly formatted", "malformed header", "stray lf",
		"straight newline", "smtp protocol violation", "header .. not valid",
	}},
	{norelaying, []string{
		"email address is not verified", "relay access denied", "relay denied", "relay not permitted",
		"relay not allowed", "relay is prohibited", "relay prohibited", "not configured to relay", "unable to relay",
		"cannot relay", "not allowed to relay", "not permitted to relay", "wont relay", "do not relay",
		"does not relay", "relay operation rejected", "relaying", "open relay", "relay attempt",
		"mail server requires authentication when attempting to send to a non local", "not local host",
		"allowed rcpthosts", "we dont handle mail for", "that domain isnt in my list",
		"domain isnt allowed to be relayed", "not a gateway", "relayed .. not allowed",
		"specified domain is not allowed", "mail relay", "relay mail", "unauthenticated relay", "not hosted here",
		"not one of our domains",
	}},
	{syntaxerror, []string{
		"command not recognized", "command unrecognized", "command parameter not implemented",
		"command not implemented", "syntax error", "bad sequence of commands", "bad command", "unrecognized command",
		"unrecognised command", "nested mail command", "invalid command", "parameters not recognized",
		"domain name required", "angle brackets nested too deep", "expected word or",
		"domain missing in source routed address", "malformed address", "improper use of smtp command pipelining",
		"synchronization error", "send helo first", "ehlo first", "need mail before rcpt",
	}},
}

// certainAddress are words that only the keeper of the mailboxes says.
var certainAddress = []saying{
	{filtered, []string{
		"rcp p2", "rcp p3", "rcp t4",
	}},
	{userunknown, []string{
		"recipientnotfound", "recipnotfound", "resolver adr", "not found by smtp address lookup",
		"doesnt have .. account", "does not have .. account", "directory lookup failed", "not listed in domino",
		"not listed in public name", "not listed in .. name address book", "not listed in address book",
		"user not unique", "ディレクトリには見つかりません",
	}},
}

// firmPolicy are words about the sender or the message that leave no doubt.
var firmPolicy = []saying{
	{rejected, []string{
		"sending to from an address that has been blacklisted",
	}},
	{spamdetected, []string{
		"blacklisted url", "blacklisted link", "likely unsolicited", "by spamassassin", "for spam", "as spam",
		"spam content", "spam message", "spam detected", "considered spam", "looks like spam", "is spam",
		"contains spam", "to be spam", "probability of spam",
	}},
	{blocked, []string{
		"blocked using", "spamhaus-", "connections will not be accepted", "spamcop", "dnsbl", "rbl", "blacklist",
		"blacklisted", "blocklist", "block list", "accept mail from", "accept email from", "accept messages from",
		"accept connections from",
	}},
	{toomanyconn, []string{
		"connection rate",
	}},
	{badreputation, []string{
		"unexpected volume or user complaints",
	}},
	{speeding, []string{
		"receiving mail too quickly", "receiving mail at a rate", "receiving email at a rate", "too much mail",
		"slow down", "too many messages", "too many mails", "too many emails", "rate exceeded", "unusual rate",
		"too many recipients this hour", "sent to too many", "rate limit-", "throttl-",
	}},
	{securityerror, []string{
		"unauthenticated senders", "authentication required", "must authenticate", "must be authenticated",
		"must issue a starttls", "authentication is required",
	}},
	{rejected, []string{
		"google groups",
	}},
	{policyviolation, []string{
		"its content presents a potential",
	}},
	{onhold, []string{
		"on hold",
	}},
	{contenterror, []string{
		"headers too large",
	}},
	{mesgtoobig, []string{
		"line limit exceeded", "too large", "too big", "message size", "size limit", "larger than",
		"exceed- .. maximum size",
	}},
	{exceedlimit, []string{
		"message length exceeds",
	}},
}
