-- When something last happened that happens again: a backup, an alert of one kind.
CREATE TABLE moment (
    what TEXT PRIMARY KEY,
    at   TEXT NOT NULL
) STRICT;

CREATE INDEX inbox_aside ON inbox (seq) WHERE state = 'aside';

-- Without these, each row that is swept would be looked for in the whole table that refers to it.
CREATE INDEX outbox_edits ON outbox (edits) WHERE edits IS NOT NULL;
CREATE INDEX job_progress ON job (progress_row) WHERE progress_row IS NOT NULL;
