/* spark: the last five minutes of one value: a ring of fixed length, its stored form, and the
 * points of an SVG polyline. Unknown samples are gaps, drawn as the value before them. */
#ifndef DOCKMON_BASE_SPARK_H
#define DOCKMON_BASE_SPARK_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/sb.h"

#define SPARK_LEN 30 /* samples: 5 minutes at 10 s */
#define SPARK_UNKNOWN (-1.0f)
#define SPARK_BLOB_BYTES (SPARK_LEN * 4)

struct spark {
	float values[SPARK_LEN]; /* oldest first; SPARK_UNKNOWN = no sample */
};

void spark_init(struct spark *spark);               /* all unknown */
void spark_push(struct spark *spark, double value); /* negative or NaN = unknown */
/* Replaces the newest value (a sample between two steps). */
void spark_set_last(struct spark *spark, double value);
double spark_max(const struct spark *spark); /* 0 if all unknown */

/* Stored form: little-endian IEEE 754 floats. */
void spark_to_blob(const struct spark *spark, uint8_t blob_r[SPARK_BLOB_BYTES]);
/* Any other length than SPARK_BLOB_BYTES gives an all-unknown ring. */
void spark_from_blob(const void *blob, size_t len, struct spark *spark_r);

/* Appends the `points` attribute of one polyline in the box 0 0 100 24: its first and last points
 * lie below and beside the box, so that one element serves for line and area. `top` = the value drawn at
 * full height (0: the greatest value, with some air above). Nothing if all is unknown. */
void spark_points(const struct spark *spark, double top, struct sb *sb);

#endif
