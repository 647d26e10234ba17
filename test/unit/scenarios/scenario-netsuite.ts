import { textOf, type Wire, wireOf } from '../../../src/systems/kit/wire.ts'
import { writeNetSuiteOrders } from '../../../src/systems/netsuite/write-orders.ts'
import { memoryNetSuite } from '../../memory/netsuite.ts'
import type { PlacedOrder } from '../../worlds/magento-orders.ts'
import { netsuiteOf } from '../../worlds/settings.ts'
import { itemsOf, type ScenarioErp, tellCity, tellLines } from './scenario-erp.ts'

export function netsuiteErp(order: PlacedOrder): ScenarioErp {
  const account = memoryNetSuite()
  for (const sku of itemsOf(order)) account.addItem(sku)
  const { currency = 'USD' } = order
  const currencies = currency === 'USD' ? {} : { currencies: `${currency}=1` }
  const salesOrders = () => account.records.filter(({ type }) => type === 'salesOrder')
  const skuOf = (line: Wire) => account.skuOf(textOf(wireOf(line['item'])['id']) ?? '')
  return {
    sink: writeNetSuiteOrders(account.client, netsuiteOf({ discountItem: 77, ...currencies })),
    orders: () =>
      salesOrders().map(({ fields, lines }) => {
        const told = tellLines(
          lines.map((line) => ({
            sku: skuOf(line),
            quantity: numberOf(line, 'quantity'),
            amount: textOf(line['amount']) ?? '',
            shipped: numberOf(line, 'quantityFulfilled'),
            isClosed: line['isClosed'] === true,
          })),
        )
        return told + tellCity(textOf(wireOf(fields['shippingAddress'])['city']))
      }),
    act(verb, pieces) {
      const record = salesOrders().at(-1)
      if (record === undefined) throw new Error('the vendor has no order')
      const open = (line: Wire) => numberOf(line, 'quantity') - numberOf(line, 'quantityFulfilled')
      const taken = record.lines.flatMap((line, index) => {
        const quantity = pieces.size === 0 ? open(line) : (pieces.get(index + 1) ?? 0)
        return quantity > 0 ? [{ line, quantity }] : []
      })
      record.lines = record.lines.map((line) => {
        const quantity = taken.find((one) => one.line === line)?.quantity ?? 0
        if (quantity === 0) return line
        if (verb === 'closes') return { ...line, isClosed: true }
        return { ...line, quantityFulfilled: numberOf(line, 'quantityFulfilled') + quantity }
      })
      const lines = taken.map(({ line, quantity }) => {
        return { sku: skuOf(line), lineId: textOf(line['custcol_waldstream_line']), quantity }
      })
      return { reference: null, number: textOf(record.fields['otherRefNum']) ?? '', lines }
    },
    close: () => undefined,
  }
}

const numberOf = (line: Wire, name: string): number => Number(textOf(line[name]) ?? 0)
