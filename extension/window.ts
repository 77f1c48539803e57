import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { ActSides } from "./causes/actSides.ts";
import { Causes } from "./causes/causes.ts";
import { LastGreen } from "./causes/lastGreen.ts";
import { registerAssistantTools } from "./assistant/assistantTools.ts";
import { BrowseSnapshot } from "./compare/browseSnapshot.ts";
import { ChangeBadges } from "./compare/changeBadges.ts";
import { ChangesTree } from "./compare/changesTree.ts";
import { CompareCommands } from "./compare/compareCommands.ts";
import { OpenChanges } from "./compare/openChanges.ts";
import { ShownSnapshots } from "./compare/shownSnapshots.ts";
import { SnapshotFiles } from "./compare/snapshotFiles.ts";
import { SnapshotRoots } from "./compare/snapshotRoots.ts";
import { snapshotScheme } from "./compare/snapshotUri.ts";
import { AgentCommands } from "./connection/agentCommands.ts";
import { AgentConnection } from "./connection/agentConnection.ts";
import { EditorReporter } from "./editors/editorReporter.ts";
import { EditorReturn } from "./editors/editorReturn.ts";
import { ForkCommands } from "./forks/forkCommands.ts";
import { ForksTree } from "./forks/forksTree.ts";
import { Projects } from "./forks/projects.ts";
import { Doctor } from "./health/doctor.ts";
import { FileHistory } from "./history/fileHistory.ts";
import { FileHistoryTree } from "./history/fileHistoryTree.ts";
import { HistoryCommands } from "./history/historyCommands.ts";
import { VersionCommands } from "./history/versionCommands.ts";
import { HelperSetup } from "./helper/helperSetup.ts";
import { HealthMonitor } from "./health/healthMonitor.ts";
import { StatusBar } from "./health/statusBar.ts";
import { OperationCommands } from "./operations/operationCommands.ts";
import { Panels } from "./panels/panels.ts";
import { PoolCommands } from "./pools/poolCommands.ts";
import { AgentSettings } from "./project/agentSettings.ts";
import { ImportFolder } from "./project/importFolder.ts";
import { ProjectSession } from "./project/projectSession.ts";
import { PullProject } from "./project/pullProject.ts";
import { RetentionCommands } from "./retention/retentionCommands.ts";
import { PathCommands } from "./restore/pathCommands.ts";
import { RestoreCommands } from "./restore/restoreCommands.ts";
import { SearchCommands } from "./search/searchCommands.ts";
import { SearchedView } from "./search/searchedView.ts";
import { TimelineSearch } from "./search/timelineSearch.ts";
import { CopyContext } from "./store/copyContext.ts";
import { SupportBundle } from "./support/supportBundle.ts";
import { RepairCommands } from "./store/repairCommands.ts";
import { StoreCommands } from "./store/storeCommands.ts";
import { StoreLimits } from "./store/storeLimits.ts";
import { StoreLock } from "./store/storeLock.ts";
import { StoreSecrets } from "./store/storeSecrets.ts";
import { TidyCommands } from "./store/tidyCommands.ts";
import { EntryBadges } from "./timeline/entryBadges.ts";
import { roomAtHand } from "./timeline/roomAtHand.ts";
import { SnapshotCommands } from "./timeline/snapshotCommands.ts";
import { Timeline } from "./timeline/timeline.ts";
import { TimelineTree } from "./timeline/timelineTree.ts";

/** Everything that lives as long as this window: built once, in the order in which one needs the other. */
export class Window implements vscode.Disposable {
  readonly log: vscode.LogOutputChannel;
  readonly connection: AgentConnection;
  readonly session: ProjectSession;
  readonly timeline: Timeline;
  readonly search: TimelineSearch;
  readonly searching: SearchCommands;
  readonly projects: Projects;
  readonly health: HealthMonitor;
  readonly changes: ChangesTree;
  readonly timelineView: vscode.TreeView<unknown>;
  readonly snapshots: SnapshotCommands;
  readonly compare: CompareCommands;
  readonly openChanges: OpenChanges;
  readonly browse: BrowseSnapshot;
  readonly retention: RetentionCommands;
  readonly restore: RestoreCommands;
  readonly paths: PathCommands;
  readonly operations: OperationCommands;
  readonly fileHistory: FileHistory;
  readonly history: HistoryCommands;
  readonly versions: VersionCommands;
  readonly lastGreen: LastGreen;
  readonly actSides: ActSides;
  readonly forks: ForkCommands;
  readonly importFolder: ImportFolder;
  readonly pullProject: PullProject;
  readonly pools: PoolCommands;
  readonly store: StoreCommands;
  readonly helper: HelperSetup;
  readonly storeLock: StoreLock;
  readonly tidy: TidyCommands;
  readonly repair: RepairCommands;
  readonly doctor: Doctor;
  readonly support: SupportBundle;
  readonly extensionUri: vscode.Uri;
  readonly agent: AgentCommands;
  readonly panels: Panels;
  readonly statusBar: StatusBar;
  readonly #disposables: readonly { dispose(): unknown }[];

