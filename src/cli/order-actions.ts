import { cancelAtVendor, type VendorAction } from '../operations/cancel-at-vendor.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import {
  type HeldOrder,
  type HoldOutcome,
  holdOrder,
  listHeldOrders,
  type OrderHoldStatus,
  type ReleaseOutcome,
  releaseOrder,
} from '../operations/order-holds.ts'
import { findOrderParts, type OrderPlace } from '../operations/order-parts.ts'
import type { Principal } from '../operations/principal.ts'
import { sendAgain } from '../operations/send-again.ts'
import { commandUser, readArguments, timeOption, wholeOption } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform, onTables } from './open-operations.ts'
import { placeOfOrder } from './order-place.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream order hold <number> --reason TEXT [--until ISO-8601] [--connection C] [--source SHOP] [--dry-run] [--by WHO] [--json]
waldstream order release <number> [--connection C] [--source SHOP] [--dry-run] [--by WHO] [--json]
waldstream order cancel <number> --reason TEXT [--connection C] [--source SHOP] [--dry-run | --yes] [--by WHO] [--json]
waldstream order resend <number> --reason TEXT [--connection C] [--source SHOP] [--dry-run | --yes] [--by WHO] [--json]
waldstream order holds [--connection C] [--limit N] [--after PLACE] [--json]

  hold     keeps one order, or one vendor's part of it, from being sent until somebody releases it, or --until: its records wait,
           newer versions behind older ones, and other orders go on. It says of each part what can't be held any more.
  release  sends the newest version that waits, within seconds.
  cancel   cancels a vendor's part at the vendor, whatever the shop changes later, and leaves the shop's order as it is. What
           was shipped or billed stays.
  resend   sends a vendor's part again that the vendor has taken and lost, or that was canceled by hand. What is there stays the only one.
  holds    lists the orders that are held, those that are held longest first: 50 (--limit, at most 200).
  --dry-run says what it would do, and does nothing.`

const options = {
  reason: { type: 'string' },
  until: { type: 'string' },
  connection: { type: 'string' },
  source: { type: 'string' },
  limit: { type: 'string' },
  after: { type: 'string' },
  by: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Values = ReturnType<typeof readArguments<typeof options>>['values']

const actions: Readonly<Record<string, (values: Values, numbers: readonly string[]) => Promise<void>>> = {
  hold,
  release,
  holds,
  cancel: (values, numbers) => actAtVendor('cancel', cancelAtVendor, values, numbers),
  resend: (values, numbers) => actAtVendor('resend', sendAgain, values, numbers),
}

/** Whether the first word after `order` is something to do, and no number. */
export function isOrderAction(word: string | undefined): boolean {
  return word !== undefined && word in actions
}

export async function orderActionCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  const [action = '', ...numbers] = positionals
  if (values.help) return console.log(USAGE)
  await actions[action]?.(values, numbers)
}

/** The order that is named, and the words that name it in the audit trail. */
function asked(action: string, values: Values, numbers: readonly string[]) {
  const [number, ...more] = numbers
  if (number === undefined || more.length > 0) throw new UsageError(`order ${action} takes one order number`, USAGE)
  const by = commandUser(values.by)
  return { number, by, change: { what: `order ${action}`, target: targetOf([number]) } }
}

function reasonOf(action: string, { reason }: Values): string {
  if (reason === undefined || reason.trim() === '') throw new UsageError(`${action} needs --reason`, USAGE)
  return reason.trim()
}

async function hold(values: Values, numbers: readonly string[]): Promise<void> {
  const { number, by, change } = asked('hold', values, numbers)
  const reason = reasonOf('hold', values)
  const until = timeOption('until', values.until, USAGE)
  const outcome = await noted(by, change, () =>
    onPlatform(async (operations) => {
      const { source } = await placeOfOrder(operations, by, number, values.source, USAGE)
      const wanted = { source, number, connection: values.connection ?? null, reason, until, dryRun: values['dry-run'] }
      return await holdOrder(operations, by, wanted)
    }),
  )
  console.log(values.json ? JSON.stringify(outcome) : holdText(outcome))
}

function holdText({ source, number, dry_run, until, parts }: HoldOutcome): string {
  const end = until === null ? 'until it is released' : `until ${until}`
  return [
    `order ${number} of ${source} ${dry_run ? 'would be' : 'is'} held ${end}`,
    ...parts.map(({ connection, effect }) => `  ${connection}: ${effect}`),
  ].join('\n')
}

async function release(values: Values, numbers: readonly string[]): Promise<void> {
  const { number, by, change } = asked('release', values, numbers)
  const outcome = await noted(by, change, () =>
    onPlatform(async (operations) => {
      const { source } = await placeOfOrder(operations, by, number, values.source, USAGE)
      const wanted = { source, number, connection: values.connection ?? null, dryRun: values['dry-run'] }
      return await releaseOrder(operations, by, wanted)
    }),
  )
  console.log(values.json ? JSON.stringify(outcome) : releaseText(outcome))
}

function releaseText({ source, number, dry_run, parts }: ReleaseOutcome): string {
  return [
    `order ${number} of ${source} ${dry_run ? 'would be' : 'is'} released`,
    ...parts.map(({ connection, hold: was, waiting }) => `  ${connection}: ${waiting} waiting, ${holdWords(was)}`),
  ].join('\n')
}

async function actAtVendor(
  action: string,
  act: typeof cancelAtVendor,
  values: Values,
  numbers: readonly string[],
): Promise<void> {
  const { number, by, change } = asked(action, values, numbers)
  const reason = reasonOf(action, values)
  const outcome = await noted(by, change, () =>
    onPlatform(async (operations) => {
      const { source } = await placeOfOrder(operations, by, number, values.source, USAGE)
      const connection = values.connection ?? (await onlyPartOf(operations, by, { source, number }))
      return await act(operations, by, {
        source,
        number,
        connection,
        reason,
        dryRun: values['dry-run'],
        confirm: values.yes,
      })
    }),
  )
  console.log(values.json ? JSON.stringify(outcome) : actionText(outcome))
}

/** The connection that the order went to, where it is one. */
async function onlyPartOf(operations: OperationDeps, by: Principal, place: OrderPlace): Promise<string> {
  const parts = (await findOrderParts(operations, by, { ...place, connection: null })).filter(({ staged }) => staged)
  const [only, ...others] = parts.map(({ connection }) => connection.id)
  if (only !== undefined && others.length === 0) return only
  throw new UsageError(`it has parts at ${[only, ...others].join(' and ')}: name one with --connection`, USAGE)
}

function actionText({ connection, dry_run, effect, lines }: VendorAction): string {
  return [
    `${dry_run ? 'it would be so at' : 'asked for at'} ${connection}: ${effect}`,
    ...lines.map(({ sku, wanted, shipped, open }) => `  ${sku}: ${wanted} sent, ${shipped} shipped, ${open} open`),
  ].join('\n')
}

async function holds({ json, connection, limit, after }: Values, numbers: readonly string[]): Promise<void> {
  if (numbers.length > 0) throw new UsageError('order holds takes no number', USAGE)
  const most = wholeOption('limit', limit, { usual: 50, most: 200 }, USAGE)
  const wanted = { connection: connection ?? null, limit: most, after: after ?? null }
  const { items, next } = await onTables((operations) => listHeldOrders(operations, commandUser(), wanted))
  if (json) return console.log(JSON.stringify({ items, next }))
  printList(items, heldText, 'no order is held')
  if (next !== null) console.log(`more with --after '${next}'`)
}

function heldText({ source, number, connection, ...hold }: HeldOrder & OrderPlace): string {
  return `order ${number} of ${source}, ${connection}: ${holdWords(hold)}`
}

export function holdWords({ by, since, until, reason }: OrderHoldStatus): string {
  return `held by ${by} since ${since}${until === null ? '' : ` until ${until}`}: ${reason}`
}
