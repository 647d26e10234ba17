import type { CalledSystem, Failure, Halt, Status } from '../../api/answers.ts'
import { causeText, entityText } from '../../format.ts'
import { clockTime } from '../../local-time.ts'
import { texts } from '../../texts.ts'

/** A problem that needs a person. */
export interface Attention {
  readonly id: string
  readonly tone: 'bad' | 'warn'
  readonly icon: 'pause' | 'problems' | 'clock' | 'connections'
  /** Null: not one connection. */
  readonly connection: string | null
  readonly title: string
  readonly message: string
  /** Null: not known. */
  readonly since: string | null
  /** The pause to resume; null: not a pause. */
  readonly pause: { readonly stage: string; readonly connection: string } | null
  /** Page with the cause; null: there is none. */
  readonly href: string | null
  /** The scope that the page needs; null: no extra scope. */
  readonly scope: string | null
}

/**
 * Systems that do not answer, pauses, failures, overdue reads and waiting records, worst first. A problem of several
 * connections is listed once.
 */
export function attentionOf(
  { connections, unusable, failures, unreached, subscriptions }: Status,
  now = Date.now(),
): readonly Attention[] {
  const ends = connections.flatMap((one) => (one.enabled ? one.ends : []))
  const down = ends.flatMap(downOf)
  const alone = ends.flatMap((end) => aloneOf(end, now))
  const broken = unusable.map(ofUnusable)
  const halts = connections.flatMap((one) => one.paused.map((halt) => ofHalt(halt, one.connection)))
  const failed = connections.flatMap((one) => one.failures.map((failure) => ofFailure(failure, one.connection)))
  const unrouted = failures.map((failure) => ofFailure(failure, null))
  const reads = connections.flatMap((one) => one.flows.flatMap((flow) => readsOf(flow, one.connection)))
  const waits = connections.flatMap((one) => one.flows.flatMap((flow) => waitsOf(flow, one)))
  const silent = [...unreached.flatMap(unreachedOf), ...subscriptions.flatMap(unsentOf)]
  const all = [...broken, ...down, ...halts, ...failed, ...unrouted, ...silent, ...reads, ...waits, ...alone]
  return [...new Map(all.map((one) => [one.id, one])).values()]
}

function downOf({ system, circuit }: CalledSystem): readonly Attention[] {
  if (circuit === null) return []
  const { message, since } = circuit
  return [
    {
      id: `down ${system}`,
      tone: 'bad',
      icon: 'connections',
      connection: null,
      title: texts.overview.down(system),
      message: message === null ? texts.overview.downWay : `${texts.overview.downWay} ${message}`,
      since,
      pause: null,
      href: systemPage(system),
      scope: 'configure',
    },
  ]
}

function ofUnusable({ connection, problem, stock, fix }: Status['unusable'][number]): Attention {
  const isRemoved = problem === 'removed'
  return {
    id: `unusable ${connection}`,
    tone: isRemoved ? 'warn' : 'bad',
    icon: 'connections',
    connection,
    title: isRemoved ? texts.overview.removed(connection) : texts.overview.unreadable(connection),
    message: stock === null ? fix : `${texts.overview.servedBy(stock)} ${fix}`,
    since: null,
    pause: null,
    href: null,
    scope: null,
  }
}

function unreachedOf({ recipient, failing }: Status['unreached'][number]): readonly Attention[] {
  if (failing === null) return []
  return [
    {
      id: `unreached ${recipient}`,
      tone: 'warn',
      icon: 'problems',
      connection: null,
      title: texts.overview.unreached(recipient),
      message: failing.message,
      since: failing.since,
      pause: null,
      href: null,
      scope: null,
    },
  ]
}

function unsentOf({ subscription, failing, state }: Status['subscriptions'][number]): readonly Attention[] {
  if (failing === null) return []
  return [
    {
      id: `unsent ${subscription}`,
      tone: 'warn',
      icon: 'problems',
      connection: null,
      title:
        state === 'paused'
          ? texts.overview.givenUp(subscription)
          : state === 'refusing'
            ? texts.overview.refused(subscription)
            : texts.overview.unsent(subscription),
      message: failing.message,
      since: failing.since,
      pause: null,
      href: null,
      scope: null,
    },
  ]
}

