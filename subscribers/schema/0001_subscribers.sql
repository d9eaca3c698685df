-- The list: who asked, who proved it, who left, who must not be mailed.
CREATE TABLE keys (
    id         INTEGER PRIMARY KEY, -- at most 255: it stands in one octet of each link
    purpose    TEXT    NOT NULL, -- 'link': signs links, the newest of several; 'address': hashes addresses, one for ever
    secret     TEXT    NOT NULL, -- hexadecimal
    created_at INTEGER NOT NULL,
    retired_at INTEGER NOT NULL
) STRICT;

CREATE TABLE subscribers (
    id               INTEGER PRIMARY KEY,
    address          TEXT    NOT NULL, -- as typed; empty once erased
    address_hash     TEXT    NOT NULL UNIQUE, -- keyed hash of the mailbox's key
    name             TEXT    NOT NULL,
    status           TEXT    NOT NULL CHECK (status IN ('pending', 'confirmed', 'unsubscribed', 'erased')),
    edition          TEXT    NOT NULL CHECK (edition IN ('daily', 'weekly')),
    generation       INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    asked_at         INTEGER NOT NULL,
    confirmed_at     INTEGER NOT NULL,
    paused_until     INTEGER NOT NULL
) STRICT;

-- One row for each POST of a sign-up form, whatever the address.
CREATE TABLE signups (
    id             INTEGER PRIMARY KEY,
    address_hash   TEXT    NOT NULL, -- so that erasing finds them
    mailbox_hash   TEXT    NOT NULL, -- of the address without its +tag
    address        TEXT    NOT NULL, -- as typed
    name           TEXT    NOT NULL,
    at             INTEGER NOT NULL,
    network        TEXT    NOT NULL, -- the client's address
    network_prefix TEXT    NOT NULL, -- what its provider handed out with it; empty for this machine
    agent          TEXT    NOT NULL, -- the client's name for itself
    form           TEXT    NOT NULL, -- the address of the page it was sent from
    wording        TEXT    NOT NULL, -- what the form told the person
    settled_at     INTEGER NOT NULL, -- 0: not yet decided
    asked_at       INTEGER NOT NULL, -- when a confirmation mail was written for it; 0: none was
    outcome        TEXT    NOT NULL  -- asked, confirmed already, limited: …; empty: not yet decided
) STRICT;

CREATE INDEX signups_open ON signups (id) WHERE settled_at = 0;
CREATE INDEX signups_address ON signups (address_hash);
CREATE INDEX signups_asked_mailbox ON signups (mailbox_hash, asked_at);
CREATE INDEX signups_asked_network ON signups (network_prefix, asked_at);
CREATE INDEX signups_asked ON signups (asked_at);

-- What somebody agreed to or took back, one row a step, never changed.
CREATE TABLE consents (
    id            INTEGER PRIMARY KEY,
    subscriber_id INTEGER NOT NULL REFERENCES subscribers (id),
    event         TEXT    NOT NULL, -- requested, asked, confirmed, unsubscribed, imported, added, …
    at            INTEGER NOT NULL,
    address       TEXT    NOT NULL,
    network       TEXT    NOT NULL,
    agent         TEXT    NOT NULL,
    form          TEXT    NOT NULL,
    wording       TEXT    NOT NULL,
    ground        TEXT    NOT NULL -- why the operator may mail them, for those not confirmed by themselves
) STRICT;

CREATE INDEX consents_subscriber ON consents (subscriber_id);

CREATE TABLE suppressions (
    address_hash TEXT    NOT NULL,
    reason       TEXT    NOT NULL CHECK (reason IN ('unsubscribed', 'erased', 'bounce', 'complaint', 'manual')),
    source       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (address_hash, reason)
) STRICT, WITHOUT ROWID;
