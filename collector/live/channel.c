#include "collector/live/channel.h"

#include <assert.h>

#include "lib/base/die.h"

static size_t place(const struct channels *channels, const struct topic *topic)
{
	size_t low = 0, high = channels->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (topic_compare(&channels->items[middle]->topic, topic) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct channels *channels, size_t at, const struct topic *topic)
{
	return at < channels->count && !topic_compare(&channels->items[at]->topic, topic);
}

struct channel *channels_find(const struct channels *channels, const struct topic *topic)
{
	size_t at = place(channels, topic);

	return is_at(channels, at, topic) ? channels->items[at] : NULL;
}

static struct channel *insert(struct channels *channels, size_t at, const struct topic *topic)
{
	struct channel *channel = xcalloc(1, sizeof(*channel));

	if (channels->count == channels->capacity) {
		channels->capacity = channels->capacity ? channels->capacity * 2 : 16;
		channels->items =
		    xreallocarray(channels->items, channels->capacity, sizeof(*channels->items));
	}
	memmove(channels->items + at + 1, channels->items + at,
	    (channels->count - at) * sizeof(*channels->items));
	channels->items[at] = channel;
	channels->count++;
	channel->topic = *topic;
	return channel;
}

struct channel *channels_add(struct channels *channels, const struct topic *topic, struct stream *stream)
{
	size_t at = place(channels, topic);
	struct channel *channel =
	    is_at(channels, at, topic) ? channels->items[at] : insert(channels, at, topic);

	assert(!stream->channel);
	stream->channel = channel;
	stream->prev = NULL;
	stream->next = channel->streams;
	if (channel->streams)
		channel->streams->prev = stream;
	channel->streams = stream;
	channel->count++;
	return channel;
}

static void drop(struct channels *channels, struct channel *channel)
{
	size_t at = place(channels, &channel->topic);

	chunk_drop(&channel->snapshot);
	free(channel);
	channels->count--;
	memmove(channels->items + at, channels->items + at + 1,
	    (channels->count - at) * sizeof(*channels->items));
}

void channels_remove(struct channels *channels, struct stream *stream)
{
	struct channel *channel = stream->channel;

	if (!channel)
		return;
	stream->channel = NULL;
	if (stream->prev)
		stream->prev->next = stream->next;
	else
		channel->streams = stream->next;
	if (stream->next)
		stream->next->prev = stream->prev;
	if (--channel->count == 0)
		drop(channels, channel);
}

void channels_release(struct channels *channels)
{
	assert(!channels->count);
	free(channels->items);
	*channels = (struct channels){ NULL, 0, 0 };
}
