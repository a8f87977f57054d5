/* figures: the newest values of one container or host as the texts that pages show, and which of
 * them have changed since they were last sent. */
#ifndef DOCKMON_COLLECTOR_FIGURES_H
#define DOCKMON_COLLECTOR_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/fmt.h"
#include "lib/base/sb.h"
#include "lib/store/now.h"

enum figure {
	FIGURE_CPU,
	FIGURE_MEM,
	FIGURE_MEMP, /* share of the limit */
	FIGURE_NET,  /* rx + tx */
	FIGURE_RX,
	FIGURE_TX,
	FIGURE_RD,
	FIGURE_WR,
	FIGURE_PIDS,
	FIGURE_LOAD,
	FIGURE_UP,
	FIGURE_TEXT_COUNT,
	FIGURE_CPUS = FIGURE_TEXT_COUNT, /* sparklines */
	FIGURE_MEMS,
	FIGURE_NETS,
	FIGURE_COUNT
};

#define FIGURE_BIT(figure) (1u << (figure))
#define FIGURES_BOTH                                                                 \
	(FIGURE_BIT(FIGURE_CPU) | FIGURE_BIT(FIGURE_MEM) | FIGURE_BIT(FIGURE_MEMP) | \
	    FIGURE_BIT(FIGURE_NET) | FIGURE_BIT(FIGURE_RX) | FIGURE_BIT(FIGURE_TX) | \
	    FIGURE_BIT(FIGURE_CPUS) | FIGURE_BIT(FIGURE_MEMS) | FIGURE_BIT(FIGURE_NETS))
#define FIGURES_OF_CONTAINER \
	(FIGURES_BOTH | FIGURE_BIT(FIGURE_RD) | FIGURE_BIT(FIGURE_WR) | FIGURE_BIT(FIGURE_PIDS))
#define FIGURES_OF_HOST (FIGURES_BOTH | FIGURE_BIT(FIGURE_LOAD) | FIGURE_BIT(FIGURE_UP))
#define FIGURE_TEXT_BYTES 24

struct figures {
	char text[FIGURE_TEXT_COUNT][FIGURE_TEXT_BYTES]; /* "3.1 %"; "" = unknown */
	struct spark spark[FIGURE_COUNT - FIGURE_TEXT_COUNT];
	unsigned fresh;      /* bits: changed since the last flush */
	unsigned fresh_page; /* the same for the /live document */
	bool fresh_spark;    /* CPU's sparkline, for pages of everything, which get them less often */
};

void figures_init(struct figures *figures);  /* all unknown, nothing fresh */
void figures_clear(struct figures *figures); /* all unknown; what was known becomes fresh */
void figures_set_container(struct figures *figures, const struct container_now *now);
void figures_set_host(struct figures *figures, const struct host_now *now);

/* Appends `"c12.cpu":"3.1 %",` for every figure of `mask`. Unknown ones only with_unknown. */
void figures_add_json(
    const struct figures *figures, char kind, int64_t id, unsigned mask, bool with_unknown, struct sb *sb);

#endif
