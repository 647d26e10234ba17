import { readCatalog } from '../catalog/read-catalog.ts'
import type { DocumentStore, Documents, OpenDocuments } from '../harness/document-store.ts'

/** A product of the vendor. */
export interface Item {
  readonly sku: string
  readonly name: string
  readonly weight: string
  readonly price: string
  /** Less than 0 if more was ordered than is there. */
  readonly stock: number
}

export interface OrderLine {
  readonly line: number
  readonly sku: string
  readonly quantity: number
  readonly shipped: number
  /** What the file says in its column `Line`. */
  readonly lineId: string
}

/** An order as its file says it. A file that comes twice is two orders, as it would be for a vendor. */
export interface Order {
  readonly id: number
  readonly file: string
  readonly reference: string
  readonly shipTo: string
  readonly lines: readonly OrderLine[]
}

/** A file of which the vendor's program could make nothing. */
export interface RejectedFile {
  readonly file: string
  readonly reason: string
}

/** Owner of the vendor's products. */
export interface SeedOptions {
  catalogFile: string
  /** SKUs of the vendor's products. */
  vendorPattern: RegExp
}

/** What the vendor has: its goods, orders, and files that it could not read. */
export class Warehouse {
  readonly store: DocumentStore
  readonly items: Documents<Item>
  readonly orders: Documents<Order>
  readonly rejected: Documents<RejectedFile>

  constructor(store: DocumentStore & { readonly documents: OpenDocuments }) {
    this.store = store
    this.items = store.documents<Item>('item', ({ sku }) => sku)
    this.orders = store.documents<Order>('order', ({ id }) => id)
    this.rejected = store.documents<RejectedFile>('rejected', ({ file }) => file)
  }

  /** Empties it and takes its products from the catalog. */
  seed({ catalogFile, vendorPattern }: SeedOptions): void {
    const pattern = new RegExp(vendorPattern.source, vendorPattern.flags.replace(/[gy]/g, ''))
    const own = readCatalog(catalogFile).products.filter(({ sku, type }) => type === 'simple' && pattern.test(sku))
    this.store.transaction(() => {
      this.store.clear()
      for (const { sku, name, weight = '1', price = '0', qty } of own) {
        this.items.put({ sku, name, weight, price, stock: Math.floor(Number(qty)) })
      }
    })
  }

  /** Changes stock or price of a product. */
  change(sku: string, changes: Partial<Pick<Item, 'stock' | 'price'>>): Item {
    const item = this.items.get(sku)
    if (item === undefined) throw new Error(`There is no product ${sku}.`)
    return this.items.put({ ...item, ...changes })
  }
}
