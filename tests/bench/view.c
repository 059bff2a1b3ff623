#include "view.h"

#include <string.h>

/* The first @waves of a panel; the last one is missing where it has not arrived. */
static Panel *
so_far (const Panel *full, guint waves, gboolean arrived)
{
  Panel *out = g_new0 (Panel, 1);

  out->K = waves;
  out->m = full->m;
  out->L = full->L;
  out->t = g_memdup2 (full->t, sizeof (double) * waves);
  out->n = g_new0 (double, (gsize)full->m *waves * full->L);
  out->x = g_new0 (double, (gsize)full->m *waves * full->L);
  out->school = g_ptr_array_new_with_free_func (g_free);
  out->strata = g_ptr_array_new_with_free_func (g_free);
  for (guint l = 0; l < full->L; l++)
    g_ptr_array_add (out->strata, g_strdup (full->strata->pdata[l]));
  for (guint s = 0; s < full->m; s++)
    for (guint k = 0; k < waves - !arrived; k++)
      for (guint l = 0; l < full->L; l++) {
        out->n[((gsize)s * waves + k) * full->L + l] = panel_n (full, s, k, l);
        out->x[((gsize)s * waves + k) * full->L + l] = panel_x (full, s, k, l);
      }
  return out;
}

/* All districts' schools as the city's. */
static Panel *
together (Panel *const parts[], guint n)
{
  Panel *out = so_far (parts[0], parts[0]->K, TRUE);
  gsize filled = (gsize)out->m * out->K * out->L;

  for (guint d = 1; d < n; d++) {
    gsize more = (gsize)parts[d]->m * out->K * out->L;

    out->m += parts[d]->m;
    out->n = g_renew (double, out->n, filled + more);
    out->x = g_renew (double, out->x, filled + more);
    memcpy (out->n + filled, parts[d]->n, more * sizeof (double));
    memcpy (out->x + filled, parts[d]->x, more * sizeof (double));
    filled += more;
  }
  return out;
}

static JudgeCompleteness
reporting (const Panel *panel, guint k)
{
  JudgeCompleteness out = { .expected = panel->m };

  for (guint s = 0; s < panel->m; s++) {
    double n = 0;

    for (guint l = 0; l < panel->L; l++)
      n += panel_n (panel, s, k, l);
    out.reporting += n > 0;
  }
  return out;
}

View *
view_new (const City *city, const char *const codes[], guint k, guint groups)
{
  View *v = g_new0 (View, 1);

  for (guint i = 0; i < VIEW_SERIES; i++) {
    for (guint d = 0; d < CITY_DISTRICTS; d++)
      v->panels[i][d] = so_far (city->panel[i][d], k + 1, d % VIEW_GROUPS < groups);
    v->panels[i][CITY_DISTRICTS] = together (v->panels[i], CITY_DISTRICTS);
    for (guint a = 0; a <= CITY_DISTRICTS; a++) {
      for (guint wave = 0; wave <= k; wave++)
        v->completeness[i][a][wave] = reporting (v->panels[i][a], wave);
      v->areas[i][a] = (JudgeArea){ .area = codes[a],
                                    .is_city = a == CITY_DISTRICTS,
                                    .panel = v->panels[i][a],
                                    .completeness = v->completeness[i][a] };
    }
    v->series[i] = city->series[i];
    v->series[i].areas = v->areas[i];
    v->series[i].n_areas = CITY_DISTRICTS + 1;
  }
  return v;
}

void
view_free (View *v)
{
  for (guint i = 0; i < VIEW_SERIES; i++)
    for (guint a = 0; a <= CITY_DISTRICTS; a++)
      panel_free (v->panels[i][a]);
  g_free (v);
}
