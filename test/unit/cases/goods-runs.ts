import type { AttributeRule, StockPolicy } from '../../../src/configuration/model.ts'
import { type Decimal8, text8 } from '../../../src/events/decimal.ts'
import type { Inventory, Product } from '../../../src/events/generated/events.ts'
import { ExactNumber, parseExact, stringifyExact } from '../../../src/platform/json.ts'
import { toUniversalInventory } from '../../../src/processors/map-inventory.ts'
import { mapProduct } from '../../../src/rules/map-product.ts'
import type { BigCommerceClient } from '../../../src/systems/bigcommerce/client.ts'
import { toRawLines } from '../../../src/systems/bigcommerce/order-lines.ts'
import { wantedProduct } from '../../../src/systems/bigcommerce/product-body.ts'
import { toProducts } from '../../../src/systems/bigcommerce/products.ts'
import { readBigCommerceInventory } from '../../../src/systems/bigcommerce/read-inventory.ts'
import { type Wire, wireOf, wiresOf } from '../../../src/systems/kit/wire.ts'
import type { Magento2Client } from '../../../src/systems/magento2/client.ts'
import { toOrderLines } from '../../../src/systems/magento2/order-lines.ts'
import { toProduct as magentoProduct } from '../../../src/systems/magento2/product.ts'
import { productBody } from '../../../src/systems/magento2/product-body.ts'
import { readMagento2Inventory } from '../../../src/systems/magento2/read-inventory.ts'
import { sourceItemsOf } from '../../../src/systems/magento2/stock.ts'
import { toInventory as netsuiteInventory } from '../../../src/systems/netsuite/inventory.ts'
import { type ItemSettings, toProduct as netsuiteProduct } from '../../../src/systems/netsuite/items.ts'
import { isOfServices, kitInventory, needsOf, serviceKit } from '../../../src/systems/netsuite/kits.ts'
import { toInventory as sapInventory } from '../../../src/systems/sap-b1/inventory.ts'
import { toProduct as sapProduct } from '../../../src/systems/sap-b1/items.ts'
import { toInventory as sqsInventory } from '../../../src/systems/sqs/inventory.ts'
import { type MessageContext, parseMessage } from '../../../src/systems/sqs/message.ts'
import { toOrder as sqsOrder } from '../../../src/systems/sqs/order.ts'
import { toProduct as sqsProduct } from '../../../src/systems/sqs/product.ts'
import { metadataWith, readWith, ruleWith } from '../../data/configuration.ts'
import { WHOLE, wallClock } from '../../worlds/sources.ts'

const ITEMS: ItemSettings = { columns: ['parent', 'matrixtype'], currency: 'USD', basePriceLevel: 'Base Price' }
const MESSAGE: MessageContext = { zone: 'UTC', receivedAt: Date.UTC(2026, 2, 3), sentAt: 7, currency: 'USD' }
const SURROUNDINGS = { currency: 'USD', weightUnit: 'kgs', parents: new Map<string, string>() }
const STORE = { brand: null, currency: 'USD', weightUnit: 'kg' }
const SAP = { basePriceList: '1', extraFields: [], currencies: new Map<string, string>() }
const LOOKUPS = { manufacturers: new Map<string, string>(), today: '2026-03-02' }

/** As JSON can hold it, decimals as text, to be compared with what a case has. */
function plain(value: unknown): unknown {
  return JSON.parse(stringifyExact(withTexts(value)))
}

function withTexts(value: unknown): unknown {
  if (typeof value === 'bigint') return text8(value as Decimal8)
  if (Array.isArray(value)) return value.map(withTexts)
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withTexts(field)]))
}

