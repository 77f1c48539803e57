import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectoryBlobStore } from "../../../../agent/blobstore/directoryBlobStore.ts";
import { systemClock } from "../../../../agent/host/clock.ts";

const mountedDisks: (() => void)[] = [];

/** A store in `path`; several of them on one path stand for several machines. */
export function directoryStore(path: string): DirectoryBlobStore {
  return new DirectoryBlobStore({ path, url: `dir://${path}`, clock: systemClock });
}

/** A folder of its own for each test, removed after it with what was mounted in it. */
export function eachTestInAFolder(): () => string {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-store-"));
  });
  afterEach(() => {
    for (const unmount of mountedDisks.splice(0)) unmount();
    rmSync(folder, { recursive: true, force: true });
  });
  return () => folder;
}

/** A small disk of its own at `path`, until `unmount` or the end of the test. */
export function mountSmallDisk(
  path: string,
  options = "size=1M",
): { remount: (how: string) => void; unmount: () => void } {
  mkdirSync(path, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]);
  let mounted = true;
  const unmount = () => {
    if (mounted) execFileSync("umount", [path]);
    mounted = false;
  };
  mountedDisks.push(unmount);
  return {
    remount: (how) => {
      execFileSync("mount", ["-o", `remount,${how}`, path]);
    },
    unmount,
  };
}
