/* include/extract/check.h: a dry reading of files for a person, no database. */
#pragma once

#include "domain/catalogue.h"

#include <stdio.h>

typedef struct {
  const char *register_path; /* a schools export that stands in for the register, or NULL: register rules are skipped */
  const char *today;         /* ISO date */
  const char *language;
  gboolean json;
} CheckOptions;

/* check_files: prints to @out what each file is and every reject; @bad gets the number of files refused or with
 * rejects. */
gboolean check_files (const Catalogue *catalogue, char *const *files, const CheckOptions *options, FILE *out,
                      guint *bad, GError **error);
