#include "intake.h"

#include "export.h"
#include "ground.h"
#include "server.h"

int
night_set_up (void **state)
{
  Night *night = g_new0 (Night, 1);

  night->db = ground_new (export_catalogue (""), NULL);
  night->folder = test_folder_new ();
  *state = night;
  return 0;
}

int
night_tear_down (void **state)
{
  Night *night = *state;

  db_close (night->db);
  g_free (night->folder);
  g_free (night);
  return 0;
}

IngestSummary
take_as (Night *night, const char *text, gboolean complete)
{
  g_autofree char *name = g_strdup_printf ("%02u.csv", ++night->files);
  g_autofree char *path = g_build_filename (night->folder, name, NULL);
  char *files[] = { path, NULL };
  const IngestOptions options
      = { .state_dir = night->folder, .today = "2022-12-01", .files = files, .language = "zh", .complete = complete };
  g_autoptr (GError) error = NULL;
  IngestSummary summary;

  assert_true (g_file_set_contents (path, text, -1, NULL));
  if (!ingest_run (night->db, export_catalogue (""), &options, &summary, &error))
    fail_msg ("%s", error->message);
  return summary;
}

IngestSummary
take (Night *night, const char *text)
{
  return take_as (night, text, FALSE);
}
