import { asList } from '../../../simulators/sap-b1/properties.ts'
import type { Entity } from '../../../simulators/sap-b1/store.ts'
import { textOf, wireOf } from '../../../src/systems/kit/wire.ts'
import { orderSettings } from '../../../src/systems/sap-b1/order-settings.ts'
import { settings } from '../../../src/systems/sap-b1/settings.ts'
import { writeSapB1Orders } from '../../../src/systems/sap-b1/write-orders.ts'
import { memorySapB1 } from '../../memory/sap-b1.ts'
import type { PlacedOrder } from '../../worlds/magento-orders.ts'
import { valuesOf } from '../../worlds/settings.ts'
import { itemsOf, type ScenarioErp, tellCity, tellLines } from './scenario-erp.ts'

const GIVEN = {
  companyDb: 'SBODEMOUS',
  currencies: 'USD=$',
  cardCode: 'C20000',
  freightExpenseCode: '1',
  taxExpenseCode: '2',
  cancelDelivered: 'close',
}

export function sapErp(order: PlacedOrder): ScenarioErp {
  const company = memorySapB1()
  for (const sku of itemsOf(order)) company.addItem(sku)
  return {
    sink: writeSapB1Orders(company.client, orderSettings({ zone: 'UTC', settings: valuesOf(settings, GIVEN) })),
    orders: () => company.orders().map(tellOrder),
    act(verb, pieces) {
      const newest = company.orders().at(-1)
      if (newest === undefined) throw new Error('the vendor has no order')
      const taken = asList(newest['DocumentLines']).flatMap((line, index) => {
        const quantity = pieces.size === 0 ? openOf(line) : (pieces.get(index + 1) ?? 0)
        return quantity > 0 ? [{ line, quantity }] : []
      })
      const byLine = new Map(taken.map(({ line, quantity }) => [Number(line['LineNum']), quantity]))
      if (verb === 'closes') company.closeLines(Number(newest['DocEntry']), new Set(byLine.keys()))
      else company.deliver(Number(newest['DocEntry']), byLine)
      const reference = String(newest['NumAtCard'])
      const lines = taken.map(({ line, quantity }) => {
        return { sku: String(line['ItemCode']), lineId: String(line['U_WLD_Line']), quantity }
      })
      return { reference, number: reference, lines }
    },
    close: company.close,
  }
}

const openOf = (line: Entity): number =>
  line['LineStatus'] === 'bost_Open' ? Number(line['RemainingOpenQuantity']) : 0

/** Amounts are before discounts, as the shop's; a line that is delivered whole is done, not closed. */
function tellOrder(order: Readonly<Entity>): string {
  const lines = tellLines(
    asList(order['DocumentLines']).map((line) => {
      const [quantity, left] = [Number(line['Quantity']), Number(line['RemainingOpenQuantity'])]
      return {
        sku: String(line['ItemCode']),
        quantity,
        amount: String(Number((quantity * Number(line['UnitPrice'])).toFixed(4))),
        shipped: quantity - left,
        isClosed: line['LineStatus'] === 'bost_Close' && left > 0,
      }
    }),
  )
  return lines + tellCity(textOf(wireOf(order['AddressExtension'])['ShipToCity']))
}
