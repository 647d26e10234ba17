import type { CalledSystem } from '../operations/called-systems.ts'
import type { OversoldStatus } from '../operations/oversold.ts'
import type { PullStatus } from '../operations/pulls/list-pulls.ts'
import { SHARED } from '../operations/pulls/note-pull.ts'
import {
  type ConnectionStatus,
  type Failure,
  type Flow,
  problemText,
  type ReadAge,
  type Status,
  status,
} from '../operations/status.ts'
import type { StagedCount } from '../projections/count-staged.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { status as command } from './commands/status.ts'
import { onTables } from './open-operations.ts'

export async function statusCommand({ json }: Given<typeof command>): Promise<void> {
  const found = await onTables((operations) => status(operations, commandUser()))
  console.log(json ? JSON.stringify(found) : statusText(found))
  if (!found.healthy) process.exitCode = 1
}

function statusText({ connections, unusable, failures, unreached, subscriptions, complete }: Status): string {
  const unrouted = failures.length === 0 ? [] : ['of no single connection', ...failures.flatMap(failureText)]
  const none = connections.length === 0 ? ['there are no connections: waldstream apply <dir>'] : []
  const more = complete ? [] : ['(there are more dead letters than were counted)']
  const silent = [...unreached.flatMap(recipientText), ...subscriptions.flatMap(subscriptionText)]
  return [
    ...none,
    ...connections.flatMap(connectionText),
    ...unusable.flatMap(unusableText),
    ...unrouted,
    ...silent,
    ...more,
  ].join('\n')
}

function unusableText({ connection, problem, stock, fix }: Status['unusable'][number]): string[] {
  const served = stock === null ? '' : `; its stock is served by the policy ${stock}`
  const what = problem === 'removed' ? 'was removed' : 'does not run'
  return [`${problem === 'removed' ? 'note' : 'look'} ${connection} ${what}${served}`, `    ${fix}`]
}

function recipientText({ recipient, failing }: Status['unreached'][number]): string[] {
  if (failing === null) return []
  const { since, code, message, fix } = failing
  return [`look notifications do not reach ${recipient} since ${since}: ${code}: ${message}`, `    ${fix}`]
}

function subscriptionText({ subscription, failing, paused_at }: Status['subscriptions'][number]): string[] {
  if (failing === null) return []
  const { since, code, message, fix } = failing
  const what =
    paused_at === null ? `events do not reach ${subscription}` : `${subscription} is paused: it was not reached`
  return [`look ${what} since ${since}: ${code}: ${message}`, `    ${fix}`]
}

function connectionText(status: ConnectionStatus): string[] {
  const { connection, shop, vendor, healthy, enabled, flows, paused, held_orders: held, failures } = status
  const { pulls, oversold, ends } = status
  const off = enabled ? '' : "; disabled: its document, or its shop's or vendor's, has enabled: false"
  return [
    `${healthy ? 'ok  ' : 'look'} ${connection} (${shop} and ${vendor})${off}`,
    ...flows.flatMap((flow) => [flowText(flow), ...flow.reads.flatMap(failedReadText), ...flow.waits.map(waitText)]),
    ...pulls.map(pullText),
    ...ends.flatMap(endText),
    ...paused.flatMap(({ stage, since, code, message, fix }) => [
      `  paused at ${stage} since ${since}: ${code}: ${message}`,
      `    ${fix}`,
    ]),
    ...(held.count === 0 ? [] : [`  ${countText('held by hand', held)}: waldstream order holds`]),
    ...oversold.map((one) => oversoldText(vendor, one)),
    ...failures.flatMap(failureText),
  ]
}

function oversoldText(vendor: string, { sku, since, held_until }: OversoldStatus): string {
  if (held_until === null) return `  more of ${sku} was ordered than ${vendor} has, since ${since}`
  return `  ${vendor} canceled ${sku} for lack of stock; it is not sold until ${held_until}`
}

