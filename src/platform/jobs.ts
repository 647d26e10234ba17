import { expiresAfter, keptDays } from './dynamodb/expiry.ts'
import { type AttributeOf, queryReadable, type RowType } from './dynamodb/rows.ts'
import type { Condition, Item, TableDefinition, Tables } from './dynamodb/tables.ts'
import { readableItems } from './dynamodb/unreadable-rows.ts'
import { createLeases, type HeldRow } from './lease.ts'

/** Work that outlives its process: a row, taken by lease and changed only by the holder of the last fence token. */
export interface Job {
  /** Contains the time of the request, so that ids of one kind of job sort by it. */
  readonly id: string
  readonly state: string
  /** Grows with each lease: a holder that lost the lease can't write any more. */
  readonly fence: number
  /** Milliseconds UTC; 0: free. */
  readonly lease_until: number
}

export interface Jobs<J extends Job> {
  /** False: a job with this id exists already. */
  create(job: J): Promise<boolean>
  get(id: string): Promise<J | undefined>
  /** Newest first. */
  list(limit: number): Promise<readonly J[]>
  /** Jobs that have not ended. */
  open(): Promise<readonly J[]>
  /** Takes a job whose lease is free; undefined: another process was quicker. */
  take(job: J, now: number, leaseMs: number): Promise<J | undefined>
  /** The job after the change; null: another process holds it now, or `condition` does not hold. */
  change(job: Pick<J, 'id' | 'fence'>, set: Partial<J>, condition?: Condition<AttributeOf<J>>): Promise<J | null>
  /** Makes the last change and removes the job from the open ones. */
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
      // The pointer first: a pointer without a job is harmless, but a job without a pointer would never run.
      if ((await get(job.id)) !== undefined) return false
      await tables.put(table, { shelf: OPEN, id: job.id })
      return await tables.put(table, { shelf: ALL_JOBS, ...(job as Item & J) }, { mine: { absent: 'id' } })
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
      // Only an unchanged job: a holder that changed its state meanwhile has also changed its lease.
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

/** An ended job expires; an open one does not. */
export function expiresOnceEnded({ ended_at }: { readonly ended_at?: string | null }): number | undefined {
  return ended_at == null ? undefined : expiresAfter(Date.parse(ended_at), keptDays.endedJobs)
}

/** Id of a job: its kind, the time of the request, and a mark that distinguishes it from others of that second. */
export function jobId(what: string, at: number, mark: string): string {
  return `${what}-${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${mark}`
}
