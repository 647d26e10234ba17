const MARK = '~drain '

/**
 * The row of `sync_control` of a run that drains a queue. Each such run has its own, with its own lease, and is joined to no
 * other: another request may name another queue. The row ends with the run.
 */
export function drainKey(read: string, run: string): string {
  return `${read}${MARK}${run.slice(read.length + 1)}`
}

export function isDrain(key: string): boolean {
  return key.includes(MARK)
}
