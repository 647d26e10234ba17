import type { System } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import type { SystemTypes } from '../configuration/system-type.ts'
import type { ReplayPreview, ReplayRequest, ReplaySample, ReplayTarget } from '../control/replays/create-replays.ts'
import type { Replay } from '../control/replays/replay.ts'
import { StreamError } from '../errors.ts'
import { kindOf, topicOf } from '../events/topics.ts'
import { holdsPersonal } from '../platform/registry/personal-fields.ts'
import { topology } from '../processors/topology.ts'
import { imageFeed } from '../projections/image-feed.ts'
import { inventoryFeed } from '../projections/inventory-feed.ts'
import { productFeed } from '../projections/product-feed.ts'
import { taskCounts } from '../projections/task-status.ts'
import { noteChange, noteNothing, noteReading } from './audit.ts'
import type { OperationDeps } from './dependencies.ts'
import { withoutValues } from './field-change.ts'
import { seesShopOf } from './own-part.ts'
import { may, notFound, type Principal } from './principal.ts'
import { reachedSystems } from './reached-systems.ts'
import type { SampleEffect } from './sample-effects.ts'
import { type Scoped, sees, seesAll, within } from './scope.ts'
import { sinksOf } from './sinks.ts'

export { USUAL_REPLAY_RATE } from '../control/replays/create-replays.ts'
export { parseOffsets } from '../control/replays/parse-offsets.ts'

export type WantedReplay = Omit<ReplayRequest, 'trigger' | 'by'>

type Deps = Pick<OperationDeps, 'replays'>
type Requested = Deps & Pick<OperationDeps, 'tables' | 'systemTypes'>
type Audited = Pick<OperationDeps, 'audit'>

const ownerOf = ({ connection }: Pick<Replay, 'connection'>) => ({ connection })

/** Stored events are sent through a processor again. Throws `request_invalid` for what can't be replayed. */
export async function requestReplay(deps: Requested & Audited, by: Principal, wanted: WantedReplay): Promise<Replay> {
  await assertInScope(deps, by, wanted)
  const replay = await deps.replays.request({ ...wanted, trigger: by.kind, by: by.name })
  const { topic, processor, connection } = wanted
  await noteChange(deps, by, {
    what: 'replay.request',
    target: replay.id,
    after: { topic, processor, connection },
  })
  return replay
}

/** Samples of a preview that are tried. */
const MOST_TRIED = 5

/** A sample, and what would come of it for each connection; null: it was not tried. */
export interface TriedSample extends ReplaySample {
  readonly effects: readonly SampleEffect[] | null
}

export interface TriedReplay extends ReplayPreview {
  readonly samples: readonly TriedSample[]
}

/** How many events it would be, and what would come of the newest; nothing is sent. */
export async function previewReplay(
  deps: Requested & Audited & Pick<OperationDeps, 'sampleEffects'>,
  by: Principal,
  wanted: WantedReplay,
): Promise<TriedReplay> {
  await assertInScope(deps, by, wanted)
  noteNothing(by)
  const preview = await deps.replays.preview({ ...wanted, trigger: by.kind, by: by.name })
  // What was read of a system holds what is of other connections too: keys and money are for who sees the system.
  const isOfSystems = preview.samples.every(({ connection }) => connection === null)
  if (!isOfSystems || preview.sources.every((system) => sees(by.scope, { system }))) {
    const isPersonal = holdsPersonal(kindOf(wanted.topic))
    if (isPersonal && preview.samples.length > 0) await noteReading(deps, by, `replay of ${wanted.topic}`)
    const masks = isPersonal && !may(by, 'persons:read')
    return { ...preview, samples: await triedSamples(deps, by, wanted, { samples: preview.samples, masks }) }
  }
  return { ...preview, amounts: [], samples: [] }
}

async function triedSamples(
  { tables, sampleEffects }: Pick<OperationDeps, 'tables' | 'sampleEffects'>,
  by: Principal,
  { topic, processor, connection }: WantedReplay,
  { samples, masks }: { readonly samples: readonly ReplaySample[]; readonly masks: boolean },
): Promise<readonly TriedSample[]> {
  const configuration = await readConfiguration(tables)
  const seesShop = (of: string | null) => seesShopOf(by, configuration, of)
  const tried = samples.map(async (sample, index): Promise<TriedSample> => {
    if (index >= MOST_TRIED) return { ...sample, effects: null }
    const effects = await sampleEffects({ topic, processor, connection, place: sample.place, seesShop })
    const seen = within(by.scope, effects, (effect) => ({ connection: effect.connection }))
    return { ...sample, effects: seen.map((one) => (masks ? { ...one, changes: withoutValues(one.changes) } : one)) }
  })
  return await Promise.all(tried)
}

