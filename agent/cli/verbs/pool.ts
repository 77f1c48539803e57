import type { Command } from "commander";
import { ForkpointError } from "../../protocol/errors.ts";
import type { CliContext } from "../cliContext.ts";
import { poolTable } from "../projectText.ts";
import { parseSize } from "../size.ts";

interface CreateOptions {
  image: string;
  size: number;
  mount?: string;
}

export function addPool(program: Command, context: CliContext): void {
  const pool = program
    .command("pool")
    .summary("make, adopt, show, grow and remove pools, in which workspaces live")
    .description("Make, adopt, show, grow and remove pools, in which workspaces live.");

  pool
    .command("create")
    .description("Makes a btrfs file system in a file and mounts it.")
    .requiredOption("--image <file>", "the file; must not exist")
    .requiredOption("--size <size>", "how large it may grow, such as 20G", parseSize)
    .option("--mount <dir>", "where to mount it; below the agent's home when absent")
    .addHelpText("after", "\nExample:\n  $ forkpoint pool create --image ~/forkpoint.img --size 20G")
    .action(async ({ image, size, mount }: CreateOptions) => {
      const made = await context.call("pool/create", {
        image: context.absolute(image),
        size,
        ...(mount === undefined ? {} : { mount: context.absolute(mount) }),
      });
      context.show(made, () => poolTable([made]));
    });

  pool
    .command("adopt")
    .description("Uses a folder on a btrfs file system that is mounted already.")
    .argument("<dir>", "the folder")
    .addHelpText("after", "\nExample:\n  $ forkpoint pool adopt /mnt/work")
    .action(async (dir: string) => {
      const adopted = await context.call("pool/adopt", { path: context.absolute(dir) });
      context.show(adopted, () => poolTable([adopted]));
    });

  pool
    .command("status")
    .description("Lists the pools with their state and space.")
    .addHelpText("after", "\nExample:\n  $ forkpoint pool status --json")
    .action(async () => {
      const { pools } = await context.call("pool/list", {});
      context.show(pools, () =>
        pools.length === 0
          ? "There is no pool yet. Make one with `forkpoint pool create --image FILE --size 20G`."
          : poolTable(pools),
      );
    });

  pool
    .command("grow")
    .description("Makes a pool that `create` made larger, while it is in use.")
    .argument("[pool]", "id, mount point or image; may be left out when there is only one")
    .requiredOption("--size <size>", "how large it may become, such as 40G", parseSize)
    .addHelpText("after", "\nExample:\n  $ forkpoint pool grow --size 40G")
    .action(async (named: string | undefined, { size }: { size: number }) => {
      const found = await findPool(named, context);
      const grown = await context.call("pool/grow", { poolId: found.poolId, size });
      context.show(grown, () => poolTable([grown]));
    });

  pool
    .command("remove")
    .description("Forgets a pool that holds no projects. The image of a pool made by `create` is deleted.")
    .argument("[pool]", "id, mount point or image; may be left out when there is only one")
    .option("--keep-image", "leave the image file")
    .addHelpText("after", "\nExample:\n  $ forkpoint pool remove --keep-image")
    .action(async (named: string | undefined, { keepImage = false }: { keepImage?: boolean }) => {
      const found = await findPool(named, context);
      await context.call("pool/remove", { poolId: found.poolId, keepImage });
      const { poolId, path, image } = found;
      context.show({ poolId, path, image, removed: true }, () => `Removed the pool ${found.path}.`);
    });
}

async function findPool(named: string | undefined, context: CliContext) {
  const { pools } = await context.call("pool/list", {});
  if (named === undefined && pools.length > 1) {
    context.wrongUsage("There are several pools; name the one that is meant.");
  }
  const path = named === undefined ? undefined : context.absolute(named);
  const found = pools.find(
    (pool) => named === undefined || pool.poolId === named || pool.path === path || pool.image === path,
  );
  if (found) return found;
  throw new ForkpointError("POOL_NOT_FOUND", named ? `There is no pool ${named}.` : "There is no pool.");
}
