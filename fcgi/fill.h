/* fill: the shapes of templates/HDF.md. Each function puts one shape at a node; texts are copied.
 * Out of memory ends the process. */
#ifndef DOCKMON_FCGI_FILL_H
#define DOCKMON_FCGI_FILL_H

#include <ClearSilver.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/words.h"
#include "lib/base/spark.h"

#define FULL_TIME_BYTES 64

HDF *fill_node(HDF *at, const char *name); /* the child, made when missing; borrowed */
HDF *fill_item(HDF *list, size_t index);   /* the child named by its index */

void fill_text(HDF *at, const char *name, const char *text); /* nothing for NULL or "" */
void fill_echo(HDF *at, const char *name, const char *text); /* also "" */
void fill_flag(HDF *at, const char *name, bool on);          /* "1" or nothing */
void fill_int(HDF *at, const char *name, int64_t number);    /* digits only */
void fill_count(HDF *at, const char *name, int64_t count);   /* "1,012" */

void fill_value(HDF *at, const char *name, const char *text); /* Value of "412 MB"; nothing for "" */
void fill_bytes(HDF *at, const char *name, double bytes);
void fill_rate(HDF *at, const char *name, double bytes_per_s);
void fill_percent(HDF *at, const char *name, double percent);

/* Time with this Text; nothing for ms 0. */
void fill_time(HDF *at, const char *name, int64_t ms, const char *text);
void fill_ago(HDF *at, const char *name, int64_t ms, int64_t now_ms);      /* "4 min ago" */
void fill_duration(HDF *at, const char *name, int64_t ms, int64_t now_ms); /* "4 min" */

/* Spark; nothing when all is unknown. top as for spark_points; label may be NULL. */
void fill_spark(HDF *at, const char *name, const struct spark *spark, double top, const char *label);
void fill_state(HDF *at, const char *name, const struct state_words *state);
void fill_ref(HDF *at, const char *name, int64_t id, const char *text);           /* HostRef */
void fill_link(HDF *at, const char *name, const char *url, const char *text);     /* Link */
void fill_field(HDF *at, const char *name, const char *value, const char *error); /* Field; NULL = none */
void fill_pair(HDF *list, size_t *index, const char *label, const char *text);    /* nothing for "" */
void fill_option(HDF *select, size_t *index, const char *value, const char *text, bool selected);

/* "1,012" */
void text_count(int64_t count, char *out_r, size_t bytes);
/* "Tue 24 Nov 2026, 08:55:00 CET" in the zone of TZ. */
void text_full_time(int64_t ms, char out_r[FULL_TIME_BYTES]);
/* strftime in the zone of TZ. */
void text_local(int64_t ms, const char *format, char *out_r, size_t bytes);

#endif
