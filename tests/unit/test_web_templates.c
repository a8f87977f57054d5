/* Every template with its sample data: complete, escaped whatever the values are, base path everywhere;
 * small pages against tests/unit/golden (GOLDEN_WRITE=1 writes them anew). */
#include "tests/unit/webtest.h"

#include <ctype.h>
#include <errno.h>

#include "fcgi/render.h"

#define HOSTILE "\"'><script>alert(1)</script>&amp;\\"

static struct templates *templates;

static int open_templates(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	if (templates_open("templates", &templates, &err))
		fail_msg("%s", err.text);
	return 0;
}

static int close_templates(void **state)
{
	(void)state;
	templates_close(&templates);
	return 0;
}

static HDF *sample(enum template_id id)
{
	char path[128];
	HDF *hdf = NULL;

	snprintf(path, sizeof(path), "tests/unit/hdf/%s.hdf", template_name(id));
	neo_check(hdf_init(&hdf));
	neo_check(hdf_read_file(hdf, path));
	return hdf;
}

static void render(enum template_id id, HDF *hdf, struct sb *out)
{
	struct err err = ERR_INIT;

	sb_reset(out);
	if (templates_render(templates, id, hdf, out, &err))
		fail_msg("%s", err.text);
	assert_false(sb_failed(out));
}

static void every_sample_renders_whole(void **state)
{
	AUTO_SB out = SB_INIT(RESPONSE_BODY_MAX);

	(void)state;
	for (int id = 0; id < TEMPLATE_COUNT; id++) {
		HDF *hdf = sample((enum template_id)id);

		render((enum template_id)id, hdf, &out);
		assert_non_null(strstr(out.data, "<!doctype html>"));
		assert_non_null(strstr(out.data, "</html>"));
		assert_null(strstr(out.data, "<?cs"));
		hdf_destroy(&hdf);
	}
}

static void no_sample_data_is_fine_too(void **state)
{
	AUTO_SB out = SB_INIT(RESPONSE_BODY_MAX);

	(void)state;
	for (int id = 0; id < TEMPLATE_COUNT; id++) {
		HDF *hdf = NULL;

		neo_check(hdf_init(&hdf));
		render((enum template_id)id, hdf, &out);
		assert_non_null(strstr(out.data, "</html>"));
		hdf_destroy(&hdf);
	}
}

/* Every value gets markup appended. */
static void spoil(HDF *at)
{
	for (HDF *child = hdf_obj_child(at); child; child = hdf_obj_next(child)) {
		const char *value = hdf_obj_value(child);

		if (value) {
			char text[4096];

			snprintf(text, sizeof(text), "%s" HOSTILE, value);
			neo_check(hdf_set_value(child, NULL, text));
		}
		spoil(child);
	}
}

static void every_value_is_escaped(void **state)
{
	AUTO_SB out = SB_INIT(RESPONSE_BODY_MAX);

	(void)state;
	for (int id = 0; id < TEMPLATE_COUNT; id++) {
		HDF *hdf = sample((enum template_id)id);

		spoil(hdf);
		render((enum template_id)id, hdf, &out);
		if (strstr(out.data, "<script>alert"))
			fail_msg("%s.cst lets markup through", template_name((enum template_id)id));
		if (strstr(out.data, "\"'>"))
			fail_msg("%s.cst lets quotes through", template_name((enum template_id)id));
		assert_non_null(strstr(out.data, "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"));
		hdf_destroy(&hdf);
	}
}

/* Calls check for the value of every href, src, action and data-stream attribute. */
static void each_url(const char *html, void (*check)(const char *url, size_t len))
{
	static const char *const names[] = { " href=\"", " src=\"", " action=\"", " data-stream=\"" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (const char *p = html; (p = strstr(p, names[i]));) {
			p += strlen(names[i]);
			check(p, strcspn(p, "\""));
		}
	}
}

static void check_url(const char *url, size_t len)
{
	if (len && url[0] == '#')
		return;
	if (strncmp(url, "/dockmon/", 9) != 0)
		fail_msg("not below the base path: %.*s", (int)len, url);
}

static struct webtest t;

