import {
  type OrderTimeline,
  orderTimeline,
  type ReadOrder,
  type RoutedLine,
  sourcesOfOrder,
} from '../operations/order-timeline.ts'
import { notFound } from '../operations/principal.ts'
import { commandUser, readArguments, UsageError } from './arguments.ts'
import { onPlatform } from './open-operations.ts'

const USAGE = `waldstream order <number> [--source SHOP] [--json]

  One order from beginning to end: each line and whose it is, the money by vendor, and everything that was read, decided,
  sent and answered. --source names the shop where several have an order of that number.`

export async function orderCommand(args: readonly string[]): Promise<void> {
  const options = {
    source: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [number, ...more] = positionals
  if (number === undefined || more.length > 0) throw new UsageError('order takes one order number', USAGE)
  await onPlatform(async (operations) => {
    const by = commandUser()
    const sources = values.source === undefined ? await sourcesOfOrder(operations, by, number) : [values.source]
    const [source, ...others] = sources
    if (source === undefined) {
      const what = `there is no order "${number}": give the number that the shop shows`
      throw notFound(by, { field: 'number', api: what, cli: what })
    }
    if (others.length > 0) {
      throw new UsageError(`${sources.join(' and ')} have an order ${number}: name one with --source`, USAGE)
    }
    const timeline = await orderTimeline(operations, by, { source, number })
    console.log(values.json ? JSON.stringify(timeline) : timelineText(timeline))
  })
}

function timelineText({ source, number, order, parts, steps, more }: OrderTimeline): string {
  return [
    `order ${number} of ${source}${order === null ? ' (what was read is not kept any more)' : orderText(order)}`,
    ...(order?.lines ?? []).map(lineText),
    '',
    ...parts.flatMap(partText),
    ...(order === null ? [] : [`  the seller's own: ${order.own}`, `  together: ${order.total} ${order.currency}`]),
    '',
    ...(more ? ['  (older steps are left out)'] : []),
    ...steps.map(stepText),
  ].join('\n')
}

function orderText({ state, total, currency, placed_at, read_at }: ReadOrder): string {
  return `: ${state}, ${total} ${currency}, placed ${placed_at}, read ${read_at}`
}

function lineText({ line, parent, sku, ordered, canceled, refunded, shipped, amount, connection }: RoutedLine): string {
  const changes = Object.entries({ canceled, refunded, shipped }).filter(([, quantity]) => quantity !== '0')
  const what = [`${ordered} ordered`, ...changes.map(([name, quantity]) => `${quantity} ${name}`)].join(', ')
  const whose = connection ?? (parent === null ? "the seller's own, or not sent" : `part of line ${parent}`)
  return `  line ${line}  ${sku}  ${what}  ${amount}  → ${whose}`
}

function partText({ fulfilments, ...part }: OrderTimeline['parts'][number]): string[] {
  const { connection, total, canceled, status, stage, target_id } = part
  const target = target_id === null ? '' : `, there ${target_id}`
  return [
    `  ${connection}: ${total ?? 'nothing sent'}${canceled ? ' (canceled)' : ''}  ${status} at ${stage}${target}${whyText(part)}`,
    ...fulfilments.map((one) => `    ${one.kind} ${one.id}: ${one.status}${linesText(one)}${whyText(one)}`),
  ]
}

function linesText({ lines }: OrderTimeline['parts'][number]['fulfilments'][number]): string {
  const told = lines.map(({ sku, quantity, reason }) => `${quantity} × ${sku}${reason === null ? '' : ` (${reason})`}`)
  return told.length === 0 ? '' : `  ${told.join(', ')}`
}

function stepText({ at, stage, connection, status, target_id, fulfilment, ...rest }: OrderTimeline['steps'][number]) {
  const what = fulfilment === null ? status : `${fulfilment.kind} ${fulfilment.id} of ${fulfilment.source}`
  const target = target_id === null ? '' : ` → ${target_id}`
  return `  ${at}  ${stage}${connection === null ? '' : ` for ${connection}`}: ${what}${target}${whyText(rest)}`
}

function whyText({ code, message }: { readonly code: string | null; readonly message: string | null }): string {
  if (code === null) return message === null ? '' : `  ${message}`
  return message === null ? `  ${code}` : `  ${code}: ${message}`
}
