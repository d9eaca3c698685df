-- How many of an issue's mails came back because their address is no good. A
-- relay may be wrong about all of them, and is not believed for long.
CREATE TABLE hard_returns (
    mailing_id INTEGER PRIMARY KEY,
    readers    INTEGER NOT NULL, -- whose mail came back so
    accepted   INTEGER NOT NULL, -- mails accepted, at least: counted anew only when that would decide
    doubted_at INTEGER NOT NULL  -- from then on nobody is suppressed by it; 0: they are
) STRICT;
