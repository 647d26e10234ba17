import { listProcesses, type RunningProcess, SILENT_AFTER_MS, type StageCircuit } from '../control/processes.ts'
import { isoTime } from '../events/times.ts'
import { type AccountUse, readAccountUse } from '../platform/governor/call-slots.ts'
import type { NotedAccount } from '../platform/governor/noted-accounts.ts'
import type { TableDeps } from './dependencies.ts'
import type { Principal } from './principal.ts'
import { sees } from './scope.ts'

/** A system that does not answer: its deliveries wait, and one call at a time tries whether it answers again. */
export interface Circuit {
  /** Since when it has not answered. */
  readonly since: string
  readonly code: string
  /** Null if the caller does not see the system: the message may name data of others. */
  readonly message: string | null
  /** Null: a call is trying it now. */
  readonly next_try: string | null
  /** Number of processes whose circuit is open. */
  readonly processes: number
  /** Stages whose records wait for it. */
  readonly stages: readonly string[]
  readonly fix: string
}

/** Use of an account's limits by all processes and connections together. */
export interface CallUse {
  /** The part of the system that the account serves; null: all parts without an account of their own. */
  readonly part: string | null
  /** Calls in progress. */
  readonly in_use: number
  readonly at_once: number
  /** Calls that wait for a slot. */
  readonly waiting: number
  /**
   * No call begins before this time, since the system rejected calls or its quota is used up. Null: calls may begin.
   */
  readonly left_alone_until: string | null
  /** Calls of the last minute; null: not counted. */
  readonly minute: { readonly calls: number; readonly most: number } | null
}

/** One end of a connection: its shop or its vendor. */
export interface CalledSystem {
  readonly system: string
  /** Null: the system answers, or was not called. */
  readonly circuit: Circuit | null
  /** Only of systems that were called since the processes started. */
  readonly calls: readonly CallUse[]
}

/** State of these systems as running processes report it. Processes that died are ignored. */
export async function calledSystems(
  { tables, clock }: Pick<TableDeps, 'tables' | 'clock'>,
  by: Principal,
  systems: readonly string[],
): Promise<ReadonlyMap<string, CalledSystem>> {
  const now = clock.now()
  const running = (await listProcesses(tables, now)).filter(({ beat_at }) => beat_at > now - SILENT_AFTER_MS)
  const uses = new Map<string, Promise<AccountUse>>()
  const useOf = ({ account, per_minute: perMinute }: NotedAccount): Promise<AccountUse> => {
    const key = JSON.stringify([account, perMinute])
    const use = uses.get(key) ?? readAccountUse(tables, { account, perMinute }, now)
    uses.set(key, use)
    return use
  }
  const called = [...new Set(systems)].map(async (system): Promise<CalledSystem> => {
    const calls = accountsOf(running, system).map(async (account) => callUse(account, await useOf(account)))
    const circuit = circuitOf(running, system, now)
    const message = circuit !== null && sees(by.scope, { system }) ? circuit.message : null
    return { system, circuit: circuit && { ...circuit, message }, calls: await Promise.all(calls) }
  })
  return new Map((await Promise.all(called)).map((one) => [one.system, one]))
}

function circuitOf(running: readonly RunningProcess[], system: string, now: number): Circuit | null {
  const open = running.flatMap(({ id, circuits }) =>
    circuits.filter((one) => one.system === system).map((one) => ({ process: id, ...one })),
  )
  const [first] = open.toSorted((one, other) => one.since - other.since)
  if (first === undefined) return null
  const { since, code, message } = first
  return {
    since: isoTime(since),
    code,
    message,
    next_try: nextTry(open, now),
    processes: new Set(open.map(({ process }) => process)).size,
    stages: [...new Set(open.map(({ stage }) => stage))].toSorted(),
    fix: `make ${system} answer again; waiting records are then delivered automatically. Check it with waldstream doctor`,
  }
}

function nextTry(open: readonly StageCircuit[], now: number): string | null {
  const first = Math.min(...open.map(({ next_try }) => next_try))
  return first > now ? isoTime(first) : null
}

/** The process that started last decides: the system's document may have changed since the others started. */
function accountsOf(running: readonly RunningProcess[], system: string): readonly NotedAccount[] {
  const known = running.flatMap(({ accounts }) => accounts.filter((one) => one.system === system))
  return [...new Map(known.map((one) => [one.account, one])).values()]
}

function callUse(account: NotedAccount, { inUse, waiting, pausedUntil, ofMinute }: AccountUse): CallUse {
  const { part, concurrency, per_minute: perMinute } = account
  return {
    part,
    in_use: inUse,
    at_once: concurrency,
    waiting,
    left_alone_until: pausedUntil === null ? null : isoTime(pausedUntil),
    minute: perMinute === null ? null : { calls: ofMinute, most: perMinute },
  }
}
