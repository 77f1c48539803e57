/**
 * The catalog's tables, as the steps that lead to them: step N takes a database from user_version N to
 * N + 1. A step, once released, is never edited. Times are milliseconds since 1970; booleans 0 or 1.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE pools (
    pool_id TEXT PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    image TEXT,                       -- null for a file system we did not make
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE projects (
    project_id TEXT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    pool_id TEXT NOT NULL REFERENCES pools,
    path TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    forked_from_project TEXT,
    forked_from_slug TEXT,            -- as it was then; the parent may be unknown here
    forked_from_snapshot TEXT,
    head_snapshot TEXT,
    max_snapshots INTEGER NOT NULL,
    auto_snapshot_minutes REAL NOT NULL,
    remote_head TEXT,                 -- the manifest the ref named when we last wrote or read it
    last_push_at INTEGER
  ) STRICT;

  CREATE TABLE entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    snapshot_id TEXT NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
    parent_id TEXT,                   -- kept when the parent goes; readers skip to a living ancestor
    cause TEXT NOT NULL,
    author TEXT NOT NULL,
    label TEXT,
    note TEXT,
    pinned INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    durability TEXT NOT NULL,
    manifest_digest TEXT,
    guard_id TEXT,
    deleted_at INTEGER,
    UNIQUE (project_id, snapshot_id)
  ) STRICT;
  CREATE INDEX living_entries ON entries (project_id, seq) WHERE deleted_at IS NULL;

  CREATE TABLE intents (
    intent_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    project_id TEXT,
    payload TEXT NOT NULL,            -- JSON
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL               -- JSON
  ) STRICT;
  `,
  `
  ALTER TABLE entries ADD COLUMN verified_at INTEGER;
  ALTER TABLE entries ADD COLUMN problem TEXT;      -- what is wrong with its copy in the store
  `,
  `
  -- Whether its snapshots are all that their manifests say; of what was pulled before, that is not known.
  ALTER TABLE projects ADD COLUMN whole INTEGER NOT NULL DEFAULT 1;
  WITH RECURSIVE pulled (project_id) AS (
    SELECT project_id FROM entries WHERE cause = 'pull'
    UNION SELECT p.project_id FROM projects p JOIN pulled ON p.forked_from_project = pulled.project_id)
  UPDATE projects SET whole = 0 WHERE project_id IN (SELECT project_id FROM pulled);
  `,
  `
  -- Of a deleted entry: until when it can be brought back; null once its snapshot may leave the disk.
  ALTER TABLE entries ADD COLUMN kept_until INTEGER;
  CREATE INDEX kept_entries ON entries (kept_until) WHERE kept_until IS NOT NULL;
  ALTER TABLE projects ADD COLUMN undelete_hours REAL NOT NULL DEFAULT 24;

  CREATE TABLE operations (
    operation_id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id TEXT NOT NULL,         -- of a project that may be gone
    slug TEXT NOT NULL,               -- as it was then
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL              -- JSON
  ) STRICT;
  `,
  `
  -- Whether its snapshot was rebuilt from the store, so that its inodes are not those of the volume. Of what the store has,
  -- that is not known from before.
  ALTER TABLE entries ADD COLUMN brought_back INTEGER NOT NULL DEFAULT 0;
  UPDATE entries SET brought_back = 1 WHERE durability IN ('durable', 'verified');
  `,
  `
  -- What was done between two entries.
  CREATE TABLE acts (
    act_id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
    cause TEXT NOT NULL,
    what TEXT NOT NULL,               -- without secrets
    before_id TEXT NOT NULL,
    before_taken INTEGER NOT NULL,    -- whether that entry was made for it
    after_id TEXT,
    outcome TEXT NOT NULL,
    exit_code INTEGER,
    began_at INTEGER NOT NULL,
    ended_at INTEGER,
    change TEXT                       -- JSON; null until it was counted
  ) STRICT;
  CREATE INDEX acts_before ON acts (project_id, before_id);
  CREATE INDEX acts_after ON acts (project_id, after_id);
  ALTER TABLE entries ADD COLUMN tests TEXT;        -- how they ended on this state
  `,
  `
  -- What retention keeps besides the newest. A project that was given a number of its own keeps to that alone.
  ALTER TABLE projects ADD COLUMN keep_hours INTEGER NOT NULL DEFAULT 24;
  ALTER TABLE projects ADD COLUMN keep_days INTEGER NOT NULL DEFAULT 14;
  ALTER TABLE projects ADD COLUMN keep_weeks INTEGER NOT NULL DEFAULT 8;
  ALTER TABLE projects ADD COLUMN keep_months INTEGER NOT NULL DEFAULT 12;
  ALTER TABLE projects ADD COLUMN keep_assistant_days INTEGER NOT NULL DEFAULT 7;
  ALTER TABLE projects ADD COLUMN keep_named INTEGER NOT NULL DEFAULT 1;
  UPDATE projects SET keep_hours = 0, keep_days = 0, keep_weeks = 0, keep_months = 0, keep_assistant_days = 0, keep_named = 0
    WHERE max_snapshots <> 5;
  -- Whether a person gave the label.
  ALTER TABLE entries ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
  UPDATE entries SET named = 1 WHERE label IS NOT NULL AND cause <> 'assistant';

  -- Which extents on the disk a snapshot holds more or less often than the one taken before it.
  CREATE TABLE extent_changes (
    project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
    snapshot_id TEXT NOT NULL,
    before_id TEXT NOT NULL,
    source TEXT NOT NULL,             -- who told the extents, which decides how they are named
    whole INTEGER NOT NULL,           -- whether all of them are known
    extents BLOB NOT NULL,            -- packed
    PRIMARY KEY (project_id, snapshot_id)
  ) STRICT;
  `,
  `
  -- What windows showed when an entry was made: which contents, by their digest. It is there as long as the entry can be seen or
  -- brought back, and contents as long as an entry has them.
  CREATE TABLE editor_contents (
    digest TEXT PRIMARY KEY,
    bytes BLOB NOT NULL               -- JSON, deflated
  ) STRICT;
  CREATE TABLE editor_states (
    project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
    snapshot_id TEXT NOT NULL,
    window_id TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (project_id, snapshot_id, window_id)
  ) STRICT;
  CREATE INDEX editor_states_digest ON editor_states (digest);
  CREATE TRIGGER editor_states_of_gone_entries AFTER UPDATE OF deleted_at, kept_until ON entries
    WHEN NEW.deleted_at IS NOT NULL AND NEW.kept_until IS NULL
    BEGIN
      DELETE FROM editor_states WHERE project_id = NEW.project_id AND snapshot_id = NEW.snapshot_id;
    END;
  CREATE TRIGGER editor_contents_of_nobody AFTER DELETE ON editor_states
    BEGIN
      DELETE FROM editor_contents WHERE digest = OLD.digest
        AND NOT EXISTS (SELECT 1 FROM editor_states WHERE digest = OLD.digest);
    END;
  `,
  `
  ALTER TABLE entries ADD COLUMN restored TEXT;     -- what a restore brought back: JSON
  `,
  `
  ALTER TABLE entries ADD COLUMN rebuilt_from TEXT; -- a manifest of the project that its own was forked from
  `,
];
