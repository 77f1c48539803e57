/** A run of lines that both sides have, or only the older, or only the newer. */
export interface Run {
  readonly kind: "same" | "removed" | "added";
  readonly lines: readonly string[];
}

/** Beyond so many differing lines, finding the fewest costs more than it tells. */
const mostEdits = 2000;

/**
 * What leads from one text's lines to another's, by Myers' algorithm: as few lines as can be, unless the texts have
 * little in common; then all in between is removed and added.
 */
export function lineDiff(older: readonly string[], newer: readonly string[]): Run[] {
  let start = 0;
  while (start < older.length && start < newer.length && older[start] === newer[start]) start++;
  let end = 0;
  while (
    end < older.length - start &&
    end < newer.length - start &&
    older.at(-1 - end) === newer.at(-1 - end)
  ) {
    end++;
  }
  const a = older.slice(start, older.length - end);
  const b = newer.slice(start, newer.length - end);
  const middle = shortestEdits(a, b) ?? [
    ...a.map((line) => ({ kind: "removed", line }) as const),
    ...b.map((line) => ({ kind: "added", line }) as const),
  ];
  return gathered([
    ...older.slice(0, start).map((line) => ({ kind: "same", line }) as const),
    ...middle,
    ...older.slice(older.length - end).map((line) => ({ kind: "same", line }) as const),
  ]);
}

interface Edit {
  readonly kind: Run["kind"];
  readonly line: string;
}

/** null when there are more than `mostEdits`. */
function shortestEdits(a: readonly string[], b: readonly string[]): Edit[] | null {
  const most = Math.min(a.length + b.length, mostEdits);
  const offset = most + 1;
  // How far each diagonal has come; of each step a copy is kept, which the way back is read from.
  const furthest = new Int32Array(2 * offset + 1);
  const steps: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    steps.push(furthest.slice(offset - edits - 1, offset + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = furthest[offset + diagonal + 1] ?? 0;
      const right = (furthest[offset + diagonal - 1] ?? 0) + 1;
      const isDown = diagonal === -edits || (diagonal !== edits && down >= right);
      let x = isDown ? down : right;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      furthest[offset + diagonal] = x;
      if (x >= a.length && x - diagonal >= b.length) return wayBack(a, b, steps);
    }
  }
  return null;
}

function wayBack(a: readonly string[], b: readonly string[], steps: readonly Int32Array[]): Edit[] {
  const edits: Edit[] = [];
  let x = a.length;
  let y = b.length;
  for (let step = steps.length - 1; step >= 0; step--) {
    const before = steps[step];
    const reached = (diagonal: number) => before?.[diagonal + step + 1] ?? 0;
    const diagonal = x - y;
    const isDown =
      diagonal === -step || (diagonal !== step && reached(diagonal + 1) >= reached(diagonal - 1) + 1);
    const fromDiagonal = isDown ? diagonal + 1 : diagonal - 1;
    const fromX = step === 0 ? 0 : reached(fromDiagonal);
    const fromY = step === 0 ? 0 : fromX - fromDiagonal;
    const afterX = step === 0 ? 0 : isDown ? fromX : fromX + 1;
    while (x > afterX) edits.push({ kind: "same", line: a[--x] ?? "" });
    if (step > 0) {
      edits.push(
        isDown ? { kind: "added", line: b[fromY] ?? "" } : { kind: "removed", line: a[fromX] ?? "" },
      );
    }
    x = fromX;
    y = fromY;
  }
  return edits.reverse();
}

function gathered(edits: readonly Edit[]): Run[] {
  const runs: { kind: Run["kind"]; lines: string[] }[] = [];
  for (const { kind, line } of edits) {
    const last = runs.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else runs.push({ kind, lines: [line] });
  }
  return runs;
}
