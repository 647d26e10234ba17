import { HELD } from '../../control/read-holds.ts'
import { LATE_AFTER_MS, NOT_PULLED_AFTER_SECONDS, PULLER_GONE_SECONDS } from '../attention-limits.ts'
import type { CalledSystem } from '../called-systems.ts'
import type { SubscriptionStatus } from '../outgoing/subscription-status.ts'
import type { OversoldStatus } from '../oversold.ts'
import type { PullStatus } from '../pulls/list-pulls.ts'
import type { ConnectionStatus, Failure, Flow, Halt, Status } from '../status.ts'
import type { Concern } from './concern.ts'

const MINUTE_MS = 60_000
/** Longer error messages are cut. */
const LONGEST_DETAIL = 300
/** Maximum number of connections named for one cause. */
const MOST_CONNECTIONS = 20
/**
 * Problems in a status that need a person, worst first; the page and the alerts of deploy/prometheus use the same
 * rules. A problem of several connections appears once. Disabled connections have none.
 */
export function concernsOf({
  connections,
  failures,
  subscriptions,
}: Pick<Status, 'connections' | 'failures' | 'subscriptions'>): readonly Concern[] {
  const enabled = connections.filter((one) => one.enabled)
  const found = [
    ...enabled.flatMap((one) => one.ends.flatMap((end) => ofCircuit(end, one.connection))),
    ...enabled.flatMap((one) => one.paused.flatMap((halt) => ofHalt(halt, one.connection))),
    ...enabled.flatMap(lateOrders),
    ...enabled.flatMap((one) => one.failures.map((failure) => ofFailure(failure, [one.connection]))),
    ...failures.map((failure) => ofFailure(failure, [])),
    ...enabled.flatMap(overdueReads),
    ...enabled.flatMap((one) => one.pulls.flatMap((pull) => ofPull(pull, one.connection))),
    ...enabled.flatMap((one) => one.oversold.map((oversold) => ofOversold(oversold, one))),
    ...subscriptions.flatMap((subscription) => ofSubscription(subscription, enabled)),
  ]
  return [...Map.groupBy(found, ({ key }) => key).values()].flatMap(merged)
}

function merged(alike: readonly Concern[]): readonly Concern[] {
  const [first] = alike
  if (first === undefined) return []
  const connections = [...new Set(alike.flatMap((one) => one.connections))].slice(0, MOST_CONNECTIONS)
  return [{ ...first, connections }]
}

function ofCircuit({ system, circuit }: CalledSystem, connection: string): readonly Concern[] {
  if (circuit === null) return []
  return [
    {
      key: `circuit_open ${system}`,
      cause: 'circuit_open',
      connections: [connection],
      title: `${system} does not answer: ${circuit.code}`,
      detail: cut(circuit.message),
      since: circuit.since,
      fix: circuit.fix,
      page: '/',
    },
  ]
}

function ofHalt({ stage, connection: held, code, message, since, fix }: Halt, connection: string): readonly Concern[] {
  // Somebody holds it on purpose.
  if (code === HELD) return []
  const isReads = stage === 'reads'
  return [
    {
      key: `paused ${stage} ${held}`,
      cause: 'paused',
      connections: [connection],
      title: isReads ? `reads of ${held} are paused: ${code}` : `paused at ${stage}: ${code}`,
      detail: cut(message),
      since,
      fix,
      page: '/',
    },
  ]
}

function lateOrders({ connection, flows }: ConnectionStatus): readonly Concern[] {
  return flows.flatMap(({ late, processing }: Flow) => {
    if (late === 0) return []
    return [
      {
        key: `late ${connection}`,
        cause: 'late',
        connections: [connection],
        title: late === 1 ? '1 order is late' : `${late} orders are late`,
        detail: `in processing for more than ${LATE_AFTER_MS / MINUTE_MS} minutes`,
        since: processing.since,
        fix: 'waldstream status',
        page: '/',
      } as const,
    ]
  })
}

function ofFailure(
  { group, stage, code, field, message, count, fix }: Failure,
  connections: readonly string[],
): Concern {
  const where = field === null ? '' : ` (${field})`
  return {
    key: `failed ${group}`,
    cause: 'failed',
    connections,
    title: `${count} ${count === 1 ? 'record' : 'records'} failed at ${stage}: ${code}${where}`,
    detail: cut(message),
    since: null,
    fix,
    page: `/problems/${group}`,
  }
}

function overdueReads({ connection, flows }: ConnectionStatus): readonly Concern[] {
  return flows
    .flatMap(({ reads }) => reads)
    .flatMap(({ read, overdue, last_good, problem }) => {
      if (!overdue) return []
      return [
        {
          key: `read_overdue ${read}`,
          cause: 'read_overdue',
          connections: [connection],
          title: `the read ${read} is overdue`,
          detail: problem === null ? null : cut(`the last run: ${problem}`),
          since: last_good,
          fix: `waldstream reads show ${read}`,
          page: `/tasks?${new URLSearchParams({ read })}`,
        } as const,
      ]
    })
}

function ofPull({ feed, reader, name, source, at, age }: PullStatus, connection: string): readonly Concern[] {
  if (age <= NOT_PULLED_AFTER_SECONDS || age >= PULLER_GONE_SECONDS) return []
  const what = source === null ? feed : `${feed} of ${source}`
  return [
    {
      key: `feed_not_pulled ${connection} ${feed} ${reader} ${source ?? '*'}`,
      cause: 'feed_not_pulled',
      connections: [connection],
      title: `${name ?? reader} has stopped pulling ${what}`,
      detail: 'the shop still sells from the data of its last pull',
      since: at,
      fix: "check the log of the shop's feed job",
      page: `/connections/${connection}`,
    },
  ]
}

function ofOversold({ sku, since, held_until }: OversoldStatus, { connection, vendor }: ConnectionStatus): Concern {
  const isHeld = held_until !== null
  return {
    key: `oversold ${vendor} ${sku}`,
    cause: 'oversold',
    connections: [connection],
    title: isHeld ? `${vendor} canceled ${sku} for lack of stock` : `more of ${sku} was ordered than ${vendor} has`,
    detail: isHeld ? `it is not sold until ${held_until}` : 'orders on their way to the vendor exceed its stock',
    since,
    fix: isHeld ? 'ask the vendor, and correct its stock' : `waldstream orders --sku ${sku}`,
    page: `/connections/${connection}`,
  }
}

function ofSubscription(
  { subscription, connections, shops, failing, state }: SubscriptionStatus,
  enabled: readonly ConnectionStatus[],
): readonly Concern[] {
  if (failing === null) return []
  const isOwn = ({ connection, shop }: ConnectionStatus) =>
    (connections === null && shops === null) || connections?.includes(connection) || shops?.includes(shop)
  return [
    {
      key: `events_not_received ${subscription}`,
      cause: 'events_not_received',
      connections: enabled
        .filter(isOwn)
        .map(({ connection }) => connection)
        .slice(0, MOST_CONNECTIONS),
      title: `the subscription ${subscription} ${whatOf(state)}: ${failing.code}`,
      detail: cut(failing.message),
      since: failing.since,
      fix: failing.fix,
      page: '/',
    },
  ]
}

function whatOf(state: SubscriptionStatus['state']): string {
  if (state === 'paused') return 'is paused'
  return state === 'refusing' ? 'refuses events' : 'does not receive its events'
}

function cut(text: string | null): string | null {
  return text === null || text.length <= LONGEST_DETAIL ? text : `${text.slice(0, LONGEST_DETAIL - 1)}…`
}
