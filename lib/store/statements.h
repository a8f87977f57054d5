/* statements: the closed list of everything DockMon says to its databases. Prepared at start, so a
 * typo stops the boot and the test. Parameters are bound, never written into the text. Access:
 * READ every process, WEB the workers, WRITE the collector (dockmonctl may do all). */
#ifndef DOCKMON_STORE_STATEMENTS_H
#define DOCKMON_STORE_STATEMENTS_H

#define HOST_COLUMNS                                                                                        \
	"h.id, h.name, h.url, h.found, h.added_ms, h.state, h.reason, h.since_ms, h.seen_ms, h.events_ns, " \
	"h.product, "                                                                                       \
	"h.engine_id, h.engine_version, h.api_version, h.hostname, h.os, h.kernel, h.arch, "                \
	"h.storage_driver, "                                                                                \
	"h.cgroup_version, h.cpus, h.memory_bytes "

/* What tables show. The five long columns at the end are read only for one container. */
#define CONTAINER_SHORT                                                                                      \
	"c.id, c.host_id, h.name, h.state, c.name, c.engine_id, c.former_name, c.first_seen_ms, c.gone_ms, " \
	"c.image, "                                                                                          \
	"c.image_id, c.state, c.health, c.health_since_ms, c.health_note, c.exit_code, c.oom_killed, "       \
	"c.stop_asked, "                                                                                     \
	"c.error, c.created_ms, c.started_ms, c.finished_ms, c.restart_count, c.restart_policy, "            \
	"c.restart_max, c.pid, "                                                                             \
	"c.network_mode, c.ports, c.addresses, c.compose_project, c.compose_service, c.compose_number"
#define CONTAINER_LONG ", l.command, l.ports_json, l.networks_json, l.mounts_json, l.labels_json "
#define CONTAINER_FROM "FROM container c JOIN host h ON h.id = c.host_id "
/* Lists read most rows: faster in the table's order than by way of an index. */
#define CONTAINER_SCAN "FROM container c NOT INDEXED JOIN host h ON h.id = c.host_id "

#define CONTAINER_NOW_COLUMNS                                                                            \
	"n.container_id, n.at_ms, n.cpu_percent, n.memory_bytes, n.memory_limit, n.rx_rate, n.tx_rate, " \
	"n.read_rate, "                                                                                  \
	"n.write_rate, n.pids, n.cpu_spark, n.memory_spark, n.network_spark "

#define STOPPED_STATES "('exited', 'created', 'dead')"

/* A container that a person should look at. */
#define NEEDS_ATTENTION                                                                          \
	"c.gone_ms IS NULL AND ((c.health = 'unhealthy' AND c.state = 'running') OR c.state IN " \
	"('restarting', 'dead') "                                                                \
	"OR (c.state = 'exited' AND c.exit_code <> 0 AND c.stop_asked = 0)) "

/* ?1 host (0 any) ?2 state ('' any, 'stopped' = exited, created, dead, 'attention' = NEEDS_ATTENTION) ?3 health ?4 compose project
 * ?5 to ?8 words in lower case that must all be found ('' matches; CONTAINER_SEARCH only) */
#define CONTAINER_FILTER                                                                      \
	"WHERE c.gone_ms IS NULL AND (?1 = 0 OR c.host_id = ?1) "                             \
	"AND (?2 = '' OR c.state = ?2 OR (?2 = 'stopped' AND c.state IN " STOPPED_STATES ") " \
	"OR (?2 = 'attention' AND " NEEDS_ATTENTION ")) "                                     \
	"AND (?3 = '' OR c.health = ?3) AND (?4 = '' OR c.compose_project = ?4) "
#define CONTAINER_WORD(n) "AND (" n " = '' OR instr(l.search || ' ' || lower(h.name), " n ")) "

#define EVENT_COLUMNS                                                                                    \
	"e.id, e.host_id, h.name, e.container_id, e.at_ns, e.kind, e.action, e.actor_id, e.actor_name, " \
	"e.attributes, e.observed, c.name "

/* ?1 host ?2 container row (0 any) ?3 kind ('' any) ?4 from ns ?5 to ns (exclusive) ?6 word in lower case
 * ?7, ?8 the key (at_ns, id) to page from ?9 limit */
#define EVENT_FILTER                                                                                         \
	"FROM event e JOIN host h ON h.id = e.host_id LEFT JOIN container c ON c.id = e.container_id WHERE " \
	"(?1 = 0 OR e.host_id = ?1) "                                                                        \
	"AND (?2 = 0 OR e.container_id = ?2) AND (?3 = '' OR e.kind = ?3) AND e.at_ns >= ?4 AND e.at_ns < "  \
	"?5 "                                                                                                \
	"AND (?6 = '' OR instr(lower(e.actor_name || ' ' || e.action || ' ' || e.attributes || ' ' || "      \
	"h.name), ?6)) "

