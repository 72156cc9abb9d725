# ha-tools: one file, the whole graph. `make help` lists the targets.
#
# Every bin/ha-NAME.c becomes bin/ha-NAME, every file of a room of lib/ goes
# into libha.a, those of lib/mock into libmock.a, which only ha-mock and tests
# are linked with: to add a tool or a module is to add its file.
#   CC, CFLAGS, PREFIX, DESTDIR   are the caller's
#   SAN=address,undefined         builds and tests in build/san
#   WERROR=1                      warnings are errors (CI)
#   BUILD=build/x BIN=build/x/bin a build beside the usual one
#   ROOM=page                     `make check` of one folder of lib/ only
#   COV=1                         builds and tests in build/cov, counting

# All cores, but what is undone and done at once goes one by one.
ifeq ($(filter -j% --jobserver%,$(MAKEFLAGS))$(filter clean uninstall,$(MAKECMDGOALS)),)
MAKEFLAGS += -j$(shell nproc)
endif

PREFIX ?= /usr/local
KIND := $(if $(SAN),san,$(if $(COV),cov,release))
BUILD ?= build/$(KIND)
BIN ?= $(if $(filter release,$(KIND)),bin,build/$(KIND)/bin)
PKG := libcurl libpq libbsd-overlay libsodium libxxhash libmicrohttpd zlib
# Asked for once, and late: `make check` may have to install them first.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKG)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKG)))$(PKG_LIBS)

comma := ,
WARN := -Wall -Wextra -Wshadow -Wwrite-strings -Wformat=2 -Wvla \
	$(if $(WERROR),-Werror)
CWARN := $(WARN) -Wstrict-prototypes -Wmissing-prototypes
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all)
HA_CPPFLAGS = -D_GNU_SOURCE -Ilib -DHA_PREFIX='"$(PREFIX)"' $(PKG_CFLAGS)
COVFLAGS := $(if $(COV),-O0 --coverage)
HA_CFLAGS := -std=gnu11 -O2 -g $(CWARN) $(SANFLAGS) $(COVFLAGS)
HA_CXXFLAGS := -std=c++17 -O2 -g $(WARN) -fno-exceptions -fno-rtti $(SANFLAGS) \
	$(COVFLAGS)
# Counts are written at an end by _exit or a signal as well.
COVERED := $(if $(COV),$(BUILD)/tests/covered.o)
HA_LDFLAGS := $(if $(SAN),-fsanitize=$(SAN) -static-libasan) \
	$(if $(COV),--coverage -Wl$(comma)--wrap=_exit$(comma)--wrap=raise)
LIBS = $(PKG_LIBS) -ljq -lsimdjson -lstdc++ -lm

C := $(shell find lib -name '*.c' -not -path 'lib/mock/*' | sort)
CC_SOURCES := $(shell find lib -name '*.cc' | sort)
MOCK_C := $(shell find lib/mock -name '*.c' | sort)
PROGRAMS := $(patsubst bin/%.c,$(BIN)/%,$(wildcard bin/ha-*.c))
# What only ha-sync starts is for libexec.
HELPERS := $(filter $(BIN)/ha-sync-%,$(PROGRAMS))
TOOLS := $(filter-out $(HELPERS),$(PROGRAMS))
OBJS := $(C:%.c=$(BUILD)/%.o) $(CC_SOURCES:%.cc=$(BUILD)/%.o)
MOCK_OBJS := $(MOCK_C:%.c=$(BUILD)/%.o)
LIB := $(BUILD)/libha.a
MOCK := $(BUILD)/libmock.a
UNIT_C := $(shell find tests/unit -name '*.c' | sort)
unit = $(patsubst %.c,$(BUILD)/unit/%,$(notdir $1))
UNITS := $(call unit,$(UNIT_C))
vpath %.c $(sort $(dir $(UNIT_C)))
PEERS := $(patsubst tests/peer/%.c,$(BUILD)/peer/%,$(wildcard tests/peer/*.c))
# What tests scripts, SQL, fakes, descriptions or whole runs starts the tools as
# others do: sanitizers find nothing more in it but by chance, and that is
# torture's, which runs under them.
BATS := $(shell find tests -name '*.bats' $(if $(SAN),| xargs grep -LE '^\# rooms: (-|sql|scripts|sources|mock)( |$$)') | sort)
MANS := $(wildcard man/*.[1-9])

# The tests of a room: its units, and what names it behind "# rooms:".
ROOMS := $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard lib/*/*))))) scripts
ifdef ROOM
ifeq ($(filter $(ROOM),$(ROOMS)),)
$(error no room $(ROOM): there are $(ROOMS))
endif
ROOM_UNITS := $(call unit,$(filter tests/unit/$(ROOM)/%,$(UNIT_C)))
TESTS ?= $(ROOM_UNITS) \
	$(shell grep -lE '^\# rooms:.* $(ROOM)( |$$)' $(BATS))
