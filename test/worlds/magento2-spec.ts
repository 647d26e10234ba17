import { Ajv, type ValidateFunction } from 'ajv'
import { parse } from 'yaml'
import { readSpecFile } from './spec-file.ts'

const file = readSpecFile('magento/admin-schema-2.4.8.yaml')

export const specIsThere = file !== undefined

interface Schema {
  required?: string[]
  properties?: Record<string, unknown>
  [keyword: string]: unknown
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[]
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>
}

interface Spec {
  readonly definitions: Record<string, Schema>
  readonly paths: Record<string, Record<string, Operation>>
}

/** A call as it went over the wire; `path` without `/rest/<store>`. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly sent: unknown
  readonly status: number
  readonly answered: unknown
}

export interface MagentoSpec {
  /** What the specification does not know of a request, or finds wrong in it. */
  requestFaults(exchange: Exchange): string[]
  /** The same of its answer. */
  answerFaults(exchange: Exchange): string[]
  /** What a definition finds wrong in a body that was answered. */
  faults(definition: string, body: unknown): string[]
  /** The specification's path of a call, or its name among those that it leaves out. */
  nameOf(exchange: Pick<Exchange, 'method' | 'path'>): string
}

const text = { type: 'string' }

/** Answers of which the specification has none, or another one than the wire. */
const answers: Readonly<Record<string, Schema>> = {
  'POST /V1/order/{orderId}/ship': { type: ['string', 'integer'], pattern: String.raw`^\d+$` },
  'POST /V1/products/{sku}/media': { type: ['string', 'integer'], pattern: String.raw`^\d+$` },
  'POST /V1/inventory/source-items': { type: 'array', maxItems: 0 },
}

/** What is answered to every request below `async/bulk`, which the specification leaves out. */
const bulkAnswer: Schema = {
  type: 'object',
  required: ['bulk_uuid', 'request_items', 'errors'],
  additionalProperties: false,
  properties: {
    bulk_uuid: { ...text, pattern: '^[0-9a-f-]{36}$' },
    errors: { type: 'boolean' },
    request_items: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'status'],
        additionalProperties: false,
        properties: {
          id: { type: 'integer' },
          data_hash: text,
          status: { enum: ['accepted', 'rejected'] },
          error_message: text,
        },
      },
    },
  },
}

export function readMagentoSpec(): MagentoSpec {
  const asked = compiler(readSpec(false))
  const answered = compiler(readSpec(true))
  const { paths } = readSpec(false)
  const find = (exchange: Pick<Exchange, 'method' | 'path'>) => operationOf(paths, exchange)
  return {
    nameOf: (exchange) => find(exchange).name,
    requestFaults(exchange) {
      const { name, operation, isBulk } = find(exchange)
      if (operation === undefined) return [`${name} is not known`]
      const parameters = operation.parameters ?? []
      const known = new Set(parameters.filter((one) => one.in === 'query').map((one) => one.name))
      const names = [...new URLSearchParams(exchange.query).keys()].map((one) => one.replaceAll(/\[\d+\]/g, '[0]'))
      // `fields` belongs to every call and is in none of its lists.
      const strange = names.filter((one) => one !== 'fields' && !known.has(one)).map((one) => `${name} ?${one}`)
      const schema = parameters.find((one) => one.in === 'body')?.schema
      if (schema === undefined) return exchange.sent === undefined ? strange : [...strange, `${name} has a body`]
      const whole = isBulk ? { type: 'array', minItems: 1, items: strict(schema) } : strict(schema)
      return [...strange, ...asked(whole)(exchange.sent).map((fault) => `${name} ${fault}`)]
    },
    answerFaults(exchange) {
      const { name, operation, isBulk } = find(exchange)
      const failed = exchange.status >= 400
      if (failed) return answered({ $ref: '#/definitions/error-response' })(exchange.answered)
      if (isBulk)
        return exchange.status === 202 ? answered(bulkAnswer)(exchange.answered) : [`${name} ${exchange.status}`]
      const schema = answers[name] ?? operation?.responses['200']?.schema
      if (schema === undefined) return [`${name} has no answer in the specification`]
      const isSparse = new URLSearchParams(exchange.query).has('fields')
      return answered(schema)(exchange.answered)
        .filter((fault) => !isSparse || !fault.includes('must have required property'))
        .map((fault) => `${name} answers ${fault}`)
    },
    faults: (definition, body) => answered({ $ref: `#/definitions/${definition}` })(body),
  }
}

