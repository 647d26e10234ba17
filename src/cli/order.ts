import { type OrderTimeline, orderTimeline } from '../operations/order-timeline.ts'
import type { ReadOrder, RoutedLine } from '../operations/read-order.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { orderShow } from './commands/order.ts'
import { onPlatform } from './open-operations.ts'
import { holdWords } from './order-actions.ts'
import { placeOfOrder } from './order-place.ts'

export async function orderCommand({ number, source: named, json }: Given<typeof orderShow>): Promise<void> {
  await onPlatform(async (operations) => {
    const by = commandUser()
    const { source } = await placeOfOrder(operations, by, number, named)
    const timeline = await orderTimeline(operations, by, { source, number })
    console.log(json ? JSON.stringify(timeline) : timelineText(timeline))
  })
}

function timelineText({ source, number, order, parts, steps, more }: OrderTimeline): string {
  return [
    `order ${number} of ${source}${order === null ? ' (the event as read is no longer stored)' : orderText(order)}`,
    ...(order?.lines ?? []).map(lineText),
    '',
    ...parts.flatMap(partText),
    ...(order === null ? [] : moneyText(order)),
    '',
    ...(more ? ['  (older steps are left out)'] : []),
    ...steps.map(stepText),
  ].join('\n')
}

function orderText({ state, total, currency, placed_at, read_at }: ReadOrder): string {
  return `: ${state}, ${total} ${currency}, placed ${placed_at}, read ${read_at}`
}

function lineText({ line, parent, sku, ordered, canceled, refunded, shipped, amount, ...whose }: RoutedLine): string {
  const changes = Object.entries({ canceled, refunded, shipped }).filter(([, quantity]) => quantity !== '0')
  const what = [`${ordered} ordered`, ...changes.map(([name, quantity]) => `${quantity} ${name}`)].join(', ')
  return `  line ${line}  ${sku}  ${what}  ${amount ?? '–'}  → ${ownerText({ ...whose, parent })}`
}

function ownerText({ parent, connection, unsent }: Pick<RoutedLine, 'parent' | 'connection' | 'unsent'>): string {
  const own = parent === null ? "the seller's own" : `part of line ${parent}`
  if (unsent === null) return connection ?? own
  const why = whyText(unsent).trim()
  return connection === null ? `no single owner (${why})` : `${connection}, not sent (${why})`
}

function moneyText({ amounts, shares, own, total, difference, currency }: ReadOrder): string[] {
  const parts = Object.entries(amounts).filter(([name, amount]) => name !== 'refunded' && amount !== '0')
  const unsent = shares.filter((share) => share.unsent !== '0')
  return [
    ...unsent.map((share) => `  not sent to ${share.connection}: ${share.unsent}`),
    `  the seller's own: ${own}`,
    `  together: ${total} ${currency} (${parts.map(([name, amount]) => `${name} ${amount}`).join(', ')})`,
    ...(amounts.refunded === '0' ? [] : [`  of which refunded: ${amounts.refunded}`]),
    ...(difference === '0' ? [] : [`  does not add up: differs by ${difference}`]),
  ]
}

function partText({ fulfilments, hold, cancellation, ...part }: OrderTimeline['parts'][number]): string[] {
  const { connection, total, canceled, status, stage, target_id } = part
  const target = target_id === null ? '' : `, in the ERP ${target_id}`
  return [
    `  ${connection}: ${total ?? 'not sent'}${canceled ? ' (canceled)' : ''}  ${status} at ${stage}${target}${whyText(part)}`,
    ...(hold === null ? [] : [`    ${holdWords(hold)}`]),
    ...(cancellation === null
      ? []
      : [`    canceled by ${cancellation.by} at ${cancellation.at}: ${cancellation.reason}`]),
    ...fulfilments.map((one) => `    ${one.kind} ${one.id}: ${one.status}${linesText(one)}${whyText(one)}`),
  ]
}

function linesText({ lines }: OrderTimeline['parts'][number]['fulfilments'][number]): string {
  const texts = lines.map(({ sku, quantity, reason }) => `${quantity} × ${sku}${reason === null ? '' : ` (${reason})`}`)
  return texts.length === 0 ? '' : `  ${texts.join(', ')}`
}

function stepText({
  at,
  stage,
  connection,
  status,
  target_id,
  fulfilment,
  by,
  ...rest
}: OrderTimeline['steps'][number]) {
  const done = by === null ? status : `${status} by ${by}`
  const answer = status === 'processing' ? '' : `: ${status}`
  const what = fulfilment === null ? done : `${fulfilment.kind} ${fulfilment.id} of ${fulfilment.source}${answer}`
  const target = target_id === null ? '' : ` → ${target_id}`
  return `  ${at}  ${stage}${connection === null ? '' : ` for ${connection}`}: ${what}${target}${whyText(rest)}`
}

function whyText({ code, message }: { readonly code: string | null; readonly message: string | null }): string {
  if (code === null) return message === null ? '' : `  ${message}`
  return message === null ? `  ${code}` : `  ${code}: ${message}`
}
