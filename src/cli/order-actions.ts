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
import { commandUser, timeOption, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { orderCancel, orderHold, orderHolds, orderRelease, orderResend } from './commands/order.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform, onTables } from './open-operations.ts'
import { placeOfOrder } from './order-place.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

/** The named order, and its entry for the audit trail. */
function asked(action: string, { number, by: who }: Given<typeof orderRelease>) {
  const by = commandUser(who)
  return { number, by, change: { what: `order ${action}`, target: targetOf([number]) } }
}

function reasonOf(action: string, { reason }: { readonly reason: string | undefined }): string {
  if (reason === undefined || reason.trim() === '') throw new UsageError(`${action} needs --reason`)
  return reason.trim()
}

export async function holdOrderCommand(values: Given<typeof orderHold>): Promise<void> {
  const { number, by, change } = asked('hold', values)
  const reason = reasonOf('hold', values)
  const until = timeOption('until', values.until)
  const outcome = await noted(by, change, () =>
    onPlatform(async (operations) => {
      const { source } = await placeOfOrder(operations, by, number, values.source)
      const wanted = { source, number, connection: values.connection ?? null, reason, until, dryRun: values.dryRun }
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

export async function releaseOrderCommand(values: Given<typeof orderRelease>): Promise<void> {
  const { number, by, change } = asked('release', values)
  const outcome = await noted(by, change, () =>
    onPlatform(async (operations) => {
      const { source } = await placeOfOrder(operations, by, number, values.source)
      const wanted = { source, number, connection: values.connection ?? null, dryRun: values.dryRun }
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

export async function cancelOrderCommand(given: Given<typeof orderCancel>): Promise<void> {
  await actAtVendor('cancel', cancelAtVendor, given)
}

export async function resendOrderCommand(given: Given<typeof orderResend>): Promise<void> {
  await actAtVendor('resend', sendAgain, given)
}

async function actAtVendor(
  action: string,
  act: typeof cancelAtVendor,
  values: Given<typeof orderCancel>,
): Promise<void> {
  const { number, by, change } = asked(action, values)
  const reason = reasonOf(action, values)
  const outcome = await noted(by, change, () =>
    onPlatform(async (operations) => {
      const { source } = await placeOfOrder(operations, by, number, values.source)
      const connection = values.connection ?? (await onlyPartOf(operations, by, { source, number }))
      return await act(operations, by, {
        source,
        number,
        connection,
        reason,
        dryRun: values.dryRun,
        confirm: values.yes,
      })
    }),
  )
  console.log(values.json ? JSON.stringify(outcome) : actionText(outcome))
}

/** The only connection that the order went to. Throws a UsageError if there are several. */
async function onlyPartOf(operations: OperationDeps, by: Principal, place: OrderPlace): Promise<string> {
  const parts = (await findOrderParts(operations, by, { ...place, connection: null })).filter(({ staged }) => staged)
  const [only, ...others] = parts.map(({ connection }) => connection.id)
  if (only !== undefined && others.length === 0) return only
  throw new UsageError(`the order has parts at ${[only, ...others].join(' and ')}: name one with --connection`)
}

function actionText({ connection, dry_run, effect, lines }: VendorAction): string {
  return [
    `${dry_run ? 'dry run for' : 'requested at'} ${connection}: ${effect}`,
    ...lines.map(({ sku, wanted, shipped, open }) => `  ${sku}: ${wanted} sent, ${shipped} shipped, ${open} open`),
  ].join('\n')
}

export async function heldOrdersCommand(given: Given<typeof orderHolds>): Promise<void> {
  const { json, connection, limit, after } = given
  const most = wholeOption('limit', limit, { usual: 50, most: 200 })
  const wanted = { connection: connection ?? null, limit: most, after: after ?? null }
  const { items, next } = await onTables((operations) => listHeldOrders(operations, commandUser(), wanted))
  if (json) return console.log(JSON.stringify({ items, next }))
  printList(items, heldText, 'no orders are held')
  if (next !== null) console.log(`more with --after '${next}'`)
}

function heldText({ source, number, connection, ...hold }: HeldOrder & OrderPlace): string {
  return `order ${number} of ${source}, ${connection}: ${holdWords(hold)}`
}

export function holdWords({ by, since, until, reason }: OrderHoldStatus): string {
  return `held by ${by} since ${since}${until === null ? '' : ` until ${until}`}: ${reason}`
}
