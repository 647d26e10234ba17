import type { OperationDeps } from '../operations/dependencies.ts'
import {
  createShareLink,
  listShareLinks,
  MOST_SHARE_DAYS,
  type OrderPlace,
  revokeShareLink,
  type ShareStatus,
  USUAL_SHARE_DAYS,
} from '../operations/share-links.ts'
import { commandUser, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { sharesCreate, sharesList, sharesRevoke } from './commands/shares.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { placeOfOrder } from './order-place.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

export async function listSharesCommand({ number, source, json }: Given<typeof sharesList>): Promise<void> {
  const items = await onOrder(number, source, (operations, order) => listShareLinks(operations, commandUser(), order))
  if (json) console.log(JSON.stringify({ items }))
  else printList(items, lineOf, 'the order has no links')
}

export async function createShareCommand(given: Given<typeof sharesCreate>): Promise<void> {
  const { number, connection, days, source, json } = given
  const by = commandUser(given.by)
  const { path, ...link } = await noted(by, { what: 'shares create', target: targetOf([number]) }, async () => {
    if (connection === undefined) throw new UsageError('create needs --connection: the connection whose part is shown')
    const wanted = { connection, days: wholeOption('days', days, { usual: USUAL_SHARE_DAYS, most: MOST_SHARE_DAYS }) }
    return await onOrder(number, source, (operations, order) =>
      createShareLink(operations, by, { ...order, ...wanted }),
    )
  })
  if (json) return console.log(JSON.stringify({ ...link, path }))
  console.error(lineOf(link))
  console.error("this is the only time that the link is shown; put the API's address before it:")
  console.log(path)
}

export async function revokeShareCommand(given: Given<typeof sharesRevoke>): Promise<void> {
  const { number, id, source, json } = given
  const by = commandUser(given.by)
  const link = await noted(by, { what: 'shares revoke', target: targetOf([number, id]) }, () =>
    onOrder(number, source, (operations, order) => revokeShareLink(operations, by, { ...order, id })),
  )
  console.log(json ? JSON.stringify(link) : lineOf(link))
}

async function onOrder<T>(
  number: string,
  named: string | undefined,
  work: (operations: OperationDeps, order: OrderPlace) => Promise<T>,
): Promise<T> {
  return await onPlatform(async (operations) => {
    return await work(operations, await placeOfOrder(operations, commandUser(), number, named))
  })
}

function lineOf({ id, connection, state, created_by, answers, ...times }: ShareStatus): string {
  const { expires_at, last_used_at, revoked_by } = times
  const end = revoked_by === null ? `expires ${expires_at}` : `by ${revoked_by}`
  return `${id}  ${connection}  ${state}  created by ${created_by}, ${end}, last used ${last_used_at ?? 'never'}${answers ? ', takes answers' : ''}`
}
