import { z } from "zod";

/** More than a person has open. */
const mostTabs = 500;
/** Characters of one unsaved text, and of all in a window. */
export const longestUnsavedText = 1024 * 1024;
export const mostUnsavedText = 4 * longestUnsavedText;

const windowId = z.string().min(1).max(100);
/** Relative to the volume, as `Change.path`; null for an editor that has no file yet. */
const path = z.string().max(16_384).nullable();
/** What an editor without a file is called, such as Untitled-1; empty for one with a file. */
const name = z.string().max(1000);
const position = z.number().int().min(0);

/** A tab of an editor, in the order of its group. */
export const EditorTab = z.strictObject({
  path,
  name,
  /** The column of its group, from 1 on. */
  group: z.number().int().min(1).max(100),
  kind: z.enum(["text", "notebook", "custom"]),
  /** Of a notebook or a custom editor. */
  viewType: z.string().max(200).nullable(),
  pinned: z.boolean(),
  preview: z.boolean(),
  /** Whether it is the one that its group shows, and whether the group is the one that has the focus. */
  active: z.boolean(),
  focused: z.boolean(),
  /** Line and character of the anchor and of the cursor, from 0 on; null where it was not on the screen. */
  selection: z.tuple([position, position, position, position]).nullable(),
});
export type EditorTab = z.infer<typeof EditorTab>;

/** The text of an editor that is not on the disk. */
export const UnsavedText = z.strictObject({
  path,
  name,
  language: z.string().max(200),
  text: z.string().max(longestUnsavedText),
});
export type UnsavedText = z.infer<typeof UnsavedText>;

/** What a window shows of a project: of files outside its volume there is nothing in it. */
export const EditorState = z.strictObject({
  windowId,
  /** The folder that is open, relative to the volume; empty for its root. */
  folder: z.string().max(16_384),
  tabs: z.array(EditorTab).max(mostTabs),
  unsaved: z
    .array(UnsavedText)
    .max(mostTabs)
    .refine(
      (all) => all.reduce((sum, { text }) => sum + text.length, 0) <= mostUnsavedText,
      "the unsaved texts are too long together",
    ),
  /** Unsaved texts that are too long to be kept. */
  leftOut: z.array(z.strictObject({ path, name, characters: z.number() })).max(mostTabs),
});
export type EditorState = z.infer<typeof EditorState>;

/** A window's state as it was when an entry was made. */
export const KeptEditorState = z.object({ state: EditorState, keptAt: z.string() });
export type KeptEditorState = z.infer<typeof KeptEditorState>;
