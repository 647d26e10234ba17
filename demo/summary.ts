import type { PulledRows } from './pull-feeds.ts'

/** What the API says of a task. */
export interface TaskAnswer {
  readonly id: string
  readonly read: string
  readonly state: 'due' | 'processing' | 'completed' | 'failed' | 'incomplete' | 'merged'
  readonly read_count: number
  readonly published: number
  readonly unchanged: number
  readonly error?: { readonly code: string; readonly message: string } | null
  readonly connections: Readonly<Record<string, { readonly statuses: Readonly<Record<string, number>> }>>
  /** Entities that could not be read or routed. */
  readonly unrouted_failed: number
}

/** Counts of one kind of entity; which of them there are depends on where the kind goes. */
export type EntityCounts = Readonly<Record<string, number>>

const KINDS = ['orders', 'products', 'inventory', 'prices', 'images'] as const

/** Sums the tasks by kind of entity. `delivered` is what the ERP has, `projected` what the feed shows. */
export function countEntities(
  tasks: readonly TaskAnswer[],
  pulled: PulledRows,
): Readonly<Record<string, EntityCounts>> {
  return Object.fromEntries(
    KINDS.map((kind) => {
      const { head, ends, tail } = sums(tasks.filter((task) => task.read.split('.')[1] === kind))
      if (kind === 'orders') return [kind, { ...head, delivered: ends, ...tail }]
      return [kind, { ...head, projected: ends, ...tail, pulled: pulled[kind] }]
    }),
  )
}

/** Sums the tasks of shipments and of what else becomes of orders; `delivered` is what the shop has. */
export function countShipments(tasks: readonly TaskAnswer[]): EntityCounts {
  const { head, ends, tail } = sums(tasks)
  return { ...head, delivered: ends, ...tail }
}

function sums(tasks: readonly TaskAnswer[]) {
  const total = (of: (task: TaskAnswer) => number): number => tasks.reduce((sum, task) => sum + of(task), 0)
  const status = (name: string): number =>
    total((task) => Object.values(task.connections).reduce((sum, { statuses }) => sum + (statuses[name] ?? 0), 0))
  const head = {
    read: total((task) => task.read_count),
    published: total((task) => task.published),
    unchanged: total((task) => task.unchanged),
    ignored: status('ignored'),
  }
  const tail = { deadLettered: status('failed') + total((task) => task.unrouted_failed) }
  return { head, ends: status('succeeded'), tail }
}

/** By kind of entity: how many have ended, and how. */
export type ConnectionCounts = Readonly<Record<string, EntityCounts>>

/** Sums the tasks by connection and kind. */
export function countConnections(tasks: readonly TaskAnswer[]): Readonly<Record<string, ConnectionCounts>> {
  const told = tasks.flatMap(({ read, connections }) =>
    Object.entries(connections).map(([connection, { statuses }]) => {
      return { connection, kind: read.split('.')[1] ?? read, statuses }
    }),
  )
  const summed = (of: readonly (typeof told)[number][]): EntityCounts => {
    const names = [...new Set(of.flatMap(({ statuses }) => Object.keys(statuses)))].toSorted()
    return Object.fromEntries(
      names.map((name) => [name, of.reduce((sum, { statuses }) => sum + (statuses[name] ?? 0), 0)]),
    )
  }
  const byConnection = Map.groupBy(told, ({ connection }) => connection)
  return Object.fromEntries(
    [...byConnection].map(([connection, own]) => {
      const kinds = Map.groupBy(own, ({ kind }) => kind)
      return [connection, Object.fromEntries([...kinds].map(([kind, of]) => [kind, summed(of)]))]
    }),
  )
}

/** What a run that ends by itself has to say: counts of any shape, and what differs at the two ends. */
interface Differing {
  readonly differences: readonly string[]
}

/** The last line of stdout with --json. */
export function summaryLine<R extends Differing>({ differences, ...counts }: R, seconds: number): string {
  const ok = differences.length === 0
  const wrong = ok ? {} : { differences }
  return JSON.stringify({ ok, seconds: Math.round(seconds * 10) / 10, ...counts, ...wrong })
}

/** The same for a run that came to no end. */
export function failureLine({ code, message }: { readonly code: string; readonly message: string }): string {
  return JSON.stringify({ ok: false, error: { code, message } })
}
