import type { System } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import type { SystemTypes } from '../configuration/system-type.ts'
import type { ReplayPreview, ReplayRequest, ReplaySample, ReplayTarget } from '../control/replays/create-replays.ts'
import type { Replay } from '../control/replays/replay.ts'
import { StreamError } from '../errors.ts'
import { kindOf, topicOf } from '../events/topics.ts'
import { holdsPersonal } from '../platform/registry/personal-fields.ts'
import { topology } from '../processors/topology.ts'
import { feeds } from '../projections/feeds.ts'
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

/** Sends stored events through a processor again. Throws `request_invalid` for a topic that cannot be replayed. */
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

/** Maximum number of samples that a preview tries. */
const MOST_TRIED = 5

/** A sample and its effect on each connection; null: it was not tried. */
export interface TriedSample extends ReplaySample {
  readonly effects: readonly SampleEffect[] | null
}

export interface TriedReplay extends ReplayPreview {
  readonly samples: readonly TriedSample[]
}

/** Number of events, and the effects of the newest; sends nothing. */
export async function previewReplay(
  deps: Requested & Audited & Pick<OperationDeps, 'sampleEffects'>,
  by: Principal,
  wanted: WantedReplay,
): Promise<TriedReplay> {
  await assertInScope(deps, by, wanted)
  noteNothing(by)
  const preview = await deps.replays.preview({ ...wanted, trigger: by.kind, by: by.name })
  // Source events contain data of other connections too, so only callers who see the system see keys and amounts.
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

/** Newest first. */
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
  const cli = `${what}; "waldstream replay list" lists them`
  throw notFound(by, { field: 'id', api: `${what}; /v1/replays lists them`, cli })
}

/** Number of entities by connection and status: stages report replayed events with the replay's id, as for a task. */
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

/** Ends after the events in progress. Throws `not_found`, and `state_conflict` for a replay that has ended. */
export async function cancelReplay(deps: Deps & Audited, by: Principal, id: string): Promise<Replay> {
  await showReplay(deps, by, id)
  const replay = await deps.replays.cancel(id)
  await noteChange(deps, by, { what: 'replay.cancel', target: id })
  return replay
}

/**
 * Only callers who see all connections may replay for all. Connections of others count as unknown. Names of topics and
 * processors contain systems, so other callers may name only those of their systems.
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
    const what = connection === null ? 'name the connection to replay for' : `there is no "${connection}"`
    throw notFound(by, { field: 'connection', api: what, cli: what })
  }
  const known = replayTargets(reachedSystems(configuration, by.scope), systemTypes)
  if (known.some((target) => target.topic === topic && target.processor === processor)) return
  const field = known.some((target) => target.topic === topic) ? 'processor' : 'topic'
  const message = `${field}: "${topic}" cannot be replayed through "${processor}"`
  throw new StreamError('request_invalid', message, { field })
}

/** The replays that the caller may request: each topic with a stage that consumes it. */
export async function listReplayTargets(
  { tables, systemTypes }: Pick<OperationDeps, 'tables' | 'systemTypes'>,
  by: Principal,
): Promise<readonly ReplayTarget[]> {
  return replayTargets(reachedSystems(await readConfiguration(tables), by.scope), systemTypes)
}

/** Source topics and the processors that consume them. */
export const sourceTargets: readonly ReplayTarget[] = topology.map(({ from, processor }) => ({
  topic: topicOf(from),
  processor,
}))

/** All topics that can be replayed, with the stages that consume them. */
export function replayTargets(systems: readonly System[], systemTypes: SystemTypes): readonly ReplayTarget[] {
  const sinks = sinksOf(systems, systemTypes).map(({ topic, name }) => ({ topic, processor: name }))
  const projections = feeds.map(({ kind, name }) => ({ topic: topicOf(kind), processor: name }))
  return [...sourceTargets, ...sinks, ...projections]
}
