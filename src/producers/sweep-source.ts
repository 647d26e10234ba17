import type { Read } from '../configuration/model.ts'
import { dispatch } from '../control/dispatch.ts'
import { publicationRows } from '../control/publish-again.ts'
import { changeHeldRun, type Run } from '../control/runs.ts'
import { StreamError } from '../errors.ts'
import { type DeclaredFeedEntity, type Entity, recordKey, splitRecordKey, type TopicEvents } from '../events/topics.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { AnySourceReader, ReadEntity, SourceReader } from '../systems/kit/source.ts'
import { allKeys } from './all-keys.ts'
import { type LastKnownDeps, lastKnown } from './last-known.ts'
import { type PublishDeps, publishPage } from './publish.ts'

const PAGE = 200
/** Missing keys that a run remembers. */
const MOST_MISSING = 100

export interface SweepDeps extends PublishDeps, LastKnownDeps {
  readonly clock: { now(): number }
}

export interface Sweep {
  readonly run: Run
  /** The read that is swept; its `sweep` limits how much may be gone. */
  readonly read: Read
  /** Readers of all reads of the system and entity: what any of them lists exists. */
  readonly readers: readonly AnySourceReader[]
  readonly fence: number
  readonly signal: AbortSignal
  /** Accepts any number of deletions. */
  readonly accept: boolean
  /** Reports what is gone and publishes nothing. */
  readonly isPreview: boolean
}

/** The last published version of an entity. */
interface Known {
  readonly key: string
  readonly occurredAt: number | null
  readonly deleted: boolean
}

/**
 * Compares what the source has with what was published, and publishes a deletion of what is gone; a deletion has the
 * last known change time and content. What was published is read before the source is asked: what is published
 * meanwhile is left out, and an entity that changes meanwhile has the newer version (Guarantee 4). Throws
 * `too_many_gone`, and publishes nothing, when more than the configured share is gone.
 */
export async function sweepSource(deps: SweepDeps, job: Sweep): Promise<void> {
  const { read, run, fence, signal } = job
  const requestedAt = deps.clock.now()
  const known = await knownOf(deps, read)
  const present = known.filter(({ deleted }) => !deleted)
  const note = (set: Partial<Run>) => changeHeldRun(deps.tables, { id: run.id, fence }, set)
  await note({ expected: present.length })
  const there = await keysAtSource(job, requestedAt, (count) => note({ read_count: count }))
  const gone = present.filter(({ key }) => !there.has(key))
  const missing = gone.slice(0, MOST_MISSING).map(({ key }) => key)
  await note({ read_count: there.size, gone: gone.length, missing })
  if (job.isPreview) return
  if (!job.accept) checkShare(read, gone.length, present.length)
  const contents = await lastKnown(deps, read, new Set(gone.map(({ key }) => key)), signal)
  const origin = { source: read.system, entity: read.entity, read: read.id, taskId: run.id }
  let published = run.published
  for (let from = 0; from < gone.length; from += PAGE) {
    signal.throwIfAborted()
    const entities = gone.slice(from, from + PAGE).map((one) => deletionOf(read.entity, one, contents))
    const page = { entities, unreadable: [], rows: [], reached: { changedAt: '', id: '' }, requestedAt }
    published += (await publishPage(deps, origin, page, () => note({}))).published
    await note({ published, pages: run.pages + 1 })
  }
  const back = known.filter(({ key, deleted }) => deleted && there.has(key)).length
  if (back > 0) await readAgain(deps, read, run, `deleted entities that are at the source again: ${back}`)
}

/**
 * An entity that comes back may have its old change time, which no later window covers. The same request for the same
 * sweep.
 */
async function readAgain({ tables, clock }: SweepDeps, read: Read, run: Run, reason: string): Promise<void> {
  const from = read.startFrom === null ? 0 : Date.parse(read.startFrom)
  const requested = { requestId: `${run.id} again`, read: read.id, requestedAt: Date.parse(run.requested_at) }
  const nothing = { requestedBy: null, queueUrl: null }
  await dispatch(tables, { ...requested, ...nothing, trigger: 'returned', reason, from: Math.min(from, clock.now()) })
}

function checkShare({ id, sweep }: Read, gone: number, known: number): void {
  const most = sweep.mostGone
  if (gone <= known * most) return
  const message =
    `${id}: ${gone} of ${known} are no longer at the source, more than ${most * 100} %; nothing was deleted. ` +
    `Check the source; if they are really gone: waldstream sync ${id} --sweep --accept-deletions`
  throw new StreamError('too_many_gone', message, { field: 'sweep.mostGone' })
}

/** One pass over everything ever published: sweeps are rare. */
async function knownOf({ tables }: SweepDeps, { system, entity }: Read): Promise<readonly Known[]> {
  const prefix = recordKey(system, entity, '')
  const known: Known[] = []
  for await (const rows of rowsOf(tables, publicationRows).scan()) {
    for (const { id, state, occurred_at: occurredAt, deleted } of rows) {
      if (!id.startsWith(prefix) || state !== 'published') continue
      known.push({ key: splitRecordKey(splitRecordKey(id).key).key, occurredAt, deleted })
    }
  }
  return known
}

async function keysAtSource(
  { readers, signal, accept }: Sweep,
  now: number,
  onPage: (count: number) => Promise<void>,
): Promise<ReadonlySet<string>> {
  const keys = new Set<string>()
  for (const reader of readers as readonly SourceReader<Entity>[]) {
    for await (const rows of allKeys(reader, now, signal, accept)) {
      for (const { key } of rows) keys.add(key)
      await onPage(keys.size)
    }
  }
  return keys
}

/** With its last known content, if the topic has it. */
function deletionOf(
  entity: Entity,
  { key, occurredAt }: Known,
  contents: ReadonlyMap<string, ReadEntity<Entity>['data']>,
): ReadEntity<Entity> {
  return { key, occurredAt, deleted: true, data: contents.get(key) ?? emptyOf(entity, key), raw: null }
}

/** Content of a deletion without known content. Entities with a feed are deleted at their sources, others never. */
const empty: { readonly [E in DeclaredFeedEntity]: (key: string) => TopicEvents[E]['data'] } = {
  inventory: (sku) => ({ sku, locations: [], attributes: {} }),
  prices: (sku) => ({ sku, currency: null, cost: null, levels: [], attributes: {} }),
  images: (sku) => ({
    sku,
    image: null,
    smallImage: null,
    thumbnail: null,
    swatchImage: null,
    gallery: [],
    attributes: {},
  }),
  products: (sku) => ({
    sku,
    name: null,
    productType: '',
    active: false,
    parentSku: null,
    barcode: null,
    manufacturer: null,
    price: null,
    currency: null,
    priceLevels: [],
    weight: null,
    weightUnit: null,
    attributes: {},
  }),
}

function emptyOf(entity: Entity, key: string): TopicEvents[Entity]['data'] {
  const find: { readonly [E in Entity]?: (key: string) => TopicEvents[E]['data'] } = empty
  const made = find[entity]?.(key)
  if (made !== undefined) return made
  throw new StreamError('configuration_invalid', `${entity} can't be swept: they are never deleted at a source`)
}
