/* frames: Docker's multiplexed log and attach stream: an 8-byte head (stream, three zeros, length as
 * 32 bits, greatest first), then so many bytes of that stream. Payloads are handed on as they come,
 * so that no frame, however long it says it is, needs memory. */
#ifndef DOCKMON_ENGINE_FRAMES_H
#define DOCKMON_ENGINE_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

#define FRAME_HEAD_BYTES 8

enum frame_stream { FRAME_STDIN, FRAME_STDOUT, FRAME_STDERR, FRAME_SYSTEM_ERROR, FRAME_STREAM_COUNT };

/* A part of a payload, borrowed for the call; `last` = the frame ends with it. len 0 only for an empty frame. */
typedef void frame_fn(enum frame_stream stream, const char *bytes, size_t len, int last, void *arg);

struct frames {
	uint8_t head[FRAME_HEAD_BYTES];
	size_t head_len; /* bytes of the head that have come */
	uint32_t left;   /* bytes of the payload still to come */
	int in_payload;
	int broken; /* after -EINVAL nothing more is taken */
};

void frames_init(struct frames *frames);

/* Any number of bytes, cut anywhere. -EINVAL with a text: not such a stream (a terminal's output has
 * no frames); it stays so until frames_init. */
int frames_feed(
    struct frames *frames, const char *bytes, size_t len, frame_fn *frame, void *arg, struct err *err_r);

#endif
