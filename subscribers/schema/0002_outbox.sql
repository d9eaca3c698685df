-- What is to be mailed, and one row for each mail owed.
CREATE TABLE mailings (
    id           INTEGER PRIMARY KEY,
    kind         TEXT    NOT NULL, -- issue, confirmation, test
    issue_id     INTEGER,          -- of the other half; NULL where it is about no issue
    generation   INTEGER NOT NULL, -- of a confirmation: that of the subscriber it was written for; else 0
    edition      TEXT    NOT NULL, -- whom it goes to: subscribers of that edition; empty where it goes to one
    address_hash TEXT    NOT NULL, -- of a test: that of the address it goes to, by which it is suppressed; else empty
    cutoff_at    INTEGER NOT NULL, -- recipients confirmed later are not its recipients
    cursor       INTEGER NOT NULL, -- recipients up to this subscriber are written
    planned      INTEGER NOT NULL, -- number of recipients written
    planned_at   INTEGER NOT NULL, -- 0 while they are being written; nothing goes out before
    refilled     INTEGER NOT NULL, -- grows whenever rows of it become queued again: the worker then looks through all of them
    deadline_at  INTEGER NOT NULL, -- what is still owed then is given up; 0: by mail.give_up alone
    resent_at    INTEGER NOT NULL DEFAULT 0, -- when the operator last had mails of it sent again; 0: never
    created_at   INTEGER NOT NULL,
    held_at      INTEGER NOT NULL,
    cancelled_at INTEGER NOT NULL,
    finished_at  INTEGER NOT NULL  -- nothing is owed any more
) STRICT;

CREATE UNIQUE INDEX mailings_issue ON mailings (issue_id) WHERE kind = 'issue';
CREATE INDEX mailings_open ON mailings (id) WHERE finished_at = 0;

-- The rows of a mailing lie together, in the order of its recipients, and are
-- claimed in that order. There is no index on the state: every message would
-- pay for it three times. The states are not checked by IN: of more than two
-- words SQLite makes a table, for every row anew.
CREATE TABLE deliveries (
    mailing_id    INTEGER NOT NULL REFERENCES mailings (id),
    subscriber_id INTEGER NOT NULL, -- 0 where recipient is no subscriber
    recipient     TEXT    NOT NULL, -- address of one who is no subscriber, else empty
    state         TEXT    NOT NULL CHECK (state = 'accepted' OR state = 'handed' OR state = 'queued' OR state = 'deferred'
                                       OR state = 'refused' OR state = 'failed' OR state = 'uncertain' OR state = 'withdrawn'),
    attempts      INTEGER NOT NULL,
    due_at        INTEGER NOT NULL, -- of a deferred one; else 0
    relay         TEXT    NOT NULL, -- host it was handed to last
    dated_at      INTEGER NOT NULL, -- the message's Date, the same at every attempt
    handed_at     INTEGER NOT NULL,
    settled_at    INTEGER NOT NULL,
    code          INTEGER NOT NULL, -- of the last reply; 0: none
    enhanced      TEXT    NOT NULL,
    reply         TEXT    NOT NULL,
    PRIMARY KEY (mailing_id, subscriber_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_deferred ON deliveries (mailing_id, due_at) WHERE state = 'deferred';
