# backfill.mk -- the past of a list, window by window. See ha-backfill(1).
#   make -f backfill.mk -j4 SOURCE=reso RESOURCE=media FROM=2019-01
#   make -f backfill.mk -j4 SOURCE=hostaway RESOURCE=messages PARENTS=100
# A window is two steps, each a file that appears when it is complete: the
# answers of the API, 2019-01.ndjson, then 2019-01.done. Running make again
# goes on where it stopped.

SOURCE ?=
RESOURCE ?=
ACCOUNT ?=
FROM ?=
PARENTS ?=
STEP ?= month
NULLS ?= 1
SPOOL ?= spool
KEEP ?= 1
ifndef TODAY
TODAY := $(shell date -u +%Y-%m-%d)
endif
TO ?= $(TODAY)
export SOURCE RESOURCE ACCOUNT FROM PARENTS TO STEP NULLS SPOOL KEEP TODAY

SELF := $(lastword $(MAKEFILE_LIST))
HERE := $(dir $(realpath $(SELF)))
WINDOW := $(firstword $(wildcard $(HERE)ha-backfill-window \
	$(HERE)../../libexec/ha-tools/ha-backfill-window))
DIR := $(SPOOL)/$(SOURCE)/$(if $(ACCOUNT),$(ACCOUNT)/)$(RESOURCE)

WINDOWS :=
ifneq ($(if $(filter undefined,$(origin MAKECMDGOALS)),,$(MAKECMDGOALS)),help)
ifeq ($(and $(SOURCE),$(RESOURCE),$(FROM)$(PARENTS)),)
$(error SOURCE=, RESOURCE= and FROM= or PARENTS= are needed: make -f $(SELF) help)
endif
ifneq ($(and $(FROM),$(PARENTS)),)
$(error FROM= parts a list by time, PARENTS= one that is read per parent: not both)
endif
ifneq ($(words $(SOURCE) $(RESOURCE) $(SPOOL)),3)
$(error SOURCE, RESOURCE and SPOOL are one word each)
endif
# Exported variables reach recipes, but not every make's $$(shell).
ifneq ($(PARENTS),)
WINDOWS := $(shell SOURCE='$(SOURCE)' RESOURCE='$(RESOURCE)' \
	ACCOUNT='$(ACCOUNT)' SPOOL='$(SPOOL)' PARENTS='$(PARENTS)' \
	'$(WINDOW)' slices)
else
WINDOWS := $(shell '$(WINDOW)' windows '$(FROM)' '$(TO)' '$(STEP)' '$(NULLS)' \
	'$(TODAY)')
endif
ifneq ($(.SHELLSTATUS),0)
$(error no such windows)
endif
endif

all: ## fetches and stores what is not stored yet
fetch: ## files only; no database but for the token
load: ## stores what is fetched, without any call

# What failed is listed behind the last window; so these are makes of their
# own, which share -j, -k and -n.
all fetch load:
	@$(if $(PARENTS)$(filter load,$@),,$(WINDOW) check &&) \
		{ $(MAKE) --no-print-directory -f $(SELF) $@.each; status=$$?; \
		$(WINDOW) failed; exit $$status; }

# In the order of time: rows that change meanwhile move into windows that are
# still to be read.
all.each: $(WINDOWS:%=$(DIR)/%.done)
fetch.each: $(WINDOWS:%=$(DIR)/%.fetch)
load.each: $(WINDOWS:%=$(DIR)/%.load)
all.each fetch.each load.each:
	@:

$(DIR)/%.done:
	@$(WINDOW) store $*

$(DIR)/%.ndjson:
	@$(WINDOW) fetch $*

$(DIR)/%.fetch:
	@$(WINDOW) fetch $*

$(DIR)/%.load:
	@$(WINDOW) load $*

reload: clean-done ## load, also of what is stored already
	@$(MAKE) --no-print-directory -f $(SELF) load

status: ## a table of the windows
	@$(WINDOW) status

clean-done: ## forgets that windows are stored whose files are kept
	@$(WINDOW) forget

clean: ## removes all that these windows left in SPOOL
	@$(WINDOW) clear

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-11s %s\n", $$1, $$2}' $(SELF)

.PHONY: all fetch load all.each fetch.each load.each reload status clean-done \
	clean help
.PRECIOUS: $(DIR)/%.done $(DIR)/%.ndjson
.SUFFIXES:
