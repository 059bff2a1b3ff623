/* include/domain/catalogue.h: what plumbline knows before it reads any data: areas, feeds, rules, indicators, plans. */
#pragma once

#include <glib.h>

/* Every row remembers where it was written, for messages of the form target.csv:12:5. */
typedef struct {
  const char *file; /* name as in Catalogue.files, interned */
  guint line;       /* physical line in it, from 1 */
} CatalogueOrigin;

typedef enum { AREA_CITY, AREA_DISTRICT } AreaLevel;

typedef struct {
  CatalogueOrigin at;
  char *area_code;
  char *valid_from; /* ISO date */
  char *valid_to;   /* ISO date or "infinity", exclusive */
  char *parent_code;
  AreaLevel level;
  char *name;
  char *name_en;
  char *successor_code; /* "" or the code that continues this series */
} Area;

typedef enum { GRAIN_REGISTER, GRAIN_SCHOOL, GRAIN_AREA } FeedGrain;

typedef enum {
  TYPE_CODE,
  TYPE_TEXT,
  TYPE_AREA,
  TYPE_SCHOOL,
  TYPE_PERIOD,
  TYPE_GRADE,
  TYPE_SEX,
  TYPE_COUNT,
  TYPE_NUMBER,
  TYPE_BOOLEAN,
  TYPE_DATE,
  TYPE_ENUM
} ColumnType;

typedef struct {
  CatalogueOrigin at;
  char *column_name; /* canonical header, SQL identifier */
  ColumnType type;
  gboolean key;
  gboolean required; /* the header must have it, and no cell may be empty */
  char *fallback;    /* value where the file has no such column; "" none; "title": a period named in the title lines */
  char *domain;      /* value domain for enum, boolean, grade, sex: rows of value.csv */
  char *name;
  char *name_en;
  char *unit;
} FeedColumn;

typedef enum { ALIAS_VALUE, ALIAS_TOTAL, ALIAS_IGNORE } AliasUse;

/* A header as it stands in real files. An alias may fix keys: 1年级男 is enrolled with grade=P1;sex=M. */
typedef struct {
  CatalogueOrigin at;
  char *header; /* normalised as text_normalise() does */
  char *column_name;
  GPtrArray *fixed_columns; /* names, NULL when nothing is fixed */
  GPtrArray *fixed_values;  /* the same length */
  AliasUse use;             /* total: not loaded, checked against the sum of the cells that its fixed keys cover */
} FeedAlias;

typedef struct {
  CatalogueOrigin at;
  char *feed;
  FeedGrain grain;
  char *view_name;
  char *name;
  char *name_en;
  char *frequency; /* any, month, term, year */
  int due_days;    /* days after a period's end until its data are expected */
  char *stages;    /* stages whose schools report, separated by ';' ("" all) */
  gboolean complete;
  double reject_limit_pct;
  GPtrArray *columns;          /* FeedColumn, in order */
  GPtrArray *aliases;          /* FeedAlias; every column is also its own alias */
  GHashTable *alias_by_header; /* catalogue_key() of the header -> FeedAlias */
} Feed;

/* 男 stands for M in domain sex; 无 for nothing in domain missing. */
typedef struct {
  CatalogueOrigin at;
  char *domain;
  char *written; /* normalised */
  char *value;
} ValueAlias;

typedef enum { SEVERITY_REFUSE, SEVERITY_CONFIRM } Severity;
typedef enum { LEVEL_TEMPLATE, LEVEL_CELL, LEVEL_ROW, LEVEL_FILE, LEVEL_REGISTER, LEVEL_HISTORY } RuleLevel;

/* One use of a rule: where it applies and with what argument. Texts belong to the rule's code. Placeholders in texts:
   {file} {line} {row} {column} {letter} {value} {limit} {near} {feed} {found} {expected}. */
typedef struct {
  CatalogueOrigin at;
  char *rule; /* R-… */
  char *feed; /* "*" all */
  RuleLevel level;
  char *column;   /* "*" all columns, or "" */
  char *check;    /* name of a check that validate.c knows */
  char *argument; /* for the check, for example "myopic <= examined" */
  Severity severity;
  char *text_zh;
  char *text_en;
  char *advice_zh;
  char *advice_en;
} Rule;

typedef enum { INDICATOR_SAMPLE, INDICATOR_CENSUS, INDICATOR_TOTAL } IndicatorKind;

typedef struct {
  CatalogueOrigin at;
  char *indicator;
  char *feed;
  IndicatorKind kind; /* sample: estimated with interval; census: exact share; total: a sum of counts */
  gboolean good_is_up;
  char *numerator;   /* SQL over the feed's columns (f.) and the register's (s.) */
  char *denominator; /* "" for totals */
  char *filter;      /* SQL, "" none */
  char *strata;      /* none, grade, grade_sex */
  char *stages;      /* stages that enter, separated by ';' */
  char *unit;
  char *name;
  char *name_en;
  char *definition;
  char *definition_en;
} Indicator;

typedef struct {
  CatalogueOrigin at;
  char *plan;
  char *name;
  char *name_en;
  char *starts;
  char *deadline;
  char *source;
} Plan;

