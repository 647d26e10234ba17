import type { Logger } from 'pino'
import type { Read } from '../configuration/model.ts'
import { changeHeldRun, type Run } from '../control/runs.ts'
import { type StreamError, toStreamError } from '../errors.ts'
import { digest } from '../events/identity.ts'
import { isoTime } from '../events/times.ts'
import type { Entity } from '../events/topics.ts'
import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { FingerprintSet } from '../platform/fingerprint-set.ts'
import { withRetry } from '../platform/runtime/retry.ts'
import { endSpanAfter, inSpan, type Span } from '../platform/tracing/tracer.ts'
import type { AnySourceReader, Keyset, Page, ReadWindow, SourceReader, WindowRow } from '../systems/kit/source.ts'
import { type PublishDeps, publishPage } from './publish.ts'

/** How often a window is read before it counts as incomplete. */
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
  /** How many of the window's keys the first reading missed. */
  readonly missed: number
  /** Rows returned by the readings after the first. */
  readonly read_again: number
  /** Distinct keys that were read. */
  readonly keys: number
  /** Digest of every key read with its change time, independent of order. */
  readonly digest: string
  /** Rows that the source listed for the proof; null: it listed none to compare with. */
  readonly listed: number | null
}

export interface SourceDeps extends PublishDeps {
  readonly clock: Clock
  readonly logger: Logger
}

interface Progress {
  /** Change time of every key read, as the source gave it: the last one. */
  readonly seen: Map<string, string>
  /** Earlier ones, by `rowText`: two rows of the source may have one key, and both count as read. */
  readonly before: Set<string>
  /** Keys read from a source without change times, which may have millions and lists none. */
  readonly timeless: Timeless
  readonly counts: {
    read: number
    published: number
    unchanged: number
    unreadable: number
    capped: number
    pages: number
  }
}

interface Timeless {
  readonly keys: FingerprintSet
  /** Of keys with their content. */
  readonly contents: FingerprintSet
  /** Of the digests of `contents`, so that their order does not count. */
  sum: bigint
}

/**
 * Reads a window page by page, publishes each page, and notes its progress only after the page was acknowledged
 * (Guarantee 1). At the end the source lists what is in the window; if something was not seen, the window is read
 * again, up to three times in all (Guarantee 6). Throws `lease_lost` when another worker has taken the run over.
 */
export async function runSource(deps: SourceDeps, job: SourceRun): Promise<SourceResult> {
  const reader = job.reader as SourceReader<Entity>
  const timeless = { keys: new FingerprintSet(), contents: new FingerprintSet(), sum: 0n }
  const progress: Progress = { seen: new Map(), before: new Set(), timeless, counts: countsOf(job.run) }
  let after = job.run.reached
  const window = { missed: 0, read_again: 0, listed: null as number | null }
  const ended = (state: SourceResult['state'], missing: readonly string[]): SourceResult => {
    return {
      state,
      missing: missing.slice(0, 100),
      ...window,
      keys: progress.seen.size + timeless.keys.size,
      digest: digestOf(progress),
    }
  }
  for (let proof = 1; ; proof += 1) {
    const before = progress.counts.read
    for await (const { page, span } of patientPages(deps, reader, job, after)) {
      await endSpanAfter(span, () => takePage(deps, job, progress, proof === 1 ? page : againOf(page)))
    }
    if (proof > 1) {
      const rows = progress.counts.read - before
      window.read_again += rows
      deps.meter?.count('waldstream_read_again_rows_total', { read: job.read.id }, rows)
    }
    const prove = () => compareWithList(reader, job, progress)
    const compared = after === null || proof > 1 ? await withRetry(prove, patience(deps, job)) : null
    const missing = compared?.missing ?? null
    window.listed = compared?.listed ?? null
    if (missing !== null && missing.length === 0) return ended('ended', [])
    if (proof === 1) window.missed = missing?.length ?? 0
    if (missing !== null && proof >= PROOFS) return ended('incomplete', missing)
    if (missing !== null) deps.logger.info({ read: job.read.id, missing: missing.length }, 'reading the window again')
    // A run that was taken over has not seen what its predecessor read: the proof needs the whole window.
    after = null
  }
}

/** A page of a later reading: it does not show the progress of the first one any more. */
function againOf({ reachedAt: _reachedAt, ...page }: Page<Entity>): Page<Entity> {
  return page
}

function digestOf({ seen, timeless }: Progress): string {
  const ofSeen = digest(JSON.stringify([...seen].sort(([a], [b]) => (a < b ? -1 : 1))))
  return timeless.keys.size === 0 ? ofSeen : digest(ofSeen, timeless.sum.toString(16))
}

/** Attempts per page before the run fails; its cut date stays, and the next run reads the window again. */
const TRIES = 6

