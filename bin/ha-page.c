/* ha-page -- walks a collection of an API, page by page. */
#include "collect/collect.h"
#include "collect/collect_option.h"
#include "base/tool.h"

int
main(int argc, char **argv, char **envp)
{
	struct collect_options o;
	struct why why = {0};

	tool_start(&collect_tool, argc, argv, envp);
	collect_options(&o, argc, argv);
	return tool_end(collect(&o, &why), &why);
}
