import { type FoundOrder, ordersOfEmail, ordersWithSku } from '../operations/search-orders.ts'
import { commandUser, readArguments, wholeOption } from './arguments.ts'
import { onPlatform } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream orders --sku SKU | --email ADDRESS [--limit N] [--after PLACE] [--json]

  Orders with an SKU in one of their lines, or of an e-mail address, those placed last first: number, shop, and how each
  vendor's part stands. 50 orders (--limit, at most 100). That an address was asked for is in the audit trail; the address is not.`

const options = {
  sku: { type: 'string' },
  email: { type: 'string' },
  limit: { type: 'string' },
  after: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export async function ordersCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const { sku, email } = values
  if (positionals.length > 0 || (sku === undefined) === (email === undefined)) {
    throw new UsageError('orders takes --sku or --email; of a number: waldstream order <number>', USAGE)
  }
  const limit = wholeOption('limit', values.limit, { usual: 50, most: 100 }, USAGE)
  const page = { limit, after: values.after ?? null }
  const { items, next } = await onPlatform((operations) =>
    email === undefined
      ? ordersWithSku(operations, commandUser(), { sku: sku ?? '', ...page })
      : ordersOfEmail(operations, commandUser(undefined, true), { email, ...page }),
  )
  if (values.json) return console.log(JSON.stringify({ items, next }))
  printList(items, orderText, 'no order was found')
  if (next !== null) console.log(`more with --after '${next}'`)
}

function orderText({ source, number, placed_at, parts }: FoundOrder): string {
  const told = parts.map(({ connection, status, code, target_id }) => {
    const why = code === null ? '' : ` (${code})`
    return `${connection} ${status}${why}${target_id === null ? '' : ` → ${target_id}`}`
  })
  return `${number}  ${source}  placed ${placed_at}  ${told.join(', ') || 'no part of it is sent'}`
}
