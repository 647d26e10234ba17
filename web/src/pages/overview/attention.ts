import type { Failure, Halt, Status } from '../../api/answers.ts'
import { causeText, entityText } from '../../format.ts'
import { texts } from '../../texts.ts'

/** Something that waits for a person. */
export interface Attention {
  readonly id: string
  readonly tone: 'bad' | 'warn'
  readonly icon: 'pause' | 'problems' | 'clock'
  /** Null: of no single connection. */
  readonly connection: string | null
  readonly title: string
  readonly message: string
  /** Null: it is not known. */
  readonly since: string | null
  /** What can be resumed; null: it is no pause. */
  readonly pause: { readonly stage: string; readonly connection: string } | null
  /** Where its cause is seen; null: there is no page of it. */
  readonly href: string | null
}

/** Pauses, failures, reads that are not good and what waits, the worst first. What concerns several connections is there once. */
export function attentionOf({ connections, failures }: Status): readonly Attention[] {
  const halts = connections.flatMap((one) => one.paused.map((halt) => ofHalt(halt, one.connection)))
  const failed = connections.flatMap((one) => one.failures.map((failure) => ofFailure(failure, one.connection)))
  const unrouted = failures.map((failure) => ofFailure(failure, null))
  const reads = connections.flatMap((one) => one.flows.flatMap((flow) => readsOf(flow, one.connection)))
  const waits = connections.flatMap((one) => one.flows.flatMap((flow) => waitsOf(flow, one)))
  const all = [...halts, ...failed, ...unrouted, ...reads, ...waits]
  return [...new Map(all.map((one) => [one.id, one])).values()]
}

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
  }
}

function readsOf({ reads }: Status['connections'][number]['flows'][number], connection: string): readonly Attention[] {
  return reads.flatMap(({ read, problem, enabled, last_good }) => {
    if (problem === null || !enabled) return []
    return [
      {
        id: `read ${read}`,
        tone: 'warn',
        icon: 'clock',
        connection,
        title: texts.overview.readProblem(read),
        message: problem,
        since: last_good,
        pause: null,
        href: `/tasks?${new URLSearchParams({ read })}`,
      } as const,
    ]
  })
}

/** Waits that somebody has decided on. */
const WANTED: readonly (string | null)[] = ['order_held', 'held_back', 'held']

/** What waits because it is paused is said by the pause. */
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

const entities = ['fulfilments', 'products', 'inventory', 'images', 'orders']

/** The flow that a stage is of: `map-products`, `deliver-magento:shop-inventory`; null: of all. */
export function entityOfStage(stage: string): string | null {
  const named = entities.find((entity) => stage.includes(entity))
  if (named !== undefined) return named
  return stage.startsWith('deliver-') ? 'orders' : null
}
