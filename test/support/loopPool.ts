import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real btrfs in a sparse file, mounted as the product mounts its own. */
export interface LoopPool {
  /** The mount point. */
  readonly path: string;
  readonly image: string;
  close(): void;
}

const open = new Set<LoopPool>();

/** Makes a pool of `mib` MiB. Closed by `close`, and in any case when the process ends. */
export function openLoopPool(mib = 2048): LoopPool {
  const folder = mkdtempSync(join(tmpdir(), "forkpoint-pool-"));
  const image = join(folder, "pool.img");
  const path = join(folder, "pool");
  mkdirSync(path);
  const pool: LoopPool = {
    path,
    image,
    close() {
      if (!open.delete(pool)) return;
      execFileSync("umount", ["--lazy", "-d", path]);
      rmSync(folder, { recursive: true });
    },
  };
  try {
    execFileSync("truncate", ["-s", `${mib}M`, image]);
    execFileSync("mkfs.btrfs", ["--quiet", image]);
    execFileSync("mount", ["-o", "loop,compress=zstd:1,noatime,user_subvol_rm_allowed", image, path]);
  } catch (thrown) {
    rmSync(folder, { recursive: true });
    throw thrown;
  }
  open.add(pool);
  return pool;
}

function closeAll(): void {
  for (const pool of [...open]) pool.close();
}

process.on("exit", closeAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    closeAll();
    process.kill(process.pid, signal);
  });
}
