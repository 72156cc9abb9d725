/* seal: secrets open with their key, for their account, and no others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "account/key_file.h"
#include "account/seal.h"

static char dir[] = "/tmp/ha-seal-XXXXXX";
static const struct seal_place place = {
    "hostaway", "59808", "secret", "https://api.example.com:443"};

static void
key_path(char *path, size_t room, const char *name)
{
	snprintf(path, room, "%s/%s", dir, name);
	setenv("HA_KEY_FILE", path, 1);
}

static void
write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void
refused(const char *text)
{
	struct why why = {0};

	assert_null(seal_open(&why));
	assert_int_equal(why.status, EX_CONFIG);
	assert_non_null(strstr(why.msg, text));
}

static void
test_keygen_makes_a_private_file_once(void **state)
{
	char path[128], before[128] = "", after[128] = "";
	struct why why = {0};
	struct stat st;
	FILE *f;

	(void)state;
	key_path(path, sizeof(path), "sub/dir/key");
	assert_int_equal(key_file_make(&why), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_non_null(f = fopen(path, "r"));
	assert_non_null(fgets(before, sizeof(before), f));
	fclose(f);
	assert_int_equal(key_file_make(&why), -1);
	assert_int_equal(why.status, EX_CONFIG);
	assert_non_null(f = fopen(path, "r"));
	assert_non_null(fgets(after, sizeof(after), f));
	fclose(f);
	assert_string_equal(before, after);
}

static void
test_what_is_sealed_opens_again(void **state)
{
	const char text[] = "bytes\0and more";
	struct buf sealed = BUF_INIT, opened = BUF_INIT;
	struct why why = {0};
	struct seal *s;
	char path[128];

	(void)state;
	key_path(path, sizeof(path), "round");
	assert_int_equal(key_file_make(&why), 0);
	assert_non_null(s = seal_open(&why));
	seal_put(s, &place, text, sizeof(text), &sealed);
	assert_null(memmem(sealed.at, sealed.len, "bytes", 5));
	assert_int_equal(
	    seal_get(s, &place, sealed.at, sealed.len, &opened, &why), 0);
	assert_int_equal(opened.len, sizeof(text));
	assert_memory_equal(opened.at, text, sizeof(text));
	buf_clear(&opened);
	buf_clear(&sealed);
	seal_put(s, &place, "", 0, &sealed);
	assert_int_equal(
	    seal_get(s, &place, sealed.at, sealed.len, &opened, &why), 0);
	assert_int_equal(opened.len, 0);
	buf_release(&sealed);
	buf_release(&opened);
	seal_close(s);
}

static void
test_no_two_sealings_are_alike(void **state)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct why why = {0};
	struct seal *s;
	char path[128];

	(void)state;
	key_path(path, sizeof(path), "round");
	assert_non_null(s = seal_open(&why));
	seal_put(s, &place, "same", 4, &one);
	seal_put(s, &place, "same", 4, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_not_equal(one.at, two.at, one.len);
	buf_release(&one);
	buf_release(&two);
	seal_close(s);
}

static void
test_any_changed_or_missing_byte_is_noticed(void **state)
{
	struct buf sealed = BUF_INIT, opened = BUF_INIT;
	struct why why = {0};
	struct seal *s;
	char path[128];
	size_t i;

	(void)state;
	key_path(path, sizeof(path), "round");
	assert_non_null(s = seal_open(&why));
	seal_put(s, &place, "secret", 6, &sealed);
	for (i = 0; i < sealed.len; i++) {
		assert_int_equal(
		    seal_get(s, &place, sealed.at, i, &opened, &why), -1);
		sealed.at[i] ^= 1;
		why.status = 0;
		assert_int_equal(
		    seal_get(s, &place, sealed.at, sealed.len, &opened, &why),
		    -1);
		assert_int_equal(why.status, EX_CONFIG);
		sealed.at[i] ^= 1;
	}
	assert_int_equal(opened.len, 0);
	buf_release(&sealed);
	buf_release(&opened);
	seal_close(s);
}

static void
test_a_value_moved_to_another_row_does_not_open(void **state)
{
	const struct seal_place other[] = {
	    {"reso", "59808", "secret", place.origin},
	    {"hostaway", "59809", "secret", place.origin},
	    {"hostaway", "59808", "token", place.origin},
	    {"hostaway5", "9808", "secret", place.origin},
	    {"hostaway", "59808", "secret", "https://evil.example.com:443"},
	    {"hostaway", "59808", "secret", NULL},
	};
	struct buf sealed = BUF_INIT, opened = BUF_INIT;
	struct why why = {0};
	struct seal *s;
	char path[128];
	size_t i;

	(void)state;
	key_path(path, sizeof(path), "round");
	assert_non_null(s = seal_open(&why));
	seal_put(s, &place, "x", 1, &sealed);
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		assert_int_equal(seal_get(s, &other[i], sealed.at, sealed.len,
				     &opened, &why),
		    -1);
		assert_non_null(strstr(why.msg, "moved"));
	}
	buf_release(&sealed);
	buf_release(&opened);
	seal_close(s);
}

static void
test_another_key_file_is_named_as_the_wrong_one(void **state)
{
	struct buf sealed = BUF_INIT, opened = BUF_INIT;
	struct why why = {0};
	struct seal *s;
	char path[128];

	(void)state;
	key_path(path, sizeof(path), "round");
	assert_non_null(s = seal_open(&why));
	seal_put(s, &place, "x", 1, &sealed);
	seal_close(s);
	key_path(path, sizeof(path), "second");
	assert_int_equal(key_file_make(&why), 0);
	assert_non_null(s = seal_open(&why));
	assert_int_equal(
	    seal_get(s, &place, sealed.at, sealed.len, &opened, &why), -1);
	assert_int_equal(why.status, EX_CONFIG);
	assert_non_null(strstr(why.msg, path));
	assert_non_null(strstr(why.msg, "not the one that sealed"));
	buf_release(&sealed);
	buf_release(&opened);
	seal_close(s);
}

static void
test_a_key_file_that_cannot_be_trusted_is_refused(void **state)
{
	char path[128], line[128];

	(void)state;
	memset(line, 'a', sizeof(line));
	memcpy(line, "ha-key-1 ", 9);
	line[9 + 64] = '\0';
	key_path(path, sizeof(path), "absent");
	refused("ha-account keygen");
	key_path(path, sizeof(path), "open");
	write_file(path, line, 0600);
	seal_close(seal_open(&(struct why){0}));
	assert_int_equal(chmod(path, 0640), 0);
	refused("others");
	assert_int_equal(chmod(path, 0604), 0);
	refused("others");
	key_path(path, sizeof(path), "short");
	line[9 + 63] = '\0';
	write_file(path, line, 0600);
	refused("not a key file");
	line[9 + 63] = 'g';
	write_file(path, line, 0600);
	refused("not a key file");
	write_file(path, "", 0600);
	refused("not a key file");
	setenv("HA_KEY_FILE", dir, 1);
	refused("not a file");
}

static void
test_the_path_comes_from_the_environment(void **state)
{
	struct buf path = BUF_INIT;
	struct why why = {0};

	(void)state;
	setenv("HA_KEY_FILE", "/k", 1);
	setenv("XDG_CONFIG_HOME", "/x", 1);
	setenv("HOME", "/h", 1);
	assert_int_equal(key_file_path(&path, &why), 0);
	assert_string_equal(path.at, "/k");
	unsetenv("HA_KEY_FILE");
	assert_int_equal(key_file_path(&path, &why), 0);
	assert_string_equal(path.at, "/x/ha-tools/key");
	unsetenv("XDG_CONFIG_HOME");
	assert_int_equal(key_file_path(&path, &why), 0);
	assert_string_equal(path.at, "/h/.config/ha-tools/key");
	unsetenv("HOME");
	assert_int_equal(key_file_path(&path, &why), -1);
	buf_release(&path);
}

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
remove_dir(void **state)
{
	static const char *const names[] = {"sub/dir/key", "sub/dir", "sub",
	    "round", "second", "open", "short", ""};
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		if (unlink(path) == -1)
			rmdir(path);
	}
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keygen_makes_a_private_file_once),
	    cmocka_unit_test(test_what_is_sealed_opens_again),
	    cmocka_unit_test(test_no_two_sealings_are_alike),
	    cmocka_unit_test(test_any_changed_or_missing_byte_is_noticed),
	    cmocka_unit_test(test_a_value_moved_to_another_row_does_not_open),
	    cmocka_unit_test(test_another_key_file_is_named_as_the_wrong_one),
	    cmocka_unit_test(test_a_key_file_that_cannot_be_trusted_is_refused),
	    cmocka_unit_test(test_the_path_comes_from_the_environment),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