static void urls_are_below_the_base_path(void **state)
{
	int64_t host, container;
	char path[64];

	(void)state;
	webtest_open(&t, "/dockmon");
	webtest_add_users(&t);
	webtest_beat(&t, 0);
	host = webtest_add_host(&t, "rack", "unix:///run/a.sock");
	webtest_add_host(&t, "rack2", "unix:///run/b.sock");
	for (int i = 0; i < 230; i++) {
		snprintf(path, sizeof(path), "c%d", i);
		container = webtest_add_container(&t,
		    (struct container){ .host_id = host,
		        .name = path,
		        .state = i % 9 ? CONTAINER_RUNNING : CONTAINER_EXITED,
		        .exit_code = 3,
		        .compose_project = "shop" });
		for (int k = 0; k < 2; k++)
			CHECK_OK(event_add(t.collector,
			             &(struct event){ .host_id = host,
			                 .container_id = container,
			                 .at_ns = i * 1000 + k + 1,
			                 .kind = "container",
			                 .action = "start",
			                 .actor_id = "x",
			                 .actor_name = path }) < 0);
	}
	static const char *const pages[] = { "/login", "/nothing", "/", "/hosts", "/containers",
		"/containers?page=2&sort=cpu&q=c", "/events", "/events?before=100000.50", "/live", "/about",
		"/preferences", "/logins", "/containers/4711" };
	webtest_get(&t, pages[0]);
	each_url(t.body, check_url);
	webtest_sign_in(&t, "admin");
	for (size_t i = 1; i < sizeof(pages) / sizeof(pages[0]); i++) {
		webtest_get(&t, pages[i]);
		each_url(t.body, check_url);
	}
	snprintf(path, sizeof(path), "/hosts/%lld", (long long)host);
	assert_int_equal(webtest_get(&t, path), 200);
	each_url(t.body, check_url);
	snprintf(path, sizeof(path), "/containers/%lld", (long long)container);
	assert_int_equal(webtest_get(&t, path), 200);
	each_url(t.body, check_url);
	CHECK_HAS(&t, "data-stream=\"/dockmon/stream?topic=container%3A");
	webtest_close(&t);
}

/* Tokens and the version of the static files change from run to run. */
static void normalize(const char *html, struct sb *out)
{
	while (*html) {
		size_t hex = 0;

		while (isxdigit((unsigned char)html[hex]) && !isupper((unsigned char)html[hex]))
			hex++;
		if (hex == SHA256_HEX_BYTES - 1) {
			sb_add(out, "TOKEN");
			html += hex;
		} else if (!strncmp(html, "?v=", 3)) {
			sb_add(out, "?v=VERSION");
			html += strcspn(html, "\"");
		} else {
			sb_add_char(out, *html++);
		}
	}
}

static void check_golden(const char *name)
{
	AUTO_SB got = SB_INIT(RESPONSE_BODY_MAX);
	AUTO_SB want = SB_INIT(RESPONSE_BODY_MAX);
	struct err err = ERR_INIT;
	char path[128];

	snprintf(path, sizeof(path), "tests/unit/golden/%s.html", name);
	normalize(t.body, &got);
	if (getenv("GOLDEN_WRITE"))
		CHECK_OK(file_write(path, got.data, got.len, 0644, &err));
	if (file_read(path, &want, &err))
		fail_msg("%s (GOLDEN_WRITE=1 makes it)", err.text);
	assert_string_equal(got.data, want.data);
}

static void small_pages_are_as_recorded(void **state)
{
	(void)state;
	webtest_open(&t, "");
	assert_int_equal(webtest_get(&t, "/setup"), 200);
	check_golden("setup");
	webtest_add_users(&t);
	webtest_beat(&t, 0);
	assert_int_equal(webtest_get(&t, "/login?next=%2Fhosts%3Fa%3D%22b%22"), 200);
	check_golden("login");
	assert_int_equal(webtest_get(&t, "/no/such/<page>"), 404);
	check_golden("error-404");
	assert_int_equal(webtest_send(&t, "POST", "/login", "user=a"), 403);
	check_golden("error-403-form");
	webtest_sign_in(&t, "reader");
	assert_int_equal(webtest_get(&t, "/logins"), 403);
	check_golden("error-403-reader");
	webtest_close(&t);
}

static void a_broken_template_is_told(void **state)
{
	static const struct {
		const char *text, *says;
	} table[] = {
		{ "<?cs include!\"lib/missing.cst\" ?>", "missing.cst" },
		{ "<?cs nonsense:x ?>", "nonsense" },
		{ "<?cs include!\"../../../../etc/hostname\" ?>", "not allowed" },
		{ "<?cs include!\"/etc/hostname\" ?>", "not allowed" },
		{ "<?cs include!\"lib/../x.cst\" ?>", "not allowed" },
	};
	char dir[64], path[160];
	struct templates *broken = NULL;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		dir_make(dir);
		snprintf(path, sizeof(path), "%s/dashboard.cst", dir);
		CHECK_OK(file_write(path, table[i].text, strlen(table[i].text), 0644, &err));
		assert_int_equal(templates_open(dir, &broken, &err), -EINVAL);
		assert_null(broken);
		if (!strstr(err.text, table[i].says))
			fail_msg("%s: %s", table[i].text, err.text);
		dir_remove(dir);
	}
}

static void a_page_too_large_is_no_page(void **state)
{
	AUTO_SB out = SB_INIT(2000);
	struct err err = ERR_INIT;
	HDF *hdf = sample(TEMPLATE_DASHBOARD);

	(void)state;
	assert_int_equal(templates_render(templates, TEMPLATE_DASHBOARD, hdf, &out, &err), -EFBIG);
	assert_true(sb_failed(&out));
	hdf_destroy(&hdf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sample_renders_whole),
		cmocka_unit_test(no_sample_data_is_fine_too),
		cmocka_unit_test(every_value_is_escaped),
		cmocka_unit_test(urls_are_below_the_base_path),
		cmocka_unit_test(small_pages_are_as_recorded),
		cmocka_unit_test(a_broken_template_is_told),
		cmocka_unit_test(a_page_too_large_is_no_page),
	};

	return cmocka_run_group_tests(tests, open_templates, close_templates);
}
