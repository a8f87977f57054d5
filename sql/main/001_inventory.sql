-- Configuration, inventory, events. Times are milliseconds UTC unless the name says _ns.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,           -- such as event_retention_days
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE host (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    name           TEXT NOT NULL UNIQUE COLLATE NOCASE,
    url            TEXT NOT NULL UNIQUE,           -- unix:///path or tcp://name:port
    found          INTEGER NOT NULL DEFAULT 0,     -- 1: found by itself on a usual socket or DOCKER_HOST
    added_ms       INTEGER NOT NULL,
    state          TEXT NOT NULL DEFAULT 'unknown' CHECK (state IN ('unknown', 'online', 'offline')),
    reason         TEXT NOT NULL DEFAULT '',       -- why offline, a sentence a person can act on
    since_ms       INTEGER NOT NULL DEFAULT 0,     -- state is so since
    seen_ms        INTEGER NOT NULL DEFAULT 0,     -- last answer of the engine
    events_ns      INTEGER NOT NULL DEFAULT 0,     -- engine time of the newest event recorded
    product        TEXT NOT NULL DEFAULT '',       -- Docker or Podman
    engine_id      TEXT NOT NULL DEFAULT '',       -- /info ID
    engine_version TEXT NOT NULL DEFAULT '',
    api_version    TEXT NOT NULL DEFAULT '',       -- negotiated
    hostname       TEXT NOT NULL DEFAULT '',       -- /info Name
    os             TEXT NOT NULL DEFAULT '',       -- /info OperatingSystem
    kernel         TEXT NOT NULL DEFAULT '',
    arch           TEXT NOT NULL DEFAULT '',
    storage_driver TEXT NOT NULL DEFAULT '',
    cgroup_version TEXT NOT NULL DEFAULT '',       -- 1 or 2
    cpus           INTEGER NOT NULL DEFAULT 0,
    memory_bytes   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- A container is a name on a host; the engine id is only what stands behind it now.
CREATE TABLE container (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    host_id         INTEGER NOT NULL REFERENCES host(id) ON DELETE CASCADE,
    name            TEXT NOT NULL,
    engine_id       TEXT NOT NULL,                 -- 64 hexadecimal digits
    former_name     TEXT NOT NULL DEFAULT '',      -- before the last rename, with renamed_ms
    renamed_ms      INTEGER NOT NULL DEFAULT 0,
    first_seen_ms   INTEGER NOT NULL,
    gone_ms         INTEGER,                       -- removed since; NULL: it is there
    image           TEXT NOT NULL DEFAULT '',      -- reference as given
    image_id        TEXT NOT NULL DEFAULT '',
    state           TEXT NOT NULL DEFAULT 'unknown',
    health          TEXT NOT NULL DEFAULT 'none',
    health_since_ms INTEGER NOT NULL DEFAULT 0,
    health_note     TEXT NOT NULL DEFAULT '',      -- last output of a failing check
    exit_code       INTEGER NOT NULL DEFAULT 0,
    oom_killed      INTEGER NOT NULL DEFAULT 0,
    stop_asked      INTEGER NOT NULL DEFAULT 0,    -- the stop was asked for (stop or kill through the engine)
    error           TEXT NOT NULL DEFAULT '',      -- State.Error
    created_ms      INTEGER NOT NULL DEFAULT 0,
    started_ms      INTEGER NOT NULL DEFAULT 0,
    finished_ms     INTEGER NOT NULL DEFAULT 0,
    restart_count   INTEGER NOT NULL DEFAULT 0,
    restart_policy  TEXT NOT NULL DEFAULT '',
    restart_max     INTEGER NOT NULL DEFAULT 0,
    pid             INTEGER NOT NULL DEFAULT 0,    -- of the first process, on its host
    network_mode    TEXT NOT NULL DEFAULT '',
    ports           TEXT NOT NULL DEFAULT '',      -- short text for tables
    addresses       TEXT NOT NULL DEFAULT '',      -- separated by spaces
    compose_project TEXT NOT NULL DEFAULT '',
    compose_service TEXT NOT NULL DEFAULT '',
    compose_number  INTEGER NOT NULL DEFAULT 0,
    UNIQUE (host_id, name)
) STRICT;
CREATE INDEX container_engine ON container(host_id, engine_id);
CREATE INDEX container_gone ON container(gone_ms) WHERE gone_ms IS NOT NULL;
-- gone_ms is in it only so that counts need not look at the rows
CREATE INDEX container_state ON container(host_id, state, health, exit_code, stop_asked, name, gone_ms) WHERE gone_ms IS NULL;
CREATE INDEX container_project ON container(compose_project, gone_ms) WHERE gone_ms IS NULL AND compose_project <> '';

-- What only the page of one container and the search need: apart, so that lists read little.
CREATE TABLE container_long (
    container_id  INTEGER PRIMARY KEY REFERENCES container(id) ON DELETE CASCADE,
    command       TEXT NOT NULL,
    ports_json    TEXT NOT NULL,                   -- [{"ip","public","private","protocol"}]
    networks_json TEXT NOT NULL,                   -- [{"name","ip","ip6","gateway","mac","aliases"}]
    mounts_json   TEXT NOT NULL,                   -- [{"type","source","destination","mode","rw"}]
    labels_json   TEXT NOT NULL,
    search        TEXT NOT NULL                    -- lower case: name, image, labels, ports, addresses
) STRICT;

CREATE TABLE event (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    host_id      INTEGER NOT NULL REFERENCES host(id) ON DELETE CASCADE,
    container_id INTEGER REFERENCES container(id) ON DELETE SET NULL,
    at_ns        INTEGER NOT NULL,                 -- the engine's clock
    kind         TEXT NOT NULL,                    -- container, image, network, volume, daemon
    action       TEXT NOT NULL,                    -- start, die, health_status: unhealthy …
    actor_id     TEXT NOT NULL DEFAULT '',         -- engine id, image or volume name
    actor_name   TEXT NOT NULL DEFAULT '',
    attributes   TEXT NOT NULL DEFAULT '{}',       -- JSON: exitCode, signal, image, container …
    observed     INTEGER NOT NULL DEFAULT 0,       -- 1: not told by the engine, derived from what the list shows
    UNIQUE (host_id, at_ns, kind, action, actor_id)
) STRICT;
CREATE INDEX event_time ON event(at_ns, id);
CREATE INDEX event_container ON event(container_id, at_ns);

CREATE TABLE user (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    name             TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role             TEXT NOT NULL CHECK (role IN ('administrator', 'viewer')),
    password_hash    TEXT NOT NULL,                -- argon2id, encoded
    created_ms       INTEGER NOT NULL,
    password_set_ms  INTEGER NOT NULL,
    theme            TEXT NOT NULL DEFAULT 'auto' CHECK (theme IN ('auto', 'light', 'dark')),
    refresh_s        INTEGER NOT NULL DEFAULT 0    -- pages without JavaScript; 0 = off
) STRICT;

CREATE TABLE session (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB NOT NULL UNIQUE,               -- SHA-256 of the cookie
    user_id    INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
    created_ms INTEGER NOT NULL,
    seen_ms    INTEGER NOT NULL,                   -- to the minute
    ends_ms    INTEGER NOT NULL,
    address    TEXT NOT NULL DEFAULT '',
    agent      TEXT NOT NULL DEFAULT '',           -- User-Agent, cut
    flash      TEXT NOT NULL DEFAULT ''            -- one message for the next page: "kind text"
) STRICT;
CREATE INDEX session_user ON session(user_id);

CREATE TABLE login (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms   INTEGER NOT NULL,
    name    TEXT NOT NULL COLLATE NOCASE,          -- as typed, cut
    address TEXT NOT NULL,
    result  TEXT NOT NULL                          -- ok, refused, locked, signed out
) STRICT;
CREATE INDEX login_name ON login(name, at_ms);
CREATE INDEX login_time ON login(at_ms);

CREATE TABLE program (
    name       TEXT NOT NULL,                      -- collector, web
    pid        INTEGER NOT NULL,
    version    TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    beat_ms    INTEGER NOT NULL,                   -- last sign of life
    pss_bytes  INTEGER NOT NULL DEFAULT 0,         -- proportional set size; 0 = unknown
    PRIMARY KEY (name, pid)
) STRICT, WITHOUT ROWID;
