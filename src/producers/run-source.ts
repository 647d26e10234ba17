import type { Logger } from 'pino'
import { changeRun, type Run } from '../control/runs.ts'
import type { Read } from '../core/model.ts'
import { StreamError } from '../errors.ts'
import type { Entity } from '../events/topics.ts'
import type { Clock } from '../platform/clock.ts'
import type { Change, Tables } from '../platform/dynamodb/tables.ts'
import { withRetry } from '../platform/runtime/retry.ts'
import { type PublishDeps, publishPage } from './publish.ts'
import type { AnySourceReader, Keyset, Page, ReadWindow, SourceReader } from './source.ts'

/** How often a window is read before it counts as one that can't agree. */
const PROOFS = 3

export interface SourceRun {
  readonly run: Run
  readonly read: Read
  readonly reader: AnySourceReader
  readonly window: ReadWindow
  readonly fence: number
  readonly signal: AbortSignal
}

export interface SourceResult {
  readonly state: 'ended' | 'incomplete'
  /** Keys in the window that were not read, at most 100. */
  readonly missing: readonly string[]
}

export interface SourceDeps extends PublishDeps {
  readonly clock: Clock
  readonly logger: Logger
}

interface Progress {
  /** Changed-at of every key read, as the source gave it. */
  readonly seen: Map<string, string>
  readonly counts: {
    read: number
    published: number
    unchanged: number
    unreadable: number
    capped: number
    pages: number
  }
}

/**
 * Reads a window page by page, publishes each page, and notes how far it came only after the page was acknowledged
 * (Guarantee 1). At the end the source is asked what is in the window; what was not seen is read again, up to three
 * times (Guarantee 6). Throws `lease_lost` when another worker has taken the run over.
 */
export async function runSource(deps: SourceDeps, job: SourceRun): Promise<SourceResult> {
  const reader = job.reader as SourceReader<Entity>
  const progress: Progress = { seen: new Map(), counts: countsOf(job.run) }
  let after = job.run.reached
  for (let proof = 1; ; proof += 1) {
    for await (const page of patientPages(deps, reader, job, after)) {
      await takePage(deps, job, progress, page)
    }
    const prove = () => unseen(reader, job, progress.seen)
    const missing = after === null || proof > 1 ? await withRetry(prove, patience(deps, job)) : null
    if (missing !== null && missing.length === 0) return { state: 'ended', missing: [] }
    if (missing !== null && proof >= PROOFS) return { state: 'incomplete', missing: missing.slice(0, 100) }
    if (missing !== null) deps.logger.info({ read: job.read.id, missing: missing.length }, 'window is read again')
    // A run that was taken over has not seen what its predecessor read: the proof needs the whole window.
    after = null
  }
}

/** Tries of one page before the run fails; its cut date stays and the next run reads the window again. */
const TRIES = 6

function patience({ clock, logger }: SourceDeps, { read, signal }: SourceRun) {
  const onRetry = ({ code, message }: StreamError, failures: number, waitMs: number) =>
    logger.info({ read: read.id, code, failures, waitMs }, message)
  return { clock, signal, attempts: TRIES, onRetry }
}

/** The reader's pages; after a failure that may pass, it goes on behind the last page that was given. */
async function* patientPages(
  deps: SourceDeps,
  reader: SourceReader<Entity>,
  job: SourceRun,
  after: Keyset | null,
): AsyncIterable<Page<Entity>> {
  let last = after
  let pages: AsyncIterator<Page<Entity>> | undefined
  const next = async () => {
    pages ??= reader.read(job.window, last, job.signal)[Symbol.asyncIterator]()
    try {
      return await pages.next()
    } catch (error) {
      pages = undefined
      throw error
    }
  }
  for (;;) {
    const page = await withRetry(next, patience(deps, job))
    if (page.done === true) return
    yield page.value
    last = page.value.reached
  }
}

function countsOf(run: Run): Progress['counts'] {
  const { published, unchanged, unreadable, capped, pages } = run
  return { read: run.read_count, published, unchanged, unreadable, capped, pages }
}

async function takePage(deps: PublishDeps, job: SourceRun, progress: Progress, page: Page<Entity>): Promise<void> {
  job.signal.throwIfAborted()
  const { system, entity, id } = job.read
  const origin = { source: system, entity, read: id, taskId: job.run.id }
  const done = await publishPage(deps, origin, page, () => changeHeldRun(deps.tables, job, {}))
  const { counts } = progress
  counts.read += page.entities.length + page.unreadable.length
  counts.published += done.published
  counts.unchanged += done.unchanged
  counts.unreadable += done.unreadable
  counts.capped += done.capped
  counts.pages += 1
  for (const { key, changedAt } of page.rows) progress.seen.set(key, changedAt)
  await noteProgress(deps.tables, job, counts, page.reached)
}

async function noteProgress(
  tables: Tables,
  job: SourceRun,
  counts: Progress['counts'],
  reached: Keyset,
): Promise<void> {
  const { read, ...others } = counts
  await changeHeldRun(tables, job, { ...others, read_count: read, reached })
}

/** Throws `lease_lost` when the run is another worker's now. */
async function changeHeldRun(tables: Tables, job: SourceRun, set: NonNullable<Change['set']>): Promise<void> {
  const held = await changeRun(tables, { id: job.run.id, fence: job.fence }, { set })
  if (!held) throw new StreamError('lease_lost', `run ${job.run.id} was taken over by another worker`)
}

/** Keys of the window that were not read, or were read before their last change. */
async function unseen(
  reader: SourceReader<Entity>,
  job: SourceRun,
  seen: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  if (reader.list === undefined) return []
  const missing: string[] = []
  for await (const rows of reader.list(job.window, job.signal)) {
    for (const row of rows) if (seen.get(row.key) !== row.changedAt) missing.push(row.key)
  }
  return missing
}
