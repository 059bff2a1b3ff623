# plumbline: make help lists the targets. Everything generated goes below build/ (and the demonstration's state below var/).
.DEFAULT_GOAL := all
SHELL := /bin/sh

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=
VERSION := 0.1.0
CC ?= gcc
SAN ?=
WERROR ?= $(if $(CI),-Werror)
BUILD ?= build$(if $(SAN),/san)

PACKAGES := glib-2.0 gio-2.0 gmime-3.0 libpq libcurl gsl
# Asked once, and only when a compiler is about to run: before the packages are there, pkg-config has no answer.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g'))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PACKAGES)))$(PKG_LIBS)

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wvla -Wcast-qual -Wmissing-prototypes -Wno-sign-conversion $(WERROR)
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -U_FORTIFY_SOURCE
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 -Iinclude -I$(BUILD)/gen -DPLUMB_VERSION='"$(VERSION)"' -DPLUMB_DATADIR='"$(PREFIX)/share/plumbline"' \
  -DPLUMB_SYSCONFDIR='"$(SYSCONFDIR)/plumbline"' $(WARNINGS) $(HARDENING) $(CFLAGS) $(if $(SAN),$(SANITIZE)) $(PKG_CFLAGS)
ALL_LIBS = $(PKG_LIBS) -lcsv -lm
LINK = $(CC) -pie -Wl,-z,relro,-z,now $(if $(SAN),$(SANITIZE)) $(LDFLAGS)

SOURCES := $(sort $(wildcard pipeline/*.c pipeline/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIB_OBJECTS := $(filter-out $(BUILD)/pipeline/main.o,$(OBJECTS)) $(BUILD)/gen/sql.o
SQL := $(sort $(wildcard sql/*/*.sql))
EMBEDDED := seeds/text.csv seeds/threshold.csv
TEST_SOURCES := $(sort $(wildcard tests/unit/*/test_*.c tests/db/test_*.c tests/night/test_*.c))
TESTS := $(TEST_SOURCES:%.c=$(BUILD)/%)
SUPPORT_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/support/*.c)))

.PHONY: all setup run test lint format bench fuzz install clean help

all: $(BUILD)/plumbline ## build the program

setup:
	@jobs/setup

run: $(BUILD)/plumbline ## a simulated city, from exports to mails, in var/
	@jobs/demo $(BUILD)/plumbline

test: $(BUILD)/plumbline $(TESTS) ## every test, on a private server
	@tests/run $(BUILD) $(TESTS)

$(BUILD)/plumbline: $(BUILD)/pipeline/main.o $(BUILD)/libplumbline.a
	$(LINK) -o $@ $^ $(ALL_LIBS)

$(BUILD)/libplumbline.a: $(LIB_OBJECTS)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(SUPPORT_OBJECTS) $(BUILD)/libplumbline.a
	$(LINK) -o $@ $^ $(ALL_LIBS) -lcmocka

$(BUILD)/%.o: %.c | setup
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The SQL that the program runs, its comments included, travels inside it; so do the standard sentences and thresholds, for fit reads no catalogue.
$(BUILD)/gen/sql.xml: $(SQL) $(EMBEDDED) Makefile
	@mkdir -p $(@D)
	@{ echo '<gresources><gresource prefix="/plumbline">'; for f in $(SQL) $(EMBEDDED); do echo "<file>$$f</file>"; done; \
	  echo '</gresource></gresources>'; } > $@

$(BUILD)/gen/sql.c: $(BUILD)/gen/sql.xml | setup
	glib-compile-resources --generate-source --c-name plumb_sql --internal --sourcedir=. --target=$@ $<

$(BUILD)/gen/sql.o: $(BUILD)/gen/sql.c
	$(CC) -O1 $(HARDENING) $(PKG_CFLAGS) -c -o $@ $<

clean: ## remove build/
	rm -rf build

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

-include $(OBJECTS:.o=.d) $(TESTS:=.d) $(SUPPORT_OBJECTS:.o=.d)
