#include "extract/register.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define NEAR_SCHOOLS 3
#define NEAR_EDITS 2
#define PREFIX_CHARS 6  /* of a code that begins with its district's */
#define REST_CHARS 4    /* of a longer code, at most: some ten thousand schools at once */
#define MAX_PREFIXES 96 /* from there on all are fetched at once: the codes are of another kind */

typedef struct {
  RegisterFetch fetch; /* NULL: all schools are there */
  gpointer data;
  GHashTable *prefixes; /* that were fetched */
  gboolean all;
  GError *failure;
} RegisterSource;

struct _Register {
  const Catalogue *catalogue;
  GHashTable *schools;    /* code -> School, which owns the code */
  RegisterSource *source; /* written to by questions, which leave the register as it is */
};

static void
version_free (gpointer data)
{
  SchoolVersion *version = data;

  g_free (version->district_code);
  g_free (version->stage);
  g_free (version);
}

static void
school_free (gpointer data)
{
  School *school = data;

  g_free (school->school_code);
  g_free (school->name);
  g_ptr_array_unref (school->versions);
  g_free (school);
}

Register *
register_new (const Catalogue *catalogue)
{
  Register *reg = g_new0 (Register, 1);

  reg->catalogue = catalogue;
  reg->schools = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, school_free);
  reg->source = g_new0 (RegisterSource, 1);
  reg->source->prefixes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return reg;
}

void
register_free (Register *reg)
{
  if (reg == NULL)
    return;
  g_hash_table_unref (reg->schools);
  g_hash_table_unref (reg->source->prefixes);
  g_clear_error (&reg->source->failure);
  g_free (reg->source);
  g_free (reg);
}

static School *
find_or_add (Register *reg, const char *school_code)
{
  School *school = g_hash_table_lookup (reg->schools, school_code);

  if (school != NULL)
    return school;
  school = g_new0 (School, 1);
  school->school_code = g_strdup (school_code);
  school->versions = g_ptr_array_new_with_free_func (version_free);
  g_hash_table_insert (reg->schools, school->school_code, school);
  return school;
}

static int
compare_versions (const void *a, const void *b)
{
  const SchoolVersion *const *left = a, *const *right = b;

  return ((*left)->valid_from > (*right)->valid_from) - ((*left)->valid_from < (*right)->valid_from);
}

static SchoolVersion *
version_from (const School *school, guint32 valid_from)
{
  for (guint i = 0; i < school->versions->len; i++) {
    SchoolVersion *version = school->versions->pdata[i];

    if (version->valid_from == valid_from)
      return version;
  }
  return NULL;
}

void
register_add (Register *reg, const char *school_code, const char *name, const char *district_code, const char *stage,
              guint32 valid_from, guint32 valid_to)
{
  School *school = find_or_add (reg, school_code);
  SchoolVersion *version = version_from (school, valid_from);
  const char *current = catalogue_current_area (reg->catalogue, district_code);

  if (version == NULL) {
    version = g_new0 (SchoolVersion, 1);
    version->valid_from = valid_from;
    g_ptr_array_add (school->versions, version);
    g_ptr_array_sort (school->versions, compare_versions);
  }
  g_free (school->name);
  g_free (version->district_code);
  g_free (version->stage);
  school->name = g_strdup (name);
  version->valid_to = valid_to;
  version->district_code = g_strdup (current != NULL ? current : district_code);
  version->stage = g_strdup (stage);
}

guint
register_size (const Register *reg)
{
  return g_hash_table_size (reg->schools);
}

void
register_set_source (Register *reg, RegisterFetch fetch, gpointer data)
{
  reg->source->fetch = fetch;
  reg->source->data = data;
}

gboolean
register_failed (const Register *reg, GError **error)
{
  if (reg->source->failure == NULL)
    return FALSE;
  g_propagate_error (error, g_steal_pointer (&reg->source->failure));
  return TRUE;
}

/* FALSE: nothing was added. What could not be fetched is asked for again. */
static gboolean
fetch (RegisterSource *s, const char *prefix)
{
  if (s->fetch == NULL || s->all || s->failure != NULL || g_hash_table_contains (s->prefixes, prefix))
    return FALSE;
  if (g_hash_table_size (s->prefixes) == MAX_PREFIXES)
    prefix = "";
  if (!s->fetch (prefix, s->data, &s->failure))
    return FALSE;
  s->all = *prefix == '\0';
  g_hash_table_add (s->prefixes, g_strdup (prefix));
  return TRUE;
}

const School *
register_find (const Register *reg, const char *school_code)
{
  const School *school = g_hash_table_lookup (reg->schools, school_code);
  g_autofree char *prefix = NULL;

  if (school != NULL || reg->source->fetch == NULL)
    return school;
  prefix = g_strndup (school_code, MAX (PREFIX_CHARS, strlen (school_code) - MIN (strlen (school_code), REST_CHARS)));
  return fetch (reg->source, prefix) ? g_hash_table_lookup (reg->schools, school_code) : NULL;
}

const SchoolVersion *
school_version (const School *school, guint32 first, guint32 last)
{
  for (guint i = school->versions->len; i > 0; i--) {
    const SchoolVersion *version = school->versions->pdata[i - 1];

    if (version->valid_from <= last && version->valid_to > first)
      return version;
  }
  return NULL;
}

typedef struct {
  const School *school;
  guint distance;
} Near;

static int
compare_near (const void *a, const void *b)
{
  const Near *left = a, *right = b;

  if (left->distance != right->distance)
    return left->distance < right->distance ? -1 : 1;
  return strcmp (left->school->school_code, right->school->school_code);
}

/* Excel drops leading zeros: a code that differs by them alone is the nearest of all. */
static guint
code_distance (const char *written, const char *code)
{
  const char *digits = code + strspn (code, "0");

  if (strcmp (written, digits) == 0)
    return 0;
  return text_distance (written, code, NEAR_EDITS);
}

char *
register_nearest (const Register *reg, const char *school_code)
{
  g_autoptr (GArray) near = g_array_new (FALSE, FALSE, sizeof (Near));
  GString *out = g_string_new (NULL);
  GHashTableIter iter;
  gpointer value = NULL;

  fetch (reg->source, "");
  g_hash_table_iter_init (&iter, reg->schools);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const School *school = value;
    Near candidate = { school, code_distance (school_code, school->school_code) };

    if (candidate.distance <= NEAR_EDITS)
      g_array_append_val (near, candidate);
  }
  g_array_sort (near, compare_near);
  for (guint i = 0; i < MIN (near->len, NEAR_SCHOOLS); i++) {
    const School *school = g_array_index (near, Near, i).school;

    g_string_append_printf (out, "%s%s %s", i > 0 ? "; " : "", school->school_code,
                            school->name != NULL ? school->name : "");
  }
  return g_string_free (out, FALSE);
}
