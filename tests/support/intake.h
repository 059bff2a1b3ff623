/* tests/support/intake.h: files taken in one after the other, as nights do. */
#pragma once

#include "sql.h"

#include "load/ingest.h"

#define SCHOOLS                                                                                                        \
  "school_code,name,district_code,stage,ownership,valid_from\n"                                                        \
  "2101020001,和平一小,和平区,小学,公办,\n2101020002,和平二小,和平区,小学,公办,\n"
#define MYOPIA "school_code,period,grade,sex,examined,myopic,mild\n"

typedef struct {
  Db *db;
  char *folder; /* state */
  guint files;
} Night;

/* For cmocka. */
int night_set_up (void **state);
int night_tear_down (void **state);

/* take: @text as a file of its own; what came of it. take_as: declared complete, if @complete. */
IngestSummary take (Night *night, const char *text);
IngestSummary take_as (Night *night, const char *text, gboolean complete);
