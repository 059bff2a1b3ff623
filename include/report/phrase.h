/* include/report/phrase.h: what is said about a standing, in the words of text.csv; page and mail say the same. */
#pragma once

#include "report/standing.h"

/* Whose words: the catalogue's, in "zh" or "en". */
typedef struct {
  const Catalogue *catalogue;
  const char *language;
} Voice;

/* Borrowed texts. */
const char *phrase (const Voice *voice, const char *key);
const char *phrase_word (const Voice *voice, VerdictWord word);
const char *phrase_severity (const Voice *voice, AlertSeverity severity);
const char *phrase_state (const Voice *voice, AlertState state);
const char *phrase_area (const Voice *voice, const Area *area);  /* the city is "全市" */
const char *phrase_place (const Voice *voice, const Area *area); /* its own name */
const char *phrase_indicator (const Voice *voice, const Indicator *indicator);
const char *phrase_target (const Voice *voice, const Target *target);
const char *phrase_column (const Voice *voice, const Target *target); /* short enough for the head of a column */
const char *
phrase_grade (const Voice *voice, const char *grade); /* as the schools write it, where the catalogue knows how */
const char *phrase_reason (const Voice *voice, const Standing *s);

/* New strings. Counts are told with their unit: 32所. */
char *phrase_quantity (const Voice *voice, const Standing *s, double value);
char *phrase_value (const Voice *voice, const Standing *s);    /* 62.1% */
char *phrase_goal (const Voice *voice, const Standing *s);     /* ≤60.0% */
char *phrase_path (const Voice *voice, const Standing *s);     /* 60.3% */
char *phrase_interval (const Voice *voice, const Standing *s); /* 95%区间60.9–63.3%; "" without one */
char *phrase_gap (const Voice *voice, const Standing *s);      /* 高出路径1.8个百分点; "" when not known */
char *phrase_line (const Voice *voice, const Standing *s);     /* 近视率62.1%,高出路径1.8个百分点 */
char *phrase_sentence (const Voice *voice, const Standing *s); /* 沈河区近视率62.1%,高出路径1.8个百分点 */
/* phrase_place_value: an area with its figures by the text of @key: 沈河区62.1%(应为60.3%). */
char *phrase_place_value (const Voice *voice, const char *key, const Standing *s);
char *phrase_outlook (const Voice *voice, const Standing *s); /* 预计年底62.9%(…),达标概率3%; "" when not known */
char *phrase_schools (const Voice *voice, const Standing *s); /* 应报45所,已报44所; "" when nothing is expected */

/* phrase_doubt: what stands against full data: 未报齐 or 待核实; @sentence: as a sentence; "" when nothing does. */
const char *phrase_doubt (const Voice *voice, const Standing *s, gboolean sentence);

/* phrase_list: names joined as the language does: "沈河区、大东区", "Shenhe, Dadong and Faku". @names: const char* */
char *phrase_list (const Voice *voice, const GPtrArray *names);

/* phrase_chart, phrase_spark: the standing's series against its path, as SVG. */
char *phrase_chart (const Voice *voice, const Board *board, const Standing *s, double width, double height);
/* phrase_small: the same on the values' scale of all standings of its target, to stand beside theirs. */
char *phrase_small (const Voice *voice, const Board *board, const Standing *s, double width, double height);
char *phrase_spark (const Voice *voice, const Board *board, const Standing *s);
