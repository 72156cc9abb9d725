#include "mock/graph/graph_int.h"

#include <string.h>

/* What hangs on a message. A CDN's URL is another one on each read. */

struct attachment {
	const struct graph *m;
	unsigned long long id;
	unsigned long long h;
};

struct graph_media {
	const char *type, *suffix;
	void (*extra)(const struct attachment *at, struct buf *to);
	const char *member; /* that extra writes */
};

static void
put_url(const struct attachment *at, const char *what, const char *suffix,
    struct buf *to)
{
	buf_fmt(to,
	    "\"https:\\/\\/cdn.example.com\\/v\\/"
	    "%s%llu.%s?oh=%016llx&oe=%llX\"",
	    what, at->id % 1000000000, suffix,
	    at->h * (2ull * at->m->served + 1),
	    (unsigned long long)(at->m->clock + (int64_t)at->m->served));
}

static void
put_image(const struct attachment *at, struct buf *to)
{
	buf_fmt(to,
	    "{\"width\":%llu,\"height\":%llu,\"max_width\":2048,"
	    "\"max_height\":2048,\"url\":",
	    200 + at->h % 1800, 200 + (at->h >> 16) % 1800);
	put_url(at, "", "jpg", to);
	buf_str(to, ",\"preview_url\":");
	put_url(at, "preview", "jpg", to);
}

static void
put_photo(const struct attachment *at, struct buf *to)
{
	put_image(at, to);
	buf_chr(to, '}');
}

static void
put_sticker(const struct attachment *at, struct buf *to)
{
	put_image(at, to);
	buf_str(to, ",\"render_as_sticker\":true}");
}

static void
put_gif(const struct attachment *at, struct buf *to)
{
	put_image(at, to);
	buf_str(to, ",\"animated_gif_url\":");
	put_url(at, "animated", "gif", to);
	buf_str(to, ",\"animated_gif_preview_url\":");
	put_url(at, "animated-preview", "gif", to);
	buf_chr(to, '}');
}

static void
put_video(const struct attachment *at, struct buf *to)
{
	buf_str(to, "{\"width\":720,\"height\":1280,\"length\":7.5,\"url\":");
	put_url(at, "", "mp4", to);
	buf_str(to, ",\"preview_url\":");
	put_url(at, "preview", "jpg", to);
	buf_chr(to, '}');
}

static void
put_template(const struct attachment *at, struct buf *to)
{
	buf_fmt(to,
	    "{\"title\":\"Order %llu\",\"subtitle\":\"Ready at 5 \\u2013 6 "
	    "pm\","
	    "\"cta\":{\"title\":\"Open\",\"type\":\"web_url\"}}",
	    at->id % 10000);
}

static void
put_file(const struct attachment *at, struct buf *to)
{
	put_url(at, "", "bin", to);
}

static const struct graph_media kinds[] = {
    {"image\\/jpeg", "jpg", put_photo, "image_data"},
    {"image\\/png", "png", put_sticker, "image_data"},
    {"image\\/gif", "gif", put_gif, "image_data"},
    {"video\\/mp4", "mp4", put_video, "video_data"},
    {"audio\\/mpeg", "mp3", put_file, "file_url"},
    {"application\\/pdf", "pdf", put_file, "file_url"},
    {NULL, NULL, put_template, "generic_template"}};

static void
put_one(const struct attachment *at, const struct graph_media *kind,
    const struct graph_field *sub, struct buf *to)
{
	buf_chr(to, '{');
	if (graph_field_wants(sub, "id")) {
		graph_key(to, "id");
		buf_fmt(to, "\"%llu\"", at->id);
	}
	if (kind->type != NULL && graph_field_wants(sub, "mime_type")) {
		graph_key(to, "mime_type");
		buf_fmt(to, "\"%s\"", kind->type);
	}
	if (kind->type != NULL && graph_field_wants(sub, "name")) {
		graph_key(to, "name");
		buf_fmt(to, "\"file-%llu.%s\"", at->id % 100000, kind->suffix);
	}
	if (kind->type != NULL && graph_field_wants(sub, "size")) {
		graph_key(to, "size");
		buf_fmt(to, "%llu", at->h % 9000000);
	}
	if (graph_field_wants(sub, kind->member)) {
		graph_key(to, kind->member);
		kind->extra(at, to);
	}
	buf_chr(to, '}');
}

/* One, or now and then three pictures. */
void
graph_put_attachments(const struct graph *m, uint32_t thread, uint32_t no,
    const struct graph_field *sub, struct buf *to)
{
	uint64_t h = graph_hash(m, thread, no, 40);
	size_t which = h % (sizeof(kinds) / sizeof(kinds[0]));
	int n = which == 0 && (h >> 8) % 4 == 0 ? 3 : 1;

	for (int i = 0; i < n; i++) {
		struct attachment at = {
		    m, 0, graph_hash(m, thread, no, 41 + (uint64_t)i) >> 8};

		at.id = 100000000000000ull + at.h % 899999999999999ull;
		if (i > 0)
			buf_chr(to, ',');
		put_one(&at, &kinds[which], sub, to);
	}
}