/** Short rate limiting is normal: that is how a system's limits are kept. */
const LONG_ALONE_MS = 60_000

function aloneOf({ system, calls }: CalledSystem, now: number): readonly Attention[] {
  return calls.flatMap(({ part, left_alone_until: until }) => {
    if (until === null || Date.parse(until) - now < LONG_ALONE_MS) return []
    return [
      {
        id: `alone ${system} ${part}`,
        tone: 'warn',
        icon: 'clock',
        connection: null,
        title: texts.overview.alone(system, part),
        message: texts.overview.aloneWay(clockTime(new Date(until))),
        since: null,
        pause: null,
        href: systemPage(system),
        scope: 'configure',
      } as const,
    ]
  })
}

const systemPage = (system: string) => `/systems/${encodeURIComponent(system)}`

function ofHalt({ stage, connection, message, since, code }: Halt, of: string): Attention {
  const isRead = stage === 'reads'
  return {
    id: `paused ${stage} ${connection}`,
    tone: 'bad',
    icon: 'pause',
    connection: isRead || connection === '*' ? connection : of,
    title: isRead
      ? texts.overview.readsHeld(connection)
      : `${texts.overview.paused(stage)}: ${causeText(code).toLowerCase()}`,
    message,
    since,
    pause: { stage, connection },
    href: null,
    scope: null,
  }
}

function ofFailure(
  { group, count, code, field, message, stage, last_at }: Failure,
  connection: string | null,
): Attention {
  return {
    id: `failed ${group}`,
    tone: 'bad',
    icon: 'problems',
    connection: connection ?? stage,
    title: texts.overview.failures(field === null ? causeText(code) : `${causeText(code)} (${field})`, count),
    message,
    since: last_at,
    pause: null,
    href: `/problems/${group}`,
    scope: null,
  }
}

function readsOf({ reads }: Status['connections'][number]['flows'][number], connection: string): readonly Attention[] {
  return reads.flatMap(({ read, problem, overdue, enabled, last_good }) => {
    if ((problem === null && !overdue) || !enabled) return []
    return [
      {
        id: `read ${read}`,
        tone: 'warn',
        icon: 'clock',
        connection,
        title: texts.overview.readProblem(read),
        message: problem ?? texts.overview.readOverdue,
        since: last_good,
        pause: null,
        href: `/tasks?${new URLSearchParams({ read })}`,
        scope: null,
      } as const,
    ]
  })
}

/** Waits that somebody has decided on. */
const WANTED: readonly (string | null)[] = ['order_held', 'held_back', 'held']

/** Records that wait for a pause are covered by the pause. */
function waitsOf(
  { entity, waits }: Status['connections'][number]['flows'][number],
  { connection, paused }: Status['connections'][number],
): readonly Attention[] {
  const isPaused = (stage: string) => paused.some((halt) => halt.stage === stage)
  return waits.flatMap(({ stage, code, message, count, since }) => {
    if (WANTED.includes(code) || isPaused(stage)) return []
    return [
      {
        id: `waiting ${connection} ${stage} ${code}`,
        tone: 'warn',
        icon: 'clock',
        connection,
        title: texts.overview.waits(entityText(entity), count, code === null ? null : causeText(code)),
        message: message ?? '',
        since,
        pause: null,
        href: `/problems/waiting?${new URLSearchParams({ connection })}`,
        scope: null,
      } as const,
    ]
  })
}

/** Entities with a read that has never read its whole window. */
export function unreadEntities({ connections }: Status): readonly string[] {
  const flows = connections.filter(({ enabled }) => enabled).flatMap((one) => one.flows)
  const unread = flows.filter(({ reads }) => reads.some(({ enabled, last_good }) => enabled && last_good === null))
  return [...new Set(unread.map(({ entity }) => entity))]
}

const entities = ['fulfilments', 'products', 'inventory', 'prices', 'images', 'orders']

/** The entity of a stage: `map-products`, `deliver-magento:shop-inventory`; null: all entities. */
export function entityOfStage(stage: string): string | null {
  const named = entities.find((entity) => stage.includes(entity))
  if (named !== undefined) return named
  return stage.startsWith('deliver-') ? 'orders' : null
}
