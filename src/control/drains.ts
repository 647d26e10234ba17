const MARK = '~drain '

/**
 * Key of the `sync_control` row of a run that drains a queue. Each such run has its own row and lease and is not joined
 * to others: another request may name another queue. The row ends with the run.
 */
export function drainKey(read: string, run: string): string {
  return `${read}${MARK}${run.slice(read.length + 1)}`
}

export function isDrain(key: string): boolean {
  return key.includes(MARK)
}
