-- What things cost on which day, as the publisher's tables say. A later table
-- that says otherwise about the same item, day, unit, basis and VAT replaces
-- what stands here.
CREATE TABLE quotes (
    id           INTEGER NOT NULL, -- by its first import: items are shown in this order
    item_key     TEXT    NOT NULL, -- item, without case, white space and raised or lowered digits
    series       TEXT    NOT NULL, -- unit, basis and VAT in the same form: only rows of one series are compared
    day          TEXT    NOT NULL,
    kind         TEXT    NOT NULL CHECK (kind IN ('price', 'share')),
    item         TEXT    NOT NULL,
    low          TEXT    NOT NULL, -- a decimal number, with the digits that the table has
    high         TEXT    NOT NULL, -- empty: low is the only value
    unit         TEXT    NOT NULL,
    basis        TEXT    NOT NULL,
    vat          TEXT    NOT NULL,
    source       TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    given_change TEXT    NOT NULL, -- in percent, of a share; empty: not given
    changed_at   INTEGER NOT NULL,
    PRIMARY KEY (item_key, series, day)
) STRICT, WITHOUT ROWID;
