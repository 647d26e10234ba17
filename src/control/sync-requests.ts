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
  /** Milliseconds UTC: read again from here; null: continue from the cut date. */
  readonly from: number | null
  /** A queue to drain instead of the configured ones. */
  readonly queueUrl?: string | null
  readonly reason: string | null
  readonly by: string
  readonly trigger: 'api' | 'webhook' | SweepTrigger
  /** The caller's own id of the request; null: an id is generated. */
  readonly requestId: string | null
}

/** A request as returned to callers; times are ISO 8601. */
export interface SyncRequest {
  readonly id: string
  readonly read: string
  readonly task: string
  readonly trigger: string
  readonly requested_at: string
  readonly requested_by: string
  readonly reason: string | null
  readonly from: string | null
  /** `requested` until the dispatcher has it, then the state of the run. */
  readonly state: string
  /** The waiting task that it joined. */
  readonly merged_into: string | null
  readonly queue_url: string | null
}

/** As stored: its state and the task it joined come from the run. Requests of earlier versions have no queue. */
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
   * Resolves when the broker has acknowledged the request and the dispatcher has it or does not answer in time. Does
   * not wait for the dispatcher if the request comes from a webhook.
   */
  request(wanted: WantedSync): Promise<SyncRequest & { readonly isNew: boolean }>
  /**
   * The newest request with this id, of a read of these systems. Undefined if there is none; for a read of another
   * system nothing more is looked up, exactly as for an unknown id.
   */
  get(id: string, systems: readonly string[]): Promise<SyncRequest | undefined>
}

export interface SyncRequestDeps {
  readonly tables: Tables
  readonly requester: SyncRequester
  readonly clock: { now(): number; sleep(ms: number): Promise<void> }
}

/** How long a caller waits to learn whether the request joined another. */
const DISPATCHED_WITHIN_MS = 3_000
const LOOK_EVERY_MS = 50

/** Row of requests of webhooks, whose ids name their system, and of earlier versions. */
const commonRow = (id: string): string => `sync ${id}`

/** Callers choose their ids: rows are separate per system, and separate from those of webhooks. */
const rowOf = (system: string, id: string): string => `request ${system} ${id}`

/** The row of a request; if an earlier version stored the same request, its row counts. */
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
      // Repeated requests too: the process that took the first may have ended before it sent it. The run's id makes it
      // one run.
      if ((await getRun(tables, task)) === undefined) {
        const run = { read, requestId: id, trigger, from, reason, queueUrl }
        await requester.request({ ...run, requestedAt: at, requestedBy: by })
      }
      // A webhook is answered at once: its sender ignores the content, and stops sending if answers take long.
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
