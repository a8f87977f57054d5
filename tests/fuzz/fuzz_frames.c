/* Log frames, cut anywhere: the same payload comes out however they are cut, and never more than came in. */
#include <assert.h>
#include <errno.h>

#include "lib/engine/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
	uint64_t hash;
	size_t bytes, frames;
};

static void on_frame(enum frame_stream stream, const char *bytes, size_t len, int last, void *arg)
{
	struct heard *heard = arg;

	assert(stream < FRAME_STREAM_COUNT);
	assert(len || last);
	for (size_t i = 0; i < len; i++)
		heard->hash = heard->hash * 31 + (unsigned char)bytes[i] + 256 * (uint64_t)stream;
	heard->bytes += len;
	heard->frames += (size_t)last;
}

static int feed(const uint8_t *data, size_t size, size_t step, struct heard *heard)
{
	struct frames frames;
	int result = 0;

	frames_init(&frames);
	for (size_t at = 0; at < size && !result; at += step) {
		struct err err = ERR_INIT;

		result = frames_feed(&frames, (const char *)data + at, step < size - at ? step : size - at,
		    on_frame, heard, &err);
		assert(result == 0 || (result == -EINVAL && err.text[0]));
	}
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole = { 0 }, cut = { 0 };
	int result;

	if (!size)
		return 0;
	result = feed(data, size, size, &whole);
	assert(feed(data, size, data[size - 1] % 13 + 1, &cut) == result);
	assert(whole.hash == cut.hash && whole.bytes == cut.bytes && whole.frames == cut.frames);
	assert(whole.bytes + FRAME_HEAD_BYTES * whole.frames <= size);
	return 0;
}
