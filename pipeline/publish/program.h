/* pipeline/publish/program.h: the linear program of everything that is published about a Disclosure's rows. */
#pragma once

#include "publish/disclosure.h"

typedef struct _Program Program;

/* program_new: @d is borrowed; its rows, sums and pairs stay as they are, its decisions may be relaxed. */
Program *program_new (const Disclosure *d);
void program_free (Program *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Program, program_free)

/* program_relax: something more was hidden; what was found safe remains so. */
void program_relax (Program *p);

/* program_find_unsafe: a guarded row for whose numerator, rest or hidden denominator no two tables were found that lie
   far enough apart; G_MAXUINT when all are safe. */
guint program_find_unsafe (Program *p);

/* program_check_unsafe: whether what program_find_unsafe() last returned can be safe at all as the decisions are now;
   the linear program has the last word. FALSE with PLUMB_ERROR_TOO_FEW. */
gboolean program_check_unsafe (Program *p, GError **error);

gboolean program_interval (Program *p, guint row, gint64 *low, gint64 *high, GError **error);
guint program_solved (const Program *p);
