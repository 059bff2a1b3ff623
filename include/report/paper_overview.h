/* include/report/paper_overview.h: the overview on paper, for the meeting. */
#pragma once

#include "report/page_parts.h"

/* paper_overview: A4 pages as SVG documents: what matters tonight, districts by headline targets, the city's counts;
 * char*, free with g_ptr_array_unref(). */
GPtrArray *paper_overview (const Page *page);
