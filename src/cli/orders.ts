import { type FoundOrder, latestOrders, ordersOfEmail, ordersWithSku } from '../operations/search-orders.ts'
import { commandUser, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { orders } from './commands/orders.ts'
import { onPlatform } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

export async function ordersCommand(values: Given<typeof orders>): Promise<void> {
  const { sku, email } = values
  if (sku !== undefined && email !== undefined) {
    throw new UsageError('orders takes --sku or --email; for a number use: waldstream order <number>')
  }
  const limit = wholeOption('limit', values.limit, { usual: 50, most: 100 })
  if (sku === undefined && email === undefined) return await printLatest(values, limit)
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

async function printLatest({ json, after }: Given<typeof orders>, limit: number): Promise<void> {
  if (after !== undefined) throw new UsageError('--after needs --sku or --email')
  const items = await onPlatform((operations) => latestOrders(operations, commandUser(), limit))
  if (json) return console.log(JSON.stringify({ items, next: null }))
  const textOf = ({ source, number, changed_at, parts }: (typeof items)[number]) =>
    `${number}  ${source}  changed ${changed_at}  ${partsText(parts)}`
  printList(items, textOf, 'no orders yet')
}

function orderText({ source, number, placed_at, parts }: FoundOrder): string {
  return `${number}  ${source}  placed ${placed_at}  ${partsText(parts) || 'no part is sent'}`
}

function partsText(parts: FoundOrder['parts']): string {
  const texts = parts.map(({ connection, status, code, target_id }) => {
    const why = code === null ? '' : ` (${code})`
    return `${connection} ${status}${why}${target_id === null ? '' : ` → ${target_id}`}`
  })
  return texts.join(', ')
}
