import { configFromEnvironment } from '../config.ts'
import { StreamError } from '../errors.ts'
import { listRecipients, type RecipientStatus } from '../operations/notifications/notification-status.ts'
import { testRecipient } from '../operations/notifications/test-recipient.ts'
import { openSendNotice } from '../operations/wiring.ts'
import { systemClock } from '../platform/system-clock.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { notificationsList, notificationsTest } from './commands/notifications.ts'
import { noted, targetOf } from './noted.ts'
import { onTables } from './open-operations.ts'
import { printList } from './print-list.ts'

export async function listRecipientsCommand({ json }: Given<typeof notificationsList>): Promise<void> {
  const items = await onTables((operations) => listRecipients(operations, commandUser()))
  if (json) console.log(JSON.stringify({ items }))
  else printList(items, lineOf, 'there are no recipients: write a recipient document and apply it')
}

export async function testRecipientCommand(given: Given<typeof notificationsTest>): Promise<void> {
  const by = commandUser(given.by)
  const change = { what: 'notifications test', target: targetOf([given.recipient]) }
  await noted(by, change, () => test(given))
}

async function test({ recipient, by, json }: Given<typeof notificationsTest>): Promise<void> {
  const sendNotice = openSendNotice({ config: configFromEnvironment(), clock: systemClock })
  const sent = await onTables((operations) => testRecipient({ ...operations, sendNotice }, commandUser(by), recipient))
  const { id, failure } = sent
  if (json) console.log(JSON.stringify(sent))
  else if (failure === null) console.log(`${recipient} accepted the test notification ${id}`)
  if (failure === null) return
  throw new StreamError(
    'state_conflict',
    `${recipient} did not receive the test notification: ${failure.code}: ${failure.message}`,
  )
}

function lineOf({ recipient, by, enabled, open, last_sent_at, failing }: RecipientStatus): string {
  const state = enabled ? (failing === null ? 'ok' : 'failing') : 'off'
  const why = failing === null ? '' : `; since ${failing.since} ${failing.code}: ${failing.message}`
  return `${recipient}  ${by}  ${state}  ${open} open, last sent ${last_sent_at ?? 'never'}${why}`
}
