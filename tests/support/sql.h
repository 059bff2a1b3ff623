/* tests/support/sql.h: statements for tests, where a failure ends the test with the server's words. */
#pragma once

#include "base/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline void
run_sql (Db *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  if (!db_script (db, sql, &error))
    fail_msg ("%s", error->message);
}

/* value_of: first column of the first row, "null" when it is null or there is no row; free it. */
static inline char *
value_of (Db *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  char *value = db_value (db, &error, sql, DB_END);

  if (error != NULL)
    fail_msg ("%s", error->message);
  return value != NULL ? value : g_strdup ("null");
}

#define assert_sql(db, sql, expected)                                                                                  \
  do {                                                                                                                 \
    g_autofree char *value_ = value_of ((db), (sql));                                                                  \
    assert_string_equal (value_, (expected));                                                                          \
  } while (0)

/* assert_sql_refused: @db refuses @sql with a message that contains @expected. */
#define assert_sql_refused(db, sql, expected)                                                                          \
  do {                                                                                                                 \
    g_autoptr (GError) error_ = NULL;                                                                                  \
    assert_false (db_script ((db), (sql), &error_));                                                                   \
    if (strstr (error_->message, (expected)) == NULL)                                                                  \
      fail_msg ("wanted %s, got %s", (expected), error_->message);                                                     \
  } while (0)
