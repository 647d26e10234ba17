interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new'
  readonly text: string
}

/** Unchanged lines shown around a change. */
const AROUND = 3

/** With more pairs of lines than this, no comparison: all lines count as removed and added. */
const MOST_PAIRS = 4_000_000

/** Differences between two texts, line by line, with a few lines around; null replaces omitted lines. */
export function diffLines(before: string, after: string): readonly (DiffLine | null)[] {
  return shortened(compared(linesOf(before), linesOf(after)))
}

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

function compared(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before[head] === after[head]) head += 1
  let tail = 0
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1
  const middle = changed(before.slice(head, before.length - tail), after.slice(head, after.length - tail))
  const same = (text: string): DiffLine => ({ kind: 'same', text })
  return [...before.slice(0, head).map(same), ...middle, ...before.slice(before.length - tail).map(same)]
}

/** By the longest common subsequence. */
function changed(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const gone = (text: string): DiffLine => ({ kind: 'gone', text })
  const added = (text: string): DiffLine => ({ kind: 'new', text })
  if (before.length * after.length > MOST_PAIRS) return [...before.map(gone), ...after.map(added)]
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    const old = before[i]
    const next = after[j]
    if (old !== undefined && old === next) {
      lines.push({ kind: 'same', text: old })
      i += 1
      j += 1
    } else if (old !== undefined && (next === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(gone(old))
      i += 1
    } else if (next !== undefined) {
      lines.push(added(next))
      j += 1
    }
  }
  return lines
}

function shortened(lines: readonly DiffLine[]): readonly (DiffLine | null)[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ kind }) => kind !== 'same'),
  )
  return lines.flatMap((line, index) => {
    if (near[index] === true) return [line]
    return index > 0 && near[index - 1] === true ? [null] : []
  })
}
