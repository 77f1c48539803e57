import type { CliContext } from "../cliContext.ts";
import { McpService } from "./mcpService.ts";
import { forkOf } from "./seatBelt.ts";
import { theFork, theProject } from "./servedProject.ts";

/**
 * Serves a project, or a fork of it, on this process's stdin and stdout until stdin ends.
 * @param options.fork the name that the fork has or gets; null to serve the project itself
 * @throws ForkpointError before anything is served, when the fork cannot be made
 */
export async function serveProject(
  context: CliContext,
  options: {
    readonly named: string | undefined;
    readonly fork: { readonly slug: string | undefined } | null;
    readonly allowRestore: boolean;
    readonly turns: boolean;
  },
): Promise<void> {
  let served = theProject(options.named, context);
  if (options.fork) {
    const fork = await forkOf(await served.find(context), options.fork.slug, context);
    context.terminal.printError(`Serving ${fork.slug}, whose folder is ${fork.path}`);
    served = theFork(fork);
  }
  const restoresFreely = options.allowRestore || served.fork !== null;
  const { turns } = options;
  await new McpService({ context, served, restoresFreely, turns }).serve(process.stdin, process.stdout);
}
