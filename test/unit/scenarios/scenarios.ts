import type { PlacedOrder, PlacedRow } from '../../worlds/magento-orders.ts'

/**
 * A scenario: an order, what happens to it at both ends, and how both ends are then. `shop …` is done by the shop's people,
 * `a …` by those of vendor A; each step is an event that arrives before the next step. Numbers are `row:pieces`.
 */
export interface Scenario {
  readonly name: string
  readonly order: PlacedOrder
  readonly steps: readonly string[]
  readonly end: {
    readonly shop?: readonly string[]
    readonly a?: readonly string[]
    readonly b?: readonly string[]
    readonly c?: readonly string[]
    readonly failed?: readonly string[]
  }
  /**
   * What is different where the vendors have SAP Business One: lines are taken out or closed with their pieces, an order that was
   * canceled is made anew, and the company knows dollars, euros and yen.
   */
  readonly sap?: Scenario['end']
  /** A setting of the connections. */
  readonly bundles?: 'refuse'
}

const row = (sku: string, qty: number, price = 10, more: Partial<PlacedRow> = {}): PlacedRow => ({
  sku,
  qty,
  price,
  ...more,
})

const order = (...rows: readonly PlacedRow[]): PlacedOrder => ({ rows })
const orderIn = (currency: string, ...rows: readonly PlacedRow[]): PlacedOrder => ({ rows, currency })

/** Four pieces of vendor A alone; of A and the seller; of A and B. */
const own = order(row('A-1', 4))
const mixed = order(row('A-1', 4), row('X-1', 2))
const two = order(row('A-1', 4), row('B-1', 3))
const three = order(row('A-1', 2), row('B-1', 2), row('C-1', 2), row('X-1', 1))

const part = (sku: string, qty: number, price = 0): PlacedRow => row(sku, qty, price, { partOf: 1 })
const dynamic = order(row('KIT-A-1-A-2', 2, 50, { type: 'bundle' }), part('A-1', 2, 20), part('A-2', 4, 15))
const dynamicOfTwo = order(row('KIT-A-1-B-1', 2, 30, { type: 'bundle' }), part('A-1', 2, 20), part('B-1', 2, 10))
const fixed = order(row('A-SET', 2, 45, { type: 'bundle' }), part('A-1', 2), part('A-2', 4))
const apart = order(
  row('A-SET', 2, 45, { type: 'bundle', more: { ships_apart: true } }),
  part('A-1', 2),
  part('A-2', 4),
)
const dynamicApart = order(
  row('KIT-A-1-A-2', 2, 50, { type: 'bundle', more: { ships_apart: true } }),
  part('A-1', 2, 20),
  part('A-2', 4, 15),
)
const sellers = order(row('SET-9', 2, 30, { type: 'bundle' }), part('A-1', 2), part('B-1', 2), part('X-1', 2))
const options = order(
  row('A-1-', 3, 10, {
    more: { product_option: { extension_attributes: { custom_options: [{ option_id: '5', option_value: '11' }] } } },
  }),
)
const variant = order(row('A-1', 2, 25, { type: 'configurable' }), row('A-1', 2, 0, { partOf: 1 }))
const virtual = order(row('A-1', 2, 10, { type: 'virtual' }), row('A-2', 1, 20))
const productTax = order(
  row('A-1', 2, 10, { more: { weee_tax_applied_row_amount: 3, weee_tax_applied_amount: 1.5 } }),
  row('X-1', 1),
)

const PAID = ['shop places', 'shop invoices'] as const

