#!/usr/bin/env bats
# The lints of the house see what they are for: each is shown a fault.
# rooms: base
bats_require_minimum_version 1.5.0
load ../helper

# A copy of what the lints of the house read.
setup() {
	mkdir -p tree/bin
	cp "$HA_ROOT"/bin/*.c tree/bin
	cp -r "$HA_ROOT"/{lib,scripts} tree
}

lint() {
	run --separate-stderr tree/scripts/dev/lint "$@"
}

@test "down: a file includes from its own room and from lower floors" {
	lint down
	[ "$status" -eq 0 ]

	echo '#include "upsert/upsert.h"' >>tree/lib/base/buf.c
	lint down
	[ "$status" -eq 1 ]
	[[ $output == *'lib/base/buf.c:'*'may not include upsert/upsert.h'* ]]
}

@test "down: rooms on one floor do not know each other" {
	echo '#include "collect/collect.h"' >>tree/lib/upsert/upsert.c
	lint down
	[ "$status" -eq 1 ]
	[[ $output == *'lib/upsert/upsert.c:'*'collect/collect.h'* ]]
}

@test "down: only ha-mock includes from lib/mock" {
	echo '#include "mock/mock.h"' >>tree/bin/ha-page.c
	lint down
	[ "$status" -eq 1 ]
	[[ $output == *'bin/ha-page.c:'*'mock/mock.h'* ]]
}

@test "down: a room that the tour does not know is a fault" {
	mkdir tree/lib/attic
	printf '#include "base/buf.h"\n' >tree/lib/attic/box.c
	lint down
	[ "$status" -eq 1 ]
	[[ $output == *'attic'*'lib/README.md'* ]]
}

@test "doors: what is inside of a room is included from there only" {
	lint doors
	[ "$status" -eq 0 ]

	echo '#include "page/page_int.h"' >>tree/lib/collect/collect.c
	lint doors
	[ "$status" -eq 1 ]
	[[ $output == *'lib/collect/collect.c:'*'page/page_int.h is inside of lib/page'* ]]
}

@test "doors: a new door stands in the tour" {
	printf '/*\n * shed -- a door that nobody told of.\n */\n' >tree/lib/page/shed.h
	lint doors
	[ "$status" -eq 1 ]
	[[ $output == *'lib/page: '*'shed.h'* ]]
}

@test "circles: no two objects call each other" {
	printf 'void b(void);\nvoid a(void);\nvoid a(void) { b(); }\n' >one.c
	printf 'void c(void);\nvoid b(void);\nvoid b(void) { c(); }\n' >two.c
	printf 'void c(void);\nvoid c(void) { }\n' >three.c
	cc -c one.c two.c three.c
	ar rcs sound.a one.o two.o three.o
	HA_ARCHIVES=$PWD/sound.a lint circles
	[ "$status" -eq 0 ]

	printf 'void a(void);\nvoid c(void);\nvoid c(void) { a(); }\n' >three.c
	cc -c three.c
	ar rcs round.a one.o two.o three.o
	HA_ARCHIVES=$PWD/round.a lint circles
	[ "$status" -eq 1 ]
	[[ $output == *'one.o calls b of two.o'* ]]
	[[ $output == *'two.o calls c of three.o'* ]]
	[[ $output == *'three.o calls a of one.o'* ]]
	[[ $output == *'a circle'* ]]

	HA_ARCHIVES=$PWD/nowhere.a lint circles
	[ "$status" -eq 1 ]
}

@test "a function, a file, a tool that is too long is found" {
	{
		printf 'static void\nendless(void)\n{\n'
		for ((i = 0; i < 60; i++)); do printf '\t;\n'; done
		printf '}\n'
	} >>tree/lib/base/buf.c
	yes ';' | head -n 150 >>tree/bin/ha-page.c
	lint sizes
	[ "$status" -eq 1 ]
	[[ $output == *'lib/base/buf.c:'*'endless'* ]]
	[[ $output == *'bin/ha-page.c: more than 150 lines'* ]]
}

@test "what style.md bans is found in every room" {
	printf 'static int\nn(char *s)\n{\n\treturn atoi(s);\n}\n' >>tree/lib/mock/server/mock_gen.c
	lint banned
	[ "$status" -eq 1 ]
	[[ $output == *'lib/mock/server/mock_gen.c:'*'atoi'* ]]
}

@test "a check that cannot fail is found" {
	mkdir -p tree/tests/tools
	cp "$HA_ROOT"/tests/*.bash tree/tests
	sed 's/^|//' >tree/tests/tools/planted.bats <<-'E'
	|@test "planted" {
	|	! grep -q secret out
	|	[ -e one ] && [ -e two ]
	|	! grep -q other out || false
	|	[ -e three ] || [ -e four ]
	|	if true; then
	|		! grep -q inner out
	|	fi
	|	! grep -q last out
	|}
	E
	lint unseen
	[ "$status" -eq 1 ]
	[ "$(grep -c 'cannot fail' <<<"$output")" -eq 3 ]
	[[ $output == *'planted.bats:'*'grep -q secret out'* ]]
	[[ $output == *'-e two'* ]]
	[[ $output == *'grep -q inner out'* ]]
}
