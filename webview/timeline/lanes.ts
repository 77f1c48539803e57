export interface LaneInput {
  readonly id: string;
  readonly parentId: string | null;
}
export interface Lanes {
  /** The column of each row, 0 at the left, in the order of the rows. */
  readonly columns: readonly number[];
  /** From a row, by its index, down to the one it grew from. */
  readonly edges: readonly { readonly from: number; readonly to: number }[];
  readonly width: number;
}

/**
 * Gives each row of a graph a column so that no line runs through a row it does not belong to. Rows come
 * newest first, each above its parent. A column is free again below the row its line ends at.
 */
export function layOutLanes(rows: readonly LaneInput[]): Lanes {
  const indexOf = new Map(rows.map(({ id }, index) => [id, index]));
  /** What each column waits for: the id of the row its line runs down to. */
  const waiting: (string | null)[] = [];
  const columns: number[] = [];
  const edges: { from: number; to: number }[] = [];
  for (const [index, { id, parentId }] of rows.entries()) {
    const reserved = waiting.indexOf(id);
    const column = reserved === -1 ? firstFree(waiting) : reserved;
    for (const [other, wanted] of waiting.entries()) if (wanted === id) waiting[other] = null;
    columns.push(column);
    const to = parentId === null ? undefined : indexOf.get(parentId);
    const drawn = to !== undefined && to > index;
    waiting[column] = drawn ? parentId : null;
    if (drawn) edges.push({ from: index, to });
  }
  return { columns, edges, width: Math.max(1, ...columns.map((column) => column + 1)) };
}

function firstFree(waiting: (string | null)[]): number {
  const free = waiting.indexOf(null);
  return free === -1 ? waiting.push(null) - 1 : free;
}
