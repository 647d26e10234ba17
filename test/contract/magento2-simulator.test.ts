import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { MagentoSimulator } from '../../simulators/magento2/start-magento-simulator.ts'
import { call, criteria, startShop } from '../unit/simulators/magento2/shop-client.ts'

const specFile = fileURLToPath(new URL('../../../shared/specs/magento/admin-schema-2.4.8.yaml', import.meta.url))
const present = existsSync(specFile)
if (!present && process.env['CI']) throw new Error(`The vendor's specification is missing: ${specFile}`)
if (!present) console.warn(`SKIPPED: the vendor's specification is not there: ${specFile}`)

interface Schema {
  required?: string[]
  properties?: Record<string, unknown>
  [keyword: string]: unknown
}

/** The vendor's definitions, relaxed only where they contradict the wire, and with required sets of our own. */
function readDefinitions(): Record<string, Schema> {
  const spec = parse(readFileSync(specFile, 'utf8')) as { info: Schema; definitions: Record<string, Schema> }
  delete spec.info['description']
  const { definitions } = spec
  const property = (definition: string, name: string, schema: object) => {
    const properties = definitions[definition]?.properties
    if (properties?.[name] === undefined) throw new Error(`the specification has no ${definition}.${name}`)
    properties[name] = schema
  }
  property('framework-attribute-interface', 'value', { type: ['string', 'array'], items: { type: 'string' } })
  property('sales-data-order-interface', 'state', { type: ['string', 'null'] })
  property('sales-data-order-interface', 'status', { type: ['string', 'null'] })
  property('catalog-data-product-attribute-media-gallery-entry-interface', 'label', { type: ['string', 'null'] })
  const parameters = { anyOf: [{ type: 'object' }, { type: 'array', items: { type: ['string', 'number'] } }] }
  property('error-response', 'parameters', parameters)
  const needs = (definition: string, ...names: string[]) => {
    const schema = definitions[definition]
    if (schema === undefined) throw new Error(`the specification has no ${definition}`)
    schema.required = [...new Set([...(schema.required ?? []), ...names])]
    schema['additionalProperties'] = false
  }
  const amounts = ['subtotal', 'discount_amount', 'shipping_amount', 'shipping_tax_amount', 'tax_amount', 'grand_total']
  const header = ['entity_id', 'increment_id', 'state', 'status', 'created_at', 'updated_at', 'store_id']
  const parts = ['billing_address', 'payment', 'extension_attributes', 'order_currency_code', 'customer_is_guest']
  needs('sales-data-order-interface', ...header, ...amounts, ...amounts.map((name) => `base_${name}`), ...parts)
  const row = ['item_id', 'order_id', 'product_id', 'product_type', 'name', 'qty_ordered', 'price', 'row_total']
  needs('sales-data-order-item-interface', ...row, 'tax_amount', 'discount_amount')
  needs('sales-data-order-extension-interface', 'shipping_assignments')
  needs('sales-data-shipping-interface', 'address', 'method', 'total')
  needs('sales-data-order-address-interface', 'street')
  const columns = ['id', 'name', 'price', 'status', 'visibility', 'type_id', 'created_at', 'updated_at']
  needs('catalog-data-product-interface', ...columns, 'media_gallery_entries', 'custom_attributes')
  needs('catalog-data-product-attribute-media-gallery-entry-interface', 'id', 'file')
  needs('inventory-api-data-source-item-interface', 'sku', 'source_code', 'quantity', 'status')
  needs('store-data-store-config-interface')
  needs('sales-data-shipment-interface', 'entity_id', 'increment_id', 'created_at')
  return definitions
}

describe.skipIf(!present)('the Magento simulator answers as Adobe’s specification says', () => {
  let shop: MagentoSimulator
  let validatorOf: (definition: string) => ValidateFunction

  beforeAll(async () => {
    const ajv = new Ajv({ strict: false, allErrors: true })
    ajv.addSchema({ $id: 'magento', definitions: readDefinitions() })
    validatorOf = (definition) => {
      const validate = ajv.getSchema(`magento#/definitions/${definition}`)
      if (validate === undefined) throw new Error(`the specification has no ${definition}`)
      return validate
    }
    shop = await startShop({ orders: 60, mixedStates: true })
  })
  afterAll(() => shop.close())

  /** The faults a definition finds in a body, as text. */
  function faults(definition: string, body: unknown): string[] {
    const validate = validatorOf(definition)
    validate(body)
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(' '),
    )
  }

  it.each([
    ['sales-data-order-search-result-interface', `/orders?${criteria([['entity_id', 'gt', '0']])}`],
    ['sales-data-order-interface', '/orders/2'],
    ['catalog-data-product-search-results-interface', `/products?${criteria([['status', 'eq', '1']])}`],
    ['catalog-data-product-interface', '/products/WLD-J10'],
    ['inventory-api-data-source-item-search-results-interface', `/inventory/source-items?${criteria([])}`],
    ['inventory-api-data-source-search-results-interface', `/inventory/sources?${criteria([])}`],
  ])('%s', async (definition, path) => {
    const { status, body } = await call(shop, 'GET', path)
    expect(status).toBe(200)
    expect(faults(definition, body)).toEqual([])
  })

  it.each([
    ['catalog-data-product-attribute-media-gallery-entry-interface', '/products/WLD-J10/media'],
    ['store-data-store-config-interface', '/store/storeConfigs'],
  ])('a list of %s', async (definition, path) => {
    const { body } = await call<unknown[]>(shop, 'GET', path)
    expect(body.length).toBeGreaterThan(0)
    expect(body.flatMap((entry) => faults(definition, entry))).toEqual([])
  })

  it.each(['/orders/999', '/orders', `/products?${criteria([['no_such', 'eq', '1']])}`, '/nowhere', '/products/none'])(
    'an error of %s',
    async (path) => {
      const { status, body } = await call(shop, 'GET', path)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(faults('error-response', body)).toEqual([])
    },
  )

  it('a bare shipment id is text on the wire, and the shipment itself is as specified', async () => {
    const { body: orders } = await call<{ items: { entity_id: number }[] }>(
      shop,
      'GET',
      `/orders?${criteria([['state', 'eq', 'processing']])}`,
    )
    const order = orders.items[0]?.entity_id
    expect(await call(shop, 'POST', `/order/${order}/ship`, {})).toEqual({ status: 200, body: '1' })
    const { body } = await call(shop, 'GET', `/shipments?${criteria([])}`)
    expect(faults('sales-data-shipment-search-result-interface', body)).toEqual([])
  })

  it('finds a fault when there is one', async () => {
    const { body } = await call<Record<string, unknown>>(shop, 'GET', '/orders/2')
    expect(faults('sales-data-order-interface', { ...body, grand_total: '12.00' })).toHaveLength(1)
    const { entity_id: _id, ...without } = body
    expect(faults('sales-data-order-interface', without)).toHaveLength(1)
    expect(faults('sales-data-order-interface', { ...body, invented: 1 })).toHaveLength(1)
  })
})
