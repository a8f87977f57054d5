#include "fcgi/web.h"

#include <errno.h>
#include <unistd.h>

#include "fcgi/render.h"
#include "lib/base/clock.h"
#include "lib/base/crypto.h"
#include "lib/base/die.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/store/program.h"

#define RETRY_US 200000
#define STATIC_BYTES_MAX (1024 * 1024)

static int open_store(const char *data_dir, int64_t wait_ms, struct store **store_r, struct err *err_r)
{
	int64_t end_ms = clock_mono_ms() + wait_ms;
	int result;

	for (;;) {
		result = store_open(data_dir, STORE_WEB, store_r, err_r);
		if ((result != -EAGAIN && result != -ENOENT && result != -EBUSY) || clock_mono_ms() >= end_ms)
			return result;
		usleep(RETRY_US);
	}
}

/* A change of any static file must give browsers a new address. */
static void hash_assets(const char *share_dir, char out_r[WEB_ASSET_BYTES])
{
	static const char *const names[] = { "dockmon.css", "live.js", "favicon.svg" };
	AUTO_SB bytes = SB_INIT(STATIC_BYTES_MAX);
	uint8_t digest[SHA256_BYTES];
	char path[SETTINGS_PATH_BYTES], hex[9];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/static/%s", share_dir, names[i]);
		if (file_read(path, &bytes, NULL))
			log_warning("cannot read %s: pages will lack it", path);
	}
	crypto_sha256(bytes.data, bytes.len, digest);
	crypto_hex(digest, 4, hex);
	snprintf(out_r, WEB_ASSET_BYTES, "%s-%s", DOCKMON_VERSION, hex);
}

int web_open(const struct settings *settings, int64_t wait_ms, struct web *web_r, struct err *err_r)
{
	char path[SETTINGS_PATH_BYTES];
	int result;

	*web_r = (struct web){ .settings = *settings, .started_ms = clock_wall_ms() };
	result = open_store(settings->data_dir, wait_ms, &web_r->store, err_r);
	if (result)
		return result;
	store_read_only(web_r->store, true);
	settings_data_path(settings, "grant.key", path);
	result = grant_key_read(path, &web_r->grant_key, err_r);
	if (!result) {
		snprintf(path, sizeof(path), "%s/templates", settings->share_dir);
		result = templates_open(path, &web_r->templates, err_r);
	}
	if (result) {
		store_close(&web_r->store);
		return result;
	}
	hash_assets(settings->share_dir, web_r->asset_version);
	return 0;
}

void web_close(struct web *web)
{
	if (web->store) {
		store_read_only(web->store, false);
		if (web->beat_ms)
			program_end(web->store, "web");
		store_close(&web->store);
	}
	templates_close(&web->templates);
}

void web_beat(struct web *web, int64_t now_ms)
{
	if (web->beat_ms && now_ms - web->beat_ms < WEB_BEAT_MS && now_ms >= web->beat_ms)
		return;
	web->beat_ms = now_ms;
	store_read_only(web->store, false);
	if (program_beat(web->store, "web", web->started_ms, now_ms))
		log_warning("cannot record the sign of life: %s", store_error(web->store));
	store_read_only(web->store, true);
}