export const scenarios: readonly Scenario[] = [
  // Where an order begins.
  { name: 'an order that is not paid is not sent', order: own, steps: ['shop places'], end: { shop: ['new'] } },
  { name: 'a paid order is sent', order: own, steps: PAID, end: { a: ['A-1 ×4 =40'] } },
  { name: 'the seller’s row stays with the seller', order: mixed, steps: PAID, end: { a: ['A-1 ×4 =40'] } },
  { name: 'each vendor gets its rows', order: two, steps: PAID, end: { a: ['A-1 ×4 =40'], b: ['B-1 ×3 =30'] } },
  {
    name: 'three vendors get theirs',
    order: three,
    steps: PAID,
    end: { a: ['A-1 ×2 =20'], b: ['B-1 ×2 =20'], c: ['C-1 ×2 =20'] },
  },
  {
    name: 'an order of nobody’s goods goes to nobody',
    order: order(row('X-1', 1)),
    steps: [...PAID, 'shop ships'],
    end: { shop: ['complete shipped 1'] },
  },
  {
    name: 'a status of the shop’s own changes nothing',
    order: own,
    steps: [...PAID, 'shop renames'],
    end: { a: ['A-1 ×4 =40'] },
  },
  {
    name: 'canceled before it was paid, it is never sent',
    order: own,
    steps: ['shop places', 'shop cancels'],
    end: { shop: ['canceled'] },
  },

  // Taken back before anything is shipped.
  { name: 'a refund of two of four', order: own, steps: [...PAID, 'shop refunds 1:2'], end: { a: ['A-1 ×2 =20'] } },
  {
    name: 'two refunds of one each',
    order: own,
    steps: [...PAID, 'shop refunds 1:1', 'shop refunds 1:1'],
    end: { a: ['A-1 ×2 =20'] },
  },
  {
    name: 'all is refunded',
    order: own,
    steps: [...PAID, 'shop refunds'],
    end: { shop: ['closed'], a: ['(A-1 ×4 =40)'] },
  },
  {
    name: 'all of the vendor’s row is refunded, the seller’s stays',
    order: mixed,
    steps: [...PAID, 'shop refunds 1:4'],
    end: { a: ['(A-1 ×4 =40)'] },
  },
  {
    name: 'the seller’s row is refunded',
    order: mixed,
    steps: [...PAID, 'shop refunds 2:2'],
    end: { a: ['A-1 ×4 =40'] },
  },
  {
    name: 'one vendor’s part is refunded, the other’s is not',
    order: two,
    steps: [...PAID, 'shop refunds 1:4'],
    end: { a: ['(A-1 ×4 =40)'], b: ['B-1 ×3 =30'] },
  },
  {
    name: 'a part of each is refunded',
    order: two,
    steps: [...PAID, 'shop refunds 1:1 2:2'],
    end: { a: ['A-1 ×3 =30'], b: ['B-1 ×1 =10'] },
  },
  { name: 'money alone is paid back', order: own, steps: [...PAID, 'shop pays-back 5'], end: { a: ['A-1 ×4 =40'] } },
  {
    name: 'what is not paid is canceled, what is paid goes',
    order: own,
    steps: ['shop places', 'shop invoices 1:3', 'shop cancels'],
    end: { a: ['A-1 ×3 =30'] },
  },
  {
    name: 'what was not paid of one vendor is canceled',
    order: two,
    steps: ['shop places', 'shop invoices 1:4', 'shop cancels'],
    end: { a: ['A-1 ×4 =40'], b: ['(B-1 ×3 =30)'] },
  },
  {
    name: 'canceled in part, then refunded in part',
    order: own,
    steps: ['shop places', 'shop invoices 1:3', 'shop cancels', 'shop refunds 1:1'],
    end: { a: ['A-1 ×2 =20'] },
  },
  {
    name: 'refunded in part, first seen afterwards',
    order: own,
    steps: ['shop places', 'shop invoices', 'shop refunds 1:1'],
    end: { a: ['A-1 ×3 =30'] },
  },

  // Shipments of the vendor.
  {
    name: 'the vendor ships all',
    order: own,
    steps: [...PAID, 'a ships'],
    end: { shop: ['complete shipped 4'], a: ['A-1 ×4 =40 shipped 4'] },
  },
  {
    name: 'in two parcels',
    order: own,
    steps: [...PAID, 'a ships 1:1', 'a ships 1:3'],
    end: { shop: ['complete shipped 4'], a: ['A-1 ×4 =40 shipped 4'] },
  },
  {
    name: 'one of two vendors ships',
    order: two,
    steps: [...PAID, 'a ships'],
    end: { shop: ['processing shipped 4'], a: ['A-1 ×4 =40 shipped 4'], b: ['B-1 ×3 =30'] },
  },
  {
    name: 'both vendors ship',
    order: two,
    steps: [...PAID, 'b ships', 'a ships'],
    end: { shop: ['complete shipped 7'], a: ['A-1 ×4 =40 shipped 4'], b: ['B-1 ×3 =30 shipped 3'] },
  },
  {
    name: 'the vendor ships and the shop sees it in a later version',
    order: own,
    steps: [...PAID, 'a ships', 'shop renames'],
    end: { shop: ['complete shipped 4'], a: ['A-1 ×4 =40 shipped 4'] },
  },
  {
    name: 'the seller ships its own row first, then the vendor',
    order: mixed,
    steps: [...PAID, 'shop ships 2:2', 'a ships'],
    end: { shop: ['complete shipped 6'], a: ['A-1 ×4 =40 shipped 4'] },
  },
  {
    name: 'the seller ships its own row before the order is first seen',
    order: mixed,
    steps: ['shop places', 'shop invoices', 'shop ships 2:2'],
    end: { shop: ['processing shipped 2'], a: ['A-1 ×4 =40'] },
  },
  {
    name: 'the shop ships the vendor’s row by hand: nothing more is asked of the vendor',
    order: own,
    steps: [...PAID, 'shop ships'],
    end: { shop: ['complete shipped 4'], a: ['A-1 ×4 =40'] },
  },

  // Shipped in part, then taken back.
  {
    name: 'two are shipped, the rest is refunded',
    order: own,
    steps: [...PAID, 'a ships 1:2', 'shop refunds 1:4'],
    end: { shop: ['closed shipped 2'], a: ['A-1 ×2 =20 shipped 2'] },
    sap: { a: ['(A-1 ×4 =40 shipped 2)'] },
  },
  {
    // Magento 2.4 counts two of four as refunded after their shipment then, and waits for two more.
    name: 'two are refunded, then two are shipped: the refund stays one',
    order: own,
    steps: [...PAID, 'shop refunds 1:2', 'a ships 1:2', 'shop renames'],
    end: { shop: ['processing shipped 2'], a: ['A-1 ×2 =20 shipped 2'] },
  },
  {
    name: 'shipped and returned: nothing is taken back',
    order: own,
    steps: [...PAID, 'a ships', 'shop refunds'],
    end: { shop: ['closed shipped 4'], a: ['A-1 ×4 =40 shipped 4'] },
  },
  {
    name: 'one piece comes back after its delivery',
    order: own,
    steps: [...PAID, 'a ships', 'shop refunds 1:1'],
    end: { shop: ['complete shipped 4'], a: ['A-1 ×4 =40 shipped 4'] },
  },
  {
    name: 'the first parcel comes back, the second is shipped',
    order: own,
    steps: [...PAID, 'a ships 1:2', 'shop refunds 1:2', 'a ships 1:2'],
    end: { shop: ['complete shipped 4'], a: ['A-1 ×4 =40 shipped 4'] },
  },
  {
    name: 'one vendor has shipped, the other’s part is refunded',
    order: two,
    steps: [...PAID, 'a ships', 'shop refunds 2:3'],
    end: { shop: ['complete shipped 4'], a: ['A-1 ×4 =40 shipped 4'], b: ['(B-1 ×3 =30)'] },
  },
  {
    name: 'one vendor has shipped, then all is refunded: a return, and a cancellation',
    order: two,
    steps: [...PAID, 'a ships', 'shop refunds'],
    end: { shop: ['closed shipped 4'], a: ['A-1 ×4 =40 shipped 4'], b: ['(B-1 ×3 =30)'] },
  },

  // What the vendor can't deliver.
  {
    name: 'the vendor closes all, and says so in the shop',
    order: own,
    steps: [...PAID, 'a closes'],
    end: { a: ['(A-1 ×4 =40)'] },
  },
  {
    name: 'the vendor closes all, then the shop refunds it: no conflict',
    order: own,
    steps: [...PAID, 'a closes', 'shop refunds'],
    end: { shop: ['closed'], a: ['(A-1 ×4 =40)'] },
  },
  {
    name: 'the vendor ships two and closes the rest, then the shop refunds just that: no conflict',
    order: own,
    steps: [...PAID, 'a ships 1:2', 'a closes', 'shop refunds 1:4'],
    end: { shop: ['closed shipped 2'], a: ['(A-1 ×2 =20 shipped 2)'] },
    sap: { a: ['(A-1 ×4 =40 shipped 2)'] },
  },
  {
    name: 'the vendor closes one of two lines, then the shop refunds that one: no conflict',
    order: order(row('A-1', 2), row('A-2', 2)),
    steps: [...PAID, 'a closes 2:2', 'shop refunds 2:2'],
    end: { a: ['A-1 ×2 =20, (A-2 ×0 =0)'] },
    sap: { a: ['A-1 ×2 =20, (A-2 ×2 =20)'] },
  },
  {
    name: 'the vendor closes one line, the shop refunds the other: it stays closed; in SAP for people',
    order: order(row('A-1', 2), row('A-2', 2)),
    steps: [...PAID, 'a closes 2:2', 'shop refunds 1:2'],
    end: { a: ['(A-1 ×0 =0), (A-2 ×2 =20)'] },
    sap: { a: ['A-1 ×2 =20, (A-2 ×2 =20)'], failed: ['target_conflict'] },
  },
  {
    name: 'the vendor closes all, then the shop refunds it in two steps: no conflict',
    order: own,
    steps: [...PAID, 'a closes', 'shop refunds 1:1', 'shop refunds 1:3'],
    end: { shop: ['closed'], a: ['(A-1 ×3 =30)'] },
    sap: { a: ['(A-1 ×4 =40)'] },
  },
  {
    name: 'the vendor ships two and closes the rest, then the shop refunds that in two steps: no conflict',
    order: own,
    steps: [...PAID, 'a ships 1:2', 'a closes', 'shop refunds 1:3', 'shop refunds 1:1'],
    end: { shop: ['closed shipped 2'], a: ['(A-1 ×2 =20 shipped 2)'] },
    sap: { a: ['(A-1 ×4 =40 shipped 2)'] },
  },
  {
    name: 'all is refunded while a part is on its way: the vendor ships no more, and says what it has shipped',
    order: own,
    steps: [...PAID, 'a ships-unheard 1:3', 'shop refunds'],
    end: { shop: ['closed'], a: ['(A-1 ×4 =40 shipped 3)'], failed: ['cancellation_refused'] },
  },
  {
    name: 'all is refunded while all is on its way: the vendor says so',
    order: own,
    steps: [...PAID, 'a ships-unheard', 'shop refunds'],
    end: { shop: ['closed'], a: ['A-1 ×4 =40 shipped 4'], failed: ['cancellation_refused'] },
  },
  {
    name: 'three of four are refunded while two are on their way: the vendor ships no more, and says so',
    order: own,
    steps: [...PAID, 'a ships-unheard 1:2', 'shop refunds 1:3'],
    end: { a: ['(A-1 ×4 =40 shipped 2)'], failed: ['cancellation_refused'] },
  },
  {
    name: 'one of four is refunded while two are on their way: it is taken back, or asked of the vendor',
    order: own,
    steps: [...PAID, 'a ships-unheard 1:2', 'shop refunds 1:1'],
    end: { a: ['A-1 ×3 =30 shipped 2'] },
    sap: { a: ['A-1 ×4 =40 shipped 2'], failed: ['cancellation_requested'] },
  },
  {
    name: 'all is refunded while one of two vendors has shipped: the other’s part is taken back',
    order: two,
    steps: [...PAID, 'a ships-unheard', 'shop refunds'],
    end: { shop: ['closed'], a: ['A-1 ×4 =40 shipped 4'], b: ['(B-1 ×3 =30)'], failed: ['cancellation_refused'] },
  },
  {
    name: 'one vendor closes its part, the other ships',
    order: two,
    steps: [...PAID, 'a closes', 'b ships'],
    end: { shop: ['processing shipped 3'], a: ['(A-1 ×4 =40)'], b: ['B-1 ×3 =30 shipped 3'] },
  },
  {
    name: 'all is canceled in the shop after a part was shipped: only what is open is taken back',
    order: order(row('A-1', 2), row('A-2', 2)),
    steps: [...PAID, 'a ships 1:2', 'shop refunds 2:2'],
    end: { shop: ['complete shipped 2'], a: ['A-1 ×2 =20 shipped 2, (A-2 ×0 =0)'] },
    sap: { a: ['A-1 ×2 =20 shipped 2, (A-2 ×2 =20)'] },
  },

  // Holds.
  { name: 'an order on hold is not sent', order: own, steps: ['shop places', 'shop holds'], end: { shop: ['holded'] } },
  {
    name: 'paid and on hold before it is first seen: not sent, and sent when it is released',
    order: own,
    steps: ['shop places', 'shop reviews', 'shop accepts', 'shop invoices'],
    end: { a: ['A-1 ×4 =40'] },
  },
  {
    name: 'a hold takes it back',
    order: own,
    steps: [...PAID, 'shop holds'],
    end: { shop: ['holded'], a: ['(A-1 ×4 =40)'] },
  },
  {
    name: 'its release resumes the same order',
    order: own,
    steps: [...PAID, 'shop holds', 'shop releases'],
    end: { a: ['A-1 ×4 =40'] },
    sap: { a: ['(A-1 ×4 =40)', 'A-1 ×4 =40'] },
  },
  {
    name: 'held and released twice',
    order: own,
    steps: [...PAID, 'shop holds', 'shop releases', 'shop holds', 'shop releases'],
    end: { a: ['A-1 ×4 =40'] },
    sap: { a: ['(A-1 ×4 =40)', '(A-1 ×4 =40)', 'A-1 ×4 =40'] },
  },
  {
    name: 'held, released, and refunded in part',
    order: own,
    steps: [...PAID, 'shop holds', 'shop releases', 'shop refunds 1:1'],
    end: { a: ['A-1 ×3 =30'] },
    sap: { a: ['(A-1 ×4 =40)', 'A-1 ×3 =30'] },
  },
  {
    name: 'refunded in part, held and released: the refund stays',
    order: own,
    steps: [...PAID, 'shop refunds 1:1', 'shop holds', 'shop releases'],
    end: { a: ['A-1 ×3 =30'] },
    sap: { a: ['(A-1 ×3 =30)', 'A-1 ×3 =30'] },
  },
  {
    name: 'payment under review is a hold',
    order: own,
    steps: [...PAID, 'shop reviews'],
    end: { shop: ['payment_review'], a: ['(A-1 ×4 =40)'] },
  },
  {
    name: 'the review accepts it',
    order: own,
    steps: [...PAID, 'shop reviews', 'shop accepts'],
    end: { a: ['A-1 ×4 =40'] },
    sap: { a: ['(A-1 ×4 =40)', 'A-1 ×4 =40'] },
  },
  {
    name: 'a hold of two vendors’ order',
    order: two,
    steps: [...PAID, 'shop holds', 'shop releases'],
    end: { a: ['A-1 ×4 =40'], b: ['B-1 ×3 =30'] },
    sap: { a: ['(A-1 ×4 =40)', 'A-1 ×4 =40'], b: ['(B-1 ×3 =30)', 'B-1 ×3 =30'] },
  },

  // Edits and addresses.
  {
    name: 'an edit before anything was paid: the new order alone',
    order: own,
    steps: ['shop places', 'shop edits 1:3'],
    end: { shop: ['canceled', 'processing'], a: ['A-1 ×3 =30'] },
  },
  {
    name: 'a later version of an edited order',
    order: own,
    steps: ['shop places', 'shop edits 1:3', 'shop renames'],
    end: { shop: ['canceled', 'processing'], a: ['A-1 ×3 =30'] },
  },
  {
    name: 'an edit for two vendors',
    order: two,
    steps: ['shop places', 'shop edits 2:1'],
    end: { shop: ['canceled', 'processing'], a: ['A-1 ×4 =40'], b: ['B-1 ×1 =10'] },
  },
  {
    name: 'an edited order that is shipped',
    order: own,
    steps: ['shop places', 'shop edits 1:3', 'a ships'],
    end: { shop: ['canceled', 'complete shipped 3'], a: ['A-1 ×3 =30 shipped 3'] },
  },
  {
    name: 'an edit of an order that the vendor has is one amendment: its order is changed',
    order: own,
    steps: ['shop places', 'shop accepts', 'a waits', 'shop edits 1:3'],
    end: { shop: ['canceled', 'processing'], a: ['A-1 ×3 =30'] },
    sap: { a: ['(A-1 ×4 =40)', 'A-1 ×3 =30'] },
  },
  {
    name: 'an edit of an order that two vendors have',
    order: two,
    steps: ['shop places', 'shop accepts', 'a waits', 'shop edits 1:1 2:5', 'b ships'],
    end: { shop: ['canceled', 'processing shipped 5'], a: ['A-1 ×1 =10'], b: ['B-1 ×5 =50 shipped 5'] },
    sap: { a: ['(A-1 ×4 =40)', 'A-1 ×1 =10'], b: ['(B-1 ×3 =30)', 'B-1 ×5 =50 shipped 5'] },
  },
  {
    name: 'an amended order that is refunded in part, and shipped',
    order: own,
    steps: ['shop places', 'shop accepts', 'a waits', 'shop edits 1:3', 'shop refunds 1:1', 'a ships'],
    end: { shop: ['canceled', 'processing shipped 2'], a: ['A-1 ×2 =20 shipped 2'] },
    sap: { a: ['(A-1 ×4 =40)', 'A-1 ×2 =20 shipped 2'] },
  },
  {
    name: 'an edit of an order of which the vendor has shipped a part: the new one is not delivered beside it',
    order: own,
    steps: ['shop places', 'shop accepts', 'a waits', 'a ships-unheard 1:2', 'shop edits 1:3'],
    end: {
      shop: ['canceled', 'processing'],
      a: ['(A-1 ×4 =40 shipped 2)'],
      failed: ['cancellation_refused', 'target_conflict'],
    },
  },
  {
    name: 'an edit of an order of which the vendor has shipped a part, as the shop knows: the rest is closed, the new one goes',
    order: own,
    steps: ['shop places', 'shop accepts', 'a waits', 'a ships 1:1', 'a waits', 'shop edits 1:3'],
    end: { shop: ['canceled shipped 1', 'processing'], a: ['A-1 ×1 =10 shipped 1', 'A-1 ×3 =30'] },
    sap: { a: ['(A-1 ×4 =40 shipped 1)', 'A-1 ×3 =30'] },
  },
  {
    name: 'an edit of a begun order of two vendors, and the new one is shipped',
    order: two,
    steps: [
      'shop places',
      'shop accepts',
      'a waits',
      'a ships 1:2',
      'a waits',
      'shop edits 1:2 2:1',
      'a waits',
      'b ships',
      'a ships',
    ],
    end: {
      shop: ['canceled shipped 2', 'complete shipped 3'],
      a: ['A-1 ×2 =20 shipped 2', 'A-1 ×2 =20 shipped 2'],
      b: ['B-1 ×1 =10 shipped 1'],
    },
    sap: {
      a: ['(A-1 ×4 =40 shipped 2)', 'A-1 ×2 =20 shipped 2'],
      b: ['(B-1 ×3 =30)', 'B-1 ×1 =10 shipped 1'],
    },
  },
  {
    name: 'an edit of an order that the vendor closed: the new one is an order of its own',
    order: own,
    steps: ['shop places', 'shop accepts', 'a waits', 'a closes', 'shop edits 1:3'],
    end: { shop: ['canceled', 'processing'], a: ['(A-1 ×4 =40)', 'A-1 ×3 =30'] },
  },
  {
    name: 'another address of an open order',
    order: own,
    steps: [...PAID, 'shop moves'],
    end: { a: ['A-1 ×4 =40 to Dallas'] },
  },
  {
    name: 'another address after a part was shipped: the rest goes there',
    order: own,
    steps: [...PAID, 'a ships 1:2', 'shop moves'],
    end: { shop: ['processing shipped 2'], a: ['A-1 ×4 =40 shipped 2 to Dallas'] },
  },
  {
    name: 'another address while all is on its way: nothing is left to send there',
    order: own,
    steps: [...PAID, 'a ships-unheard', 'shop moves'],
    end: { a: ['A-1 ×4 =40 shipped 4'] },
  },

  // Bundles, options, variants, virtual rows.
  {
    name: 'a dynamic bundle goes as its components',
    order: dynamic,
    steps: PAID,
    end: { a: ['A-1 ×2 =40, A-2 ×4 =60'] },
  },
  {
    name: 'one bundle of two is refunded, on its components',
    order: dynamic,
    steps: [...PAID, 'shop refunds 2:1 3:2'],
    end: { a: ['A-1 ×1 =20, A-2 ×2 =30'] },
  },
  {
    name: 'one component of a dynamic bundle is refunded alone',
    order: dynamic,
    steps: [...PAID, 'shop refunds 3:4'],
    end: { a: ['A-1 ×2 =40, (A-2 ×0 =0)'] },
    sap: { a: ['A-1 ×2 =40'] },
  },
  {
    name: 'one component of a dynamic bundle is refunded alone, the vendor ships the other: the bundle is shipped',
    order: dynamic,
    steps: [...PAID, 'shop refunds 3:4', 'a ships'],
    end: { shop: ['complete shipped 2'], a: ['A-1 ×2 =40 shipped 2, (A-2 ×0 =0)'] },
    sap: { shop: ['complete shipped 2'], a: ['A-1 ×2 =40 shipped 2'] },
  },
  {
    name: 'of one component of a bundle a part is refunded, the vendor ships what is left',
    order: dynamic,
    steps: [...PAID, 'shop refunds 3:2', 'a ships'],
    end: { shop: ['complete shipped 2'], a: ['A-1 ×2 =40 shipped 2, A-2 ×2 =30 shipped 2'] },
  },
  {
    name: 'a dynamic bundle is refunded whole',
    order: dynamic,
    steps: [...PAID, 'shop refunds'],
    end: { shop: ['closed'], a: ['(A-1 ×2 =40), (A-2 ×4 =60)'] },
  },
  {
    name: 'the vendor ships all components: the bundle is shipped',
    order: dynamic,
    steps: [...PAID, 'a ships'],
    end: { shop: ['complete shipped 2'], a: ['A-1 ×2 =40 shipped 2, A-2 ×4 =60 shipped 4'] },
  },
  {
    name: 'the vendor ships the components in two parcels: the bundle is shipped with the second',
    order: fixed,
    steps: [...PAID, 'a ships 1:2', 'a ships 2:4'],
    end: { shop: ['complete shipped 2'], a: ['A-1 ×2 =30 shipped 2, A-2 ×4 =60 shipped 4'] },
  },
  {
    name: 'one bundle of two, then the other, in three parcels',
    order: fixed,
    steps: [...PAID, 'a ships 1:2 2:2', 'a ships 2:1', 'a ships 2:1'],
    end: { shop: ['complete shipped 2'], a: ['A-1 ×2 =30 shipped 2, A-2 ×4 =60 shipped 4'] },
  },
  {
    name: 'a bundle of two vendors is shipped with the second of them',
    order: dynamicOfTwo,
    steps: [...PAID, 'b ships', 'a ships'],
    end: { shop: ['complete shipped 2'], a: ['A-1 ×2 =40 shipped 2'], b: ['B-1 ×2 =20 shipped 2'] },
  },
  {
    name: 'of a bundle of vendors’ goods and the seller’s own the seller ships the rest',
    order: sellers,
    steps: [...PAID, 'b ships', 'a ships', 'shop ships'],
    end: { shop: ['complete shipped 2'], a: ['A-1 ×2 =20 shipped 2'], b: ['B-1 ×2 =20 shipped 2'] },
  },
  {
    name: 'components that the shop ships one by one are shipped as they come',
    order: apart,
    steps: [...PAID, 'a ships 1:2', 'a ships 2:1', 'a ships 2:3'],
    end: { shop: ['complete shipped 3'], a: ['A-1 ×2 =30 shipped 2, A-2 ×4 =60 shipped 4'] },
  },
  {
    name: 'of components that the shop ships one by one, one is shipped and one refunded',
    order: dynamicApart,
    steps: [...PAID, 'a ships 1:2', 'shop refunds 3:4'],
    end: { shop: ['complete shipped 1'], a: ['A-1 ×2 =40 shipped 2, (A-2 ×0 =0)'] },
    sap: { a: ['A-1 ×2 =40 shipped 2, (A-2 ×4 =60)'] },
  },
  {
    name: 'a dynamic bundle of two vendors is split',
    order: dynamicOfTwo,
    steps: PAID,
    end: { a: ['A-1 ×2 =40'], b: ['B-1 ×2 =20'] },
  },
  {
    name: 'a part of one vendor’s components is refunded',
    order: dynamicOfTwo,
    steps: [...PAID, 'shop refunds 3:1'],
    end: { a: ['A-1 ×2 =40'], b: ['B-1 ×1 =10'] },
  },
  {
    name: 'a bundle owned in part is refused where the connection says so',
    order: dynamicOfTwo,
    steps: PAID,
    bundles: 'refuse',
    end: { failed: ['bundle_owned_in_part'] },
  },
  {
    name: 'a fixed bundle goes as components where the ERP has no kit',
    order: fixed,
    steps: PAID,
    end: { a: ['A-1 ×2 =30, A-2 ×4 =60'] },
  },
  {
    name: 'one of two fixed bundles is refunded',
    order: fixed,
    steps: [...PAID, 'shop refunds 1:1'],
    end: { a: ['A-1 ×1 =15, A-2 ×2 =30'] },
  },
  {
    name: 'a fixed bundle is canceled in part',
    order: fixed,
    steps: ['shop places', 'shop invoices 1:1', 'shop cancels'],
    end: { a: ['A-1 ×1 =15, A-2 ×2 =30'] },
  },
  {
    name: 'a fixed bundle is shipped',
    order: fixed,
    steps: [...PAID, 'a ships'],
    end: { shop: ['complete shipped 2'], a: ['A-1 ×2 =30 shipped 2, A-2 ×4 =60 shipped 4'] },
  },
  {
    name: 'the seller’s bundle of vendors’ goods: each gets its component',
    order: sellers,
    steps: PAID,
    end: { a: ['A-1 ×2 =20'], b: ['B-1 ×2 =20'] },
  },
  {
    name: 'one of two of the seller’s bundles is refunded',
    order: sellers,
    steps: [...PAID, 'shop refunds 1:1'],
    end: { a: ['A-1 ×1 =10'], b: ['B-1 ×1 =10'] },
  },
  { name: 'a row with options goes by the product’s SKU', order: options, steps: PAID, end: { a: ['A-1 ×3 =30'] } },
  {
    name: 'a row with options is refunded in part',
    order: options,
    steps: [...PAID, 'shop refunds 1:2'],
    end: { a: ['A-1 ×1 =10'] },
  },
  { name: 'a variant is one line', order: variant, steps: PAID, end: { a: ['A-1 ×2 =50'] } },
  {
    name: 'a variant is refunded in part',
    order: variant,
    steps: [...PAID, 'shop refunds 1:1'],
    end: { a: ['A-1 ×1 =25'] },
  },
  {
    name: 'a variant is shipped',
    order: variant,
    steps: [...PAID, 'a ships'],
    end: { shop: ['complete shipped 2'], a: ['A-1 ×2 =50 shipped 2'] },
  },
  { name: 'a virtual row is a line', order: virtual, steps: PAID, end: { a: ['A-1 ×2 =20, A-2 ×1 =20'] } },
  {
    name: 'a virtual row is not shipped in the shop',
    order: virtual,
    steps: [...PAID, 'a ships'],
    end: { shop: ['complete shipped 1'], a: ['A-1 ×2 =20 shipped 2, A-2 ×1 =20 shipped 1'] },
  },
  {
    name: 'a virtual row is refunded: it is taken back, and the rest goes on',
    order: virtual,
    steps: [...PAID, 'shop refunds 1:2', 'a ships'],
    end: { shop: ['complete shipped 1'], a: ['(A-1 ×0 =0), A-2 ×1 =20 shipped 1'] },
    sap: { a: ['A-2 ×1 =20 shipped 1'] },
  },
  {
    name: 'a virtual row is refunded when all else is delivered',
    order: virtual,
    steps: [...PAID, 'a ships', 'shop refunds 1:2'],
    end: { shop: ['complete shipped 1'], a: ['A-1 ×2 =20 shipped 2, A-2 ×1 =20 shipped 1'] },
  },

  // Charges, discounts, currencies.
  { name: 'fixed product tax goes with its line', order: productTax, steps: PAID, end: { a: ['A-1 ×2 =20'] } },
  {
    name: 'fixed product tax of a line that is refunded in part',
    order: productTax,
    steps: [...PAID, 'shop refunds 1:1'],
    end: { a: ['A-1 ×1 =10'] },
  },
  {
    name: 'a fee is the seller’s',
    order: { ...mixed, charges: 2.65, extension: { payment_fee: 2.65 } },
    steps: PAID,
    end: { a: ['A-1 ×4 =40'] },
  },
  {
    name: 'gift wrapping is the seller’s',
    order: { ...mixed, charges: 5, extension: { gw_price: '5.0000' } },
    steps: PAID,
    end: { a: ['A-1 ×4 =40'] },
  },
  {
    name: 'a total that nothing explains is refused',
    order: { ...own, charges: 7 },
    steps: PAID,
    end: { failed: ['totals_differ'] },
  },
  {
    name: 'a total that nothing explains, of nobody’s goods, is nobody’s concern',
    order: { ...order(row('X-1', 1)), charges: 7 },
    steps: PAID,
    end: {},
  },
  {
    name: 'a discount and a refund of a part',
    order: order(row('A-1', 4, 10, { discount: 8, tax: 3.2 })),
    steps: [...PAID, 'shop refunds 1:1'],
    end: { a: ['A-1 ×3 =30'] },
  },
  {
    name: 'a currency without decimals, three vendors, one shipping',
    order: { ...orderIn('JPY', row('A-1', 1, 1000), row('B-1', 1, 1000), row('C-1', 1, 1000)), shipping: 500 },
    steps: PAID,
    end: { a: ['A-1 ×1 =1000'], b: ['B-1 ×1 =1000'], c: ['C-1 ×1 =1000'] },
  },
  {
    name: 'a currency without decimals, refunded in part',
    order: orderIn('JPY', row('A-1', 3, 333)),
    steps: [...PAID, 'shop refunds 1:1'],
    end: { a: ['A-1 ×2 =666'] },
  },
  {
    name: 'a currency with three decimals',
    order: orderIn('KWD', row('A-1', 3, 1.375), row('B-1', 1, 0.125)),
    steps: PAID,
    end: { a: ['A-1 ×3 =4.125'], b: ['B-1 ×1 =0.125'] },
  },
  {
    name: 'a currency with three decimals, refunded in part',
    order: orderIn('KWD', row('A-1', 3, 1.375)),
    steps: [...PAID, 'shop refunds 1:2'],
    end: { a: ['A-1 ×1 =1.375'] },
  },
]
