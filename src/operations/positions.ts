import { readConfiguration } from '../configuration/read-configuration.ts'
import { noteChange } from './audit.ts'
import { assertConfirmed } from './confirmation.ts'
import type { OperationDeps } from './dependencies.ts'
import { notFound, type Principal } from './principal.ts'
import { type Scoped, within } from './scope.ts'
import { type SinkOfSystem, sinksOf } from './sinks.ts'

/** The offset a sink resumes from in one partition; null: it has none. */
export interface SinkPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: string | null
}

type Deps = Pick<OperationDeps, 'tables' | 'systemTypes' | 'admin' | 'positions' | 'topicPrefix'>

/** The offsets that a sink resumes from, by its consumer group. Throws `not_found`. */
export async function listPositions(deps: Deps, by: Principal, group: string): Promise<Scoped<SinkPosition>> {
  const sink = await findSink(deps, by, group)
  const [id, topic] = [deps.topicPrefix + group, deps.topicPrefix + sink.topic]
  const kept = await deps.positions.read(id, topic)
  const committed = await deps.admin.committed(id, topic)
  const rows = [...committed].map(([partition, offset]) => {
    return { topic, partition, offset: (offset ?? kept.get(partition))?.toString() ?? null }
  })
  return within(by.scope, rows, () => ({ system: sink.system }))
}

/** Sets where a sink begins in partitions without a committed offset. Throws `not_found`, `confirmation_needed`. */
export async function setPositions(
  deps: Deps & Pick<OperationDeps, 'audit'>,
  by: Principal,
  { group, at, confirm }: { readonly group: string; readonly at: 'earliest' | 'latest'; readonly confirm: boolean },
): Promise<void> {
  const sink = await findSink(deps, by, group)
  const [id, topic] = [deps.topicPrefix + group, deps.topicPrefix + sink.topic]
  const ends = await deps.admin.ends(topic)
  if (!confirm) {
    const committed = await deps.admin.committed(id, topic)
    const lost = ends.filter(({ partition }) => (committed.get(partition) ?? null) === null)
    const events = lost.reduce((sum, { start, end }) => sum + Number(end - start), 0)
    const name =
      at === 'earliest' ? 'stored events that are delivered from the beginning' : 'stored events that are left out'
    assertConfirmed(by, `a position of ${group}`, { [name]: events }, false)
  }
  for (const { partition, start, end } of ends) {
    await deps.positions.set(id, topic, partition, at === 'earliest' ? start : end)
  }
  await noteChange(deps, by, { what: 'position.set', target: group, after: { at } })
}

async function findSink({ tables, systemTypes }: Deps, by: Principal, group: string): Promise<SinkOfSystem> {
  const { systems } = await readConfiguration(tables)
  const sinks = within(by.scope, sinksOf(systems, systemTypes), ({ system }) => ({ system }))
  const sink = sinks.find(({ name }) => name === group)
  if (sink !== undefined) return sink
  const what = `no sink has the group "${group}"; there are: ${sinks.map(({ name }) => name).join(', ')}`
  throw notFound(by, { field: 'group', api: what, cli: what })
}
