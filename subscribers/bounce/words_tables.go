package bounce

// The tables are asked from top to bottom, and within them the first saying
// that matches decides: what names one fault without doubt comes first, what
// only colours a refusal comes last, behind the codes.

// plainFaults are words that mean what they say, whatever code they come with.
var plainFaults = []saying{
	{authfailure, []string{
		"dmarc", "dkim .. fail-", "dkim .. did not pass", "spf .. fail-", "fail- .. spf", "spf records", "spf check", "spf record", "spf violation", "spf policy", "because of spf", "openspf", "spf pobox", "spf softfail", "spf hard fail",
		"sender policy framework", "sender is unauthenticated", "unauthenticated email", "unauthenticated mail", "authentication checks failed", "email authentication",
		"requires all senders to authenticate", "not authorized to send from", "not authorized to send mail from", "not permitted to send mail from", "is not allowed to send mail from",
		"is not allowed to send from", "domain owner discourages use of this host", "sender id", "bad spf", "dkim signature", "dkim signatures", "not authorized to use the domain",
		"client host is not authorized", "sender authentication", "does not designate", "domainkeys",
	}},
	{requireptr, []string{
		"reverse dns", "ptr record", "ptr records", "no ptr", "ptr lookup", "missing ptr", "without ptr", "rdns", "reverse lookup", "reverse address", "reverse hostname",
		"cannot find your hostname", "cannot find your reverse hostname", "cannot resolve your address", "unresolvable .. reverse", "hostname for ip", "ptr", "fcrdns",
		"client host rejected cannot find", "ip name lookup failed", "does not resolve to a", "dynamic reverse", "generic reverse",
	}},
	{virusdetected, []string{
		"virus", "viruses", "malware", "infected", "trojan", "worm", "phishing", "malicious", "dangerous attachment", "executable file",
	}},
	{mailboxfull, []string{
		"mailbox full", "mailbox is full", "mailbox .. is full", "inbox is full", "mailbox almost full", "mail box full", "over quota", "overquota", "quota exceed-", "exceed- .. quota", "out of quota",
		"quota violation", "quota error", "quota full", "quota reached", "disk quota", "storage quota", "user is over", "is over quota", "over the storage quota", "over its quota",
		"full mailbox", "mailfolder is full", "mailfile is over", "maildir .. over", "not enough storage", "not enough disk space", "insufficient storage", "exceeded storage", "exceeded its space limit",
		"exceed- .. mailbox size", "mailbox size limit", "mailbox .. exceed-", "mailbox exceeds", "mailbox would exceed", "exceeded the local limit", "storage limit", "storage allocation",
		"recipient .. out of space", "no space left in mailbox", "not have enough space", "account is full", "is full", "boite pleine", "boite aux lettres pleine", "quota dépassé", "quota depasse",
		"postfach ist voll", "postfach voll", "speicherplatz", "buzón lleno", "buzon lleno", "casella piena", "casella postale piena", "caixa postal cheia", "caixa de correio cheia", "переполнен-", "квота", "mailbox overflow",
		"メールボックスが一杯", "メールボックスがいっぱい", "容量オーバー", "容量を超え", "errquota", "mailbox limit", "too many messages .. mailbox", "user .. too much mail", "mailbox has exceeded", "recipients mailbox is full",
		"quota .. exceeded", "no storage space", "disk full", "exceeding the recipients", "recipient storage full", "full inbox",
	}},
	{suspend, []string{
		"account .. disabled", "account .. suspended", "account .. is locked", "account locked", "account .. inactive", "account .. blocked", "account .. deactivated", "account .. expired", "account .. frozen", "account closed", "account is closed",
		"mailbox .. disabled", "mailbox .. suspended", "mailbox .. inactive", "mailbox .. frozen", "mailbox .. deactivated", "mailbox .. locked", "mailbox is blocked", "mailbox currently suspended",
		"user .. disabled", "user .. suspended", "user .. inactive", "user .. locked out", "user locked", "user account .. disabled", "recipient .. disabled", "recipient .. suspended", "recipient .. inactive", "recipient .. deactivated", "recipient .. frozen",
		"disabled recipient", "disabled user", "inactive user", "inactive mailbox", "inactive recipient", "inactive account", "inactive on this domain", "suspended account", "suspended mailbox", "disabled account", "disabled mailbox", "deactivated mailbox", "closed account",
		"address is administratively disabled", "domain .. suspended", "not accepting mail for this user", "email account .. disabled", "is a deactivated", "service is disabled", "boite du destinataire archivee", "boite archivee",
		"compte .. bloque", "compte .. suspendu", "compte .. desactive", "compte .. inactif", "konto .. gesperrt", "konto .. deaktiviert", "cuenta .. suspendida", "cuenta .. deshabilitada", "cuenta inactiva", "заблокирован-", "отключен-", "mailbox temporarily disabled", "sleeping account", "dormant", "mailaddress is administrative- disabled",
		"discontinued", "user .. deactivated", "invalid mailbox .. inactive", "vacation or suspended", "mailbox not .. active", "user not active", "account not active", "is not active",
	}},
	{hasmoved, []string{
		"has moved", "have moved", "moved to .. please", "user moved", "mailbox .. moved", "address .. changed", "replaced by", "has been replaced", "has a new address", "no forwarding address", "changed .. email address", "new address",
		"user not local please try",
	}},
	{notcompliant, []string{
		"messages with multiple addresses in from", "multiple addresses in from", "not rfc 5322 compliant", "not rfc 2822 compliant", "rfc 5322", "rfc 2822 compliant", "rfc 5321 compliant", "rfc2822", "rfc 5322 compliant", "bare lf", "bare newline", "bare cr", "bare linefeed", "bare line feed",
		"duplicate headers", "duplicate header", "missing a valid message id", "missing message id", "missing .. header", "missing required header", "no message id", "from header .. missing", "no from header", "message is not compliant", "does not comply with rfc", "not compliant", "multiple from headers", "violates rfc", "improperly formatted", "malformed header", "stray lf",
		"straight newline", "smtp protocol violation", "header .. not valid",
	}},
	{norelaying, []string{
		"email address is not verified", "relay access denied", "relaying denied", "relaying is denied", "relay denied", "relay not permitted", "relaying not allowed", "relaying not permitted", "relay not allowed", "relay is prohibited", "relaying prohibited", "relay prohibited", "not configured to relay", "unable to relay", "cannot relay", "not allowed to relay",
		"not permitted to relay", "we do not relay", "wont relay", "do not relay", "does not relay", "relay operation rejected", "relaying", "no relaying", "insecure mail relay", "open relay", "not an open relay", "relay attempt", "mail server requires authentication when attempting to send to a non local", "not local host", "isnt in my list of allowed rcpthosts", "allowed rcpthosts", "we dont handle mail for", "that domain isnt in my list",
		"domain isnt allowed to be relayed", "is not permitted to relay through", "not a gateway", "relayed .. not allowed", "specified domain is not allowed", "mail relay", "relay mail", "unauthenticated relay", "not hosted here", "not one of our domains",
	}},
	{syntaxerror, []string{
		"command not recognized", "command unrecognized", "command parameter not implemented", "command not implemented", "syntax error", "bad sequence of commands", "bad command", "unrecognized command", "unrecognised command", "nested mail command", "invalid command", "parameters not recognized", "domain name required", "angle brackets nested too deep", "expected word or", "domain missing in source routed address", "malformed address", "improper use of smtp command pipelining", "synchronization error", "send helo first", "ehlo first", "need mail before rcpt",
	}},
}