  /** @param open connects to the agent, starting it when need be */
  constructor(
    context: Pick<vscode.ExtensionContext, "extension" | "extensionUri" | "logUri" | "secrets">,
    log: vscode.LogOutputChannel,
    open: ConstructorParameters<typeof AgentConnection>[0],
  ) {
    this.log = log;
    this.connection = new AgentConnection(open, log);
    this.session = new ProjectSession(this.connection);
    this.timeline = new Timeline(this.connection, this.session, log);
    this.search = new TimelineSearch(this.connection, this.session, this.timeline, log);
    this.searching = new SearchCommands(this.session, this.search, log);
    this.projects = new Projects(this.connection, log);
    this.health = new HealthMonitor(this.connection, this.session, log);
    this.changes = new ChangesTree();
    const timelineTree = new TimelineTree(this.timeline, this.search, (entry) =>
      roomAtHand(this.connection, entry),
    );
    const forksTree = new ForksTree(this.projects, this.session);
    const roots = new SnapshotRoots(this.connection);
    const files = new SnapshotFiles(roots);

    const { connection, session, timeline, projects, changes } = this;
    const reporter = new EditorReporter(connection, session, log);
    const editors = new EditorReturn(connection, session, reporter);
    this.snapshots = new SnapshotCommands(connection, session, timeline, reporter);
    this.compare = new CompareCommands(connection, session, timeline, changes);
    this.openChanges = new OpenChanges(session, timeline, changes);
    this.browse = new BrowseSnapshot(session, timeline);
    this.retention = new RetentionCommands(connection, session);
    this.restore = new RestoreCommands({ connection, session, timeline, editors }, this.compare, changes);
    this.paths = new PathCommands(connection, session, timeline, this.restore, changes);
    this.operations = new OperationCommands(connection, session, timeline, this.restore);
    this.fileHistory = new FileHistory(connection, session, timeline, log);
    this.history = new HistoryCommands(connection, session, this.fileHistory);
    const { compare, browse, restore, fileHistory } = this;
    this.versions = new VersionCommands(
      { connection, session, history: fileHistory },
      { compare, browse, restore, files },
    );
    this.lastGreen = new LastGreen(connection, session);
    this.actSides = new ActSides(timeline, this.compare, this.restore);
    this.forks = new ForkCommands(connection, session, timeline, projects);
    this.importFolder = new ImportFolder(connection, session);
    const secrets = new StoreSecrets(context.secrets);
    this.storeLock = new StoreLock(connection, session, secrets, log);
    this.tidy = new TidyCommands(connection, this.storeLock);
    this.repair = new RepairCommands(connection, this.storeLock, log);
    this.pullProject = new PullProject(connection, session, projects, this.storeLock);
    this.pools = new PoolCommands(connection, session);
    this.helper = new HelperSetup(connection, session, context.extensionUri);
    this.store = new StoreCommands(connection, session, secrets);
    this.doctor = new Doctor(connection, session);
    this.support = new SupportBundle(context, connection, session);
    this.extensionUri = context.extensionUri;
    this.agent = new AgentCommands(connection);
    this.panels = new Panels(context.extensionUri, this);
    this.statusBar = new StatusBar(session, this.health);
    const causes = new Causes(connection, session, log);
    const shown = new ShownSnapshots({ connection, session, roots, files, changes, log }, (snapshotId) =>
      this.snapshots.deletedHere.has(snapshotId),
    );

    this.timelineView = vscode.window.createTreeView("forkpoint.timeline", {
      treeDataProvider: timelineTree,
      canSelectMany: true,
      showCollapseAll: false,
    });
    this.#disposables = [
      this.connection,
      this.session,
      reporter,
      this.timeline,
      this.search,
      new SearchedView(this.timelineView, this.search),
      this.projects,
      this.health,
      this.changes,
      timelineTree,
      this.fileHistory,
      new FileHistoryTree(this.fileHistory),
      forksTree,
      files,
      shown,
      this.panels,
      this.timelineView,
      this.statusBar,
      this.storeLock,
      this.support,
      new CopyContext(connection, log),
      new StoreLimits(connection, log),
      ...registerAssistantTools(connection, session, causes.assistant),
      new AgentSettings(connection, session, log),
      causes,
      vscode.window.createTreeView("forkpoint.forks", { treeDataProvider: forksTree }),
      vscode.window.registerFileDecorationProvider(new EntryBadges()),
      vscode.window.registerFileDecorationProvider(new ChangeBadges()),
      vscode.workspace.registerFileSystemProvider(snapshotScheme, files, {
        isReadonly: new vscode.MarkdownString(
          l10n.t("A snapshot never changes. Restore it to work with it."),
        ),
        isCaseSensitive: true,
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables.toReversed()) disposable.dispose();
  }
}
