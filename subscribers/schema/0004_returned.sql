-- What came back of our mail, one row for each returned mail, complaint, reply
-- or refused recipient. It quotes nobody: erasing deletes the rows, but what is
-- left of a person elsewhere would not be found by them anyway.
CREATE TABLE returned (
    id           INTEGER PRIMARY KEY,
    mail_hash    TEXT    NOT NULL UNIQUE, -- of the returned mail, so that it counts once; of a refusal: names the delivery
    message_id   TEXT    NOT NULL, -- of the returned mail, to find it again; empty where it had none
    address_hash TEXT    NOT NULL, -- whose mail it was
    mailing_id   INTEGER NOT NULL, -- what came back; 0: not known
    at           INTEGER NOT NULL,
    event        TEXT    NOT NULL, -- bounced, refused, complained, replied
    weight       TEXT    NOT NULL CHECK (weight IN ('hard', 'soft', 'neutral', 'none')),
    status       TEXT    NOT NULL, -- RFC 3463, such as 5.1.1; empty where nobody gave one
    code         TEXT    NOT NULL, -- SMTP, such as 550; likewise
    reason       TEXT    NOT NULL, -- in one word
    effect       TEXT    NOT NULL  -- suppressed, counted, unsubscribed; empty: nothing
) STRICT;

CREATE INDEX returned_address ON returned (address_hash, mailing_id);
