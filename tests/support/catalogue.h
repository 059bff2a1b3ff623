/* tests/support/catalogue.h: a small catalogue with one of everything, to be mutilated. */
#pragma once

#include <glib.h>

/* fixture_files: name -> GString, as catalogue_parse() takes them; a new copy at each call. */
GHashTable *fixture_files (void);

/* fixture_replace: puts @to in place of the first @from of @file; aborts when there is none. */
void fixture_replace (GHashTable *files, const char *file, const char *from, const char *to);

/* fixture_append: a line at the end of @file. */
void fixture_append (GHashTable *files, const char *file, const char *line);

/* fixture_write: the files as a folder, made when missing. */
void fixture_write (GHashTable *files, const char *folder);
