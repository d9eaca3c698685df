-- The words of the stories that the archive holds, for its search: one row of
-- each table for each story of an issue that is going or has gone out.
CREATE TABLE searchable (
    place    INTEGER PRIMARY KEY, -- the newest day highest, and of a day its first story
    issue_id INTEGER NOT NULL REFERENCES issues (id),
    story_id INTEGER NOT NULL REFERENCES stories (id)
) STRICT;

CREATE INDEX searchable_issue ON searchable (issue_id);

-- Which words stand where, without the texts; a row has the place of its
-- story. Words are cut and folded by package search, so all that is left to do
-- here is to part them at blanks.
CREATE VIRTUAL TABLE searchable_words USING fts5 (
    title, text,
    content = '', contentless_delete = 1,
    tokenize = 'ascii',
    prefix = '2 3'
);
