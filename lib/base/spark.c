#include "lib/base/spark.h"

#include <endian.h>
#include <math.h>
#include <stdbool.h>

#define BOX_WIDTH 100.0
#define BOX_HEIGHT 24.0
#define BELOW_THE_BOX 40
#define BESIDE_THE_BOX 2

void spark_init(struct spark *spark)
{
	for (size_t i = 0; i < SPARK_LEN; i++)
		spark->values[i] = SPARK_UNKNOWN;
}

static float sane(double value)
{
	return isfinite(value) && value >= 0 ? (float)value : SPARK_UNKNOWN;
}

void spark_push(struct spark *spark, double value)
{
	memmove(spark->values, spark->values + 1, sizeof(spark->values) - sizeof(spark->values[0]));
	spark_set_last(spark, value);
}

void spark_set_last(struct spark *spark, double value)
{
	spark->values[SPARK_LEN - 1] = sane(value);
}

double spark_max(const struct spark *spark)
{
	float max = 0;

	for (size_t i = 0; i < SPARK_LEN; i++)
		max = spark->values[i] > max ? spark->values[i] : max;
	return max;
}

void spark_to_blob(const struct spark *spark, uint8_t blob_r[SPARK_BLOB_BYTES])
{
	for (size_t i = 0; i < SPARK_LEN; i++) {
		uint32_t bits;

		memcpy(&bits, &spark->values[i], sizeof(bits));
		bits = htole32(bits);
		memcpy(blob_r + 4 * i, &bits, sizeof(bits));
	}
}

void spark_from_blob(const void *blob, size_t len, struct spark *spark_r)
{
	spark_init(spark_r);
	if (len != SPARK_BLOB_BYTES)
		return;
	for (size_t i = 0; i < SPARK_LEN; i++) {
		uint32_t bits;
		float value;

		memcpy(&bits, (const uint8_t *)blob + 4 * i, sizeof(bits));
		bits = le32toh(bits);
		memcpy(&value, &bits, sizeof(value));
		spark_r->values[i] = sane(value);
	}
}

/* Decimal with `tenths` or without; made by hand, for a page draws thousands of points. */
static char *add_number(char *at, unsigned value, bool tenths)
{
	char digits[12];
	size_t count = 0;

	do {
		digits[count++] = (char)('0' + value % 10);
		value /= 10;
	} while (value || (tenths && count < 2));
	while (count) {
		*at++ = digits[--count];
		if (tenths && count == 1)
			*at++ = '.';
	}
	return at;
}

static char *add_point(char *at, double x, double y)
{
	if (x < 0)
		*at++ = '-';
	at = add_number(at, (unsigned)((x < 0 ? -x : x) + 0.5), false);
	*at++ = ',';
	at = add_number(at, (unsigned)(y * 10 + 0.5), true);
	*at++ = ' ';
	return at;
}

/* Below the box and, at its sides, beside it, so that only the line itself is seen. */
static char *add_end(char *at, double x, double y, bool first)
{
	double beside = x <= 0 ? -BESIDE_THE_BOX : x >= BOX_WIDTH ? BOX_WIDTH + BESIDE_THE_BOX : x;

	if (first)
		at = add_point(at, beside, BELOW_THE_BOX);
	if (beside != x)
		at = add_point(at, beside, y);
	if (!first)
		at = add_point(at, beside, BELOW_THE_BOX);
	return at;
}

void spark_points(const struct spark *spark, double top, struct sb *sb)
{
	char text[(SPARK_LEN + 4) * 16], *at = text;
	double last = SPARK_UNKNOWN, x = 0, y = 0;

	if (top <= 0)
		top = spark_max(spark) * 1.15;
	for (size_t i = 0; i < SPARK_LEN; i++) {
		double value = (double)spark->values[i] < 0 ? last : (double)spark->values[i];
		double share = top > 0 && value > 0 ? value / top : 0;

		if (value < 0)
			continue;
		x = BOX_WIDTH * (double)i / (SPARK_LEN - 1);
		y = BOX_HEIGHT - 1 - (share > 1 ? 1 : share) * (BOX_HEIGHT - 2);
		if (last < 0)
			at = add_end(at, x, y, true);
		at = add_point(at, x, y);
		last = value;
	}
	if (last >= 0) {
		at = add_end(at, x, y, false);
		sb_add_mem(sb, text, (size_t)(at - text) - 1);
	}
}
