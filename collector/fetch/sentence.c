/* What went wrong, in words that tell a person what to do. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/fetch/private.h"
#include "lib/base/utf8.h"

#define MESSAGE_MAX_BYTES 160

static int no_permission(const struct lane *lane, struct err *err_r)
{
	struct passwd *user = getpwuid(geteuid());
	struct group *group = NULL;
	struct stat st;

	if (!stat(lane->socket_path, &st))
		group = getgrgid(st.st_gid);
	if (group && group->gr_gid)
		return err_set(err_r, -EACCES,
		    "Permission denied on %s: add the user %s to the group %s and restart DockMon.",
		    lane->address, user ? user->pw_name : "of the collector", group->gr_name);
	return err_set(err_r, -EACCES,
	    "Permission denied on %s: the user %s must be allowed to read and write it.", lane->address,
	    user ? user->pw_name : "of the collector");
}

static int not_connected(const struct fetch *fetch, struct err *err_r)
{
	const struct lane *lane = fetch->lane;
	long os_error = 0;

	curl_easy_getinfo(fetch->easy, CURLINFO_OS_ERRNO, &os_error);
	switch (os_error) {
	case EACCES:
	case EPERM:
		if (lane->socket_path[0])
			return no_permission(lane, err_r);
		break;
	case ENOENT:
	case ENOTDIR:
		return err_set(
		    err_r, -ECONNREFUSED, "There is no socket %s: is the engine running?", lane->address);
	case ECONNREFUSED:
		return err_set(
		    err_r, -ECONNREFUSED, "Nothing listens on %s: is the engine running?", lane->address);
	case ENETUNREACH:
	case EHOSTUNREACH:
		return err_set(err_r, -EHOSTUNREACH,
		    "There is no way to %s: is the machine up, and the network?", lane->address);
	default: break;
	}
	return err_set(err_r, -ECONNREFUSED, "Cannot connect to %s: %s.", lane->address,
	    os_error              ? strerror((int)os_error)
	        : fetch->error[0] ? fetch->error
	                          : "no reason given");
}

static int timed_out(const struct fetch *fetch, struct err *err_r)
{
	const char *address = fetch->lane->address;
	double seconds = (double)fetch->deadline_ms / 1000;
	curl_off_t connected_us = 0;
	long status = 0;

	curl_easy_getinfo(fetch->easy, CURLINFO_PRETRANSFER_TIME_T, &connected_us);
	curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
	if (connected_us <= 0)
		return err_set(err_r, -ETIMEDOUT,
		    "%s took no connection within %d s: is the machine up, and no firewall between?", address,
		    FETCH_CONNECT_MS / 1000);
	if (status)
		return err_set(err_r, -ETIMEDOUT,
		    "%s began an answer but did not end it within %.3g s: is the engine overloaded?", address,
		    seconds);
	return err_set(err_r, -ETIMEDOUT,
	    "%s did not answer within %.3g s: is the engine hung or overloaded?", address, seconds);
}

static int too_long(const struct fetch *fetch, struct err *err_r)
{
	if (fetch->head_bytes > HEAD_MAX_BYTES || fetch->too_long == false)
		return err_set(err_r, -EFBIG,
		    "%s sends an answer whose head is over %d KiB: is that a container engine?",
		    fetch->lane->address, HEAD_MAX_BYTES / 1024);
	return err_set(err_r, -EFBIG,
	    "%s sends an answer of more than %zu KiB to GET %.100s, which is the limit.",
	    fetch->lane->address, fetch->body.cap / 1024, fetch->path);
}

int sentence_failed(const struct fetch *fetch, CURLcode code, struct err *err_r)
{
	const char *address = fetch->lane->address;

	if (fetch->too_long)
		return too_long(fetch, err_r);
	switch (code) {
	case CURLE_COULDNT_CONNECT: return not_connected(fetch, err_r);
	case CURLE_OPERATION_TIMEDOUT: return timed_out(fetch, err_r);
	case CURLE_COULDNT_RESOLVE_HOST:
		return err_set(err_r, -EHOSTUNREACH,
		    "The name in %s is unknown: is it spelled right, and does DNS work?", address);
	case CURLE_GOT_NOTHING:
		return err_set(err_r, -ECONNRESET,
		    "%s closed the connection without an answer: is the engine restarting?", address);
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return err_set(err_r, -ECONNRESET,
		    "%s closed the connection in the middle of its answer: is the engine restarting?",
		    address);
	case CURLE_OUT_OF_MEMORY: return too_long(fetch, err_r);
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
		return err_set(err_r, -EBADMSG,
		    "What answers on %s does not speak HTTP as an engine does (%.100s).", address,
		    fetch->error[0] ? fetch->error : curl_easy_strerror(code));
	default:
		return err_set(err_r, -EIO, "The request to %s failed: %.160s.", address,
		    fetch->error[0] ? fetch->error : curl_easy_strerror(code));
	}
}

static bool is_html(const struct fetch_reply *reply)
{
	return reply->body[strspn(reply->body, " \t\r\n")] == '<';
}

/* {"message": "…"}, or {"cause", "message"} of Podman, or a line of text. */
static void read_message(const struct fetch_reply *reply, char *out, size_t bytes)
{
	AUTO_JSON *object = NULL;
	const char *message = "";
	size_t len;

	if (reply->len && !json_parse(reply->body, reply->len, &object, NULL))
		message = json_str(object, "message", "");
	else if (utf8_valid(reply->body))
		message = reply->body;
	len = strcspn(message, "\r\n");
	while (len && strchr(". ", message[len - 1]))
		len--;
	if (len >= bytes) {
		for (len = bytes - 1; len && ((unsigned char)message[len] & 0xc0) == 0x80; len--)
			;
	}
	snprintf(out, bytes, "%.*s", (int)len, message);
}

int sentence_status(const struct fetch_reply *reply, struct err *err_r)
{
	char message[MESSAGE_MAX_BYTES];
	int result = reply->status == 404 ? -ENOENT : -EPROTO;

	if (reply->status >= 200 && reply->status < 300)
		return 0;
	if (is_html(reply))
		return err_set(err_r, result,
		    "%s answered %ld with a web page: is there a proxy between, or another service?",
		    reply->address, reply->status);
	read_message(reply, message, sizeof(message));
	if (!message[0])
		return err_set(
		    err_r, result, "%s answered %ld to %s.", reply->address, reply->status, reply->what);
	return err_set(
	    err_r, result, "%s answered %ld to %s: %s.", reply->address, reply->status, reply->what, message);
}

int fetch_json(const struct fetch_reply *reply, struct json_object **object_r, struct err *err_r)
{
	struct err why = ERR_INIT;
	int result = json_parse(reply->body, reply->len, object_r, &why);

	if (!result)
		return 0;
	if (is_html(reply))
		return err_set(err_r, result,
		    "%s answered %s with a web page: is there a proxy between, or another service?",
		    reply->address, reply->what);
	if (!reply->len)
		return err_set(err_r, result, "%s answered %s with nothing: is that a container engine?",
		    reply->address, reply->what);
	return err_set(err_r, result, "%s answered %s with something that cannot be read: %.120s.",
	    reply->address, reply->what, why.text);
}
