import { randomUUID } from 'node:crypto'
import { systemOfRead } from '../configuration/read-id.ts'
import { isoTime } from '../events/times.ts'
import { orNull, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { answerRequest, requestAnswer, requestAnswers, takeRequest } from './keyed-requests.ts'
import { type SyncRequester, taskIdOf } from './request-sync.ts'
import { getRun } from './runs.ts'
import { isSweep, type SweepTrigger } from './sweeps.ts'
import { REQUESTS } from './tables.ts'

export interface WantedSync {
  readonly read: string
  /** Milliseconds UTC: read again from here; null: go on from the cut date. */
  readonly from: number | null
  /** A queue to drain in place of those that are configured. */
  readonly queueUrl?: string | null
  readonly reason: string | null
  readonly by: string
  readonly trigger: 'api' | 'webhook' | SweepTrigger
  /** The caller's own id of the request; null: one is made. */
  readonly requestId: string | null
}

/** A request as it is answered; times are ISO 8601. */
export interface SyncRequest {
  readonly id: string
  readonly read: string
  readonly task: string
  readonly trigger: string
  readonly requested_at: string
  readonly requested_by: string
  readonly reason: string | null
  readonly from: string | null
  /** `requested` until the dispatcher has it, then the run's. */
  readonly state: string
  /** The task it joined, which waited already. */
  readonly merged_into: string | null
  readonly queue_url: string | null
}

/** As it is kept: its state and what it joined are the run's. Requests of earlier versions have no queue. */
const keptRequest = rowType<SyncRequest>(REQUESTS, ['id'], {
  id: text,
  read: text,
  task: text,
  trigger: text,
  requested_at: text,
  requested_by: text,
  reason: orNull(text),
  from: orNull(text),
  state: text,
  merged_into: orNull(text),
  queue_url: orNull(text),
})

export interface SyncRequests {
  /**
   * Resolves when the broker has acknowledged it and, but for a webhook's, the dispatcher has it or does not answer in
   * time.
   */
  request(wanted: WantedSync): Promise<SyncRequest & { readonly isNew: boolean }>
  /**
   * The newest of this id, of a read of these systems. Undefined also where its read is none of theirs: nothing more is looked up
   * then, as for one that is not there.
   */
  get(id: string, systems: readonly string[]): Promise<SyncRequest | undefined>
}

export interface SyncRequestDeps {
  readonly tables: Tables
  readonly requester: SyncRequester
  readonly clock: { now(): number; sleep(ms: number): Promise<void> }
}

/** How long a caller waits to hear whether the request joined another. */
const DISPATCHED_WITHIN_MS = 3_000
const LOOK_EVERY_MS = 50

/** Of hooks, whose ids name their system, and of the requests of earlier versions. */
const commonRow = (id: string): string => `sync ${id}`

/** Callers choose their ids: those of one system are no one's who does not reach it, nor those of hooks. */
const rowOf = (system: string, id: string): string => `request ${system} ${id}`

/** The row of a request; the one that an earlier version made of the same request counts. */
async function rowFor(tables: Tables, { read, trigger, requestId }: WantedSync, id: string): Promise<string> {
  if (trigger === 'webhook') return commonRow(id)
  const earlier = requestId === null ? null : await requestAnswer(tables, commonRow(id))
  return earlier !== null && keptRequest.decode(earlier).read === read ? commonRow(id) : rowOf(systemOfRead(read), id)
}

export function createSyncRequests({ tables, requester, clock }: SyncRequestDeps): SyncRequests {
  const withState = async (request: SyncRequest): Promise<SyncRequest> => {
    const run = await getRun(tables, request.task)
    return { ...request, state: run?.state ?? 'requested', merged_into: run?.merged_into ?? null }
  }
  const dispatched = async (request: SyncRequest): Promise<SyncRequest> => {
    const until = clock.now() + DISPATCHED_WITHIN_MS
    for (;;) {
      const found = await withState(request)
      if (found.state !== 'requested' || clock.now() >= until) return found
      await clock.sleep(LOOK_EVERY_MS)
    }
  }
  return {
    async request(wanted) {
      const { read, from, reason, by, trigger, queueUrl = null } = wanted
      const id = wanted.requestId ?? randomUUID()
      const own = { ...(queueUrl === null ? {} : { queueUrl }), ...(isSweep(trigger) ? { trigger } : {}) }
      const asked = { read, from, reason, ...own }
      const content = trigger === 'webhook' ? null : asked
      const row = await rowFor(tables, wanted, id)
      const { at, isNew } = await takeRequest(tables, row, content, clock.now())
      const task = taskIdOf({ read, requestId: id, requestedAt: at })
      const request: SyncRequest = {
        id,
        read,
        task,
        trigger,
        requested_at: isoTime(at),
        requested_by: by,
        reason,
        from: isoTime(from),
        state: 'requested',
        merged_into: null,
        queue_url: queueUrl,
      }
      await answerRequest(tables, row, { ...request })
      // Again, too: the process that took it may have ended before it was sent. The run's id makes it one run.
      if ((await getRun(tables, task)) === undefined) {
        const run = { read, requestId: id, trigger, from, reason, queueUrl }
        await requester.request({ ...run, requestedAt: at, requestedBy: by })
      }
      // A hook is answered at once: who sends it is not interested, and stops sending where answers take long.
      return { ...(await (trigger === 'webhook' ? withState(request) : dispatched(request))), isNew }
    },
    async get(id, systems) {
      const rows = [commonRow(id), ...systems.map((system) => rowOf(system, id))]
      const requests = (await requestAnswers(tables, rows)).map(keptRequest.decode)
      const seen = requests.filter(({ read }) => systems.includes(systemOfRead(read)))
      const [newest] = seen.toSorted((a, b) => Date.parse(b.requested_at) - Date.parse(a.requested_at))
      return newest === undefined ? undefined : await withState(newest)
    },
  }
}
