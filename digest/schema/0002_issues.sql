-- One issue for each edition and day, and the stories that are in it.
CREATE TABLE issues (
    id         INTEGER PRIMARY KEY,
    edition    TEXT    NOT NULL CHECK (edition IN ('daily', 'weekly')),
    day        TEXT    NOT NULL,
    number     INTEGER, -- NULL until frozen
    state      TEXT    NOT NULL CHECK (state IN ('draft', 'sending', 'sent', 'cancelled', 'skipped')),
    held       INTEGER NOT NULL CHECK (held IN (0, 1)),
    reason     TEXT    NOT NULL,
    cutoff_at  INTEGER NOT NULL,
    subject    TEXT    NOT NULL,
    preheader  TEXT    NOT NULL,
    markdown   TEXT    NOT NULL,
    full_text  TEXT    NOT NULL,
    html       TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    cut        TEXT    NOT NULL, -- JSON array: what was shortened or left out, in words
    created_at INTEGER NOT NULL,
    frozen_at  INTEGER NOT NULL,
    UNIQUE (edition, day),
    UNIQUE (edition, number)
) STRICT;

-- The archive: what lists of issues are made from without reading issues.
CREATE INDEX issues_archive ON issues (edition, day, state, frozen_at) WHERE state IN ('sending', 'sent');

-- A row is written when the issue is frozen, and goes when it is cancelled
-- before anything was handed over.
CREATE TABLE issue_stories (
    issue_id   INTEGER NOT NULL REFERENCES issues (id),
    story_id   INTEGER NOT NULL REFERENCES stories (id),
    edition    TEXT    NOT NULL,
    place      INTEGER NOT NULL,
    role       TEXT    NOT NULL CHECK (role IN ('lead', 'worth', 'brief', 'elsewhere', 'correction')),
    shown      TEXT    NOT NULL CHECK (shown IN ('full', 'short', 'headline')),
    title      TEXT    NOT NULL,
    PRIMARY KEY (issue_id, place)
) STRICT, WITHOUT ROWID;

-- A story is mailed once in each edition, corrections aside.
CREATE UNIQUE INDEX issue_stories_once ON issue_stories (edition, story_id) WHERE role <> 'correction';
