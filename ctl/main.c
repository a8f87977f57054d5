/* dockmonctl: the operator's tool. */
#include "ctl/ctl.h"

#include "lib/base/die.h"

static const struct command {
	const char *name;
	const char *arguments;
	const char *help;
	int (*run)(struct ctl *ctl);
} commands[] = {
	{ "init", "", "prepare users, directories, databases, keys, certificate, nginx.conf", ctl_init },
	{ "start", "", "init, then run everything in the foreground (supervisord)", ctl_start },
	{ "setup-code", "", "print a new one-time code for the first visit", ctl_setup_code },
	{ "settings", "", "print every setting: name, value, meaning", ctl_settings },
	{ "check", "", "say what is wrong with this installation, if anything", ctl_check },
	{ "host", "list | add NAME URL | remove NAME", "the engines that are watched", ctl_host },
	{ "user", "list | add NAME administrator|viewer | password NAME",
	    "the people; passwords are read from stdin", ctl_user },
	{ "keep", "", "renew the certificate in time, report on nginx (run by supervisord)", ctl_keep },
	{ "nginx", "", "become nginx, once workers of a killed one finish (run by supervisord)", ctl_nginx },
};

static void usage(FILE *to)
{
	fprintf(to, "dockmonctl %s: the operator's tool of DockMon\n\n", DOCKMON_VERSION);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *c = &commands[i];

		fprintf(to, "  dockmonctl %s%s%s\n        %s\n", c->name, *c->arguments ? " " : "",
		    c->arguments, c->help);
	}
	fprintf(to, "\nSettings come from the environment: see `dockmonctl settings`.\n");
}

int ctl_fail(const struct err *err)
{
	fprintf(stderr, "dockmonctl: %s\n", err->text);
	return 1;
}

int ctl_settings(struct ctl *ctl)
{
	for (size_t i = 0; i < settings_count; i++) {
		char value[SETTING_TEXT_BYTES];

		settings_show(&ctl->settings, i, value);
		printf("%s=%s\n    %s\n", settings_table[i].name, value, settings_table[i].help);
	}
	return 0;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct ctl ctl = { 0 };
	const struct command *command;
	struct err err = ERR_INIT;

	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("dockmonctl %s\n", DOCKMON_VERSION);
		return 0;
	}
	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? 2 : 0;
	}
	command = find_command(argv[1]);
	if (!command) {
		fprintf(stderr, "dockmonctl: there is no command \"%s\"; see dockmonctl --help\n", argv[1]);
		return 2;
	}
	if (settings_read(&ctl.settings, &err))
		return ctl_fail(&err);
	log_init("dockmonctl", ctl.settings.log_level);
	ctl.argc = argc - 2;
	ctl.argv = argv + 2;
	if (ctl.argc && !*command->arguments) {
		fprintf(stderr, "dockmonctl: %s takes no arguments\n", command->name);
		return 2;
	}
	return command->run(&ctl);
}
