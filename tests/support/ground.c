#include "ground.h"

#include "base/error.h"
#include "load/store.h"
#include "export.h"
#include "server.h"
#include "sql.h"

static Db *
open_ground (const char *conninfo)
{
  g_autoptr (GError) error = NULL;
  Db *db = db_open (conninfo, FALSE, &error);

  if (db == NULL)
    fail_msg ("%s", error->message);
  return db;
}

static void
make_schema (const char *conninfo)
{
  g_autoptr (Db) db = open_ground (conninfo);
  g_autoptr (GError) error = NULL;

  if (!store_migrate (db, &error))
    fail_msg ("%s", error->message);
}

static void
make_standard (const char *conninfo)
{
  g_autoptr (Db) db = open_ground (conninfo);
  g_autoptr (GError) error = NULL;

  if (!store_migrate (db, &error) || !store_catalogue (db, export_catalogue (""), &error))
    fail_msg ("%s", error->message);
}

Db *
ground_new (const Catalogue *catalogue, const char *today)
{
  gboolean standard = today == NULL && catalogue == export_catalogue ("");
  g_autofree char *conninfo
      = standard ? test_database_copy ("standard", make_standard) : test_database_copy ("schema_alone", make_schema);
  g_autoptr (GError) error = NULL;
  Db *db = open_ground (conninfo);

  if ((today != NULL && !db_set_clock (db, today, &error))
      || (!standard && catalogue != NULL && !store_catalogue (db, catalogue, &error)))
    fail_msg ("%s", error->message);
  return db;
}

void
ground_store (Db *db, GHashTable *files)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Catalogue) c = catalogue_parse (files, &error);

  if (c == NULL || !store_catalogue (db, c, &error))
    fail_msg ("%s", error->message);
}

void
ground_refuses (Db *db, GHashTable *files, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Catalogue) c = catalogue_parse (files, &error);

  if (c == NULL)
    fail_msg ("%s", error->message);
  assert_false (store_catalogue (db, c, &error));
  assert_string_equal (error->message, expected);
  assert_true (g_error_matches (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG));
}

char *
ground_state (Db *db)
{
  return value_of (
      db, "select md5(concat_ws('/', "
          "(select string_agg(t::text || t.xmin, ' ' order by t::text) from plumbline.target t), "
          "(select string_agg(t::text || t.xmin, ' ' order by t::text) from plumbline.feed_column t), "
          "(select string_agg(t::text || t.xmin, ' ' order by t::text) from plumbline.catalogue_file t), "
          "(select string_agg(t::text || t.xmin, ' ' order by t::text) from plumbline.view_file t), "
          "(select count(*) from plumbline.target_history), "
          "(select string_agg(c.oid || c.relname || c.xmin, ' ' order by c.oid) from pg_class c "
          "  where c.relnamespace in ('plumbline'::regnamespace, 'feed'::regnamespace, 'indicator'::regnamespace, "
          "  'monitor'::regnamespace) and c.relkind in ('r', 'v', 'p')), "
          "(select string_agg(m::text || m.xmin, ' ' order by m::text) from plumbline.migration m)))");
}
