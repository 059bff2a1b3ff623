#include "extract/register.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define NEAR_SCHOOLS 3
#define NEAR_EDITS 2
#define PREFIX_CHARS 6 /* of a code that begins with its district's */
#define REST_CHARS 4   /* of a longer code, at most: some ten thousand schools at once */
#define BLOCK_SCHOOLS 1024
#define FEW_PREFIXES 4  /* of a thousand schools each: a small file waits for its first ones */
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
  GHashTable *schools;    /* code -> School */
  GPtrArray *blocks;      /* of BLOCK_SCHOOLS schools: a large register is gone at once */
  guint in_block;         /* schools of the last one */
  GPtrArray *grown;       /* versions of schools with more than one, those outgrown too: somebody may hold them */
  GStringChunk *texts;    /* of all schools */
  RegisterSource *source; /* written to by questions, which leave the register as it is */
};

Register *
register_new (const Catalogue *catalogue)
{
  Register *reg = g_new0 (Register, 1);

  reg->catalogue = catalogue;
  reg->schools = g_hash_table_new (g_str_hash, g_str_equal);
  reg->blocks = g_ptr_array_new_with_free_func (g_free);
  reg->in_block = BLOCK_SCHOOLS;
  reg->grown = g_ptr_array_new_with_free_func (g_free);
  reg->texts = g_string_chunk_new (1 << 16);
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
  g_ptr_array_unref (reg->blocks);
  g_ptr_array_unref (reg->grown);
  g_string_chunk_free (reg->texts);
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
  if (reg->in_block == BLOCK_SCHOOLS) {
    g_ptr_array_add (reg->blocks, g_new0 (School, BLOCK_SCHOOLS));
    reg->in_block = 0;
  }
  school = (School *)reg->blocks->pdata[reg->blocks->len - 1] + reg->in_block++;
  school->school_code = g_string_chunk_insert (reg->texts, school_code);
  school->versions = &school->first;
  g_hash_table_insert (reg->schools, (gpointer)(gsize)school->school_code, school);
  return school;
}

/* The school's version from that day on, made where there is none. */
static SchoolVersion *
version_from (const Register *reg, School *school, guint32 valid_from)
{
  guint i = school->n_versions;

  while (i > 0 && school->versions[i - 1].valid_from >= valid_from)
    i--;
  if (i < school->n_versions && school->versions[i].valid_from == valid_from)
    return &school->versions[i];
  if (school->n_versions > 0) {
    SchoolVersion *versions = g_new0 (SchoolVersion, school->n_versions + 1);

    memcpy (versions, school->versions, i * sizeof *versions);
    memcpy (versions + i + 1, school->versions + i, (school->n_versions - i) * sizeof *versions);
    g_ptr_array_add (reg->grown, versions);
    school->versions = versions;
  }
  school->n_versions++;
  school->versions[i].valid_from = valid_from;
  return &school->versions[i];
}

void
register_add (Register *reg, const char *school_code, const char *name, const char *district_code, const char *stage,
              guint32 valid_from, guint32 valid_to)
{
  School *school = find_or_add (reg, school_code);
  SchoolVersion *version = version_from (reg, school, valid_from);
  const char *current = catalogue_current_area (reg->catalogue, district_code);

  school->name = name != NULL ? g_string_chunk_insert (reg->texts, name) : NULL;
  version->valid_to = valid_to;
  version->district_code = g_string_chunk_insert_const (reg->texts, current != NULL ? current : district_code);
  version->stage = g_string_chunk_insert_const (reg->texts, stage);
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
  gsize length = strlen (school_code), rest = 0;
  g_autofree char *prefix = NULL;

  if (school != NULL || reg->source->fetch == NULL)
    return school;
  rest = g_hash_table_size (reg->source->prefixes) < FEW_PREFIXES ? REST_CHARS - 1 : REST_CHARS;
  prefix = g_strndup (school_code, MAX (PREFIX_CHARS, length - MIN (length, rest)));
  return fetch (reg->source, prefix) ? g_hash_table_lookup (reg->schools, school_code) : NULL;
}

const SchoolVersion *
school_version (const School *school, guint32 first, guint32 last)
{
  for (guint i = school->n_versions; i > 0; i--) {
    const SchoolVersion *version = &school->versions[i - 1];

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
