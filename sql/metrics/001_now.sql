-- What was measured last, with five minutes for the sparklines. Rates are per second.
CREATE TABLE container_now (
    container_id INTEGER PRIMARY KEY,
    at_ms        INTEGER NOT NULL,
    cpu_percent  REAL NOT NULL,                    -- of one core, as docker stats; -1 = unknown, here and below
    memory_bytes REAL NOT NULL,                    -- without page cache
    memory_limit REAL NOT NULL,
    rx_rate      REAL NOT NULL,
    tx_rate      REAL NOT NULL,
    read_rate    REAL NOT NULL,
    write_rate   REAL NOT NULL,
    pids         REAL NOT NULL,
    cpu_spark    BLOB NOT NULL,                    -- see lib/base/spark.h
    memory_spark BLOB NOT NULL,
    network_spark BLOB NOT NULL
) STRICT;

CREATE TABLE host_now (
    host_id      INTEGER PRIMARY KEY,
    at_ms        INTEGER NOT NULL,
    summed       INTEGER NOT NULL,                 -- 1: the host's own figures are out of reach, these are sums of its containers
    cpu_percent  REAL NOT NULL,                    -- of the whole host, 0 to 100
    memory_bytes REAL NOT NULL,
    memory_total REAL NOT NULL,
    load1        REAL NOT NULL,
    load5        REAL NOT NULL,
    load15       REAL NOT NULL,
    uptime_s     REAL NOT NULL,
    rx_rate      REAL NOT NULL,
    tx_rate      REAL NOT NULL,
    disks_json   TEXT NOT NULL DEFAULT '[]',       -- [{"mount","device","type","total","used","inodes","inodes_used"}]
    networks_json TEXT NOT NULL DEFAULT '[]',      -- [{"name","rx_rate","tx_rate"}]
    cpu_spark    BLOB NOT NULL,
    memory_spark BLOB NOT NULL,
    network_spark BLOB NOT NULL
) STRICT;
