/* pipeline/extract/head.h: a file's first rows, and how well each feed's header fits them. */
#pragma once

#include "extract/header.h"

typedef struct {
  guint line;
  guint row;
  guint n;
  char **cells;      /* as written, trimmed */
  char **normalised; /* for comparison */
  guint *slip;       /* edits at which a cell still is a misspelling; 0 for one too short to tell */
} HeadRow;

typedef struct {
  char separator;
  GPtrArray *rows; /* HeadRow */
  Fault fault;     /* why reading stopped early; check NULL when it did not */
} Head;

/* How well a row suits a feed as its header. */
typedef struct {
  const HeadRow *row;
  const Feed *feed;
  const FeedAlias **alias; /* for each cell of the row, or NULL */
  guint known;             /* cells that mean a column */
  guint near;              /* missing ones that are spelled like some cell; counted by head_fault() */
  GPtrArray *found;        /* FeedColumn that are required and there */
  GPtrArray *missing;      /* FeedColumn that are required and neither there nor made up for by a fallback */
} Candidate;

/* head_read: FALSE with @fault only when reading itself fails; what the parser refuses is kept in the head. */
Head *head_read (Source *source, Encoding encoding, char separator, Fault *fault);
void head_free (Head *head);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Head, head_free)

Candidate *candidate_new (const Feed *feed, const HeadRow *row);
void candidate_free (Candidate *candidate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Candidate, candidate_free)

/* head_fault: puts into @fault what the nearest feeds look for, find and lack in @head; FALSE when none finds anything.
 */
gboolean head_fault (const Catalogue *catalogue, const Head *head, Fault *fault);

/* layout_new: the meaning of each column; NULL with @fault header_duplicate. */
Layout *layout_new (const Candidate *candidate, Fault *fault);
