import { StreamError } from '../../errors.ts'
import { digest } from '../../events/identity.ts'
import { isoTime } from '../../events/times.ts'
import { topicOf } from '../../events/topics.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { type Jobs, jobId } from '../../platform/jobs.ts'
import type { LogAdmin } from '../../platform/kafka/event-log.ts'
import { readMeta } from '../feed-table.ts'
import type { Feed } from '../projection.ts'
import { giveUpGeneration, retireGeneration, switchGeneration, undoSwitch } from './generations.ts'
import { feedOf, openRebuilds, READERS_END_MS, type Rebuild, switchedAt } from './rebuild.ts'

export interface RebuildRequest {
  /** Of a feed: its table, or its short name (products, inventory, prices, images). */
  readonly table: string
  readonly by: string | null
  readonly reason: string | null
}

export interface RebuildPreview {
  readonly table: string
  readonly topic: string
  /** Events that would be folded. */
  readonly events: number
  readonly live_generation: number
  readonly next_generation: number
  /** A rebuild whose switch can no longer be undone after this request; null: there is none. */
  readonly ends_undo_of: string | null
}

/** Rebuilds of feed tables, shared by the API and the command. */
export interface Rebuilds {
  /** Throws `request_invalid` if it is not a feed table, and `state_conflict` while another rebuild is open. */
  request(request: RebuildRequest): Promise<Rebuild>
  preview(table: string): Promise<RebuildPreview>
  list(limit: number): Promise<readonly Rebuild[]>
  /** Throws `not_found`. */
  get(id: string): Promise<Rebuild>
  /** The rebuild of a table that is not switched or dropped yet. Throws `not_found`. */
  openOf(table: string): Promise<Rebuild>
  /** The rebuild that a table was switched to, if that can be undone. Throws `not_found`. */
  switchedOf(table: string): Promise<Rebuild>
  /** Readers see the rebuilt rows from now on; their cursors expire (Guarantee 8). Throws `state_conflict`. */
  switch(id: string): Promise<Rebuild>
  /**
   * Readers see the rows from before the switch again, including everything since; the rebuild is `ready` again. Throws
   * `state_conflict` once these rows are gone.
   */
  undo(id: string): Promise<Rebuild>
  /** Deletes all of it. Throws `state_conflict` if readers see it already. */
  drop(id: string): Promise<Rebuild>
}

export interface RebuildsDeps {
  readonly tables: Tables
  readonly admin: Pick<LogAdmin, 'ends'>
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly jobs: Jobs<Rebuild>
  readonly topicPrefix: string
  readonly feeds: readonly Feed[]
}

