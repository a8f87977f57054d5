/* json: json-c with bounds, and getters that forgive what engines leave out.
 * Getters take any object (also NULL): a missing or wrong-typed member gives the default, never
 * an error, for engines differ. Returned strings and objects are borrowed from the tree. */
#ifndef DOCKMON_BASE_JSON_H
#define DOCKMON_BASE_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

#define JSON_DEPTH_MAX 32

#define AUTO_JSON __attribute__((cleanup(json_auto_put))) struct json_object
void json_auto_put(struct json_object **object);

/* Parses one whole document (RFC 8259) of `len` bytes; nothing but white space may follow.
 * -EINVAL: not JSON, deeper than JSON_DEPTH_MAX, not UTF-8; the text says where.
 * *object_r is owned (json_object_put). A document that is just `null` is -EINVAL too. */
int json_parse(const char *text, size_t len, struct json_object **object_r, struct err *err_r);

struct json_object *json_get(struct json_object *object, const char *member); /* NULL if absent */
/* A member of a member: json_at(o, "State", "Health"). The list ends with NULL. */
struct json_object *json_at(struct json_object *object, ...) __attribute__((sentinel));

const char *json_str(struct json_object *object, const char *member, const char *otherwise);
int64_t json_int(struct json_object *object, const char *member, int64_t otherwise);
double json_num(struct json_object *object, const char *member, double otherwise);
bool json_flag(struct json_object *object, const char *member);

/* Elements of an array; 0 if it is none. */
size_t json_count(struct json_object *array);

/* "0.16": of json-c, at run time. */
const char *json_library_version(void);

/* Compact text, borrowed until the tree changes. */
const char *json_text(struct json_object *object);

#endif