#define USER_COLUMNS \
	"u.id, u.name, u.role, u.password_hash, u.created_ms, u.password_set_ms, u.theme, u.refresh_s "
#define SESSION_COLUMNS "s.id, s.user_id, s.created_ms, s.seen_ms, s.ends_ms, s.address, s.agent, s.flash "

/* clang-format off */
#define STATEMENTS(X) \
	X(STORE_CHECK, READ, "SELECT (SELECT count(*) FROM setting) + (SELECT count(*) FROM metrics.host_now)") \
	\
	X(SETTING_GET, READ, "SELECT value FROM setting WHERE name = ?1") \
	X(SETTING_PUT, WEB, "INSERT INTO setting(name, value) VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET value = excluded.value") \
	X(SETTING_DROP, WEB, "DELETE FROM setting WHERE name = ?1") \
	\
	X(HOST_LIST, READ, "SELECT " HOST_COLUMNS "FROM host h ORDER BY h.name COLLATE NOCASE, h.id LIMIT ?1") \
	X(HOST_BY_ID, READ, "SELECT " HOST_COLUMNS "FROM host h WHERE h.id = ?1") \
	X(HOST_BY_URL, READ, "SELECT " HOST_COLUMNS "FROM host h WHERE h.url = ?1") \
	X(HOST_BY_NAME, READ, "SELECT " HOST_COLUMNS "FROM host h WHERE h.name = ?1") \
	X(HOST_COUNT, READ, "SELECT count(*) FROM host") \
	X(HOST_ADD, WRITE, "INSERT INTO host(name, url, found, added_ms) VALUES (?1, ?2, ?3, ?4)") \
	X(HOST_DROP, WRITE, "DELETE FROM host WHERE id = ?1") \
	X(HOST_STATE, WRITE, "UPDATE host SET since_ms = CASE WHEN state = ?2 THEN since_ms ELSE ?4 END, state = ?2, " \
	  "reason = ?3 WHERE id = ?1") \
	X(HOST_SEEN, WRITE, "UPDATE host SET seen_ms = ?2, events_ns = max(events_ns, ?3) WHERE id = ?1") \
	X(HOST_FACTS, WRITE, "UPDATE host SET product = ?2, engine_id = ?3, engine_version = ?4, api_version = ?5, hostname = ?6, " \
	  "os = ?7, kernel = ?8, arch = ?9, storage_driver = ?10, cgroup_version = ?11, cpus = ?12, memory_bytes = ?13 WHERE id = ?1") \
	\
	X(CONTAINER_LIST, READ, "SELECT " CONTAINER_SHORT " " CONTAINER_SCAN CONTAINER_FILTER "LIMIT ?9") \
	X(CONTAINER_SEARCH, READ, "SELECT " CONTAINER_SHORT " " CONTAINER_SCAN "JOIN container_long l ON l.container_id = c.id " \
	  CONTAINER_FILTER CONTAINER_WORD("?5") CONTAINER_WORD("?6") CONTAINER_WORD("?7") CONTAINER_WORD("?8") "LIMIT ?9") \
	X(CONTAINER_ROW, READ, "SELECT " CONTAINER_SHORT " " CONTAINER_FROM "WHERE c.id = ?1") \
	X(CONTAINER_BY_ID, READ, "SELECT " CONTAINER_SHORT CONTAINER_LONG CONTAINER_FROM \
	  "LEFT JOIN container_long l ON l.container_id = c.id WHERE c.id = ?1") \
	X(CONTAINER_BY_ENGINE, READ, "SELECT id, name FROM container WHERE host_id = ?1 AND engine_id = ?2") \
	X(CONTAINER_BY_NAME, READ, "SELECT id, engine_id, gone_ms FROM container WHERE host_id = ?1 AND name = ?2") \
	X(CONTAINER_BY_FORMER, READ, "SELECT id FROM container WHERE host_id = ?1 AND former_name = ?2 AND renamed_ms >= ?3 " \
	  "ORDER BY renamed_ms DESC LIMIT 1") \
	X(CONTAINER_BY_COMPOSE, READ, "SELECT id FROM container WHERE host_id = ?1 AND compose_project = ?2 AND compose_service = ?3 " \
	  "AND compose_number = ?4 AND gone_ms IS NOT NULL ORDER BY gone_ms DESC LIMIT 1") \
	X(CONTAINER_OF_HOST, READ, "SELECT id, engine_id, name, state FROM container WHERE host_id = ?1 AND gone_ms IS NULL") \
	X(CONTAINER_ATTENTION, READ, "SELECT " CONTAINER_SHORT " " CONTAINER_FROM "WHERE " NEEDS_ATTENTION \
	  "ORDER BY c.finished_ms DESC, c.id LIMIT ?1") \
	X(CONTAINER_BRIEFS, READ, "SELECT id, host_id, name, state, health, exit_code, stop_asked FROM container INDEXED BY container_state " \
	  "WHERE gone_ms IS NULL ORDER BY host_id LIMIT ?1") \
	X(CONTAINER_PROJECTS, READ, "SELECT DISTINCT compose_project FROM container WHERE gone_ms IS NULL AND compose_project <> '' " \
	  "ORDER BY 1 LIMIT ?1") \
	X(CONTAINER_ADD, WRITE, "INSERT INTO container(host_id, name, engine_id, first_seen_ms) VALUES (?1, ?2, ?3, ?4)") \
	X(CONTAINER_NAME, WRITE, "UPDATE container SET former_name = ?2, renamed_ms = ?3, name = ?4 WHERE id = ?1") \
	X(CONTAINER_UPDATE, WRITE, "UPDATE container SET engine_id = ?2, gone_ms = NULL, image = ?3, image_id = ?4, " \
	  "health_since_ms = CASE WHEN health = ?6 AND engine_id = ?2 THEN health_since_ms ELSE ?7 END, state = ?5, health = ?6, " \
	  "health_note = ?8, exit_code = ?9, oom_killed = ?10, " \
	  "stop_asked = CASE WHEN started_ms <> ?13 OR engine_id <> ?2 THEN 0 ELSE stop_asked END, error = ?11, " \
	  "created_ms = ?12, started_ms = ?13, finished_ms = ?14, restart_count = ?15, restart_policy = ?16, restart_max = ?17, " \
	  "pid = ?18, network_mode = ?19, ports = ?20, addresses = ?21, compose_project = ?22, compose_service = ?23, " \
	  "compose_number = ?24 WHERE id = ?1") \
	X(CONTAINER_LONG_PUT, WRITE, "INSERT INTO container_long(container_id, command, ports_json, networks_json, mounts_json, labels_json, " \
	  "search) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(container_id) DO UPDATE SET command = excluded.command, " \
	  "ports_json = excluded.ports_json, networks_json = excluded.networks_json, mounts_json = excluded.mounts_json, " \
	  "labels_json = excluded.labels_json, search = excluded.search") \
	X(CONTAINER_STOP_ASKED, WRITE, "UPDATE container SET stop_asked = 1 WHERE host_id = ?1 AND engine_id = ?2") \
	X(CONTAINER_GONE, WRITE, "UPDATE container SET gone_ms = ?2, state = 'removed', pid = 0 WHERE id = ?1 AND gone_ms IS NULL") \
	X(CONTAINER_PRUNE, WRITE, "DELETE FROM container WHERE id IN (SELECT id FROM container WHERE gone_ms < ?1 LIMIT ?2)") \
	\
	X(EVENT_ADD, WRITE, "INSERT OR IGNORE INTO event(host_id, container_id, at_ns, kind, action, actor_id, actor_name, attributes, observed) " \
	  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)") \
	X(EVENT_ADOPT, WRITE, "UPDATE event SET container_id = ?3 WHERE at_ns >= ?4 AND host_id = ?1 AND container_id IS NULL AND (actor_id = ?2 OR instr(attributes, ?2))") \
	X(EVENT_LAST_OF, READ, "SELECT max(at_ns) FROM event WHERE host_id = ?1 AND actor_id = ?2 AND action = ?3 AND at_ns >= ?4") \
	X(EVENT_NEAR, READ, "SELECT count(*) FROM event WHERE host_id = ?1 AND actor_id = ?2 AND action = ?3 AND at_ns BETWEEN ?4 AND ?5") \
	X(EVENT_DROP_OBSERVED, WRITE, "DELETE FROM event WHERE host_id = ?1 AND actor_id = ?2 AND action = ?3 " \
	  "AND at_ns BETWEEN ?4 AND ?5 AND observed = 1") \
	X(EVENT_OLDER, READ, "SELECT " EVENT_COLUMNS EVENT_FILTER "AND (e.at_ns, e.id) < (?7, ?8) ORDER BY e.at_ns DESC, e.id DESC LIMIT ?9") \
	X(EVENT_NEWER, READ, "SELECT " EVENT_COLUMNS EVENT_FILTER "AND (e.at_ns, e.id) > (?7, ?8) ORDER BY e.at_ns, e.id LIMIT ?9") \
	X(EVENT_PRUNE, WRITE, "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at_ns < ?1 ORDER BY at_ns LIMIT ?2)") \
	X(EVENT_COUNT, READ, "SELECT count(*) FROM event") \
	\
	X(NOW_CONTAINER_PUT, WRITE, "INSERT OR REPLACE INTO metrics.container_now VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)") \
	X(NOW_CONTAINER_DROP, WRITE, "DELETE FROM metrics.container_now WHERE container_id = ?1") \
	X(NOW_CONTAINER_LIST, READ, "SELECT " CONTAINER_NOW_COLUMNS "FROM metrics.container_now n ORDER BY n.container_id") \
	X(NOW_CONTAINER_GET, READ, "SELECT " CONTAINER_NOW_COLUMNS "FROM metrics.container_now n WHERE n.container_id = ?1") \
	X(NOW_HOST_PUT, WRITE, "INSERT OR REPLACE INTO metrics.host_now VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)") \
	X(NOW_HOST_DROP, WRITE, "DELETE FROM metrics.host_now WHERE host_id = ?1") \
	X(NOW_HOST_LIST, READ, "SELECT * FROM metrics.host_now ORDER BY host_id") \
	X(NOW_HOST_GET, READ, "SELECT * FROM metrics.host_now WHERE host_id = ?1") \
	\
	X(USER_COUNT, READ, "SELECT count(*) FROM user") \
	X(USER_BY_NAME, READ, "SELECT " USER_COLUMNS "FROM user u WHERE u.name = ?1") \
	X(USER_BY_ID, READ, "SELECT " USER_COLUMNS "FROM user u WHERE u.id = ?1") \
	X(USER_LIST, READ, "SELECT " USER_COLUMNS "FROM user u ORDER BY u.name LIMIT ?1") \
	X(USER_ADD, WEB, "INSERT INTO user(name, role, password_hash, created_ms, password_set_ms) VALUES (?1, ?2, ?3, ?4, ?4)") \
	X(USER_PASSWORD, WEB, "UPDATE user SET password_hash = ?2, password_set_ms = ?3 WHERE id = ?1") \
	X(USER_PREFERENCES, WEB, "UPDATE user SET theme = ?2, refresh_s = ?3 WHERE id = ?1") \
	\
	X(SESSION_ADD, WEB, "INSERT INTO session(token_hash, user_id, created_ms, seen_ms, ends_ms, address, agent) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)") \
	X(SESSION_FIND, READ, "SELECT " SESSION_COLUMNS ", " USER_COLUMNS "FROM session s JOIN user u ON u.id = s.user_id " \
	  "WHERE s.token_hash = ?1 AND s.ends_ms > ?2") \
	X(SESSION_LIST, READ, "SELECT " SESSION_COLUMNS "FROM session s WHERE s.user_id = ?1 AND s.ends_ms > ?2 ORDER BY s.seen_ms DESC LIMIT ?3") \
	X(SESSION_SEEN, WEB, "UPDATE session SET seen_ms = ?2, ends_ms = ?3 WHERE id = ?1") \
	X(SESSION_FLASH, WEB, "UPDATE session SET flash = ?2 WHERE id = ?1") \
	X(SESSION_DROP, WEB, "DELETE FROM session WHERE id = ?1 AND user_id = ?2") \
	X(SESSION_DROP_OTHERS, WEB, "DELETE FROM session WHERE user_id = ?1 AND id <> ?2") \
	X(SESSION_DROP_OLDEST, WEB, "DELETE FROM session WHERE user_id = ?1 AND id NOT IN " \
	  "(SELECT id FROM session WHERE user_id = ?1 ORDER BY seen_ms DESC, id DESC LIMIT ?2)") \
	X(SESSION_PRUNE, WRITE, "DELETE FROM session WHERE ends_ms <= ?1") \
	\
	X(LOGIN_ADD, WEB, "INSERT INTO login(at_ms, name, address, result) VALUES (?1, ?2, ?3, ?4)") \
	X(LOGIN_FAILURES, READ, "SELECT count(*) FROM login WHERE name = ?1 AND at_ms > ?2 AND result = 'refused' " \
	  "AND at_ms > (SELECT coalesce(max(at_ms), 0) FROM login WHERE name = ?1 AND result = 'ok')") \
	X(LOGIN_LIST, READ, "SELECT id, at_ms, name, address, result FROM login WHERE id < ?1 ORDER BY id DESC LIMIT ?2") \
	X(LOGIN_PRUNE, WRITE, "DELETE FROM login WHERE id IN (SELECT id FROM login WHERE at_ms < ?1 LIMIT ?2)") \
	\
	X(PROGRAM_BEAT, WEB | WRITE, "INSERT INTO program(name, pid, version, started_ms, beat_ms, pss_bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6) " \
	  "ON CONFLICT(name, pid) DO UPDATE SET version = excluded.version, started_ms = excluded.started_ms, beat_ms = excluded.beat_ms, " \
	  "pss_bytes = excluded.pss_bytes") \
	X(PROGRAM_END, WEB | WRITE, "DELETE FROM program WHERE name = ?1 AND pid = ?2") \
	X(PROGRAM_LIST, READ, "SELECT name, pid, version, started_ms, beat_ms, pss_bytes FROM program ORDER BY name, pid LIMIT ?1")
/* clang-format on */

#endif
