import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../../src/configuration/model.ts'
import { text4, text8 } from '../../../src/events/decimal.ts'
import type { VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { parseExact } from '../../../src/platform/json.ts'
import { withKnownBundles } from '../../../src/rules/components.ts'
import { orderAmounts as netsuiteAmounts } from '../../../src/systems/netsuite/order-amounts.ts'
import { orderAmounts } from '../../../src/systems/sap-b1/order-amounts.ts'
import { connectionOf } from '../../data/processor-events.ts'
import { type BaseSkus, caseConnection, routed, versionsOf } from './order-versions.ts'

const FOLDER = new URL('../../cases/order-variants/', import.meta.url)

/** A variant of a case of `test/cases/orders`, with what each vendor is to have after each version of the order. */
interface Variant {
  readonly right: string
  readonly input: unknown
  /** SKUs of the shop's products by id. */
  readonly products?: BaseSkus
  /** What the SKUs of each vendor begin with; without: one vendor, `WLD-`. */
  readonly vendors?: readonly string[]
  /** Keys of the connections. */
  readonly settings?: Partial<Connection>
  /** SKUs that the ERP has no item of. */
  readonly unknown?: readonly string[]
  /** By version: what each vendor is sent, or why it is not. */
  readonly sent: readonly (readonly string[])[]
}

/** `wld: WLD-1 ×5 =50; shipping 0; tax 0`: pieces and net amounts, as both ERPs are to book them. */
function told(event: VendorOrderRequested, unknown: readonly string[]): string {
  if (event.canceled) return `${event.connection}: canceled`
  const order = withKnownBundles(event.data, (sku) => !unknown.includes(sku))
  const { lines, shipping, tax } = orderAmounts(order)
  const netsuite = netsuiteAmounts(order, true)
  expect([netsuite.shipping, netsuite.tax]).toEqual([shipping, tax])
  expect(netsuite.lines.filter(({ quantity }) => quantity > 0n).map(({ amount }) => amount)).toEqual(
    lines.map(({ net }) => net),
  )
  const texts = lines.map(({ line, quantity, net }) => `${line.sku} ×${text8(quantity)} =${text4(net)}`)
  return `${event.connection}: ${texts.join(', ')}; shipping ${text4(shipping)}; tax ${text4(tax)}`
}

describe('variants of orders as real shops have them', () => {
  it.each(readdirSync(FOLDER))('%s', async (file) => {
    const variant = parseExact(readFileSync(new URL(file, FOLDER), 'utf8')) as Variant
    const { input, products, vendors, settings = {}, unknown = [] } = variant
    const { orderStates } = caseConnection(input)
    const connections = vendors?.map((letters) =>
      connectionOf(letters.toLowerCase(), `^${letters}-`, { orderStates, ...settings }),
    ) ?? [caseConnection(input, settings)]
    const steps = await routed(versionsOf(input, products), connections)
    const sent = steps.map(({ events, codes }) => [
      ...events.map((event) => told(event, unknown)),
      ...codes.filter((code) => code !== 'processing'),
    ])
    expect(sent, variant.right).toEqual(variant.sent)
  })
})