// addressFaults are words about the address itself.
var addressFaults = []saying{
	{hostunknown, []string{
		"host unknown", "unknown host", "host not found", "host .. not found", "domain not found", "domain .. not found", "unknown domain", "domain unknown", "no such domain", "no such host", "dns domain .. does not exist", "name server .. not found", "dns lookup failure", "domain .. does not exist", "domain .. doesnt exist", "host .. does not exist", "domain name .. not exist", "cant find host", "could not resolve", "cannot resolve", "couldnt resolve", "unresolvable", "unrouteable mail domain", "unrouteable address", "unroutable address", "unroutable domain", "unrouteable domain", "all host address lookups failed permanently", "all relevant mx records point to non existent hosts", "domain must exist", "domain must resolve", "nxdomain", "invalid domain", "illegal host", "bad host name", "badly formatted domain", "no address associated", "couldnt find any host named", "couldnt find any host by that name", "recipients domain", "no route to domain", "domain isnt", "unknown domain name", "response_ domain not found", "host or domain name not found", "domain name not found", "domain has been unregistered", "nombre de dominio", "no esta en el dns", "host was unreachable dns",
	}},
	{userunknown, []string{
		"recipient address rejected access denied", "user unknown", "unknown user", "unknown users", "user is unknown", "unknown recipient", "recipient unknown", "recipient is unknown", "unknown address", "address unknown", "addressee unknown", "unknown mailbox", "mailbox unknown", "unknown account", "unknown local part", "unknown localpart", "unknown or illegal user", "unknown or illegal alias", "unknown email address", "unknown virtual",
		"no such user", "no such mailbox", "no such recipient", "no such address", "no such person", "no such account", "no such local", "no such email", "no such alias", "no such id", "no such mail", "no mailbox here by that name", "no mailbox", "no account by that name", "no valid recipient", "no recipients", "no matches to nameserver",
		"user .. not found", "recipient .. not found", "mailbox .. not found", "address .. not found", "account .. not found", "name .. not found", "couldnt be found", "could not be found", "wasnt found", "was not found", "cannot be found", "not found in directory",
		"user .. doesnt exist", "user .. does not exist", "recipient .. does not exist", "recipient .. doesnt exist", "mailbox .. does not exist", "mailbox .. doesnt exist", "address .. does not exist", "address .. doesnt exist", "account .. does not exist", "account .. doesnt exist", "account that you tried to reach does not exist", "not existing", "nonexistent", "non existent", "non existing", "inexistent",
		"mailbox not available", "mailbox unavailable", "mailbox is unavailable", "mailbox name not allowed", "mailbox does not", "not a valid user", "not a valid mailbox", "not a valid recipient", "not a valid address", "is not a known", "not a known user", "not our customer", "not our user", "not listed in", "not known at this", "is not recognized", "not recognized", "recipient name is not recognized", "isnt recognized", "not recognised",
		"invalid recipient", "invalid recipients", "invalid mailbox", "invalid user", "invalid address", "invalid to", "invalid final delivery userid", "invalid userid", "invalid local", "invalid rcpt", "bad address", "bad destination", "bad mailbox", "bad recipient", "illegal recipient", "illegal user", "improbable recipient",
		"user .. has no mailbox", "has no account", "no longer available", "no longer valid", "no longer exists", "no longer in use", "no longer on server", "no longer .. with", "user .. not known", "undeliverable address", "unrouteable mail", "address rejected user", "address rejected no such", "recipient not recognized", "recipient cannot be verified", "recipient verify failed", "recipient verification failed", "callout verification failed", "could not complete recipient verify", "rcpt to .. validation", "validate recipient", "verify address failed", "unverified address", "unverifiable address", "this address no longer accepts", "this user doesnt", "user doesnt", "mailbox for .. unavailable", "user .. rejected",
		"adresse destinataire invalide", "utilisateur inconnu", "destinataire inconnu", "adresse inconnue", "adresse d au moins un destinataire invalide", "boite inconnue", "empfänger unbekannt", "unbekannter empfänger", "benutzer unbekannt", "empfänger existiert nicht", "adresse existiert nicht", "postfach existiert nicht", "usuario desconocido", "no existe", "destinatario desconocido", "cuenta inexistente", "utente sconosciuto", "indirizzo inesistente", "casella inesistente", "usuário desconhecido", "não existe", "nao existe", "onbekende gebruiker", "bestaat niet", "пользователь не найден", "не существует", "нет такого", "unzustellbar unbekannt",
		"宛先不明", "見つかりませんでした", "あて先", "宛先が見つか", "存在しません", "用户不存在", "收件人不存在", "账号不存在",
	}},
	{notaccept, []string{
		"does not accept mail", "doesnt accept mail", "doesnt accept email", "does not accept email", "not accept mail", "null mx", "nullmx", "no mx found", "no data record", "no mx record", "couldnt find a mail exchanger", "couldnt find any mail exchanger", "no mail exchanger", "mx or srv record indicated no smtp service", "indicated no smtp service", "smtp protocol diagnostic .. 521", "does not receive mail", "domain doesnt accept", "never accepts", "host does not accept", "not accepting network messages", "name service error .. no", "mail receiving disabled", "no smtp service", "email not accepted here", "no mail service",
	}},
}

