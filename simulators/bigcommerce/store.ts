import { type DocumentStore, type Documents, openDocumentStore } from '../harness/document-store.ts'
import type { B2bOrder, Company, Hook, Order, Product, Shipment, Stock } from './wire-types.ts'

/** The store's data. */
export interface Store extends DocumentStore {
  orders: Documents<Order>
  shipments: Documents<Shipment>
  products: Documents<Product>
  stock: Documents<Stock>
  hooks: Documents<Hook>
  companies: Documents<Company>
  b2bOrders: Documents<B2bOrder>
}

export const stockKey = (stock: Pick<Stock, 'variant_id' | 'location_id'>) => `${stock.variant_id}|${stock.location_id}`

/** Opens the data in `dataFile`, or an empty store. */
export function openStore(dataFile: string): Store {
  const { documents, ...store } = openDocumentStore(dataFile)
  return {
    ...store,
    orders: documents('order', (order: Order) => order.id),
    shipments: documents('shipment', (shipment: Shipment) => shipment.id),
    products: documents('product', (product: Product) => product.id),
    stock: documents('stock', (stock: Stock) => stockKey(stock)),
    hooks: documents('hook', (hook: Hook) => hook.id),
    companies: documents('company', (company: Company) => company.companyId),
    b2bOrders: documents('b2b-order', (order: B2bOrder) => order.bcOrderId),
  }
}