endif

FUZZERS := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/*.c))

all: $(PROGRAMS)

# What these need is installed before anything is compiled.
NEED := $(if $(filter check units-check demo bench lint,$(MAKECMDGOALS)),deps)

$(LIB): $(OBJS)
	@rm -f $@
	$(AR) rcs $@ $(OBJS)

$(MOCK): $(MOCK_OBJS)
	@rm -f $@
	$(AR) rcs $@ $(MOCK_OBJS)

$(BUILD)/lib/%.o: lib/%.c | $(NEED)
	@mkdir -p $(@D)
	$(CC) $(HA_CPPFLAGS) $(HA_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/lib/%.o: lib/%.cc | $(NEED)
	@mkdir -p $(@D)
	$(CXX) $(HA_CPPFLAGS) $(HA_CXXFLAGS) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%.o: tests/%.c | $(NEED)
	@mkdir -p $(@D)
	$(CC) $(HA_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/bin/%.o: bin/%.c | $(NEED)
	@mkdir -p $(@D)
	$(CC) $(HA_CPPFLAGS) $(HA_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BIN)/ha-mock: $(MOCK)
$(BIN)/%: $(BUILD)/bin/%.o $(LIB) $(COVERED)
	@mkdir -p $(@D)
	$(CC) $(HA_CFLAGS) $(CFLAGS) $(HA_LDFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(filter %/libmock.a,$^) $(LIB) $(LIBS)

$(BUILD)/unit/%: %.c $(MOCK) $(LIB) $(COVERED)
	@mkdir -p $(@D)
	$(CC) $(HA_CPPFLAGS) $(HA_CFLAGS) $(CFLAGS) $(HA_LDFLAGS) $(LDFLAGS) -MMD -MP \
		-o $@ $< $(COVERED) $(MOCK) $(LIB) $(LIBS) -lcmocka

# What the tests talk to.
$(BUILD)/peer/%: tests/peer/%.c $(LIB) $(COVERED)
	@mkdir -p $(@D)
	$(CC) $(HA_CPPFLAGS) $(HA_CFLAGS) $(CFLAGS) $(HA_LDFLAGS) $(LDFLAGS) -MMD -MP \
		-o $@ $< $(COVERED) $(LIB) $(LIBS)

units: $(UNITS) $(PEERS)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s %s\n", $$1, $$2}' Makefile

deps: ## installs what is missing (apt-get)
	@scripts/dev/deps build run $(if $(filter check units-check,$(MAKECMDGOALS)),check)

check: all $(if $(ROOM),$(ROOM_UNITS) $(PEERS),units) ## all tests; ROOM=page, TESTS=tests/tools/ha-page.bats: some
	@HA_BIN="$(abspath $(BIN))" HA_PEERS="$(abspath $(BUILD)/peer)" scripts/dev/run-tests $(if $(TOTALS),-t $(TOTALS)) \
		$(or $(TESTS),$(UNITS) $(BATS))

units-check: units ## the unit tests alone; WRAP="valgrind -q" runs them under it
	@scripts/dev/run-tests $(if $(TOTALS),-t $(TOTALS)) $(if $(WRAP),-w "$(WRAP)") $(UNITS)

coverage: ## lines of lib/ that the tests run, by room; 1 below the bounds
	@scripts/dev/deps build run check coverage
	@[ ! -d build/cov ] || find build/cov -name '*.gcda' -delete
	@$(MAKE) --no-print-directory COV=1 check; tests=$$?; \
		scripts/dev/coverage $(if $(TOTALS),-t $(TOTALS)) build/cov && exit $$tests

lint: $(LIB) $(MOCK) ## what CI finds fault with, all of it
	@scripts/dev/deps build lint
	@HA_CPPFLAGS='$(subst ','"'"',$(HA_CPPFLAGS))' scripts/dev/run-tests $(if $(TOTALS),-t $(TOTALS)) scripts/dev/lint

format: ## lets clang-format have its way
	clang-format -i $(wildcard bin/*.c) $$(find lib tests -name '*.[ch]' -o -name '*.cc')

# As editors and language servers want it.
compdb: ## compile_commands.json
	@printf '%s\n' $(wildcard bin/*.c) $(C) $(MOCK_C) $(UNIT_C) $(CC_SOURCES) | \
	jq -Rn --arg dir '$(CURDIR)' \
		--arg cc '$(CC) $(subst ','"'"',$(HA_CPPFLAGS) $(HA_CFLAGS) $(CFLAGS))' \
		--arg cxx '$(CXX) $(subst ','"'"',$(HA_CPPFLAGS) $(HA_CXXFLAGS) $(CXXFLAGS))' \
		'[inputs | {directory: $$dir, file: .} + {command: "\(if endswith("cc") then $$cxx else $$cc end) -c \(.)"}]' \
		>compile_commands.json.part
	@mv compile_commands.json.part compile_commands.json

golden: all ## rewrites NAME.want from what the tools print now
	@HA_GOLDEN=1 HA_BIN="$(abspath $(BIN))" scripts/dev/run-tests $(or $(TESTS),$(BATS))
	@git status --short tests

demo: all ## an invented account arrives in a private PostgreSQL
	@PATH="$(abspath $(BIN)):$$PATH" scripts/dev/demo

bench: all $(BUILD)/peer/cutpg ## our figures beside the floor's and a rival's
	@PATH="$(abspath $(BIN)):$$PATH" scripts/dev/bench-stages
	@PATH="$(abspath $(BIN)):$$PATH" scripts/dev/bench
	@PATH="$(abspath $(BIN)):$$PATH" HA_PEERS="$(abspath $(BUILD)/peer)" scripts/dev/bench-corners

TORTURE_SECONDS ?= 120
SEED ?= $(shell date +%s)
torture: all $(BUILD)/peer/cutpg ## whole runs disturbed at random; TORTURE_SECONDS=3600 SEED=1
	@scripts/dev/deps build run check torture
	@HA_BIN="$(abspath $(BIN))" HA_PEERS="$(abspath $(BUILD)/peer)" scripts/dev/torture -t $(TORTURE_SECONDS) -s $(SEED)

mutants: all ## one broken place after the other: do the tests notice?
	@scripts/dev/mutants $(MUTANTS)

# clang's libFuzzer, a minute for all: FUZZ_SECONDS is for each.
FUZZ_SECONDS ?= 15
FUZZ_CC = -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function \
	$(HA_CPPFLAGS)
build/fuzz/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	clang $(FUZZ_CC) $(HA_CFLAGS) -c -o $@ $<
build/fuzz/lib/%.o: lib/%.cc
	@mkdir -p $(@D)
	clang++ $(FUZZ_CC) $(HA_CXXFLAGS) -c -o $@ $<
build/fuzz/libha.a: $(C:%.c=build/fuzz/%.o) $(MOCK_C:%.c=build/fuzz/%.o) $(CC_SOURCES:%.cc=build/fuzz/%.o)
	@rm -f $@
	$(AR) rcs $@ $^
build/fuzz/%: tests/fuzz/%.c build/fuzz/libha.a
	clang -fsanitize=fuzzer,address,undefined -fno-sanitize=function $(HA_CPPFLAGS) $(HA_CFLAGS) \
		-o $@ $< build/fuzz/libha.a $(LIBS)
fuzz: $(FUZZERS) ## each fuzzer for FUZZ_SECONDS
	@for f in $(FUZZERS); do mkdir -p $$f.corpus; echo "$$f: $(FUZZ_SECONDS) s"; \
		$$f -verbosity=0 -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$$f. \
		$$f.corpus tests/fuzz/$${f##*/}.seeds >$$f.log 2>&1 || \
		{ tail -n 40 $$f.log; exit 1; }; done