// loosePolicy are words about the sender, the message or the way it came.
var loosePolicy = []saying{
	{badreputation, []string{
		"reputation", "unexpected volume or user complaints", "poor sender", "sender score", "senderscore",
	}},
	{speeding, []string{
		"too many recipients this hour", "sent to too many", "rate limit-", "rate control", "too fast", "sending rate", "message rate", "exceeded the rate", "exceeds the maximum .. per", "exceeded .. limit .. per", "sending limit", "hourly limit", "daily limit", "per hour", "per minute", "excessive message rate",
	}},
	{toomanyconn, []string{
		"too many connections", "too many concurrent", "too many smtp sessions", "too many sessions", "too many recipients", "connection limit", "connections limit", "concurrent connections", "simultaneous connections", "number of connections", "maximum number of recipients", "max connections", "connection rate", "connection frequency",
	}},
	{blocked, []string{
		"blocked using", "blocked by", "is blocked", "been blocked", "was blocked", "block list", "blocklist", "blocklisted", "block listed", "blacklist", "blacklisted", "black list", "black listed", "blacklists", "blocking list", "rbl", "rbls", "dnsbl", "dnsbls", "spamhaus", "spamcop", "barracudacentral", "sorbs", "uceprotect", "spam source", "listed at", "listed in", "listed on", "is listed", "on our block", "denied access", "ip .. blocked", "ip .. banned", "ip .. denied", "ip .. rejected", "address .. blocked", "host .. blocked", "connection refused", "connection rejected", "connections from this host", "not accepting connections", "refused connection", "refused to talk to me", "connection denied", "client host rejected", "client host .. blocked", "dynamic ip", "dynamic address", "dynamic .. addresses", "dialup", "dial up", "residential", "consumer", "temporarily deferred", "not accepted from your ip", "no access from mail server", "refuses to talk to you", "mail from .. refused", "bad dns", "helo .. rejected", "ehlo .. rejected", "invalid ip for sending", "is not allowed to send", "your ip", "your host", "your server", "your mail server", "your network", "sender ip", "client ip", "bulk email sender", "too many spams", "daily relay quota", "greylist-", "graylist-", "graylisted", "grey listed", "error no spam from you", "domain .. blocked", "domain does not exist host rejected", "hosts with dynamic", "banned sending ip", "banned", "unfortunately messages from .. werent sent", "cloudmark", "proxy", "compromised", "ip address is ignored",
	}},
	{rejected, []string{
		"sender rejected", "sender address rejected", "sender .. rejected", "rejected .. sender", "sender domain", "sender denied", "sender .. not allowed", "sender .. invalid", "invalid sender", "bad sender", "sender not permitted", "sender .. does not exist", "sender .. refused", "sender verify failed", "sender verification failed", "unroutable sender", "unrouteable sender", "unresolvable sender", "sender unverified", "sender .. blocked", "sender not pre approved", "sender .. unknown", "from address", "blocked sender-", "badmailfrom", "envelope sender", "return path", "domain of sender", "domain .. sender", "backscatter", "null sender", "empty envelope senders", "rejected by .. administrator", "you are not allowed to post", "not a member", "non member", "not subscribed", "not allowed to post", "closed mailing list", "user complaints",
	}},
	{spamdetected, []string{
		"spam", "spammy", "spam detected", "unsolicited", "ube", "uce", "bulk email", "bulk mail", "junk", "spamassassin", "score .. exceed-", "looks like spam", "considered spam", "classified as", "identified as", "spam message", "spam content", "blacklisted url", "url .. blacklist-", "high probability", "content .. rejected", "rejected .. content", "message filtered", "contains .. url", "advertis-",
	}},
	{mesgtoobig, []string{
		"exceed- .. fixed .. size", "message exceed-", "mail size", "exceeding .. size", "size exceeds", "message length",
	}},
	{contenterror, []string{
		"line length", "smtputf8 is required", "header size", "too many received headers", "media error", "media not supported", "conversion .. required", "invalid 8bit", "8 bit", "8bit", "mime error", "invalid mime", "malformed mime", "charset", "attachment", "content encoding", "unsupported .. format", "message header",
	}},
	{blocked, []string{"blocked", "greylisted"}},
	{policyviolation, []string{
		"policy reasons", "policy violation", "policy", "policies", "administrative prohibition", "administratively", "prohibited", "header error", "message not allowed", "not allowed", "not permitted", "disallowed", "security policy", "denied by", "local policy", "by policy", "message rejected", "message refused", "mail rejected", "transaction failed", "delivery not authorized", "message content", "closed", "legal", "protocol violation", "violates", "violation",
	}},
	{securityerror, []string{
		"access denied", "authentication required", "authentication needed", "auth required", "must authenticate", "must be authenticated", "authenticate", "unauthenticated senders", "authentication failed", "authentication turned on", "starttls", "tls required", "tls is required", "must issue a starttls", "encryption required", "certificate", "security", "cryptographic", "authentication", "credentials", "restricted",
	}},
}