/** The path with its parameters; what is below `async/bulk` has the bodies of the path without it, in a list. */
function operationOf(paths: Spec['paths'], { method, path }: Pick<Exchange, 'method' | 'path'>) {
  const isBulk = path.startsWith('/async/bulk/')
  const bare = path.replace('/async/bulk', '').split('/')
  const template = Object.keys(paths).find((candidate) => {
    const parts = candidate.split('/')
    return parts.length === bare.length && parts.every((part, index) => part.startsWith('{') || part === bare[index])
  })
  const exact = bare.join('/')
  const found = paths[exact] === undefined ? template : exact
  const operation = found === undefined ? undefined : paths[found]?.[method.toLowerCase()]
  return { name: `${method} ${isBulk ? '/async/bulk' : ''}${found ?? exact}`, operation, isBulk }
}

function compiler({ definitions }: Spec): (schema: Schema) => (body: unknown) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addSchema({ $id: 'magento', definitions })
  const made = new Map<string, ValidateFunction>()
  return (schema) => {
    const absolute = JSON.stringify(schema).replaceAll('"#/definitions/', '"magento#/definitions/')
    const validate = made.get(absolute) ?? ajv.compile(JSON.parse(absolute) as Schema)
    made.set(absolute, validate)
    return (body) => {
      validate(body)
      return (validate.errors ?? []).map(({ instancePath, message, params }) =>
        [instancePath, message, JSON.stringify(params)].join(' '),
      )
    }
  }
}

const strict = (schema: Schema): Schema =>
  schema.properties === undefined ? schema : { ...schema, additionalProperties: false }

/**
 * The vendor's definitions, relaxed only where they contradict the wire; no object has fields that its definition has
 * not. Answers have required sets of our own beside: almost everything is optional in the specification.
 */
function readSpec(forAnswers: boolean): Spec {
  const spec = parse(file ?? '') as Spec & { info: Schema }
  delete spec.info['description']
  const { definitions } = spec
  for (const [name, schema] of Object.entries(definitions)) definitions[name] = strict(schema)
  const property = (definition: string, name: string, schema: object) => {
    const properties = definitions[definition]?.properties
    if (properties?.[name] === undefined) throw new Error(`the specification has no ${definition}.${name}`)
    properties[name] = schema
  }
  property('framework-attribute-interface', 'value', { type: ['string', 'array'], items: text })
  property('sales-data-order-interface', 'state', { type: ['string', 'null'] })
  property('sales-data-order-interface', 'status', { type: ['string', 'null'] })
  property('catalog-data-product-attribute-media-gallery-entry-interface', 'label', { type: ['string', 'null'] })
  const parameters = { anyOf: [{ type: 'object' }, { type: 'array', items: { type: ['string', 'number'] } }] }
  property('error-response', 'parameters', parameters)
  property('error-errors-item', 'parameters', parameters)
  if (forAnswers) requireOwnSets(definitions)
  return spec
}

function requireOwnSets(definitions: Record<string, Schema>): void {
  const needs = (definition: string, ...names: string[]) => {
    const schema = definitions[definition]
    if (schema === undefined) throw new Error(`the specification has no ${definition}`)
    schema.required = [...new Set([...(schema.required ?? []), ...names])]
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
  needs('sales-data-shipment-interface', 'entity_id', 'increment_id', 'created_at', 'extension_attributes')
}
