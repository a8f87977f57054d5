#include "lib/engine/frames.h"

#include <errno.h>

void frames_init(struct frames *frames)
{
	*frames = (struct frames){ 0 };
}

static uint32_t length_of(const uint8_t *head)
{
	return (uint32_t)head[4] << 24 | (uint32_t)head[5] << 16 | (uint32_t)head[6] << 8 | head[7];
}

static int end_head(struct frames *frames, frame_fn *frame, void *arg, struct err *err_r)
{
	const uint8_t *head = frames->head;

	if (head[0] >= FRAME_STREAM_COUNT || head[1] || head[2] || head[3]) {
		frames->broken = 1;
		return err_set(err_r, -EINVAL,
		    "not a multiplexed stream: a frame begins with %02x %02x %02x %02x", head[0], head[1],
		    head[2], head[3]);
	}
	frames->left = length_of(head);
	frames->head_len = 0;
	frames->in_payload = frames->left > 0;
	if (!frames->left)
		frame((enum frame_stream)head[0], "", 0, 1, arg);
	return 0;
}

static size_t take_head(struct frames *frames, const char *bytes, size_t len)
{
	size_t want = FRAME_HEAD_BYTES - frames->head_len;
	size_t part = len < want ? len : want;

	memcpy(frames->head + frames->head_len, bytes, part);
	frames->head_len += part;
	return part;
}

static size_t take_payload(struct frames *frames, const char *bytes, size_t len, frame_fn *frame, void *arg)
{
	size_t part = len < frames->left ? len : frames->left;

	frames->left -= (uint32_t)part;
	frames->in_payload = frames->left > 0;
	frame((enum frame_stream)frames->head[0], bytes, part, !frames->left, arg);
	return part;
}

int frames_feed(
    struct frames *frames, const char *bytes, size_t len, frame_fn *frame, void *arg, struct err *err_r)
{
	if (frames->broken)
		return err_set(err_r, -EINVAL, "not a multiplexed stream");
	while (len) {
		size_t part = frames->in_payload ? take_payload(frames, bytes, len, frame, arg)
		                                 : take_head(frames, bytes, len);

		bytes += part;
		len -= part;
		if (!frames->in_payload && frames->head_len == FRAME_HEAD_BYTES) {
			int result = end_head(frames, frame, arg, err_r);

			if (result)
				return result;
		}
	}
	return 0;
}
