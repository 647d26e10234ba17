/*
 * An order ends its reservation at the vendor's acknowledgement. So the ERP's own available quantity must not include the
 * order's pieces by then: what shops may sell is never more than what the ERP has available.
 */
import { describe, expect, it } from 'vitest'
import { decimal4, decimal8, sum, text8 } from '../../src/events/decimal.ts'
import type { Inventory } from '../../src/events/generated/events.ts'
import { contentDigest } from '../../src/events/identity.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import type { Wire } from '../../src/systems/kit/wire.ts'
import { lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { bothErps } from '../worlds/both-erps.ts'
import { readAll } from '../worlds/sources.ts'
import { reserving, SKU, stockWorld } from '../worlds/stock-world.ts'

const HAVE = 10
const erps = bothErps()

interface Erp {
  /** Makes the item, with stock at one place. */
  stock(): Promise<unknown>
  sink(): Promise<Sink<'vendor-orders'>>
  inventory(): Promise<Inventory | undefined>
  /** Its people end all orders, or ship them. */
  act(action: 'cancel' | 'ship'): Promise<void>
}

const vendors: Readonly<Record<string, Erp>> = {
  netsuite: {
    async stock() {
      await erps.account.control('POST', 'items', { itemid: SKU, price: 10 })
      await erps.account.control('PUT', `items/${SKU}/locations/1`, { quantityonhand: HAVE })
    },
    sink: () => erps.netsuiteSink(),
    inventory: async () => ofSku(await readAll(erps.account.reader('inventory', 100))),
    async act(action) {
      for (const { id } of await erps.account.orders()) {
        await erps.account.control('POST', `orders/${id}/${action === 'ship' ? 'fulfil' : action}`, {})
      }
    },
  },
  'sap-b1': {
    async stock() {
      await erps.company.send('POST', '/items', { ItemCode: SKU })
      await erps.company.send('PUT', `/items/${SKU}/warehouses/01`, { InStock: HAVE })
    },
    sink: () => erps.company.sink(),
    inventory: async () => ofSku(await readAll(erps.company.reader('inventory', 100))),
    async act(action) {
      for (const { DocEntry } of await erps.company.state('Orders')) {
        await erps.company.send('POST', `/orders/${DocEntry}/${action === 'ship' ? 'deliver' : action}`, {})
      }
    },
  },
}

const ofSku = ({ entities }: { readonly entities: readonly { readonly key: string; readonly data: Inventory }[] }) =>
  entities.find(({ key }) => key === SKU)?.data

/** A shop that sells the ERP's stock, and reserves. */
async function shopOf(erp: Erp) {
  const shop = reserving('one')
  const world = stockWorld([shop])
  const poll = world.reader('one')
  await erp.stock()
  const sink = await erp.sink()
  let seen: unknown
  const pass = () => {
    world.clock.time += 60_000
  }
  return {
    /** Reads the ERP's stock; how much it has available. */
    async read(): Promise<number> {
      pass()
      const available = sum((await erp.inventory())?.locations.map((one) => one.available) ?? [])
      await world.level(Number(text8(available)))
      return Number(text8(available))
    },
    order: (pieces: number, version = 1, held = false) => world.order('one', '100', pieces, { version, held }),
    async acknowledge(pieces: number, version = 1, held = false) {
      const line = lineOf('1', SKU, {
        quantityOrdered: decimal8(pieces, 'pieces'),
        unitPrice: decimal8(10, 'price'),
        rowTotal: decimal4(10 * pieces, 'total'),
      })
      const made = vendorOrder('one', '100', orderOf([line], { subtotal: decimal4(10 * pieces, 'total') }))
      const digest = contentDigest({ deleted: false, data: { ...made.data, version } as never })
      const event = { ...made, held, contentDigest: digest }
      await sink.deliver(event, shop, new AbortController().signal, { targetId: null, unclear: false })
      pass()
      await world.report('one', '100', 'succeeded', { version })
    },
    /** What the shop may sell, and what is reserved of it. */
    async sees(): Promise<unknown> {
      await world.project()
      seen = (await poll()).at(-1) ?? seen
      const { total, reserved } = seen as Wire
      return [total, reserved]
    },
  }
}

describe.each(Object.entries(vendors))('what shops may sell of %s', (_name, erp) => {
  it('is the same before and after the ERP has the order, and what the ERP has available', async () => {
    const { read, order, acknowledge, sees } = await shopOf(erp)
    await read()
    expect(await sees()).toEqual(['10', '0'])
    await order(3)
    expect(await sees()).toEqual(['7', '3'])
    await acknowledge(3)
    expect(await sees()).toEqual(['7', '3'])
    expect(await read()).toBe(7)
    expect(await sees()).toEqual(['7', '0'])
    await erp.act('ship')
    expect(await read()).toBe(7)
    expect(await sees()).toEqual(['7', '0'])
  })

  it('is nothing while orders need more than there is, and all of it once they are canceled', async () => {
    const { read, order, acknowledge, sees } = await shopOf(erp)
    await read()
    expect(await sees()).toEqual(['10', '0'])
    await order(12)
    expect(await sees()).toEqual(['0', '12'])
    await acknowledge(12)
    expect(await read()).toBe(0)
    expect(await sees()).toEqual(['0', '0'])
    await erp.act('cancel')
    expect(await read()).toBe(10)
    expect(await sees()).toEqual(['10', '0'])
  })

  it('does not include an order that waits in the ERP, which counts it only once it is released', async () => {
    const { read, order, acknowledge, sees } = await shopOf(erp)
    await order(3)
    await acknowledge(3)
    expect(await read()).toBe(7)
    expect(await sees()).toEqual(['7', '0'])
    await order(3, 2, true)
    await acknowledge(3, 2, true)
    expect(await read()).toBe(10)
    expect(await sees()).toEqual(['7', '3'])
    await order(3, 3)
    await acknowledge(3, 3)
    expect(await read()).toBe(7)
    expect(await sees()).toEqual(['7', '0'])
  })
})
