#include "lib/engine/api.h"

#include <ctype.h>
#include <errno.h>

#define PART_DIGITS 3

static int take_part(const char **p)
{
	int value = 0, digits = 0;

	for (; isdigit((unsigned char)**p) && digits <= PART_DIGITS; digits++)
		value = value * 10 + *(*p)++ - '0';
	return digits && digits <= PART_DIGITS ? value : -1;
}

int api_version_parse(const char *text, struct api_version *version_r)
{
	struct api_version version;

	version.major = take_part(&text);
	if (version.major < 0 || *text++ != '.')
		return -EINVAL;
	version.minor = take_part(&text);
	if (version.minor < 0 || *text)
		return -EINVAL;
	*version_r = version;
	return 0;
}

int api_version_compare(struct api_version a, struct api_version b)
{
	return a.major != b.major ? a.major - b.major : a.minor - b.minor;
}

void api_version_text(struct api_version version, char text_r[API_VERSION_BYTES])
{
	snprintf(text_r, API_VERSION_BYTES, "%d.%d", version.major % 1000, version.minor % 1000);
}

int api_negotiate(
    const char *engine_newest, const char *engine_oldest, struct api_version *version_r, struct err *err_r)
{
	struct api_version newest, oldest = { 0, 0 }, ours_newest, ours_oldest;

	api_version_parse(API_NEWEST, &ours_newest);
	api_version_parse(API_OLDEST, &ours_oldest);
	if (api_version_parse(engine_newest, &newest))
		return err_set(err_r, -EINVAL,
		    "What answers there is no container engine: it names no API version (\"%.40s\").",
		    engine_newest);
	if (*engine_oldest && api_version_parse(engine_oldest, &oldest))
		return err_set(err_r, -EINVAL, "The engine's oldest API version \"%.40s\" is not a version.",
		    engine_oldest);
	if (api_version_compare(newest, ours_oldest) < 0)
		return err_set(err_r, -EPROTO,
		    "The engine speaks API %.40s at most, but at least " API_OLDEST
		    " (Docker 1.12) is needed: update the engine.",
		    engine_newest);
	if (api_version_compare(oldest, ours_newest) > 0)
		return err_set(err_r, -EPROTO,
		    "The engine speaks API %.40s at least, but this DockMon knows " API_NEWEST
		    " at most: update DockMon.",
		    engine_oldest);
	*version_r = api_version_compare(newest, ours_newest) < 0 ? newest : ours_newest;
	return 0;
}
