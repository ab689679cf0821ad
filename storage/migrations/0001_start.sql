-- What Telegram told us. A row is committed before Telegram hears that we have it.
CREATE TABLE inbox (
    seq         INTEGER PRIMARY KEY,
    update_id   INTEGER NOT NULL UNIQUE,
    chat_id     INTEGER,
    received_at TEXT NOT NULL,
    body        TEXT,                     -- raw JSON; emptied when done
    state       TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'held', 'aside')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    not_before  TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000000+00:00',
    error       TEXT
) STRICT;
CREATE INDEX inbox_new ON inbox (seq) WHERE state = 'new';
CREATE INDEX inbox_held ON inbox (chat_id) WHERE state = 'held';
CREATE INDEX inbox_new_of_chat ON inbox (chat_id, seq) WHERE state = 'new';

-- What we owe to Telegram. A lane is what must stay in order: a chat, or one button press.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    lane       TEXT NOT NULL,
    chat_id    INTEGER,
    method     TEXT NOT NULL,
    payload    TEXT,                      -- JSON parameters; emptied when sent
    edits      INTEGER REFERENCES outbox (id),
    urgent     INTEGER NOT NULL DEFAULT 0,
    state      TEXT NOT NULL DEFAULT 'new'
               CHECK (state IN ('new', 'sending', 'sent', 'blocked', 'failed')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    not_before TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000000+00:00',
    created_at TEXT NOT NULL,
    sent_at    TEXT,
    message_id INTEGER,
    error      TEXT
) STRICT;
CREATE INDEX outbox_open ON outbox (urgent DESC, id) WHERE state = 'new';
CREATE INDEX outbox_open_of_lane ON outbox (lane, id) WHERE state IN ('new', 'sending');

CREATE TABLE person (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    telegram_id     INTEGER NOT NULL UNIQUE,
    created_at      TEXT NOT NULL,
    consented_at    TEXT,
    consent_version TEXT,
    blocked_at      TEXT
) STRICT;

CREATE TABLE role (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER NOT NULL REFERENCES person (id),
    role       TEXT NOT NULL,
    area       TEXT,
    granted_at TEXT NOT NULL,
    granted_by INTEGER REFERENCES person (id),
    revoked_at TEXT
) STRICT;
CREATE INDEX role_of_person ON role (person_id);

CREATE TABLE invitation (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash TEXT NOT NULL UNIQUE,
    role       TEXT NOT NULL,
    area       TEXT,
    created_at TEXT NOT NULL,
    created_by INTEGER REFERENCES person (id),
    expires_at TEXT NOT NULL,
    used_at    TEXT,
    used_by    INTEGER REFERENCES person (id)
) STRICT;

CREATE TABLE conversation (
    person_id  INTEGER PRIMARY KEY REFERENCES person (id),
    stage      TEXT NOT NULL,
    data       TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE idea (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id     INTEGER REFERENCES person (id),   -- NULL after the person erased themselves
    role          TEXT NOT NULL,
    area          TEXT,
    chat_id       INTEGER,
    message_id    INTEGER,
    album         TEXT,
    sent_at       TEXT NOT NULL,
    label_id      INTEGER,                          -- the label in force
    status        TEXT NOT NULL,                    -- the newest status
    doubt         REAL,                             -- 0 sure to 1 unsure; NULL once a person looked
    claimed_by    INTEGER REFERENCES person (id),
    claimed_until TEXT,
    UNIQUE (chat_id, message_id)
) STRICT;
CREATE INDEX idea_of_person ON idea (person_id, id);
CREATE INDEX idea_doubt ON idea (doubt DESC, id) WHERE doubt IS NOT NULL;
CREATE INDEX idea_album ON idea (chat_id, album) WHERE album IS NOT NULL;

CREATE TABLE revision (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    idea_id    INTEGER NOT NULL REFERENCES idea (id),
    text       TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX revision_of_idea ON revision (idea_id, id);

CREATE TABLE attachment (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    idea_id  INTEGER NOT NULL REFERENCES idea (id),
    kind     TEXT NOT NULL,
    file_id  TEXT NOT NULL
) STRICT;
CREATE INDEX attachment_of_idea ON attachment (idea_id);

CREATE TABLE label (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    idea_id    INTEGER NOT NULL REFERENCES idea (id),
    topic      TEXT NOT NULL,
    intent     TEXT,
    dimensions TEXT NOT NULL,             -- JSON: probability of each dimension
    topics     TEXT NOT NULL,             -- JSON: probability of the likeliest topics
    confidence REAL NOT NULL,
    abstained  INTEGER NOT NULL,
    words      TEXT NOT NULL,             -- JSON: what carried the decision
    decided_by TEXT NOT NULL CHECK (decided_by IN ('model', 'author', 'moderator')),
    person_id  INTEGER REFERENCES person (id),
    model_id   TEXT NOT NULL,
    reason     TEXT,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX label_of_idea ON label (idea_id, id);

CREATE TABLE status (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    idea_id    INTEGER NOT NULL REFERENCES idea (id),
    status     TEXT NOT NULL,
    reason     TEXT,
    person_id  INTEGER REFERENCES person (id),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX status_of_idea ON status (idea_id, id);

CREATE TABLE job (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT NOT NULL,
    arguments    TEXT NOT NULL,
    person_id    INTEGER REFERENCES person (id),
    chat_id      INTEGER,
    progress_row INTEGER REFERENCES outbox (id),
    state        TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'failed')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    claimed_until TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000000+00:00',
    error        TEXT,
    created_at   TEXT NOT NULL,
    done_at      TEXT
) STRICT;
CREATE INDEX job_new ON job (id) WHERE state = 'new';

CREATE TABLE audit (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER REFERENCES person (id),   -- NULL: the operator's shell
    act        TEXT NOT NULL,
    detail     TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
