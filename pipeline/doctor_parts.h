/* pipeline/doctor_parts.h: what the doctor's rooms share. */
#pragma once

#include "base/db.h"
#include "base/options.h"
#include "domain/catalogue.h"

typedef enum { FINDING_OK, FINDING_ADVICE, FINDING_FAILURE } FindingState;

typedef struct {
  const Options *options; /* borrowed */
  Catalogue *catalogue;   /* of the folder; NULL when it cannot be used */
  Db *db;                 /* NULL when it cannot be reached */
  GPtrArray *findings;
  gboolean unreachable;
} Doctor;

/* doctor_sentence: doctor.@key in the language of the options, from the standard catalogue. */
const char *doctor_sentence (const Doctor *d, const char *key);

/* doctor_note: takes @found, and the remedy, which is NULL where all is well. */
void doctor_note (Doctor *d, FindingState state, const char *check, char *found, char *remedy);

/* DOCTOR_FILL: a sentence with its places filled by pairs of name and value. */
#define DOCTOR_FILL(d, key, ...) format_fill (doctor_sentence ((d), (key)), __VA_ARGS__, NULL)
#define DOCTOR_SAY(d, key) g_strdup (doctor_sentence ((d), (key)))

void doctor_configuration (Doctor *d);
void doctor_state (Doctor *d);
void doctor_disk (Doctor *d);
void doctor_clock (Doctor *d);
void doctor_fonts (Doctor *d);
void doctor_inbox (Doctor *d);
void doctor_catalogue (Doctor *d);
void doctor_mail (Doctor *d);

void doctor_database (Doctor *d);
void doctor_schema (Doctor *d);
void doctor_rights (Doctor *d);
void doctor_tools (Doctor *d);
void doctor_night (Doctor *d);
