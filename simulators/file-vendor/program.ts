import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { readCsvRecords } from '../catalog/csv-records.ts'
import type { Item, Order, OrderLine, Warehouse } from './warehouse.ts'

/** The folders of the server, as the vendor has agreed them with Waldstream. */
const FOLDERS = {
  stock: 'out/stock',
  products: 'out/products',
  prices: 'out/prices',
  tracking: 'out/tracking',
  orders: 'in/orders',
} as const
type Outgoing = Exclude<keyof typeof FOLDERS, 'orders'>

const ORDER_COLUMNS = ['PO Number', 'Line', 'Item', 'Qty', 'Ship To']
/** The stock that is told as a word. */
const PLENTY = 100

/**
 * The vendor's program: it writes its stock, products, prices and shipments as files, and takes each order file as soon as
 * it is whole.
 */
export class Program {
  readonly #root: string
  readonly #warehouse: Warehouse
  /** The stock file as it was written last. */
  #stock = ''

  constructor(root: string, warehouse: Warehouse) {
    this.#root = root
    this.#warehouse = warehouse
  }

  /** Begins with the folders and a whole set of files; `empty`: with folders in which nothing is. */
  begin(empty: boolean): void {
    for (const folder of Object.values(FOLDERS)) {
      if (empty) rmSync(join(this.#root, folder), { recursive: true, force: true })
      mkdirSync(join(this.#root, folder), { recursive: true })
    }
    this.exportGoods()
    for (const name of readdirSync(join(this.#root, FOLDERS.orders))) this.take(`/${FOLDERS.orders}/${name}`)
  }

  /** Writes products, prices and stock, all of them. */
  exportGoods(): void {
    const items = this.#warehouse.items.all()
    this.#write('products', ['Item No;Description;Weight;ListPrice', ...items.map(productRow)])
    this.#write('prices', ['Item No;Price', ...items.map(({ sku, price }) => `${sku};${price.replace('.', ',')}`)])
    this.#stock = ''
    this.exportStock()
  }

  /** Writes the stock, if the last file says something else. */
  exportStock(): void {
    const rows = this.#warehouse.items.all().map(({ sku, stock }) => `${sku};${offered(stock)}`)
    const text = rows.join('\n')
    if (text === this.#stock) return
    this.#write('stock', ['Item No;Available', ...rows])
    this.#stock = text
  }

  /** Takes an order file away, into the books; other files are left alone. */
  take(path: string): void {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (path !== `/${FOLDERS.orders}/${name}` || name.startsWith('.') || !name.endsWith('.csv')) return
    const file = join(this.#root, path)
    if (!existsSync(file)) return
    const text = readFileSync(file, 'utf8')
    const { store, rejected } = this.#warehouse
    store.transaction(() => {
      try {
        this.#book(name, text)
      } catch (error) {
        rejected.put({ file: name, reason: error instanceof Error ? error.message : String(error) })
      }
    })
    unlinkSync(file)
  }

  /** Ships pieces of an order, all that are left by default, and writes the file that says so. */
  ship(id: number, wanted: ReadonlyMap<number, number> | null, tracking: string): Order {
    const { orders } = this.#warehouse
    const order = orders.get(id)
    if (order === undefined) throw new Error(`There is no order ${id}.`)
    const parcel = order.lines.map((one) => ({
      ...one,
      now: wanted === null ? one.quantity - one.shipped : (wanted.get(one.line) ?? 0),
    }))
    const most = parcel.find(({ now, quantity, shipped }) => now < 0 || now > quantity - shipped)
    if (most !== undefined) throw new Error(`Line ${most.line} has ${most.quantity - most.shipped} pieces left.`)
    const sent = parcel.filter(({ now }) => now > 0)
    if (sent.length === 0) throw new Error(`Order ${id} has nothing to ship.`)
    const pieces = Map.groupBy(sent, ({ sku }) => sku)
    const rows = [...pieces].map(([sku, some]) => {
      const count = some.reduce((sum, { now }) => sum + now, 0)
      return `${order.reference};${sku};${count};UPS;${tracking}`
    })
    this.#write('tracking', ['PO Number;Item No;Qty;Carrier;Tracking', ...rows])
    return orders.put({ ...order, lines: parcel.map(({ now, ...line }) => ({ ...line, shipped: line.shipped + now })) })
  }

  /** Throws with the reason, and then books nothing. */
  #book(file: string, text: string): void {
    if (!text.endsWith('\n')) throw new Error(`${file} is cut short`)
    const rows = readCsvRecords(file, text, ORDER_COLUMNS)
    const [first] = rows
    if (first === undefined) throw new Error(`${file} has no rows`)
    const { items, orders, store } = this.#warehouse
    const lines = rows.map(({ line: place, cell }, index): OrderLine => {
      const [sku, quantity] = [cell('Item'), Number(cell('Qty'))]
      if (items.get(sku) === undefined) throw new Error(`${file}, line ${place}: there is no product "${sku}"`)
      if (!(quantity > 0)) throw new Error(`${file}, line ${place}: "${cell('Qty')}" is no quantity`)
      if (cell('PO Number') !== first.cell('PO Number')) throw new Error(`${file} has several orders`)
      return { line: index + 1, sku, quantity, shipped: 0, lineId: cell('Line') }
    })
    const order = { file, reference: first.cell('PO Number'), shipTo: first.cell('Ship To'), lines }
    if (order.reference === '') throw new Error(`${file} has no PO number`)
    orders.put({ id: store.nextId('order'), ...order })
    for (const { sku, quantity } of lines) {
      const item = items.get(sku)
      if (item !== undefined) items.put({ ...item, stock: item.stock - quantity })
    }
  }

  /** A whole file gets its name in one step. */
  #write(kind: Outgoing, rows: readonly string[]): void {
    const number = String(this.#warehouse.store.nextId(kind)).padStart(6, '0')
    const file = join(this.#root, FOLDERS[kind], `${kind}-${number}.csv`)
    writeFileSync(`${file}.tmp`, `${rows.join('\n')}\n`)
    renameSync(`${file}.tmp`, file)
  }
}

function productRow({ sku, name, weight, price }: Item): string {
  return [sku, `"${name.replaceAll('"', '""')}"`, weight, price].join(';')
}

/** What the stock file says: a number, or a word. */
function offered(stock: number): string {
  if (stock <= 0) return 'N/A'
  return stock > PLENTY ? 'In Stock' : String(stock)
}

/** The quantity that the stock file stands for. */
export function offeredQuantity(stock: number): number {
  return Math.min(Math.max(stock, 0), PLENTY)
}