function patience({ clock, logger, meter }: SourceDeps, { read, signal }: SourceRun) {
  const onRetry = ({ code, message }: StreamError, failures: number, waitMs: number) => {
    meter?.count('waldstream_read_retries_total', { read: read.id, code })
    logger.info({ read: read.id, code, failures, waitMs }, message)
  }
  return { clock, signal, attempts: TRIES, onRetry }
}

/** A page with its span, which begins before the request and ends when the page is published. */
interface TracedPage {
  readonly page: Page<Entity>
  readonly span: Span | undefined
}

function startPageSpan({ tracer }: SourceDeps, { read, run }: SourceRun): Span | undefined {
  const { id, system: source, entity } = read
  const attributes = {
    'waldstream.read': id,
    'waldstream.source': source,
    'waldstream.entity': entity,
    'waldstream.task_id': run.id,
  }
  return tracer?.start({ name: `read ${id}`, kind: 'internal', attributes })
}

/** The reader's pages; after a transient failure it continues after the last page returned. */
async function* patientPages(
  deps: SourceDeps,
  reader: SourceReader<Entity>,
  job: SourceRun,
  after: Keyset | null,
): AsyncIterable<TracedPage> {
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
  try {
    for (;;) {
      const span = startPageSpan(deps, job)
      const page = await readPage(span, () => withRetry(next, patience(deps, job)))
      if (page.done === true) return
      yield { page: page.value, span }
      last = page.value.reached
    }
  } finally {
    // Lets the reader release its resources when no more pages are requested.
    await pages?.return?.()
  }
}

/** Ends the span if there is no page to end it. */
async function readPage<R>(
  span: Span | undefined,
  read: () => Promise<IteratorResult<Page<Entity>, R>>,
): Promise<IteratorResult<Page<Entity>, R>> {
  try {
    const page = await inSpan(span, read)
    if (page.done === true) span?.end()
    else span?.set({ 'waldstream.entities': page.value.entities.length })
    return page
  } catch (error) {
    span?.fail(toStreamError(error).code)
    span?.end()
    throw error
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
  const done = await publishPage(deps, origin, page, () => changeHeldRun(deps.tables, heldRun(job), {}))
  const { counts } = progress
  counts.read += page.entities.length + page.unreadable.length
  counts.published += done.published
  counts.unchanged += done.unchanged
  counts.unreadable += done.unreadable
  counts.capped += done.capped
  counts.pages += 1
  for (const outcome of ['published', 'unchanged', 'unreadable'] as const) {
    deps.meter?.count('waldstream_read_rows_total', { read: id, outcome }, done[outcome])
  }
  for (const row of page.rows) noteSeen(progress, row)
  if (page.rows.length === 0) for (const entity of page.entities) noteTimeless(progress.timeless, entity)
  await noteProgress(deps.tables, job, counts, page)
}

function noteSeen({ seen, before }: Progress, { key, changedAt }: WindowRow): void {
  const last = seen.get(key)
  if (last !== undefined && last !== changedAt) before.add(rowText({ key, changedAt: last }))
  seen.set(key, changedAt)
}

const SUM_BITS = 256

/** A source without change times is compared by content. */
function noteTimeless(timeless: Timeless, { key, raw }: Page<Entity>['entities'][number]): void {
  timeless.keys.add(key)
  const content = digest(key, raw ?? '')
  if (timeless.contents.add(content)) timeless.sum = BigInt.asUintN(SUM_BITS, timeless.sum + BigInt(`0x${content}`))
}

const rowText = ({ key, changedAt }: WindowRow): string => JSON.stringify([key, changedAt])

async function noteProgress(
  tables: Tables,
  job: SourceRun,
  counts: Progress['counts'],
  { reached, reachedAt }: Pick<Page<Entity>, 'reached' | 'reachedAt'>,
): Promise<void> {
  const { read, ...others } = counts
  const time = reachedAt === undefined ? {} : { reached_at: isoTime(reachedAt) }
  await changeHeldRun(tables, heldRun(job), { ...others, ...time, read_count: read, reached })
}

function heldRun({ run, fence }: SourceRun) {
  return { id: run.id, fence }
}

interface Comparison {
  /** Keys of the window that were not read, or were read before their last change. */
  readonly missing: readonly string[]
  /** Null: the source can't list what is in a window, or listed nothing although something was read. */
  readonly listed: number | null
}

async function compareWithList(
  reader: SourceReader<Entity>,
  job: SourceRun,
  { seen, before, timeless }: Pick<Progress, 'seen' | 'before' | 'timeless'>,
): Promise<Comparison> {
  if (reader.list === undefined) return { missing: [], listed: null }
  const missing: string[] = []
  let listed = 0
  for await (const rows of reader.list(job.window, job.signal)) {
    listed += rows.length
    for (const row of rows) {
      if (seen.get(row.key) !== row.changedAt && !before.has(rowText(row))) missing.push(row.key)
    }
  }
  return { missing, listed: listed === 0 && seen.size + timeless.keys.size > 0 ? null : listed }
}