/** What a shop or vendor gives, through the code that reads or writes it; by name of a run. */
const runs: Readonly<Record<string, (input: Wire) => unknown>> = {
  'netsuite.product': (input) => netsuiteOf(input),
  'netsuite.mapped': async (input) => await mapped(netsuiteOf(input), input),
  'netsuite.stock': ({ rows, closed }) => {
    return total(netsuiteInventory('A', wiresOf(rows), new Set((closed ?? []) as readonly string[])))
  },
  'netsuite.kit': ({ kit, members, stock, pieces }) => {
    const membersOf = new Map(Object.entries(wireOf(members)).map(([id, rows]) => [id, wiresOf(rows)]))
    if (isOfServices(String(kit), membersOf)) return total(serviceKit('KIT', Number(pieces ?? 0)))
    const levels = Object.entries(wireOf(stock)).map(([id, rows]): [string, Inventory] => {
      return [id, netsuiteInventory(id, wiresOf(rows))]
    })
    return total(kitInventory('KIT', needsOf(String(kit), membersOf), new Map(levels)))
  },
  'bigcommerce.products': (product) => toProducts(product, STORE),
  'bigcommerce.mapped': async (input) => {
    const [first] = toProducts(wireOf(input['product']), STORE)
    return first === undefined ? null : await mapped(first, input)
  },
  'bigcommerce.stock': async ({ products, items }) => await bigCommerceStock(wiresOf(products), wiresOf(items)),
  'bigcommerce.body': ({ attributes }) => {
    const { fields, customFields } = wantedProduct(textsOf(attributes))
    return { fields, customFields: Object.fromEntries(customFields) }
  },
  'bigcommerce.lines': ({ rows }) => toRawLines(wiresOf(rows)).map(({ line }) => line),
  'magento2.product': (row) => magentoProduct(row, SURROUNDINGS),
  'magento2.body': ({ attributes }) => productBody({ sku: 'A', attributes: textsOf(attributes) }, null),
  'magento2.stock': async ({ rows }) => await magentoStock(wiresOf(rows)),
  'magento2.sources': ({ rows, policy }) => {
    const { locations } = toUniversalInventory(netsuiteInventory('A', wiresOf(rows)))
    return sourceItemsOf('A', { locations }, (policy ?? null) as StockPolicy | null)
  },
  'magento2.lines': ({ rows }) => toOrderLines(wiresOf(rows)),
  'sap-b1.product': (item) => sapProduct(item, SAP, LOOKUPS),
  'sap-b1.mapped': async (input) => await mapped(sapProduct(wireOf(input['item']), SAP, LOOKUPS), input),
  'sap-b1.stock': (item) => total(sapInventory(item, LOOKUPS.today, new Set())),
  'sqs.product': (message) => sqsProduct(parseMessage(stringifyExact(message)), MESSAGE).data,
  'sqs.mapped': async (input) => {
    return await mapped(sqsProduct(parseMessage(stringifyExact(input['message'])), MESSAGE).data, input)
  },
  'sqs.stock': (message) => total(sqsInventory(parseMessage(stringifyExact(message)), MESSAGE, null).data),
  'sqs.order': (message) => sqsOrder(parseMessage(stringifyExact(message)), MESSAGE).data,
}

/** What a run gives of the JSON text of an input. */
export async function runOf(name: string, input: string | Wire): Promise<unknown> {
  const run = runs[name]
  if (run === undefined) throw new Error(`no run is called ${name}`)
  return plain(await run(wireOf(typeof input === 'string' ? parseExact(input) : input)))
}

function netsuiteOf({ row, prices }: Wire): Product {
  return netsuiteProduct({ itemid: 'A', itemtype: 'InvtPart', ...wireOf(row) }, wiresOf(prices), ITEMS)
}

async function mapped(data: Product, { rules }: Wire) {
  const attributes = wiresOf(rules).map((rule) => ruleWith(String(rule['attribute']), rule as Partial<AttributeRule>))
  return await mapProduct({ deleted: false, data }, metadataWith('c', ...attributes), 'c')
}

/** With the total that the feed has. */
function total(data: Inventory) {
  return { ...data, total: toUniversalInventory(data).total }
}

function textsOf(attributes: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(wireOf(attributes)).map(([name, value]) => [name, stringifyExact(value)]))
}

/** By SKU, with those that can't be read. */
async function bigCommerceStock(products: readonly Wire[], items: readonly Wire[]) {
  const page = async (path: string) => ({ rows: path === '/v3/catalog/products' ? products : items, more: false })
  const client = { page } as unknown as BigCommerceClient
  const pages = await Array.fromAsync(
    readBigCommerceInventory(client, readWith('shop', 'inventory'), wallClock).read(WHOLE, null, AbortSignal.abort()),
  )
  return outcome(pages)
}

async function magentoStock(rows: readonly Wire[]) {
  const findSourceItems = async () => ({ items: rows, total: rows.length })
  const client = { findSourceItems } as unknown as Magento2Client
  const pages = await Array.fromAsync(
    readMagento2Inventory(client, readWith('shop', 'inventory'), wallClock).read(WHOLE, null, AbortSignal.abort()),
  )
  return outcome(pages)
}

function outcome(
  pages: readonly {
    entities: readonly { key: string; data: Inventory }[]
    unreadable: readonly { key: string; error: unknown }[]
  }[],
) {
  return {
    read: Object.fromEntries(pages.flatMap(({ entities }) => entities.map(({ key, data }) => [key, total(data)]))),
    unreadable: Object.fromEntries(
      pages.flatMap(({ unreadable }) => unreadable.map(({ key, error }) => [key, String(error)])),
    ),
  }
}
