-- Models that learned from people. Which one is live is what was promoted last.
CREATE TABLE model (
    id          TEXT PRIMARY KEY,
    base        TEXT NOT NULL,            -- the model of the corpus alone that it goes back to
    trained_at  TEXT NOT NULL,
    corrections INTEGER NOT NULL,
    report      TEXT NOT NULL             -- JSON: how it compares with the live one of its day
) STRICT;

CREATE TABLE promotion (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    model_id   TEXT NOT NULL,
    person_id  INTEGER REFERENCES person (id),   -- NULL: the schedule, or the operator's shell
    reason     TEXT NOT NULL CHECK (reason IN ('better', 'rollback', 'erasure')),
    created_at TEXT NOT NULL
) STRICT;

-- Every tenth idea, by its number, is shown to moderators without its tag: how often the model is
-- right in use is known from these alone, and none of them is ever learned from.
ALTER TABLE label ADD COLUMN blind INTEGER NOT NULL DEFAULT 0;
