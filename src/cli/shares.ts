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
import { commandUser, readArguments, wholeOption } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { placeOfOrder } from './order-place.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream shares list <number> [--source SHOP] [--json]
waldstream shares create <number> --connection ID [--days N] [--source SHOP] [--by WHO] [--json]
waldstream shares revoke <number> <id> [--source SHOP] [--by WHO] [--json]

  Links that show a vendor's part of one order to whoever has them, without an account. create prints the path that is to be
  opened at the API's address, this once; it counts ${USUAL_SHARE_DAYS} days, or --days (at most ${MOST_SHARE_DAYS}). revoke ends a link at once.
  --source names the shop where several have an order of that number.`

const options = {
  connection: { type: 'string' },
  days: { type: 'string' },
  source: { type: 'string' },
  by: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Values = ReturnType<typeof readArguments<typeof options>>['values']

export async function sharesCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [action, number, id, ...more] = positionals
  const isWhole = number !== undefined && more.length === 0
  if (action === 'list' && isWhole && id === undefined) return await list(number, values)
  if (action === 'create' && isWhole && id === undefined) {
    return await changed('create', [number], values, () => create(number, values))
  }
  if (action === 'revoke' && isWhole && id !== undefined) {
    return await changed('revoke', [number, id], values, () => revoke(number, id, values))
  }
  throw new UsageError(
    'shares takes list or create with an order number, or revoke with one and the id of a link',
    USAGE,
  )
}

async function changed(
  action: string,
  target: readonly string[],
  { by }: Values,
  work: () => Promise<void>,
): Promise<void> {
  await noted(commandUser(by), { what: `shares ${action}`, target: targetOf(target) }, work)
}

async function list(number: string, { source, json }: Values): Promise<void> {
  const items = await onOrder(number, source, (operations, order) => listShareLinks(operations, commandUser(), order))
  if (json) console.log(JSON.stringify({ items }))
  else printList(items, lineOf, 'the order has no link')
}

async function create(number: string, { connection, days, source, by, json }: Values): Promise<void> {
  if (connection === undefined) throw new UsageError('create needs --connection: whose part is shown', USAGE)
  const wanted = {
    connection,
    days: wholeOption('days', days, { usual: USUAL_SHARE_DAYS, most: MOST_SHARE_DAYS }, USAGE),
  }
  const { path, ...link } = await onOrder(number, source, (operations, order) =>
    createShareLink(operations, commandUser(by), { ...order, ...wanted }),
  )
  if (json) return console.log(JSON.stringify({ ...link, path }))
  console.error(lineOf(link))
  console.error("this is the only time that the link is shown; put the API's address before it:")
  console.log(path)
}

async function revoke(number: string, id: string, { source, by, json }: Values): Promise<void> {
  const link = await onOrder(number, source, (operations, order) =>
    revokeShareLink(operations, commandUser(by), { ...order, id }),
  )
  console.log(json ? JSON.stringify(link) : lineOf(link))
}

async function onOrder<T>(
  number: string,
  named: string | undefined,
  work: (operations: OperationDeps, order: OrderPlace) => Promise<T>,
): Promise<T> {
  return await onPlatform(async (operations) => {
    return await work(operations, await placeOfOrder(operations, commandUser(), number, named, USAGE))
  })
}

function lineOf({ id, connection, state, created_by, expires_at, last_used_at, revoked_by }: ShareStatus): string {
  const end = revoked_by === null ? `expires ${expires_at}` : `by ${revoked_by}`
  return `${id}  ${connection}  ${state}  made by ${created_by}, ${end}, last used ${last_used_at ?? 'never'}`
}
