import type { Recoverer } from "../../../../agent/catalog/recoverer.ts";
import { Settings } from "../../../../agent/catalog/settings.ts";
import { type CrashPoint, neverCrash } from "../../../../agent/host/crashPoints.ts";
import { FolderAdoption } from "../../../../agent/projects/import/adoptFolder.ts";
import { ProjectDeletion } from "../../../../agent/projects/deleteProject.ts";
import { Fork } from "../../../../agent/projects/fork.ts";
import { ImportedFrom } from "../../../../agent/projects/import/importedFrom.ts";
import { FolderImport } from "../../../../agent/projects/import/importFolder.ts";
import { ProjectBirth } from "../../../../agent/projects/projectBirth.ts";
import { SlugReservations } from "../../../../agent/projects/slugReservations.ts";
import { FolderCopy } from "../../../../agent/volumes/folderCopy.ts";
import { openPoolRig } from "./poolRig.ts";

/** The operations that make and delete projects, over the catalog in `home`. */
export function openProjectRig(home: string, crashPoint: CrashPoint = neverCrash) {
  const rig = openPoolRig(home, crashPoint);
  const { catalog, intents, projects, entries, operations, processes, btrfs, registry, clock, log } = rig;
  const slugs = new SlugReservations(projects);
  const birth = new ProjectBirth({ catalog, projects, entries, operations, btrfs, clock });
  const links = new ImportedFrom(new Settings(catalog));
  const adoption = new FolderAdoption({ intents, slugs, birth, clock, log, crashPoint });
  const fork = new Fork({ intents, pools: registry, slugs, birth, btrfs, clock, log, crashPoint });
  const folderImport = new FolderImport({
    intents,
    slugs,
    birth,
    links,
    btrfs,
    folderCopy: new FolderCopy(processes),
    processes,
    clock,
    log,
    crashPoint,
  });
  const deletion = new ProjectDeletion({
    catalog,
    intents,
    projects,
    entries,
    operations,
    pools: registry,
    links,
    btrfs,
    clock,
    crashPoint,
  });
  const recover = async (others: readonly Recoverer[] = []) => {
    const recovery = rig.recovery([
      adoption.recoverer,
      fork.recoverer,
      folderImport.recoverer,
      deletion.recoverer,
      ...others,
    ]);
    await recovery.run();
    return recovery.problems;
  };
  return { ...rig, slugs, birth, links, adoption, fork, folderImport, deletion, recover };
}
export type ProjectRig = ReturnType<typeof openProjectRig>;
