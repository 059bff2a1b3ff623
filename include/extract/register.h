/* include/extract/register.h: the schools that may report, and in which district and stage each was when. */
#pragma once

#include "domain/catalogue.h"

/* Days are Julian (g_date_get_julian); an open end is REGISTER_NO_END. */
#define REGISTER_NO_END G_MAXUINT32

typedef struct {
  guint32 valid_from;
  guint32 valid_to;          /* exclusive */
  const char *district_code; /* current code */
  const char *stage;
} SchoolVersion;

typedef struct {
  const char *school_code;
  const char *name;
  SchoolVersion *versions; /* at least one; by valid_from */
  guint n_versions;
  SchoolVersion first; /* room for one: few schools have more */
} School;

typedef struct _Register Register;

Register *register_new (const Catalogue *catalogue);
void register_free (Register *reg);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Register, register_free)

/* register_add: one version; a school's version with the same @valid_from is replaced. District codes are brought up to
 * date. */
void register_add (Register *reg, const char *school_code, const char *name, const char *district_code,
                   const char *stage, guint32 valid_from, guint32 valid_to);
guint register_size (const Register *reg);

/**
 * RegisterFetch: adds the schools whose codes begin with @prefix, "" for all of them, by register_add().
 */
typedef gboolean (*RegisterFetch) (const char *prefix, gpointer data, GError **error);

/* register_set_source: from here on schools are fetched when they are asked for, by the first characters of their
 * codes: a file of one district needs no other's. What went wrong then, register_failed() hands over once. */
void register_set_source (Register *reg, RegisterFetch fetch, gpointer data);
gboolean register_failed (const Register *reg, GError **error);

/* register_find: NULL when unknown. */
const School *register_find (const Register *reg, const char *school_code);

/* school_version: what the school was on the last of the days @first to @last on which it was anything; NULL when
 * never. */
const SchoolVersion *school_version (const School *school, guint32 first, guint32 last);

/**
 * register_nearest: up to three schools whose codes are spelled most like @school_code, as "2101020001 name", joined by
 * semicolons; "" when none is near. Newly allocated.
 */
char *register_nearest (const Register *reg, const char *school_code);
