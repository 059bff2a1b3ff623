# plumbline: make help lists the targets. Everything generated goes below build/ (and the demonstration's state below var/).
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
SHELL := /bin/sh
MAKEFLAGS += --jobs=$(shell nproc 2>/dev/null || echo 1)

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=
VERSION := 0.1.0
CC ?= gcc
SAN ?=
WERROR ?= $(if $(CI),-Werror)
BUILD ?= build$(if $(SAN),/san)

PACKAGES := glib-2.0 gio-2.0 gmime-3.0 libpq libcurl libcrypto gsl xlsxwriter
# Asked once, and only when a compiler is about to run: before the packages are there, pkg-config has no answer.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g'))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PACKAGES)))$(PKG_LIBS)

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wvla -Wcast-qual -Wmissing-prototypes -Wno-sign-conversion $(WERROR)
# clang counts a variable as unused that is only there to be cleaned up; gcc, which knows better, has the word on those.
WARNINGS += $(if $(findstring clang,$(CC)),-Wno-unused-variable)
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -U_FORTIFY_SOURCE
CFLAGS ?= $(if $(SAN),-O1 -g1,-O2 -g)
ALL_CFLAGS = -std=gnu11 -Iinclude -I$(BUILD)/gen -DPLUMB_VERSION='"$(VERSION)"' -DPLUMB_DATADIR='"$(PREFIX)/share/plumbline"' \
  -DPLUMB_SYSCONFDIR='"$(SYSCONFDIR)/plumbline"' $(WARNINGS) $(HARDENING) $(CFLAGS) $(if $(SAN),$(SANITIZE)) $(PKG_CFLAGS)
ALL_LIBS = $(PKG_LIBS) -lcsv -lglpk -lm
LINK = $(CC) -pie -Wl,-z,relro,-z,now $(if $(SAN),$(SANITIZE)) $(LDFLAGS)

