import type { Recoverer } from "./catalog/recoverer.ts";
import type { Ground } from "./openGround.ts";
import { FolderAdoption } from "./projects/import/adoptFolder.ts";
import { ProjectDeletion } from "./projects/deleteProject.ts";
import { Fork } from "./projects/fork.ts";
import { FolderImport } from "./projects/import/importFolder.ts";
import { ImportedFrom } from "./projects/import/importedFrom.ts";
import type { PoolRegistry } from "./projects/pools/poolRegistry.ts";
import { ProjectBirth } from "./projects/projectBirth.ts";
import { ProjectFolders } from "./projects/import/projectFolder.ts";
import { ProjectPull } from "./projects/pullProject.ts";
import { SlugReservations } from "./projects/slugReservations.ts";
import type { SyncService } from "./sync/syncService.ts";
import { FolderCopy } from "./volumes/folderCopy.ts";

/** The operations that make and delete projects, and how each is ended after a crash. */
export function furnishProjects(parts: Ground & { registry: PoolRegistry; sync: SyncService }) {
  const { registry, sync } = parts;
  const shared = {
    ...parts,
    pools: registry,
    slugs: new SlugReservations(parts.projects),
    birth: new ProjectBirth(parts),
    links: new ImportedFrom(parts.settings),
    folderCopy: new FolderCopy(parts.processes),
    pull: sync.pull.bind(sync),
  };
  const adoption = new FolderAdoption(shared);
  const folderImport = new FolderImport(shared);
  const fork = new Fork(shared);
  const projectPull = new ProjectPull(shared);
  const deletion = new ProjectDeletion(shared);
  const recoverers: readonly Recoverer[] = [adoption, folderImport, fork, projectPull, deletion].map(
    (operation) => operation.recoverer,
  );
  const folders = new ProjectFolders(parts);
  return { adoption, folderImport, fork, projectPull, deletion, folders, recoverers };
}
