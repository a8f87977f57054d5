#include "collector/keep.h"

#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "lib/store/container.h"
#include "lib/store/event.h"
#include "lib/store/program.h"
#include "lib/store/user.h"

#define DAY_MS (24 * 3600 * 1000LL)
#define STALL_MS 5000
#define PRUNE_STEP_MS 1000

enum { TIMER_BEAT, TIMER_PRUNE, TIMER_COUNT };

struct keep {
	struct store *store; /* borrowed */
	uv_timer_t timers[TIMER_COUNT];
	size_t open_count;
	int64_t started_ms; /* wall */
	int64_t turned_ms;  /* monotonic; when the loop last ran our timer */
	int64_t round_ms;   /* monotonic; when the next round of deleting begins */
	bool failing;       /* the store cannot be written, and this was said */
};

int64_t keep_prune(struct store *store, int64_t now_ms)
{
	int64_t before_ms = now_ms - event_retention_days(store) * DAY_MS;
	int64_t deleted = event_prune(store, before_ms * 1000000, KEEP_ROWS_PER_SECOND);

	deleted += container_prune(store, before_ms, KEEP_ROWS_PER_SECOND);
	deleted += login_prune(store, now_ms - KEEP_LOGIN_DAYS * DAY_MS, KEEP_ROWS_PER_SECOND);
	session_prune(store, now_ms);
	program_prune(store, now_ms - KEEP_PROGRAM_MS);
	return deleted;
}

static void on_prune(uv_timer_t *timer)
{
	struct keep *keep = timer->data;
	int64_t now_ms = clock_mono_ms();

	/* while the beats fail there is nothing to be deleted either */
	if (now_ms < keep->round_ms || keep->failing || store_in_transaction(keep->store))
		return;
	if (keep_prune(keep->store, clock_wall_ms()) < KEEP_ROWS_PER_SECOND)
		keep->round_ms = now_ms + KEEP_ROUND_MS;
}

static void say_state(struct keep *keep, int result)
{
	if (result && !keep->failing)
		log_error(
		    "the database cannot be written: %s (%s). Trying again every %d s; live values go on.",
		    store_error(keep->store), strerror(-result), PROGRAM_BEAT_MS / 1000);
	else if (!result && keep->failing)
		log_info("the database can be written again");
	keep->failing = result != 0;
}

static void beat(struct keep *keep)
{
	if (!store_in_transaction(keep->store))
		say_state(keep, program_beat(keep->store, "collector", keep->started_ms, clock_wall_ms()));
}

static void on_beat(uv_timer_t *timer)
{
	struct keep *keep = timer->data;
	int64_t now_ms = clock_mono_ms(), late_ms = now_ms - keep->turned_ms - PROGRAM_BEAT_MS;

	if (late_ms > STALL_MS)
		log_warning("the loop stood still for %.1f s: is the machine overloaded, or its disk slow?",
		    (double)late_ms / 1000);
	beat(keep);
	keep->turned_ms = clock_mono_ms();
}

struct keep *keep_start(uv_loop_t *loop, struct store *store)
{
	struct keep *keep = xcalloc(1, sizeof(*keep));

	keep->store = store;
	keep->started_ms = clock_wall_ms();
	keep->turned_ms = clock_mono_ms();
	for (size_t i = 0; i < TIMER_COUNT; i++) {
		uv_timer_init(loop, &keep->timers[i]);
		keep->timers[i].data = keep;
		keep->open_count++;
	}
	beat(keep);
	uv_timer_start(&keep->timers[TIMER_BEAT], on_beat, PROGRAM_BEAT_MS, PROGRAM_BEAT_MS);
	uv_timer_start(&keep->timers[TIMER_PRUNE], on_prune, PRUNE_STEP_MS, PRUNE_STEP_MS);
	return keep;
}

static void on_closed(uv_handle_t *handle)
{
	struct keep *keep = handle->data;

	if (--keep->open_count == 0)
		free(keep);
}

void keep_stop(struct keep **keep)
{
	struct keep *k = *keep;

	*keep = NULL;
	if (!k)
		return;
	program_end(k->store, "collector");
	for (size_t i = 0; i < TIMER_COUNT; i++)
		uv_close((uv_handle_t *)&k->timers[i], on_closed);
}
