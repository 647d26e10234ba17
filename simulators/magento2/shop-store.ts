import { type DocumentStore, type Documents, openDocumentStore } from '../harness/document-store.ts'
import { type StagedRow, stagedRowKey } from './staged-row.ts'
import type { Bulk, InventorySource, Order, Product, Shipment, SourceItem } from './wire-types.ts'

/** The shop's data. */
export interface ShopStore extends DocumentStore {
  orders: Documents<Order>
  products: Documents<Product>
  sourceItems: Documents<SourceItem>
  sources: Documents<InventorySource>
  shipments: Documents<Shipment>
  bulks: Documents<Bulk>
  stagedRows: Documents<StagedRow>
}

export function sourceItemKey(item: { sku: string; source_code: string }): string {
  return `${item.source_code}|${item.sku}`
}

/** Opens the data in `dataFile`, or an empty store. */
export function openShopStore(dataFile: string): ShopStore {
  const { documents, ...store } = openDocumentStore(dataFile)
  return {
    ...store,
    orders: documents('order', (order: Order) => order.entity_id),
    products: documents('product', (product: Product) => product.sku),
    sourceItems: documents('source-item', (item: SourceItem) => sourceItemKey(item)),
    sources: documents('source', (source: InventorySource) => source.source_code),
    shipments: documents('shipment', (shipment: Shipment) => shipment.entity_id),
    bulks: documents('bulk', (bulk: Bulk) => bulk.uuid),
    stagedRows: documents('staged-row', ({ feed, key }: StagedRow) => stagedRowKey(feed, key)),
  }
}
