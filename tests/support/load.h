/* tests/support/load.h: a file of many schools' rows of myopia, made as a test wants it and loaded. */
#pragma once

#include "sql.h"

#include "load/batch.h"

#define DISTRICTS 3
#define SCHOOLS 4000 /* with 24 rows each more than one chunk */

extern const char *const load_districts[DISTRICTS];

/* A database, and a register of SCHOOLS. */
typedef struct {
  Db *db;
  Register *reg;
  guint files;
} Load;

/* For cmocka. */
int load_set_up (void **state);
int load_tear_down (void **state);

/* How a file differs from the plain one, which has every school's rows of 2022-autumn in order. */
typedef struct {
  const char *period;
  guint first;    /* schools from here */
  guint end;      /* to before here; 0: all */
  guint late;     /* the first ones of all come after the others */
  guint every;    /* only one school in so many; 0: all */
  gboolean rest;  /* the other ones instead */
  guint changed;  /* one row in so many has another count; 0: none */
  guint odd;      /* one row in so many has a cell withheld or, in turn, is doubtful; 0: none */
  guint odd_from; /* row, from 1 */
  guint twice;    /* this row, from 1, comes again at the end; 0: none */
  gboolean other; /* with another count there */
  gboolean backwards;
  gboolean mixed;         /* all periods of a school one after the other: 2022-spring and 2022-autumn */
  const char *periods[2]; /* these instead of 2022-spring and 2022-autumn */
  gboolean large;
} File;

gboolean load_try (Load *l, File file, Extract *extract, BatchResult *result, GError **error);

/* load_file: "added changed rejected" of loading @file. Free it. */
char *load_file (Load *l, File file);

#define assert_loaded(l, expected, ...)                                                                                \
  do {                                                                                                                 \
    g_autofree char *counts_ = load_file ((l), (File){ __VA_ARGS__ });                                                 \
    assert_string_equal (counts_, (expected));                                                                         \
  } while (0)

/* load_content: what stands in the table, without whence and when. Free it. */
char *load_content (Db *db);