export function createRebuilds(deps: RebuildsDeps): Rebuilds {
  const { jobs, tables, clock, feeds } = deps
  const get = async (id: string): Promise<Rebuild> => {
    const job = await jobs.get(id)
    if (job !== undefined) return job
    throw new StreamError('not_found', `id: there is no rebuild "${id}"; /v1/rebuilds lists them`, { field: 'id' })
  }
  const find = async (table: string, is: (job: Rebuild) => boolean) =>
    (await jobs.open()).find((job) => job.table === table && is(job))
  const isOpen = ({ state }: Rebuild) => openRebuilds.includes(state)
  const isUndoable = ({ state, undo_until }: Rebuild) =>
    state === 'switched' && undo_until !== null && undo_until > clock.now()
  return {
    get,
    list: (limit) => jobs.list(limit),
    async request({ table: asked, by, reason }) {
      const feed = askedFeed(feeds, asked)
      const { table } = feed
      const other = await find(table, isOpen)
      if (other !== undefined)
        throw conflict('table', `${other.id} is rebuilding ${table}; switch to it or drop it first`)
      const now = clock.now()
      // At most one generation exists besides the live one.
      const undoable = await find(table, isUndoable)
      if (undoable !== undefined && (await retireGeneration(tables, feed, undoable))) {
        await note(undoable.id, { undo_until: null, drop_after: now + READERS_END_MS })
      }
      const job: Rebuild = {
        id: jobId('rebuild', now, digest(table, String(now)).slice(0, 8)),
        table,
        by,
        reason,
        state: 'due',
        requested_at: isoTime(now),
        ready_at: null,
        ended_at: null,
        generation: null,
        live_generation: null,
        events: 0,
        difference: null,
        drop_after: 0,
        undo_until: null,
        error: null,
        fence: 0,
        lease_until: 0,
      }
      await jobs.create(job)
      return job
    },
    async preview(asked) {
      const feed = askedFeed(feeds, asked)
      const { table, kind } = feed
      const topic = topicOf(kind)
      const ends = await deps.admin.ends(deps.topicPrefix + topic)
      const events = ends.reduce((sum, { start, end }) => sum + Number(end - start), 0)
      const { generation, lastGeneration } = await readMeta(tables, feed)
      const undoable = await find(table, isUndoable)
      const generations = { live_generation: generation, next_generation: lastGeneration + 1 }
      return { table, topic, events, ...generations, ends_undo_of: undoable?.id ?? null }
    },
    async openOf(asked) {
      const { table } = askedFeed(feeds, asked)
      const job = await find(table, isOpen)
      if (job !== undefined) return job
      const message = `table: ${table} is not being rebuilt; start with "waldstream rebuild ${asked}"`
      throw new StreamError('not_found', message, { field: 'table' })
    },
    async switchedOf(asked) {
      const { table } = askedFeed(feeds, asked)
      const job = await find(table, isUndoable)
      if (job !== undefined) return job
      const message = `table: ${table} has no switch that can be undone: its previous rows are gone`
      throw new StreamError('not_found', message, { field: 'table' })
    },
    async switch(id) {
      const job = await get(id)
      if (job.state === 'switched' || job.state === 'ended') return job
      if (job.state !== 'ready')
        throw conflict('id', `rebuild ${id} is ${job.state}; only a ready one can be switched to`)
      await switchGeneration(tables, askedFeed(feeds, job.table), job)
      return await note(id, switchedAt(clock.now()))
    },
    async undo(id) {
      const job = await get(id)
      if (job.state === 'ready') return job
      if (job.state !== 'switched') throw conflict('id', `rebuild ${id} is ${job.state}; it has no switch to undo`)
      const feed = askedFeed(feeds, job.table)
      const shards = (await deps.admin.ends(deps.topicPrefix + topicOf(feed.kind))).length
      await undoSwitch(tables, feed, job, { shards, meets: (is) => meetsSoon(clock, is) })
      return await note(id, { state: 'ready', undo_until: null, drop_after: 0 })
    },
    async drop(id) {
      const job = await get(id)
      if (job.state === 'dropping' || job.state === 'dropped') return job
      if (!openRebuilds.includes(job.state)) throw conflict('id', `rebuild ${id} is ${job.state} and can't be dropped`)
      const givenUp = await giveUpGeneration(tables, askedFeed(feeds, job.table), job)
      if (!givenUp && job.state === 'ready') throw conflict('id', `rebuild ${id} was just switched to`)
      return await note(id, { state: 'dropping', drop_after: clock.now() + READERS_END_MS })
    },
  }

  /** Takes the lease from its holder, whose work is over. */
  async function note(id: string, set: Partial<Rebuild>): Promise<Rebuild> {
    for (;;) {
      const job = await get(id)
      const changed = await jobs.change(job, { ...set, fence: job.fence + 1, lease_until: 0 })
      if (changed !== null) return changed
    }
  }
}

/** A batch is written within a moment; one that takes longer will not arrive. */
const LOOKS = 50
const LOOK_EVERY_MS = 100

async function meetsSoon(clock: RebuildsDeps['clock'], is: () => Promise<boolean>): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    if (await is()) return true
    if (look === LOOKS) return false
    await clock.sleep(LOOK_EVERY_MS)
  }
}

function askedFeed(feeds: readonly Feed[], table: string): Feed {
  const found = feedOf(feeds, table)
  if (found !== undefined) return found
  const message = `table: "${table}" is not a feed table; tables: ${feeds.map((feed) => feed.table).join(', ')}`
  throw new StreamError('request_invalid', message, { field: 'table' })
}

function conflict(field: string, message: string): StreamError {
  return new StreamError('state_conflict', `${field}: ${message}`, { field })
}
