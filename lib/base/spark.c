#include "lib/base/spark.h"

#include <endian.h>
#include <math.h>

#define BOX_WIDTH 100.0
#define BOX_HEIGHT 24.0
#define BELOW_THE_BOX 40

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

void spark_points(const struct spark *spark, double top, struct sb *sb)
{
	double last = SPARK_UNKNOWN;
	double x = 0;

	if (top <= 0)
		top = spark_max(spark) * 1.15;
	for (size_t i = 0; i < SPARK_LEN; i++) {
		double value = spark->values[i], share;

		if (value < 0)
			value = last;
		if (value < 0)
			continue;
		x = BOX_WIDTH * (double)i / (SPARK_LEN - 1);
		share = top > 0 ? value / top : 0;
		if (last < 0)
			sb_addf(sb, "%.0f,%d ", x, BELOW_THE_BOX);
		sb_addf(sb, "%.0f,%.1f ", x, BOX_HEIGHT - 1 - (share > 1 ? 1 : share) * (BOX_HEIGHT - 2));
		last = value;
	}
	if (last >= 0)
		sb_addf(sb, "%.0f,%d", x, BELOW_THE_BOX);
}
