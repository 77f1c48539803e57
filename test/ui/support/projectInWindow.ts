import { type DemoProject, makeDemoProject } from "../../support/demoProject.ts";
import { EditorWindow } from "./editorWindow.ts";
import { pictureFailures } from "./failurePictures.ts";
import type { Workbench } from "./workbench.ts";

/** What the tests of a suite share; to be used within tests and hooks only. */
export interface ProjectInWindow {
  readonly project: DemoProject;
  readonly editor: EditorWindow;
  readonly window: Workbench;
}

/**
 * Opens a demo project in a window before the tests of the suite that calls this, and puts both away after them, also
 * when something failed on the way. Keeps a picture of the window after each test that fails.
 * @param prepare what happens to the project before a window sees it
 */
export function projectInWindow({
  prepare = () => Promise.resolve(),
  settings = {},
}: {
  readonly prepare?: (project: DemoProject) => Promise<void>;
  readonly settings?: Readonly<Record<string, unknown>>;
} = {}): ProjectInWindow {
  let project: DemoProject | undefined;
  let editor: EditorWindow | undefined;
  let window: Workbench | undefined;

  pictureFailures(() => window);
  before(async () => {
    project = await makeDemoProject();
    await prepare(project);
    editor = await EditorWindow.start(project, settings);
    window = await editor.open();
  });
  after(async () => {
    await editor?.dispose();
    await project?.dispose();
  });

  return {
    get project() {
      return opened(project);
    },
    get editor() {
      return opened(editor);
    },
    get window() {
      return opened(window);
    },
  };
}

function opened<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("It is not open yet.");
  return part;
}
