/* attached: networks and mounts of a container, as the store keeps them. */
#ifndef DOCKMON_ENGINE_ATTACHED_H
#define DOCKMON_ENGINE_ATTACHED_H

#include "lib/base/arena.h"
#include "lib/base/json.h"

/* settings = NetworkSettings of an inspect. All addresses, separated by spaces, at most 1 KiB. */
const char *engine_addresses_text(struct json_object *settings, struct arena *arena);
/* [{"name","ip","ip6","gateway","mac","aliases":[]}] by name; "[]" when over 64 KiB. */
const char *engine_networks_json(struct json_object *settings, struct arena *arena);

/* [{"type","source","destination","mode","rw"}] by destination; the source of a volume is its name.
 * tmpfs = HostConfig.Tmpfs ({"/run": "size=1m"}), which Mounts leaves out. "[]" when over 256 KiB. */
const char *engine_mounts_json(struct json_object *mounts, struct json_object *tmpfs, struct arena *arena);

#endif
