package bounce

// transportFaults are words about the way to the far end.
var transportFaults = []saying{
	{expired, []string{
		"timed out", "timeout", "time out", "retry time not reached", "message expired", "envelope expired",
		"host not reachable", "all hosts have been failing for a long time",
		"did not accept our requests to connect", "unable to connect successfully", "did not respond",
		"no response from", "not responding",
	}},
	{networkerror, []string{
		"unreachable", "connection reset", "connection lost", "connection was dropped", "connection dropped",
		"connection closed", "too many hops", "mail loop", "loops back to", "loop detected", "routing loop",
		"forwarding loop", "hop count", "hops exceeded", "maximum hop", "looping", "name server .. timeout",
		"name server failure", "name lookup failure", "dns .. failed", "dns query failed", "cname lookup failed",
		"host lookup did not complete", "malformed name server reply", "name service error .. try again",
		"no answer from host", "cannot connect", "could not connect", "couldnt connect", "failed to connect",
		"unable to connect", "establish an smtp connection", "connection failed", "broken pipe", "tcp active open",
		"socket error", "route to host", "maximum allowed times", "bad connection", "network error", "winsock",
		"more than the maximum allowed", "mail for .. loops", "domain .. loops", "no route found", "lost connection",
	}},
	{mailererror, []string{
		"command died", "command output", "procmail", "exit code", "exit status", "exited with", "exited abnormally",
		"returned exit", "pipe to", "mailer error", "child process", "killed by signal", "command failed",
		"cant create user output file", "unable to run", "status 0x", "died with status", "maildrop",
		"mailer program",
	}},
	{systemfull, []string{
		"no space left", "disk is full", "system storage", "insufficient system", "insufficient disk", "system full",
		"out of disk", "not enough space",
	}},
	{systemerror, []string{
		"internal error", "system error", "server error", "local error", "configuration error", "config error",
		"misconfigur-", "server configuration", "temporary system", "ldap", "cant open", "can not open",
		"cannot open", "could not open", "couldnt open", "could not lock", "unable to lock", "cant lock",
		"cannot create", "cant create", "cannot append", "cannot write", "could not write", "write error",
		"read error", "i o error", "input output error", "database", "local delivery failed",
		"delivery to file forbidden", "delivery to pipe forbidden", "permission denied",
		"service currently unavailable", "service refused", "service refuse", "out of memory",
		"resources temporarily", "requested action aborted", "local problem", "system not capable",
		"does not support tls", "unexpected error", "software error", "server busy", "service unavailable",
		"service not available", "service temporarily unavailable", "lmtp error", "address family not supported",
		"aliasing loop", "duplicated message id", "mail transport unavailable", "unknown mailer",
		"listed as a best preference mx",
	}},
	{expired, []string{
		"expired", "too long in queue", "in the queue too long", "been in the queue", "could not be delivered for",
		"couldnt be delivered for", "could not deliver .. for the last", "cannot send message for",
		"unable to deliver .. in", "not be delivered within", "delivery time", "retried", "delayed",
		"was not delivered .. within", "undelivered after", "has not been delivered", "not yet received",
		"not yet been delivered", "warning message only", "this is a warning", "still trying",
		"will continue trying", "continue to try", "keep trying", "multiple retries", "delivery failed .. attempts",
		"retries giving up",
	}},
}
