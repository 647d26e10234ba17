import { expiresAfter, keptDays } from './dynamodb/expiry.ts'
import { type AttributeOf, queryReadable, type RowType } from './dynamodb/rows.ts'
import type { Condition, Item, TableDefinition, Tables } from './dynamodb/tables.ts'
import { readableItems } from './dynamodb/unreadable-rows.ts'
import { createLeases, type HeldRow } from './lease.ts'

/** Work that outlives the process which does it: a row, taken by lease, changed by whoever holds the last fence token. */
export interface Job {
  /** Begins with the time it was asked for, so that ids sort by it. */
  readonly id: string
  readonly state: string
  /** Grows with each lease: one who lost it can't write any more. */
  readonly fence: number
  /** Milliseconds UTC; 0: free. */
  readonly lease_until: number
}

export interface Jobs<J extends Job> {
  /** False: there is one with this id already. */
  create(job: J): Promise<boolean>
  get(id: string): Promise<J | undefined>
  /** The newest first. */
  list(limit: number): Promise<readonly J[]>
  /** Those that have not come to their end. */
  open(): Promise<readonly J[]>
  /** Takes a job that nobody holds; undefined: another was quicker. */
  take(job: J, now: number, leaseMs: number): Promise<J | undefined>
  /** The job after the change; null: it is another's now, or it is not as `condition` asks. */
  change(job: Pick<J, 'id' | 'fence'>, set: Partial<J>, condition?: Condition<AttributeOf<J>>): Promise<J | null>
  /** The last change: the job is not looked at again. */
  end(job: Pick<J, 'id' | 'fence'>, set: Partial<J>): Promise<J | null>
}

export const ALL_JOBS = 'all'
const OPEN = 'open'

export function jobTable(name: string): TableDefinition {
  return { name, partitionKey: 'shelf', sortKey: 'id', expires: 'expires' }
}

export function createJobs<J extends Job>(tables: Tables, { table, decode, expires }: RowType<J>): Jobs<J> {
  const leases = createLeases(tables, table, { until: 'lease_until', token: 'fence' })
  const rowOf = (id: string, fence: number): HeldRow => ({ key: { shelf: ALL_JOBS, id }, token: fence })
  const change: Jobs<J>['change'] = async ({ id, fence }, set, condition) => {
    const at = expires?.(set) ?? null
    const own = at === null ? set : { ...set, expires: at }
    const item = await leases.change(rowOf(id, fence), { set: own }, condition === undefined ? [] : [condition])
    return item === null ? null : decode(item)
  }
  const get = async (id: string) => {
    const item = await tables.get(table, { shelf: ALL_JOBS, id })
    return item === undefined ? undefined : decode(item)
  }
  return {
    get,
    change,
    async create(job) {
      // The pointer first: one without a job is harmless, a job without one would never be done.
      if ((await get(job.id)) !== undefined) return false
      await tables.put(table, { shelf: OPEN, id: job.id })
      return await tables.put(table, { shelf: ALL_JOBS, ...(job as Item & J) }, { absent: 'id' })
    },
    async list(limit) {
      return await queryReadable(tables, table, { partition: ALL_JOBS, descending: true, limit }, decode)
    },
    async open() {
      const pointers = await tables.query(table, { partition: OPEN })
      const items = await tables.getMany(
        table,
        pointers.map((pointer) => ({ shelf: ALL_JOBS, id: String(pointer['id']) })),
      )
      return readableItems(items, decode).toSorted((a, b) => (a.id < b.id ? -1 : 1))
    },
    async take({ id, fence, lease_until: seenUntil }, now, leaseMs) {
      if (seenUntil > now) return undefined
      // As it was seen: a holder that has come to a new state meanwhile has also changed its lease.
      const asSeen: readonly Condition<AttributeOf<Job>>[] = [
        { attribute: 'fence', is: '=', value: fence },
        { attribute: 'lease_until', is: '=', value: seenUntil },
      ]
      const item = await leases.take(rowOf(id, fence + 1), { now, until: now + leaseMs }, { when: asSeen })
      return item === null ? undefined : decode(item)
    },
    async end(job, set) {
      const ended = await change(job, { ...set, lease_until: 0 })
      if (ended !== null) await tables.delete(table, { shelf: OPEN, id: job.id })
      return ended
    },
  }
}

/** A job that came to its end goes when nobody asks for it any more. */
export function expiresOnceEnded({ ended_at }: { readonly ended_at?: string | null }): number | undefined {
  return ended_at == null ? undefined : expiresAfter(Date.parse(ended_at), keptDays.endedJobs)
}

/** Id of a job: what it is, when it was asked for, and what distinguishes it from others of that moment. */
export function jobId(what: string, at: number, mark: string): string {
  return `${what}-${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${mark}`
}