// transportFaults are words about the way to the far end.
var transportFaults = []saying{
	{expired, []string{
		"connection timed out", "connection timeout", "timed out", "timeout", "time out", "retry timeout exceeded", "retry time not reached", "message expired", "envelope expired", "host not reachable", "all hosts have been failing for a long time", "did not accept our requests to connect", "unable to connect successfully", "did not respond", "no response from", "not responding",
	}},
	{networkerror, []string{
		"no route to host", "network is unreachable", "network unreachable", "host unreachable", "host is unreachable", "unreachable", "connection reset", "connection lost", "connection was dropped", "connection dropped", "connection closed", "too many hops", "mail loop", "loops back to", "loop detected", "routing loop", "forwarding loop", "hop count", "hops exceeded", "maximum hop", "looping", "name server .. timeout", "name server failure", "name lookup failure", "dns .. failed", "dns query failed", "cname lookup failed", "host lookup did not complete", "malformed name server reply", "name service error .. try again", "no answer from host", "cannot connect", "could not connect", "couldnt connect", "failed to connect", "unable to connect", "establish an smtp connection", "connection failed", "broken pipe", "tcp active open", "socket error", "route to host", "maximum allowed times", "bad connection", "network error", "winsock", "more than the maximum allowed", "mail for .. loops", "domain .. loops", "no route found", "lost connection",
	}},
	{mailererror, []string{
		"command died", "command output", "procmail", "exit code", "exit status", "exited with", "exited abnormally", "returned exit", "pipe to", "mailer error", "child process", "killed by signal", "command failed", "cant create user output file", "unable to run", "status 0x", "died with status", "maildrop", "mailer program",
	}},
	{systemfull, []string{
		"no space left", "disk is full", "system storage", "insufficient system", "insufficient disk", "mail system full", "system full", "out of disk", "not enough space",
	}},
	{systemerror, []string{
		"internal system error", "internal error", "internal server error", "system error", "server error", "local error", "configuration error", "config error", "misconfigur-", "server configuration", "queue file write error", "temporary system", "ldap", "cant open", "can not open", "cannot open", "could not open", "couldnt open", "could not lock", "unable to lock", "cant lock", "cannot create", "cant create", "cannot append", "cannot write", "could not write", "write error", "read error", "i o error", "input output error", "database", "local delivery failed", "delivery to file forbidden", "delivery to pipe forbidden", "permission denied", "service currently unavailable", "service refused", "service refuse", "out of memory", "resources temporarily", "requested action aborted", "local problem", "system not capable", "does not support tls", "unexpected error", "software error", "server busy", "service unavailable", "service not available", "service temporarily unavailable", "lmtp error", "address family not supported", "aliasing loop", "duplicated message id", "mail transport unavailable", "unknown mailer", "listed as a best preference mx",
	}},
	{expired, []string{
		"delivery expired", "expired", "too long in queue", "in the queue too long", "been in the queue", "could not be delivered for", "couldnt be delivered for", "could not deliver .. for the last", "cannot send message for", "unable to deliver .. in", "not be delivered within", "delivery time", "will be retried", "retried", "delayed", "was not delivered .. within", "undelivered after", "still being retried", "has not been delivered", "not yet received", "not yet been delivered", "warning message only", "this is a warning", "still trying", "will continue trying", "continue to try", "keep trying", "multiple retries", "delivery failed .. attempts", "retries giving up",
	}},
}

