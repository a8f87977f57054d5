#include "collector/live/stream.h"

void stream_init(struct stream *stream, stream_wake_fn wake)
{
	*stream = (struct stream){ .wake = wake };
}

static void pop(struct stream *stream)
{
	struct chunk **first = &stream->chunks[stream->first];

	stream->bytes -= (*first)->len - stream->offset;
	chunk_drop(first);
	stream->first = (uint8_t)((stream->first + 1) % STREAM_CHUNKS_MAX);
	stream->count--;
	stream->offset = 0;
}

void stream_release(struct stream *stream)
{
	while (stream->count)
		pop(stream);
	stream->change = NULL;
}

void stream_put(struct stream *stream, struct chunk *chunk, int64_t now_ms)
{
	if (!chunk || stream->ending || stream->broken)
		return;
	if (stream->count == STREAM_CHUNKS_MAX) {
		stream_break(stream);
		return;
	}
	stream->chunks[(stream->first + stream->count) % STREAM_CHUNKS_MAX] = chunk_ref(chunk);
	stream->count++;
	stream->bytes += chunk->len;
	stream->put_ms = now_ms;
	stream->wake(stream);
}

void stream_put_values(struct stream *stream, struct chunk *chunk, int64_t now_ms)
{
	/* a few places stay for changes, pings and the snapshot that follows */
	if (stream->bytes >= STREAM_BYTES_SLOW || stream->count >= STREAM_CHUNKS_MAX / 2)
		stream->slow = true;
	if (!stream->slow)
		stream_put(stream, chunk, now_ms);
}

void stream_put_change(struct stream *stream, struct chunk *chunk, int64_t now_ms)
{
	if (stream->change)
		return;
	stream_put(stream, chunk, now_ms);
	if (!stream->ending && !stream->broken)
		stream->change = chunk;
}

void stream_end(struct stream *stream)
{
	stream->ending = true;
	stream->wake(stream);
}

void stream_break(struct stream *stream)
{
	stream->broken = true;
	stream->wake(stream);
}

size_t stream_read(struct stream *stream, char *bytes_r, size_t max)
{
	size_t done = 0;

	while (stream->count && done < max) {
		struct chunk *chunk = stream->chunks[stream->first];
		size_t left = chunk->len - stream->offset;
		size_t part = left < max - done ? left : max - done;

		if (chunk == stream->change)
			stream->change = NULL; /* on its way: the next change needs a message of its own */
		memcpy(bytes_r + done, chunk->bytes + stream->offset, part);
		done += part;
		stream->offset += part;
		stream->bytes -= part;
		if (part == left)
			pop(stream);
	}
	return done;
}

bool stream_is_drained(const struct stream *stream)
{
	return stream->count == 0;
}