SOURCES := $(sort $(wildcard pipeline/*.c pipeline/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIB_OBJECTS := $(filter-out $(BUILD)/pipeline/main.o,$(OBJECTS)) $(BUILD)/gen/sql.o
SQL := $(sort $(wildcard sql/*/*.sql))
EMBEDDED := seeds/text.csv seeds/threshold.csv pipeline/report/page.css pipeline/report/page.js
TEST_SOURCES := $(sort $(wildcard tests/unit/*/test_*.c tests/db/test_*.c tests/night/test_*.c))
WITHOUT ?=
TESTS := $(filter-out $(addprefix $(BUILD)/tests/,$(WITHOUT)),$(TEST_SOURCES:%.c=$(BUILD)/%))
BENCH_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/bench/*.c)))
SUPPORT_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/support/*.c)))

# Tests run for moments and are compiled at length.
$(BUILD)/tests/unit/%.o $(BUILD)/tests/db/%.o $(BUILD)/tests/night/%.o: CFLAGS = $(if $(SAN),-O0,-O1) -g1

# Sums over schools: what every estimate of every night goes through.
$(BUILD)/pipeline/measure/trend.o $(BUILD)/pipeline/measure/contrast.o $(BUILD)/pipeline/measure/moments.o: ALL_CFLAGS += -O3

# A hundred tests are linked: gold takes a third of the time.
TEST_LINKER = $(eval TEST_LINKER := $$(if $$(shell command -v ld.gold),-fuse-ld=gold))$(TEST_LINKER)

# V=1 shows whole commands.
Q := $(if $(V),,@)
NOTE = $(if $(V),:,echo) "  $(1)"

.PHONY: all always objects setup run test fault golden lint format browse bench fuzz install deb coverage clean help

all: $(BUILD)/plumbline ## build the program

setup:
	@jobs/setup

run: $(BUILD)/plumbline ## a simulated city, from exports to mails, in var/
	@jobs/demo $(BUILD)/plumbline

test: $(BUILD)/plumbline $(TESTS) ## every test, on a private server (WITHOUT names those to leave out)
	@jobs/setup test
	@tests/run $(BUILD) $(TESTS)

# Each on a server of its own, side by side; make test tries a few of the same places, others each day.
FAULTS ?= 300
FAULT_TESTS := $(filter $(BUILD)/tests/night/test_fault_%,$(TESTS))
fault: $(FAULT_TESTS:%=run-%) ## nights killed, hit by errors (FAULTS of each kind, 0: at every call), and whose server, disk, clock or rival misbehaves

$(FAULT_TESTS:%=run-%): run-%: % $(BUILD)/plumbline
	@PLUMB_FAULTS=$(FAULTS) PLUMB_TEST_SECONDS=14400 tests/run $(BUILD) $<

golden: $(BUILD)/tests/unit/report/test_chart ## the charts' golden pictures anew, to be looked at before they are committed
	@PLUMB_GOLDEN=write tests/run $(BUILD) $<
	@git status --short tests/unit/report/golden

browse: $(BUILD)/plumbline $(BUILD)/tests/unit/report/test_page ## the report in a browser: links, widths, colours, accessibility, sorting, figures
	@tests/browser/prepare $(BUILD)
	@tests/browser/run $(BUILD)

$(BUILD)/plumbline: $(BUILD)/pipeline/main.o $(BUILD)/libplumbline.a
	@$(call NOTE,LINK $@)
	$(Q)$(LINK) -o $@ $^ $(ALL_LIBS)

$(BUILD)/libplumbline.a: $(LIB_OBJECTS)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(SUPPORT_OBJECTS) $(BUILD)/libplumbline.a
	@$(call NOTE,LINK $@)
	$(Q)$(LINK) $(TEST_LINKER) -o $@ $(filter-out %.so,$^) $(ALL_LIBS) -lcmocka

# Loaded into the program by tests that have its statements, or what it asks of libcurl, refused.
$(BUILD)/tests/support/preload/%.so: tests/support/preload/%.c | setup
	@mkdir -p $(@D)
	@$(call NOTE,LINK $@)
	$(Q)$(CC) -std=gnu11 -O1 -shared -fPIC $(WARNINGS) $(HARDENING) $(PKG_CFLAGS) -o $@ $<
$(BUILD)/tests/night/test_fault_statement $(BUILD)/tests/night/test_fault_world: $(BUILD)/tests/support/preload/refuse.so
$(BUILD)/tests/night/test_fault_call: $(BUILD)/tests/support/preload/option.so

$(BUILD)/tests/bench/drift: $(BUILD)/tests/bench/nights.o $(BUILD)/tests/bench/speed.o
$(BUILD)/tests/bench/year: $(BUILD)/tests/bench/census.o
$(BUILD)/tests/bench/drift $(BUILD)/tests/bench/year: %: %.o $(BUILD)/tests/bench/city.o $(BUILD)/tests/bench/view.o $(BUILD)/tests/support/server.o $(BUILD)/libplumbline.a
	@$(call NOTE,LINK $@)
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(ALL_LIBS)

$(BUILD)/tests/bench/chart: %: %.o $(BUILD)/libplumbline.a
	@$(call NOTE,LINK $@)
	$(Q)$(LINK) -o $@ $^ $(ALL_LIBS)

$(BUILD)/%.o: %.c | setup
	@mkdir -p $(@D)
	@$(call NOTE,CC   $<)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<$(if $(findstring -fsyntax-only,$(CFLAGS)), && touch $@)

# The SQL that the program runs, its comments included, travels inside it; so do the standard sentences and thresholds, for fit reads no catalogue.
$(BUILD)/gen/sql.xml: $(SQL) $(EMBEDDED) Makefile
	@mkdir -p $(@D)
	@sha256sum $(SQL) > $(@D)/sums
	@{ echo '<gresources><gresource prefix="/plumbline">'; for f in $(SQL) $(EMBEDDED); do echo "<file>$$f</file>"; done; \
	  echo '<file alias="sql/sums">sums</file></gresource></gresources>'; } > $@

$(BUILD)/gen/sql.c: $(BUILD)/gen/sql.xml | setup
	$(Q)glib-compile-resources --generate-source --c-name plumb_sql --internal --sourcedir=. --sourcedir=$(@D) --target=$@ $<

# What these variables say is compiled in: when they change, so must the files that ask.
BUILT_FOR := $(VERSION) $(PREFIX) $(SYSCONFDIR)
ASKING := $(shell grep -lE 'PLUMB_(VERSION|DATADIR|SYSCONFDIR)' $(SOURCES) $(TEST_SOURCES))
$(ASKING:%.c=$(BUILD)/%.o): $(BUILD)/gen/built-for
$(BUILD)/gen/built-for: always
	@mkdir -p $(@D)
	@echo '$(BUILT_FOR)' | cmp -s - $@ || echo '$(BUILT_FOR)' > $@
always:

$(BUILD)/gen/sql.o: $(BUILD)/gen/sql.c
	$(Q)$(CC) -O1 $(HARDENING) $(PKG_CFLAGS) -c -o $@ $<

objects: $(OBJECTS) $(TEST_SOURCES:%.c=$(BUILD)/%.o) $(SUPPORT_OBJECTS) $(BENCH_OBJECTS)

# Where every build has warnings as errors, the program's own objects are gcc's proof. clang only reads: its warnings need no code.
lint: ## gcc's and clang's warnings as errors, the rooms' order, formatting, shell scripts
	@jobs/setup lint
	@$(MAKE) CC=gcc WERROR=-Werror BUILD=build$(if $(CI),,/lint-gcc) objects
	@$(MAKE) CC=clang WERROR=-Werror BUILD=build/lint-clang CFLAGS='-O2 -fsyntax-only' objects
	@tests/lint

format: ## clang-format on every C file
	@jobs/setup lint
	@find pipeline include tests -name '*.[ch]' -exec clang-format -i {} +

bench: $(BUILD)/plumbline $(BUILD)/tests/bench/chart $(BUILD)/tests/bench/drift $(BUILD)/tests/bench/year ## how long the night takes, stage by stage, and on 1, 3 and 10 years; each question, the charts; an attack on releases; loading against psql's \copy; what the drift rule reaches on made-up cities; the mails of a year
	@tests/bench/night $(BUILD)/plumbline
	@echo && tests/bench/growth $(BUILD)/plumbline
	@echo && $(BUILD)/tests/bench/chart
	@echo && tests/bench/load $(BUILD)/plumbline
	@echo && tests/bench/questions $(BUILD)/plumbline
	@echo && tests/bench/oracle $(BUILD)/plumbline
	@echo && $(BUILD)/tests/bench/drift
	@echo && $(BUILD)/tests/bench/year

# The corpus grows in build/; what it finds is copied into tests/fuzz/corpus by hand, where make test replays it.
FUZZ_RUNS ?= -1
FUZZ_SECONDS ?= 60
FUZZ_BYTES ?= 600
fuzz: ## libFuzzer on decoding, parsing and validating, for FUZZ_SECONDS (60) or FUZZ_RUNS
	@jobs/setup fuzz
	@$(MAKE) CC=clang SAN=1 BUILD=build/fuzz CFLAGS='-O2 -g -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp -DSOURCE_CHUNK_BYTES=61' build/fuzz/tests/fuzz/extract
	@mkdir -p build/fuzz/corpus
	ASAN_OPTIONS=malloc_context_size=1:quarantine_size_mb=1:thread_local_quarantine_size_kb=64:max_malloc_fill_size=0 build/fuzz/tests/fuzz/extract -max_len=$(FUZZ_BYTES) -timeout=20 -rss_limit_mb=1500 -runs=$(FUZZ_RUNS) -max_total_time=$(FUZZ_SECONDS) \
	  -dict=tests/fuzz/extract.dict -artifact_prefix=build/fuzz/found- -print_final_stats=1 build/fuzz/corpus tests/fuzz/corpus

$(BUILD)/tests/fuzz/extract: $(BUILD)/tests/fuzz/extract.o $(BUILD)/tests/support/fuzz.o $(BUILD)/tests/support/export.o $(BUILD)/libplumbline.a
	@$(call NOTE,LINK $@)
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(ALL_LIBS)

# What root has to enable by hand is put beside the program: crontab (into /etc/cron.d) and the systemd units.
SHARE := $(DESTDIR)$(PREFIX)/share/plumbline
install: $(BUILD)/plumbline ## DESTDIR, PREFIX (/usr/local) and SYSCONFDIR (/etc) say where
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(SHARE)/jobs" "$(DESTDIR)$(SYSCONFDIR)/plumbline"
	install -m 0755 $(BUILD)/plumbline "$(DESTDIR)$(PREFIX)/bin/plumbline"
	rm -rf "$(SHARE)/seeds" "$(SHARE)/questions" && cp -R seeds "$(SHARE)/seeds" && cp -R sql/questions "$(SHARE)/questions"
	for f in nightly crontab plumbline.service plumbline-db.service plumbline.timer logrotate plumbline.conf reader.sql; do \
	  sed 's|/usr/local|$(PREFIX)|g' jobs/$$f > "$(SHARE)/jobs/$$f" || exit 1; done
	chmod 0755 "$(SHARE)/jobs/nightly"
	test -e "$(DESTDIR)$(SYSCONFDIR)/plumbline/plumbline.conf" || \
	  install -m 0644 "$(SHARE)/jobs/plumbline.conf" "$(DESTDIR)$(SYSCONFDIR)/plumbline/plumbline.conf"

deb: ## a Debian package in build/deb/: account, configuration, cron, units, manual pages, completion
	@$(MAKE) BUILD=build/deb PREFIX=/usr SYSCONFDIR=/etc build/deb/plumbline
	@jobs/debian/package build/deb $(VERSION)

# Without optimisation, so that a branch is one of the source: what the compiler makes of macros and cleanups is not counted.
# Where faults are the only way to a branch they come at more places than in make test; COVERED says at how many.
COVERED ?= 40
COVERED_FAULTS = build/coverage/tests/night/test_fault_statement build/coverage/tests/night/test_fault_call
# A program that is killed leaves no counts.
COVERED_TESTS = $(filter-out %_kill %_killed,$(TEST_SOURCES:%.c=build/coverage/%))
coverage: ## what the tests run of pipeline/, and in build/coverage/uncovered.txt by file, function, line and branch what they do not
	@jobs/setup coverage
	@$(MAKE) BUILD=build/coverage CFLAGS='-O0 -g1 -U_FORTIFY_SOURCE --coverage -fprofile-update=atomic' LDFLAGS=--coverage build/coverage/plumbline $(COVERED_TESTS)
	@find build/coverage -name '*.gcda' -delete
	@PLUMB_TEST_SECONDS=3600 tests/run build/coverage $(filter-out $(COVERED_FAULTS),$(COVERED_TESTS)) || true
	@PLUMB_FAULTS=$(COVERED) PLUMB_TEST_SECONDS=7200 tests/run build/coverage $(COVERED_FAULTS) || true
	@gcovr --root . --filter pipeline/ --exclude-unreachable-branches --object-directory build/coverage --json build/coverage/coverage.json
	@tests/coverage build/coverage/coverage.json 95 85 > build/coverage/uncovered.txt; status=$$?; tail -n 1 build/coverage/uncovered.txt; exit $$status

clean: ## remove build/
	rm -rf build

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

-include $(BUILD)/tests/fuzz/extract.d $(OBJECTS:.o=.d) $(TESTS:=.d) $(BENCH_OBJECTS:.o=.d) $(SUPPORT_OBJECTS:.o=.d)
