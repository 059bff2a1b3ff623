/* tests/support/export.h: exports made in a test, and what becomes of them. */
#pragma once

#include "extract/extract.h"

/* export_catalogue: the catalogue of seeds/@folder ("" the standard one), read once. */
const Catalogue *export_catalogue (const char *folder);

/* export_register: a register of a few schools of every stage, one that moved, one that closed. */
const Register *export_register (void);

/* export_encode: @text in @iconv's encoding, @mark before it; free with g_bytes_unref(). */
GBytes *export_encode (const char *text, const char *iconv, const char *mark);

/* What came of an export: rows as "district year: value|value|…", a star after those that are provisional, withdrawn
 * ones left out. */
typedef struct {
  Extract extract;
  GPtrArray *rows;
  char *rules; /* codes of the groups, in order, with counts: "R-NUMBER 2, R-EXCEEDS" */
} Outcome;

/* export_read: @data as a file @name on 2022-12-01 with export_register(). */
void export_read (const char *folder, const char *name, const void *data, gsize length, Outcome *out);
void export_read_text (const char *text, Outcome *out);
void outcome_clear (Outcome *outcome);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)
