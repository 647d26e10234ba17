import { type FoundOrder, ordersOfEmail, ordersWithSku } from '../operations/search-orders.ts'
import { commandUser, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { orders } from './commands/orders.ts'
import { onPlatform } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

export async function ordersCommand(values: Given<typeof orders>): Promise<void> {
  const { sku, email } = values
  if ((sku === undefined) === (email === undefined)) {
    throw new UsageError('orders takes --sku or --email; for a number use: waldstream order <number>')
  }
  const limit = wholeOption('limit', values.limit, { usual: 50, most: 100 })
  const page = { limit, after: values.after ?? null }
  const { items, next } = await onPlatform((operations) =>
    email === undefined
      ? ordersWithSku(operations, commandUser(), { sku: sku ?? '', ...page })
      : ordersOfEmail(operations, commandUser(undefined, true), { email, ...page }),
  )
  if (values.json) return console.log(JSON.stringify({ items, next }))
  printList(items, orderText, 'no orders found')
  if (next !== null) console.log(`more with --after '${next}'`)
}

function orderText({ source, number, placed_at, parts }: FoundOrder): string {
  const texts = parts.map(({ connection, status, code, target_id }) => {
    const why = code === null ? '' : ` (${code})`
    return `${connection} ${status}${why}${target_id === null ? '' : ` → ${target_id}`}`
  })
  return `${number}  ${source}  placed ${placed_at}  ${texts.join(', ') || 'no part is sent'}`
}
