-- Where stories come from, and the stories themselves.
CREATE TABLE sources (
    id            INTEGER PRIMARY KEY,
    url           TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    own           INTEGER NOT NULL CHECK (own IN (0, 1)),
    every_ms      INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('active', 'paused', 'stopped')),
    etag          TEXT    NOT NULL,
    last_modified TEXT    NOT NULL,
    body_hash     TEXT    NOT NULL,
    next_at       INTEGER NOT NULL,
    last_read_at  INTEGER NOT NULL,
    first_read_at INTEGER NOT NULL,
    failures      INTEGER NOT NULL,
    last_error    TEXT    NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE stories (
    id             INTEGER PRIMARY KEY,
    source_id      INTEGER REFERENCES sources (id), -- NULL: added by hand
    url            TEXT    NOT NULL, -- empty: it has no address of its own
    title          TEXT    NOT NULL,
    summary        TEXT    NOT NULL,
    highlights     TEXT    NOT NULL, -- JSON array of texts
    takeaway       TEXT    NOT NULL,
    body           TEXT    NOT NULL, -- Markdown
    author         TEXT    NOT NULL,
    cited_name     TEXT    NOT NULL,
    cited_url      TEXT    NOT NULL,
    discussion_url TEXT    NOT NULL,
    topics         TEXT    NOT NULL, -- JSON array of texts
    rank           INTEGER NOT NULL, -- the higher goes first; 0: not given
    outlet         TEXT    NOT NULL, -- empty: the publisher's own
    published_at   INTEGER NOT NULL,
    date_only      INTEGER NOT NULL CHECK (date_only IN (0, 1)),
    damaged        INTEGER NOT NULL CHECK (damaged IN (0, 1)),
    backlog        INTEGER NOT NULL CHECK (backlog IN (0, 1)), -- 1: older than a day when its source was first read, so never due
    content_hash   TEXT    NOT NULL,
    same_as        INTEGER REFERENCES stories (id), -- set: merged into that story
    state          TEXT    NOT NULL CHECK (state IN ('active', 'hidden')),
    first_seen_at  INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX stories_published ON stories (published_at);

-- Every address, GUID, title-with-day and text that may mean a story. Two
-- stories may share one.
CREATE TABLE story_keys (
    key      TEXT    NOT NULL,
    story_id INTEGER NOT NULL REFERENCES stories (id),
    PRIMARY KEY (key, story_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX story_keys_story ON story_keys (story_id);
