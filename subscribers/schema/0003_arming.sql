-- By whose word real mail may leave: for one machine, database and site.
CREATE TABLE armings (
    id          INTEGER PRIMARY KEY,
    place       TEXT    NOT NULL, -- hash of machine, path of the database and address of the site
    token_hash  TEXT    NOT NULL, -- of the text in the file beside the database
    armed_at    INTEGER NOT NULL,
    disarmed_at INTEGER NOT NULL
) STRICT;
