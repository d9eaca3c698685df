-- What the operator had sent again, and what was known of it before. Of one that
-- was uncertain a first copy may have arrived, whatever becomes of the second.
CREATE TABLE resends (
    mailing_id    INTEGER NOT NULL,
    subscriber_id INTEGER NOT NULL,
    was           TEXT    NOT NULL CHECK (was IN ('uncertain', 'failed', 'refused')),
    at            INTEGER NOT NULL, -- the last time
    PRIMARY KEY (mailing_id, subscriber_id)
) STRICT, WITHOUT ROWID;

-- How far each relay's bounds are used up. Both are written ahead of the
-- messages, so that a sender that dies has never offered more than stands here.
CREATE TABLE relays (
    name        TEXT    PRIMARY KEY, -- user@host:port
    paced_until INTEGER NOT NULL     -- a sender that starts anew offers nothing before this
) STRICT, WITHOUT ROWID;

CREATE TABLE relay_minutes (
    relay     TEXT    NOT NULL, -- user@host:port
    minute_at INTEGER NOT NULL, -- when the minute began
    offered   INTEGER NOT NULL, -- messages that may have been offered in it
    PRIMARY KEY (relay, minute_at)
) STRICT, WITHOUT ROWID;