/** Prints nothing for a system that answers and has no calls. */
function endText({ system, circuit, calls }: CalledSystem): string[] {
  const busy = calls.filter((one) => one.in_use > 0 || one.waiting > 0 || one.left_alone_until !== null)
  return [...(circuit === null ? [] : circuitText(system, circuit)), ...busy.map((one) => callsText(system, one))]
}

function circuitText(system: string, circuit: NonNullable<CalledSystem['circuit']>): string[] {
  const { since, code, message, next_try, processes, fix } = circuit
  const why = message === null ? code : `${code}: ${message}`
  const where = processes === 1 ? '' : `, in ${processes} processes`
  const next = next_try === null ? 'tried again now' : `tried again at ${next_try}`
  return [`  ${system} does not answer since ${since}${where}; ${next}: ${why}`, `    ${fix}`]
}

function callsText(system: string, use: CalledSystem['calls'][number]): string {
  const { part, in_use, at_once, waiting, left_alone_until, minute } = use
  const texts = [
    `${in_use} of ${at_once} concurrent calls`,
    ...(waiting === 0 ? [] : [`${waiting} wait`]),
    ...(minute === null ? [] : [`${minute.calls} of ${minute.most} calls per minute`]),
    ...(left_alone_until === null ? [] : [`no calls until ${left_alone_until}, as it requested`]),
  ]
  return `  ${part === null ? system : `${system} (${part})`}: ${texts.join(', ')}`
}

function flowText({ entity, reads, processing, waiting, failed, times }: Flow): string {
  const counts = Object.entries({ 'in processing': processing, waiting, failed })
  const standing = counts.flatMap(([name, count]) => (count.count === 0 ? [] : [countText(name, count)]))
  return `  ${[entity, ...reads.map(readText), ...standing, ...timesText(times)].join(', ')}`
}

function timesText({ end_to_end: { p50, p95 } }: Flow['times']): string[] {
  return p50 === null || p95 === null ? [] : [`p50 ${secondsText(p50)} and p95 ${secondsText(p95)}`]
}

function secondsText(seconds: number): string {
  return seconds < 10 ? `${Math.round(seconds * 10) / 10} s` : ageText(Math.round(seconds))
}

function waitText({ count, stage, code, message, since }: Flow['waits'][number]): string {
  return `    ${count} at ${stage} since ${since}: ${code ?? 'no reason given'}${message === null ? '' : `: ${message}`}`
}

export function pullText({ feed, reader, name, source, age, lag }: PullStatus): string {
  const of = source === null ? feed : `${feed} of ${source}`
  const behind = lag === null ? 'has not caught up yet' : `has everything up to ${ageText(lag)} ago`
  const who = reader === SHARED ? 'without a key, or with the shared token,' : `by ${name ?? reader}`
  return `  ${of} pulled ${who} ${ageText(age)} ago, ${behind}`
}

function readText({ read, age, problem, failed, overdue, enabled }: ReadAge): string {
  if (!enabled) return `disabled (${read})`
  const when = age === null ? 'never read completely' : `read ${ageText(age)} ago`
  // What failed has lines of its own.
  const held = problem === null || (failed !== null && problem === problemText(failed)) ? '' : `; ${problem}`
  return `${when}${overdue ? ', overdue' : ''} (${read}${held})`
}

/** What failed, how often, when last and why, then what to do. */
export function failedReadText({ read, failed, enabled }: ReadAge): string[] {
  if (failed === null || !enabled) return []
  const { count, more, last_at, fix } = failed
  const times = `${more ? 'at least ' : ''}${count === 1 ? 'once' : `${count} times`}`
  return [`    ${read} failed ${times}, last at ${last_at}: ${problemText(failed)}`, `      ${fix}`]
}

function countText(name: string, { count, more, since }: StagedCount): string {
  return `${more ? 'more than ' : ''}${count} ${name} since ${since}`
}

function failureText({ count, stage, code, field, message, fix }: Failure): string[] {
  const where = field === null ? '' : ` (${field})`
  return [`  ${count} failed at ${stage}${where}: ${code}: ${message}`, `    ${fix}`]
}

function ageText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} days`
}
