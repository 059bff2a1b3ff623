/* include/report/format.h: see domain/format.h, which reasons of verdicts share with page and mail. */
#pragma once

#include "domain/format.h"