# Scripts find their parts and descriptions beside themselves or in SHARE.
SHARE := $(DESTDIR)$(PREFIX)/share
INSTALLED := scripts/ha-pg scripts/ha-sync
install: all ## PREFIX=/usr/local DESTDIR=
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/ha-tools/sources $(SHARE)/ha-tools/sql \
		$(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
		$(SHARE)/doc/ha-tools/examples/sources
	install -m 755 $(TOOLS) $(INSTALLED) $(DESTDIR)$(PREFIX)/bin
	install -d $(DESTDIR)$(PREFIX)/libexec/ha-tools
	install -m 755 $(HELPERS) $(wildcard scripts/ha-sync-* scripts/ha-backfill-*) \
		$(DESTDIR)$(PREFIX)/libexec/ha-tools
	install -m 644 $(wildcard lib/sources/*) $(SHARE)/ha-tools/sources
	install -m 644 scripts/backfill.mk $(SHARE)/ha-tools
	install -m 644 $(wildcard lib/sql/*) $(SHARE)/ha-tools/sql
	for m in $(MANS); do install -D -m 644 $$m $(SHARE)/man/man$${m##*.}/$${m##*/} || exit 1; done
	install -m 644 completions/ha-tools.bash $(SHARE)/bash-completion/completions/ha-tools
	for t in $(notdir $(TOOLS) $(INSTALLED)); do \
		ln -sf ha-tools $(SHARE)/bash-completion/completions/$$t || exit 1; done
	install -m 644 completions/_ha-tools $(SHARE)/zsh/site-functions
	install -m 644 README.md NEWS.md $(SHARE)/doc/ha-tools
	install -m 644 $(filter-out %.sh examples/sources,$(wildcard examples/*)) \
		$(SHARE)/doc/ha-tools/examples
	install -m 755 $(wildcard examples/*.sh) $(SHARE)/doc/ha-tools/examples
	install -m 644 $(wildcard examples/sources/*) $(SHARE)/doc/ha-tools/examples/sources
	sed -i 's,/usr/local/,$(PREFIX)/,g' $(patsubst %,$(SHARE)/doc/ha-tools/%,README.md \
		$(filter-out examples/sources,$(wildcard examples/* examples/sources/*))) \
		$(foreach m,$(MANS),$(SHARE)/man/man$(subst .,,$(suffix $m))/$(notdir $m))

uninstall: ## what install put there
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(notdir $(TOOLS) $(INSTALLED)))
	rm -f $(foreach t,ha-tools $(notdir $(TOOLS) $(INSTALLED)),$(SHARE)/bash-completion/completions/$t)
	for m in $(MANS); do rm -f $(SHARE)/man/man$${m##*.}/$${m##*/}; done
	rm -f $(SHARE)/zsh/site-functions/_ha-tools
	rm -rf $(SHARE)/ha-tools $(SHARE)/doc/ha-tools $(DESTDIR)$(PREFIX)/libexec/ha-tools

clean: ## everything that was built
	rm -rf build compile_commands.json $(patsubst bin/%.c,bin/%,$(wildcard bin/ha-*.c))

.PHONY: all units help deps check units-check coverage lint compdb format golden \
	demo bench torture mutants fuzz install uninstall clean
.SECONDARY:
-include $(OBJS:.o=.d) $(MOCK_OBJS:.o=.d) $(UNITS:=.d) $(PEERS:=.d) $(wildcard $(BUILD)/bin/*.d)
