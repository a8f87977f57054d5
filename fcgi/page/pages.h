/* pages: the handlers of HTML pages and forms, by area. Each is a handler_fn. */
#ifndef DOCKMON_FCGI_PAGE_PAGES_H
#define DOCKMON_FCGI_PAGE_PAGES_H

#include "fcgi/call.h"

/* dashboard.c */
int dashboard_show(struct call *call);
/* hosts.c */
int hosts_show(struct call *call);
int host_show(struct call *call);
/* containers.c, container.c */
int containers_show(struct call *call);
int container_show(struct call *call);
/* events.c */
int events_show(struct call *call);
int events_export(struct call *call);
/* live.c */
int live_show(struct call *call);
/* about.c */
int about_show(struct call *call);
/* logins.c */
int logins_show(struct call *call);
/* preferences.c */
int preferences_show(struct call *call);
int preferences_save(struct call *call);
int preferences_password(struct call *call);
int preferences_end_session(struct call *call);
int preferences_end_others(struct call *call);
/* settings.c */
int settings_page_show(struct call *call);
int settings_page_save(struct call *call);
/* setup.c, login.c */
int setup_show(struct call *call);
int setup_create(struct call *call);
int login_show(struct call *call);
int login_enter(struct call *call);
int login_leave(struct call *call);

#endif
