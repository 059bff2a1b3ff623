/* tests/support/fuzz.h: any bytes as an export: what must hold whatever they are. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * fuzz_extract: decodes, parses and validates @data with the standard catalogue and a small register, puts what is
 * wrong into a letter; aborts when rows are not numbered as promised, a text is no UTF-8, a count is out of range, or
 * the sums of rows do not agree.
 */
void fuzz_extract (const uint8_t *data, size_t size);
