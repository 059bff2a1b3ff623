/* include/measure/station_pack.h: stations as one value, to be read by the same program on the same kind of machine. */
#pragma once

#include "measure/station.h"

#define STATIONS_TYPE "a(ayads)"

/* stations_pack: before they are judged. A floating reference. */
GVariant *stations_pack (const Station stations[], guint n);

/* stations_unpack: appends them to @out, each to be freed with station_clear(); FALSE, and nothing appended, where the
   form is another. */
gboolean stations_unpack (GVariant *packed, GArray *out);