/** The newest first. */
export async function listReplays({ replays }: Deps, by: Principal, limit: number): Promise<Scoped<Replay>> {
  return within(by.scope, await replays.list(limit), ownerOf)
}

/** Throws `not_found`. */
export async function showReplay({ replays }: Deps, by: Principal, id: string): Promise<Replay> {
  const replay = await replays.get(id).catch((error: unknown) => {
    if (error instanceof StreamError && error.code === 'not_found') return null
    throw error
  })
  if (replay !== null && sees(by.scope, ownerOf(replay))) return replay
  const what = `there is no replay "${id}"`
  const cli = `${what}; "waldstream replay list" has them`
  throw notFound(by, { field: 'id', api: `${what}; /v1/replays lists them`, cli })
}

/** Entities by connection and status: the stages report what is replayed under its id, as they do for a task. */
export async function replayOutcome(
  deps: Deps & Pick<OperationDeps, 'tables'>,
  by: Principal,
  id: string,
): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  const { connection } = await showReplay(deps, by, id)
  const configured = connection === null ? (await readConfiguration(deps.tables)).connections : [{ id: connection }]
  const ids = within(by.scope, configured, (one) => ({ connection: one.id })).map((one) => one.id)
  const { connections } = await taskCounts(deps.tables, id, ids)
  const counted = Object.entries(connections).filter(([, { statuses }]) => Object.keys(statuses).length > 0)
  return Object.fromEntries(counted.map(([name, { statuses }]) => [name, statuses]))
}

/** It ends after what is under way. Throws `not_found`, and `state_conflict` for one that has ended. */
export async function cancelReplay(deps: Deps & Audited, by: Principal, id: string): Promise<Replay> {
  await showReplay(deps, by, id)
  const replay = await deps.replays.cancel(id)
  await noteChange(deps, by, { what: 'replay.cancel', target: id })
  return replay
}

/**
 * A replay for all connections is for those who see all; another's is one that is not there. Topics and processors are named
 * after systems: who sees some only may name those alone, and is not told of others.
 */
async function assertInScope(
  { tables, systemTypes }: Requested,
  by: Principal,
  { connection, topic, processor }: WantedReplay,
): Promise<void> {
  if (seesAll(by.scope)) return
  const configuration = await readConfiguration(tables)
  const isThere = configuration.connections.some(({ id }) => id === connection)
  if (!sees(by.scope, { connection }) || (connection !== null && !isThere)) {
    const what = connection === null ? 'name the connection that is replayed for' : `there is no "${connection}"`
    throw notFound(by, { field: 'connection', api: what, cli: what })
  }
  const known = replayTargets(reachedSystems(configuration, by.scope), systemTypes)
  if (known.some((target) => target.topic === topic && target.processor === processor)) return
  const field = known.some((target) => target.topic === topic) ? 'processor' : 'topic'
  const message = `${field}: nothing of "${topic}" is replayed through "${processor}"`
  throw new StreamError('request_invalid', message, { field })
}

/** What the caller may replay: each topic with a stage that consumes it. */
export async function listReplayTargets(
  { tables, systemTypes }: Pick<OperationDeps, 'tables' | 'systemTypes'>,
  by: Principal,
): Promise<readonly ReplayTarget[]> {
  return replayTargets(reachedSystems(await readConfiguration(tables), by.scope), systemTypes)
}

/** Source topics and the processors they go to. */
export const sourceTargets: readonly ReplayTarget[] = topology.map(({ from, processor }) => ({
  topic: topicOf(from),
  processor,
}))

/** Every topic that can be replayed, and the stage that consumes it. */
export function replayTargets(systems: readonly System[], systemTypes: SystemTypes): readonly ReplayTarget[] {
  const sinks = sinksOf(systems, systemTypes).map(({ topic, name }) => ({ topic, processor: name }))
  const feeds = [productFeed, inventoryFeed, imageFeed].map(({ kind, name }) => ({
    topic: topicOf(kind),
    processor: name,
  }))
  return [...sourceTargets, ...sinks, ...feeds]
}
