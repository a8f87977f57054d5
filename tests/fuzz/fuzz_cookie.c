/* The Cookie header. Whatever comes: a value holds letters, digits, '-' and '_' only, is bounded, and
 * stands in the header behind its name. */
#include <assert.h>
#include <ctype.h>
#include <errno.h>

#include "fcgi/request.h"
#include "fcgi/session.h"
#include "lib/base/die.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *header, const char *name)
{
	char value[COOKIE_VALUE_BYTES], want[COOKIE_VALUE_BYTES + 64];
	int result;

	memset(value, 'u', sizeof(value));
	result = cookie_get(header, name, value);
	assert(result == 0 || result == -ENOENT || result == -EINVAL);
	if (result) {
		assert(value[0] == 'u' && value[COOKIE_VALUE_BYTES - 1] == 'u'); /* untouched on failure */
		return;
	}
	assert(memchr(value, '\0', sizeof(value)));
	for (const char *p = value; *p; p++)
		assert(isalnum((unsigned char)*p) || *p == '-' || *p == '_');
	snprintf(want, sizeof(want), "%s=%s", name, value);
	assert(strstr(header, want));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *header = xstrndup((const char *)data, size);

	check(header, SESSION_COOKIE);
	check(header, VISIT_COOKIE);
	free(header);
	return 0;
}