typedef enum { TARGET_LEVEL, TARGET_FLOOR, TARGET_CHANGE, TARGET_GROWTH_CUT, TARGET_COUNT } TargetKind;
typedef enum { SCOPE_CITY, SCOPE_CITY_DISTRICT, SCOPE_NAMED } TargetScope;

typedef struct {
  CatalogueOrigin at;
  char *plan;
  char *target;
  char *item;
  gboolean headline;
  char *indicator;
  TargetKind kind;
  double value;
  char *unit;
  gboolean good_is_up;
  TargetScope scope;
  GPtrArray *areas;      /* named areas' codes; empty otherwise */
  double baseline_value; /* NAN: taken from data at baseline_period */
  char *baseline_period; /* "" or a period */
  char *growth_from;     /* growth cut: the period at which the baseline growth starts */
  char *deadline;        /* ISO date */
  char *deadline_period; /* the period whose data decide; "" for counts */
  char *increment_basis; /* "", arithmetic, geometric */
  char *name;
  char *name_en;
  char *short_name; /* for table heads, at most six characters in Chinese */
  char *note;
  char *note_en;
} Target;

typedef struct {
  CatalogueOrigin at;
  char *name;
  double value;
  char *unit;
  char *note;
  char *note_en;
} Threshold;

typedef struct {
  CatalogueOrigin at;
  char *recipient;
  char *name;
  char *address;
  char *role;      /* city, district, head */
  char *area_code; /* what the recipient answers for */
  char *language;  /* zh, en */
} Recipient;

typedef struct {
  GPtrArray *areas;      /* Area */
  GPtrArray *feeds;      /* Feed */
  GPtrArray *values;     /* ValueAlias */
  GPtrArray *rules;      /* Rule, in the order in which they are tried */
  GPtrArray *indicators; /* Indicator */
  GPtrArray *plans;      /* Plan */
  GPtrArray *targets;    /* Target */
  GPtrArray *thresholds; /* Threshold */
  GPtrArray *recipients; /* Recipient */
  GHashTable *texts;     /* key -> char*[2] {zh, en}: every sentence of page, mail and clerk's letter */
  GHashTable *files;     /* name -> content (GString): what init stores and catalogue_parse() reads again */
  GHashTable *domains;   /* domain -> GHashTable: catalogue_key() of what is written -> ValueAlias */
} Catalogue;

/* The words of the enumerations in catalogue and database, in the order of the C types; NULL-terminated. */
extern const char *const catalogue_area_levels[];
extern const char *const catalogue_grains[];
extern const char *const catalogue_types[];
extern const char *const catalogue_rule_levels[];
extern const char *const catalogue_severities[];
extern const char *const catalogue_indicator_kinds[];
extern const char *const catalogue_target_kinds[];
extern const char *const catalogue_scopes[];
extern const char *const catalogue_directions[]; /* down, up: by good_is_up */

/* catalogue_key: what headers and written values are compared by: text_normalise()d, ASCII letters in lower case, so
   that case does not matter. Free the result. */
char *catalogue_key (const char *text);

/**
 * catalogue_read: reads and checks area.csv, feed.csv, column.csv, alias.csv, value.csv, rule.csv, indicator.csv,
 * plan.csv, target.csv, threshold.csv, recipient.csv and text.csv of @folder.
 *
 * rule.csv, threshold.csv and text.csv are taken from the nearest folder above where @folder has none of its own; they
 * are then named "../rule.csv" (or "../../rule.csv" …), and rules for feeds that the catalogue does not have are passed
 * over.
 *
 * Returns: NULL with PLUMB_ERROR_CONFIG and every mistake found, one a line (at most 20, then how many more):
 * "target.csv:12:6: kind: 'lvl' is none of level, floor, change, growth_cut, count", with the line and the cell's
 * number in it, from 1.
 */
Catalogue *catalogue_read (const char *folder, GError **error);

/* catalogue_parse: the same from contents, name -> GString; keeps a reference to @files. */
Catalogue *catalogue_parse (GHashTable *files, GError **error);
void catalogue_free (Catalogue *catalogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Catalogue, catalogue_free)

const Feed *catalogue_feed (const Catalogue *c, const char *feed);           /* NULL when unknown */
const FeedColumn *feed_column (const Feed *feed, const char *column_name);   /* NULL when unknown */
const Indicator *catalogue_indicator (const Catalogue *c, const char *name); /* NULL when unknown */
const Area *catalogue_area (const Catalogue *c, const char *area_code); /* any code ever valid; NULL when unknown */
/* catalogue_current_area: follows successors: 210122 -> 210115; NULL when unknown. */
const char *catalogue_current_area (const Catalogue *c, const char *area_code);
/* catalogue_value: canonical value of @written (normalised; its case does not matter) in @domain, NULL when there is
 * none. */
const char *catalogue_value (const Catalogue *c, const char *domain, const char *written);
/* catalogue_threshold: a missing one is a bug: catalogue_read() has checked that all are there. */
double catalogue_threshold (const Catalogue *c, const char *name);
/* catalogue_text: the sentence @key in @language ("zh", "en"); a missing key aborts. */
const char *catalogue_text (const Catalogue *c, const char *language, const char *key);
/* catalogue_column_number: which cell of a row of @file (name as in Catalogue.files) is @column_name, from 1; 0 when
 * none. */
guint catalogue_column_number (const Catalogue *c, const char *file, const char *column_name);