// senderFaults are words about the sender's own address.
var senderFaults = []saying{
	{rejected, []string{
		"sender rejected", "sender address rejected", "sender domain", "sender denied", "invalid sender", "bad sender", "sender verify failed", "sender verification failed", "unroutable sender", "unrouteable sender", "domain of sender", "verification failed for", "envelope sender",
	}},
}

// certainAddress are words that only the one who keeps the mailboxes says.
var certainAddress = []saying{
	{userunknown, []string{
		"recipientnotfound", "recipnotfound", "resolver adr", "not found by smtp address lookup", "doesnt have .. account", "does not have .. account", "directory lookup failed", "not listed in domino", "not listed in public name", "not listed in .. name address book", "not listed in address book", "user not unique",
		"ディレクトリには見つかりません",
	}},
}

// firmPolicy are words about the sender or the message that leave no doubt.
var firmPolicy = []saying{
	{spamdetected, []string{"blacklisted url", "blacklisted link", "likely unsolicited", "by spamassassin", "for spam", "as spam", "spam content", "spam message", "spam detected", "considered spam", "looks like spam", "is spam", "contains spam", "to be spam", "probability of spam"}},
	{blocked, []string{"blocked using", "spamhaus", "spamcop", "dnsbl", "rbl", "blacklist", "blacklisted", "blocklist", "block list"}},
	{toomanyconn, []string{"connection rate"}},
	{badreputation, []string{"unexpected volume or user complaints"}},
	{speeding, []string{"receiving mail too quickly", "receiving mail at a rate", "receiving email at a rate", "too much mail", "slow down", "too many messages", "too many mails", "too many emails", "rate exceeded", "unusual rate", "too many recipients this hour", "sent to too many", "rate limit-", "throttl-"}},
	{securityerror, []string{"unauthenticated senders", "authentication required", "must authenticate", "must be authenticated", "must issue a starttls", "authentication is required"}},
	{rejected, []string{"google groups", "sending to from an address that has been blacklisted"}},
	{onhold, []string{"on hold"}},
	{contenterror, []string{"headers too large"}},
	{mesgtoobig, []string{"too large", "too big", "message size", "size limit", "larger than", "exceed- .. maximum size"}},
	{exceedlimit, []string{"message length exceeds"}},
}

// looseAddress are words that only say that an address was refused.
var looseAddress = []saying{
	{userunknown, []string{
		"does not exist", "doesnt exist", "not exist", "do not exist", "not here", "recipient address rejected", "recipient rejected", "rejected recipient", "rejects recipient", "does not like recipient", "address rejected", "no user",
	}},
}
