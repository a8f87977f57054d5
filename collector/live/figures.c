#include "collector/live/figures.h"

#include <inttypes.h>

static const char *const figure_names[FIGURE_COUNT] = {
	[FIGURE_CPU] = "cpu",
	[FIGURE_MEM] = "mem",
	[FIGURE_MEMP] = "memp",
	[FIGURE_NET] = "net",
	[FIGURE_RX] = "rx",
	[FIGURE_TX] = "tx",
	[FIGURE_RD] = "rd",
	[FIGURE_WR] = "wr",
	[FIGURE_PIDS] = "pids",
	[FIGURE_LOAD] = "load",
	[FIGURE_UP] = "up",
	[FIGURE_CPUS] = "cpus",
	[FIGURE_MEMS] = "mems",
	[FIGURE_NETS] = "nets",
};

void figures_init(struct figures *figures)
{
	*figures = (struct figures){ 0 };
	for (size_t i = 0; i < FIGURE_COUNT - FIGURE_TEXT_COUNT; i++)
		spark_init(&figures->spark[i]);
}

static void mark(struct figures *figures, enum figure figure)
{
	figures->fresh |= FIGURE_BIT(figure);
	figures->fresh_page |= FIGURE_BIT(figure);
	if (figure == FIGURE_CPUS)
		figures->fresh_spark = true;
}

static void set_text(struct figures *figures, enum figure figure, const char *text)
{
	char *now = figures->text[figure];

	if (!strncmp(now, text, FIGURE_TEXT_BYTES - 1))
		return;
	snprintf(now, FIGURE_TEXT_BYTES, "%.*s", FIGURE_TEXT_BYTES - 1, text);
	mark(figures, figure);
}

static void set_spark(struct figures *figures, enum figure figure, const struct spark *spark)
{
	struct spark *now = &figures->spark[figure - FIGURE_TEXT_COUNT];

	if (!memcmp(now->values, spark->values, sizeof(now->values)))
		return;
	*now = *spark;
	mark(figures, figure);
}

void figures_clear(struct figures *figures)
{
	struct spark unknown;

	spark_init(&unknown);
	for (int i = 0; i < FIGURE_TEXT_COUNT; i++)
		set_text(figures, (enum figure)i, "");
	for (int i = FIGURE_TEXT_COUNT; i < FIGURE_COUNT; i++)
		set_spark(figures, (enum figure)i, &unknown);
}

static void set_percent(struct figures *figures, enum figure figure, double percent)
{
	char text[FMT_BYTES];

	fmt_percent(percent, text);
	set_text(figures, figure, text);
}

static void set_bytes(struct figures *figures, enum figure figure, double bytes)
{
	char text[FMT_BYTES];

	fmt_bytes(bytes, text);
	set_text(figures, figure, text);
}

static void set_rate(struct figures *figures, enum figure figure, double rate)
{
	char text[FMT_BYTES];

	fmt_rate(rate, text);
	set_text(figures, figure, text);
}

static double share(double part, double whole)
{
	return part >= 0 && whole > 0 ? 100 * part / whole : -1;
}

static double sum(double a, double b)
{
	return a >= 0 && b >= 0 ? a + b : -1;
}

void figures_set_container(struct figures *figures, const struct container_now *now)
{
	char text[FMT_BYTES] = "";

	set_percent(figures, FIGURE_CPU, now->cpu_percent);
	set_bytes(figures, FIGURE_MEM, now->memory_bytes);
	set_percent(figures, FIGURE_MEMP, share(now->memory_bytes, now->memory_limit));
	set_rate(figures, FIGURE_NET, sum(now->rx_rate, now->tx_rate));
	set_rate(figures, FIGURE_RX, now->rx_rate);
	set_rate(figures, FIGURE_TX, now->tx_rate);
	set_rate(figures, FIGURE_RD, now->read_rate);
	set_rate(figures, FIGURE_WR, now->write_rate);
	if (now->pids >= 0 && now->pids < 1e9)
		snprintf(text, sizeof(text), "%.0f", now->pids);
	set_text(figures, FIGURE_PIDS, text);
	set_spark(figures, FIGURE_CPUS, &now->cpu);
	set_spark(figures, FIGURE_MEMS, &now->memory);
	set_spark(figures, FIGURE_NETS, &now->network);
}

void figures_set_host(struct figures *figures, const struct host_now *now)
{
	char text[FMT_BYTES] = "";

	set_percent(figures, FIGURE_CPU, now->cpu_percent);
	set_bytes(figures, FIGURE_MEM, now->memory_bytes);
	set_percent(figures, FIGURE_MEMP, share(now->memory_bytes, now->memory_total));
	set_rate(figures, FIGURE_NET, sum(now->rx_rate, now->tx_rate));
	set_rate(figures, FIGURE_RX, now->rx_rate);
	set_rate(figures, FIGURE_TX, now->tx_rate);
	fmt_number(now->load1, text);
	set_text(figures, FIGURE_LOAD, text);
	text[0] = '\0';
	if (now->uptime_s >= 0 && now->uptime_s < 1e12)
		fmt_duration((int64_t)(now->uptime_s * 1000), text);
	set_text(figures, FIGURE_UP, text);
	set_spark(figures, FIGURE_CPUS, &now->cpu);
	set_spark(figures, FIGURE_MEMS, &now->memory);
	set_spark(figures, FIGURE_NETS, &now->network);
}

void figures_add_json(
    const struct figures *figures, char kind, int64_t id, unsigned mask, bool with_unknown, struct sb *sb)
{
	for (int i = 0; i < FIGURE_COUNT; i++) {
		size_t begin = sb->len, head;

		if (!(mask & FIGURE_BIT(i)))
			continue;
		sb_addf(sb, "\"%c%" PRId64 ".%s\":\"", kind, id, figure_names[i]);
		head = sb->len;
		/* the texts are ours: digits, units, no character that JSON would escape */
		if (i < FIGURE_TEXT_COUNT)
			sb_add(sb, figures->text[i]);
		else
			spark_points(&figures->spark[i - FIGURE_TEXT_COUNT], 0, sb);
		if (sb->len == head && !with_unknown)
			sb_cut(sb, begin);
		else
			sb_add(sb, "\",");
	}
}
