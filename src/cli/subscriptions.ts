import { type EventReplay, replayEvents, resumeSubscription, skipEvent } from '../operations/outgoing/replay-events.ts'
import {
  listSubscriptions,
  type RefusedEvent,
  type SubscriptionStatus,
} from '../operations/outgoing/subscription-status.ts'
import { commandUser, timeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type {
  subscriptionsList,
  subscriptionsReplay,
  subscriptionsResume,
  subscriptionsSkip,
} from './commands/subscriptions.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform, onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

export async function listSubscriptionsCommand({ json }: Given<typeof subscriptionsList>): Promise<void> {
  const items = await onTables((operations) => listSubscriptions(operations, commandUser()))
  if (json) console.log(JSON.stringify({ items }))
  else printList(items, lineOf, 'no subscriptions: write a subscription document and apply it')
}

export async function replayEventsCommand(given: Given<typeof subscriptionsReplay>): Promise<void> {
  const { subscription, cursor = null, preview, json } = given
  const from = timeOption('from', given.from)
  if ((from === null) === (cursor === null)) throw new UsageError('give exactly one of --from and --cursor')
  const by = commandUser(given.by)
  const work = () => onPlatform((operations) => replayEvents(operations, by, { subscription, from, cursor, preview }))
  const change = { what: 'subscriptions replay', target: targetOf([subscription]) }
  const replayed = preview ? await work() : await noted(by, change, work)
  console.log(json ? JSON.stringify(replayed) : replayText(replayed))
}

export async function resumeSubscriptionCommand(given: Given<typeof subscriptionsResume>): Promise<void> {
  const { subscription, json } = given
  const by = commandUser(given.by)
  await noted(by, { what: 'subscriptions resume', target: targetOf([subscription]) }, () =>
    onTables((operations) => resumeSubscription(operations, by, subscription)),
  )
  console.log(json ? JSON.stringify({ subscription }) : `${subscription} resumed: its waiting events are sent`)
}

export async function skipEventCommand(given: Given<typeof subscriptionsSkip>): Promise<void> {
  const { subscription, event, reason, json } = given
  if (event === undefined || reason === undefined) throw new UsageError('give --event and --reason')
  const by = commandUser(given.by)
  await noted(by, { what: 'subscriptions skip', target: targetOf([subscription]) }, () =>
    onTables((operations) => skipEvent(operations, by, { subscription, event, reason })),
  )
  console.log(json ? JSON.stringify({ subscription, event }) : `${event} is skipped`)
}

function replayText({ subscription, preview, events, complete, first_at }: EventReplay): string {
  const counts = Object.entries(events).map(([type, count]) => `${count} ${type}`)
  const what = counts.length === 0 ? 'no events' : `${complete ? '' : 'at least '}${counts.join(', ')}`
  const since = first_at === null ? '' : `, first event at ${first_at}`
  return preview ? `${subscription} would be sent ${what}${since}` : `${subscription} is sent ${what}${since}`
}

function lineOf({
  subscription,
  by,
  state,
  reached_at,
  lag,
  last_sent_at,
  refused,
  failing,
}: SubscriptionStatus): string {
  const behind = lag === 0 ? '' : `, ${lag} s behind`
  const why = failing === null ? '' : `; since ${failing.since} ${failing.code}: ${failing.message}`
  const reached = reached_at === null ? '' : `, reached ${reached_at}${behind}`
  const line = `${subscription}  ${by}  ${state}  last sent ${last_sent_at ?? 'never'}${reached}${why}`
  return [line, ...refused.map(refusedText)].join('\n')
}

function refusedText({ event, type, about, since, code, waiting }: RefusedEvent): string {
  const behind = waiting === 1 ? '' : `, ${waiting - 1} more wait behind it`
  return `  refused  ${event}  ${type}, ${about}, since ${since}: ${code}${behind}`
}
