import { createHash } from 'node:crypto'
import type { FeedCommit, FeedRow, FeedState, FeedStore, KeyOf } from '../../clients/typescript/client.ts'
import type { ShopStore } from './shop-store.ts'
import { type RowResult, type StagedRow, stagedRowKey } from './staged-row.ts'

const mostAttempts = 10
const firstWait = 60
const mostWait = 21_600

/** Stores the rows of a feed and its cursor in one transaction. Only rows with new content are to be written. */
export function stagingStore(store: ShopStore, feed: string, keyOf: KeyOf): FeedStore {
  const setting = `pull ${feed}`
  return {
    async load() {
      const state = store.setting(setting)
      return state === undefined ? null : (JSON.parse(state) as FeedState)
    },
    async commit(commit) {
      store.transaction(() => {
        stage(store, feed, keyOf, commit)
        store.setSetting(setting, JSON.stringify(commit.state))
      })
    },
  }
}

function stage(store: ShopStore, feed: string, keyOf: KeyOf, { rows, state, removeBefore }: FeedCommit): void {
  const toWrite = { status: 'pending', attempts: 0, nextAttemptAt: 0 } as const
  const latest = new Map(rows.map((row) => [keyOf(row), row]))
  for (const [key, row] of latest) {
    const known = store.stagedRows.get(stagedRowKey(feed, key))
    const digest = digestOf(row)
    if (known !== undefined && !known.gone && known.digest === digest) {
      store.stagedRows.put({ ...known, row, round: state.round })
      continue
    }
    const id = known?.id ?? store.nextId('staged row')
    const disabled = known?.disabled ?? false
    const staged = { id, feed, key, row, digest, round: state.round, gone: false, error: null, disabled }
    store.stagedRows.put({ ...staged, ...toWrite })
  }
  if (removeBefore === null) return
  for (const known of rowsOf(store, feed)) {
    if (known.round < removeBefore && !known.gone) store.stagedRows.put({ ...known, ...toWrite, gone: true })
  }
}

function digestOf({ source, deleted, data }: FeedRow): string {
  return createHash('sha256')
    .update(JSON.stringify([source, deleted, data]))
    .digest('hex')
}

const rowsOf = (store: ShopStore, feed: string) => store.stagedRows.all().filter((row) => row.feed === feed)

/** The next rows to be written. `now`: seconds since 1970. */
export function nextRows(store: ShopStore, feed: string, limit: number, now: number): readonly StagedRow[] {
  return rowsOf(store, feed)
    .filter(({ status, nextAttemptAt }) => status === 'pending' && nextAttemptAt <= now)
    .sort((a, b) => a.nextAttemptAt - b.nextAttemptAt || a.id - b.id)
    .slice(0, limit)
}

/** Counts an attempt before it is made: a process that dies while it writes a row tries it less and less often. */
export function beginRow(store: ShopStore, row: StagedRow, now: number): void {
  changeRow(store, row, () => failure(row, 'the process ended while it wrote this row', now))
}

/** Notes the result of a row, unless other content came in the meantime. */
export function endRow(store: ShopStore, row: StagedRow, { error, disabled, dueAt }: RowResult, now: number): void {
  changeRow(store, row, (current) => {
    if (current.digest !== row.digest) return {}
    if (error !== null) return failure(row, error, now, dueAt)
    const again = dueAt === null ? { status: 'written' as const } : { status: 'pending' as const, nextAttemptAt: dueAt }
    return { ...again, disabled, attempts: 0, error }
  })
}

/** Notes that the job disables the product of a row, before it does. */
export function disablingRow(store: ShopStore, row: StagedRow): void {
  changeRow(store, row, () => ({ disabled: true }))
}

/** Every row that failed is written with the next run. @returns how many */
export function retryRows(store: ShopStore): number {
  const failed = store.stagedRows.all().filter(({ error, status }) => error !== null && status !== 'written')
  for (const row of failed) store.stagedRows.put({ ...row, status: 'pending', attempts: 0, nextAttemptAt: 0 })
  return failed.length
}

/** All rows of a feed are written again. */
export function writeAgain(store: ShopStore, feed: string): void {
  for (const row of rowsOf(store, feed)) {
    store.stagedRows.put({ ...row, status: 'pending', attempts: 0, nextAttemptAt: 0 })
  }
}

function changeRow(store: ShopStore, row: StagedRow, change: (current: StagedRow) => Partial<StagedRow>): void {
  const current = store.stagedRows.get(stagedRowKey(row.feed, row.key))
  if (current !== undefined) store.stagedRows.put({ ...current, ...change(current) })
}

function failure(row: StagedRow, error: string, now: number, dueAt: number | null = null): Partial<StagedRow> {
  const attempts = row.attempts + 1
  const isTried = attempts < mostAttempts
  const next = now + Math.min(mostWait, firstWait * 2 ** row.attempts)
  return {
    status: isTried || dueAt !== null ? 'pending' : 'failed',
    attempts,
    nextAttemptAt: isTried ? Math.min(next, dueAt ?? next) : (dueAt ?? next),
    error,
  }
}
