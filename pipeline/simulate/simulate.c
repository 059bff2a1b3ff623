#include "simulate/simulate.h"

#include "simulate/damage.h"
#include "simulate/export.h"
#include "simulate/output.h"
#include "simulate/panel.h"
#include "simulate/truth.h"

typedef struct {
  const SimulateOptions *options;
  SimTruth *truth;
  GPtrArray *log; /* SimDamage */
  guint files;
} Writing;

static gboolean
write_strays (Writing *writing, GPtrArray *strays, const SimExport *file, GError **error)
{
  for (guint i = 0; i < strays->len; i++) {
    const SimStray *stray = g_ptr_array_index (strays, i);

    if (!sim_write_file (writing->options->out, stray->name, stray->bytes, stray->sent_on, error))
      return FALSE;
    sim_truth_file (writing->truth, stray->name, file, stray->bytes, stray->fate);
    writing->files++;
  }
  return TRUE;
}

static gboolean
write_export (SimExport *borrowed, gpointer data, GError **error)
{
  Writing *writing = data;
  g_autoptr (SimExport) file = borrowed;
  g_autoptr (GString) bytes = NULL;
  g_autoptr (GPtrArray) strays = NULL;
  SimFate fate = SIM_LOADED;

  if (!writing->options->clean)
    fate = sim_damage_rows (file, writing->options->seed, writing->log);
  if (fate == SIM_LOADED)
    sim_truth_count (writing->truth, file);
  sim_damage_lines (file, writing->log);
  bytes = sim_sheet_bytes (file->sheet, &file->style->dialect);
  if (!writing->options->clean)
    strays = sim_damage_strays (file, bytes, writing->log);
  if (strays != NULL && !write_strays (writing, strays, file, error))
    return FALSE;
  sim_truth_file (writing->truth, file->name, file, bytes, fate);
  writing->files++;
  return sim_write_file (writing->options->out, file->name, bytes, file->sent_on, error);
}

static gboolean
write_exports (const SimWorld *world, const SimulateOptions *options, SimulateSummary *out, GError **error)
{
  g_autoptr (SimTruth) truth = sim_truth_new ();
  g_autoptr (GPtrArray) log = g_ptr_array_new_with_free_func (sim_damage_free);
  g_autofree char *folder = g_build_filename (options->out, "truth", NULL);
  Writing writing = { .options = options, .truth = truth, .log = log };

  if (!sim_make_folder (folder, error) || !sim_exports (world, write_export, &writing, error))
    return FALSE;
  if (!options->clean) {
    g_autoptr (GPtrArray) lone = sim_damage_lone (log);

    if (!write_strays (&writing, lone, NULL, error))
      return FALSE;
  }
  out->files = writing.files;
  out->rows = sim_truth_rows (truth);
  return sim_truth_write (truth, world, log, folder, error);
}

static guint
schools_open (const SimCity *city)
{
  guint n = 0;

  for (guint i = 0; i < city->schools->len; i++)
    n += sim_school_open_on (sim_school (city, i), "2022-07-31");
  return n;
}

gboolean
simulate_run (const SimulateOptions *options, SimulateSummary *out, GError **error)
{
  g_autoptr (SimCity) city = sim_city_new (options->seed, options->on_path);
  g_autoptr (SimHealth) health = sim_health_new (city);
  g_autoptr (SimService) service = sim_service_new (city);
  g_autoptr (GArray) tally = sim_tally (city);
  SimWorld world = { city, health, service, tally };
  SimulateSummary summary = { .schools = schools_open (city) };

  if (!sim_clear (options->out, error))
    return FALSE;
  if (options->panel ? !sim_panel_write (&world, options->out, &summary.files, &summary.rows, error)
                     : !write_exports (&world, options, &summary, error))
    return FALSE;
  *out = summary;
  return TRUE;
}
