/* engine_data: recorded replies of engines for the tests, read from tests/unit/data/engine. */
#ifndef DOCKMON_TESTS_ENGINE_DATA_H
#define DOCKMON_TESTS_ENGINE_DATA_H

#include "lib/base/file.h"
#include "lib/base/json.h"
#include "tests/unit/check.h"

/* Owned: json_object_put. The test fails if it cannot be read. */
static inline struct json_object *engine_data(const char *name)
{
	struct json_object *object = NULL;
	struct err err = ERR_INIT;
	AUTO_SB text = SB_INIT(1024 * 1024);
	char path[256];

	snprintf(path, sizeof(path), "tests/unit/data/engine/%s", name);
	if (file_read(path, &text, &err) || json_parse(text.data, text.len, &object, &err))
		fail_msg("%s", err.text);
	return object;
}

#endif
