/* include/domain/format.h: numbers, dates and sentences as reasons, page, mail and picture show them; the only place
 * that rounds. */
#pragma once

#include <glib.h>

/* What a value is measured in. */
typedef enum { UNIT_PERCENT, UNIT_COUNT } FormatUnit;

/* Languages are "zh" and "en" throughout. Every function returns a new string; a value that is NAN gives "–". */

/* format_decimal: half away from zero, of the decimal number that was meant: 62.15 gives 62.2 though its double lies
   below; never a negative zero. */
char *format_decimal (double value, int decimals);

/* format_value: "62.1%" or "12,345". A share that is not 0 or 100 does not become so by rounding: "<0.1%", ">99.9%". */
char *format_value (double value, FormatUnit unit);

/* format_range: "60.9–63.3%" or "30–45"; "" when either end is NAN. */
char *format_range (double low, double high, FormatUnit unit);

/* format_gap: a distance without its sign: "1.8个百分点", "1.8 points", "<0.1个百分点", "12". */
char *format_gap (double gap, FormatUnit unit, const char *language);

/* format_probability: @p from 0 to 1: "3%", "<1%", ">99%"; whole per cents, for more would not be true. */
char *format_probability (double p);

/* format_date: "2022年11月20日", "20 November 2022". @iso that is no date is returned as it is. */
char *format_date (const char *iso, const char *language);

/* format_period: "2022年秋", "autumn 2022"; "2022年3月", "March 2022"; "2022年", "2022". Anything else as it is. */
char *format_period (const char *period, const char *language);

/* format_month: "3月", "Mar"; @month from 1 to 12. */
char *format_month (guint month, const char *language);

/**
 * format_fill: replaces {name} in @template by the value that follows the name, {name|word|words} by the first word
 * where that is 1, else by the second.
 * @...: pairs of name and value (both const char *), closed by NULL
 *
 * Values are not searched again, a {name} without a pair stays as it is, and no escaping is done.
 */
char *format_fill (const char *template, ...) G_GNUC_NULL_TERMINATED;

/* format_fill_pairs: the same, appended to @out; @pairs holds name, value, name, value … */
void format_fill_pairs (GString *out, const char *template, const GPtrArray *pairs);
