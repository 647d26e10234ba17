import { Ajv } from 'ajv'
import { readSpecFile } from './spec-file.ts'

type Schema = Record<string, unknown>

interface Spec {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { parameters?: readonly { $ref: string }[] }>>>>
  readonly components: { readonly schemas: Record<string, Schema>; readonly parameters: Record<string, Schema> }
}

const names = ['sales', 'inventory', 'businesspartners', 'administration'] as const
const files = names.flatMap((name) => readSpecFile(`sap-b1/${name}.json`) ?? [])

export const hasSpec = files.length === names.length

/** Types whose properties are all named: any other but a user's own is a mistake. */
const closed = [
  'Document',
  'DocumentLine',
  'DocumentAdditionalExpense',
  'AddressExtension',
  'Item',
  'ItemPrice',
  'ItemWarehouseInfo',
  'PriceList',
  'SpecialPrice',
  'SpecialPriceDataArea',
  'SpecialPriceQuantityArea',
  'BusinessPartner',
  'Manufacturer',
  'ShippingType',
  'State',
  'B1Session',
  'ServiceLayerError',
]
const OWN_OR_ANNOTATION = '^(U_|@?odata\\.)'

/** The vendor's specification, relaxed only where it contradicts the wire: nulls, dates without a time, the errors of v2. */
export function readSpec() {
  const specs = new Map(names.map((name, at) => [name, JSON.parse(files[at] ?? '') as Spec]))
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
  for (const [name, { components }] of specs) {
    for (const [type, schema] of Object.entries(components.schemas)) {
      relax(schema)
      if (!closed.includes(type)) continue
      schema['additionalProperties'] = false
      schema['patternProperties'] = { [OWN_OR_ANNOTATION]: {} }
    }
    components.schemas['ServiceLayerError'] = errors
    ajv.addSchema({ $id: name, components })
  }
  const specOf = (path: string) => [...specs].find(([, { paths }]) => paths[path] !== undefined)
  return {
    /** What is wrong with a value that is to be of a type. */
    faults(type: string, value: unknown): string[] {
      const spec = names.find((name) => specs.get(name)?.components.schemas[type] !== undefined)
      const validate = ajv.getSchema(`${spec}#/components/schemas/${type}`)
      if (validate === undefined) throw new Error(`the specification has no ${type}`)
      validate(value)
      return (validate.errors ?? []).map(({ instancePath, message, params }) =>
        [type, instancePath, message, JSON.stringify(params)].join(' '),
      )
    },
    /** What is wrong with the method, the path and the names of the query. `path` is below the version. */
    callFaults(method: string, path: string, query: readonly string[]): string[] {
      const template = templateOf(path)
      const [, spec] = specOf(template) ?? []
      const operation = spec?.paths[template]?.[method.toLowerCase()]
      if (operation === undefined) return [`${method} ${template} is not in the specification`]
      const known = (operation.parameters ?? []).map(({ $ref }) => {
        return spec?.components.parameters[
          String($ref ?? '')
            .split('/')
            .at(-1) ?? ''
        ]?.['name']
      })
      return query.filter((name) => !known.includes(name)).map((name) => `${method} ${template} has no ${name}`)
    },
  }
}

const errors: Schema = {
  type: 'object',
  required: ['error'],
  additionalProperties: false,
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      additionalProperties: false,
      properties: {
        code: { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^-?\\d+$' }] },
        message: {
          anyOf: [
            { type: 'string' },
            {
              type: 'object',
              required: ['lang', 'value'],
              properties: { lang: { type: 'string' }, value: { type: 'string' } },
            },
          ],
        },
      },
    },
  },
}

/** `Orders(22)/Cancel` → `/Orders({docEntry})/Cancel`. */
function templateOf(path: string): string {
  return path
    .replace(/^\/?(Orders|DeliveryNotes)\(\d+\)/, '/$1({docEntry})')
    .replace(/^\/?Items\('.*'\)/, "/Items('{itemCode}')")
    .replace(/^\/?BusinessPartners\('.*'\)/, "/BusinessPartners('{cardCode}')")
}

/** Every property may be null; a date need not have a time. */
function relax(schema: Schema): void {
  for (const [name, property] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)) {
    const { type, $ref, format } = property
    if ($ref !== undefined) replaceProperty(schema, name, { anyOf: [{ $ref }, { type: 'null' }] })
    else if (format === 'date-time') {
      const pattern = '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z?)?$'
      replaceProperty(schema, name, { type: ['string', 'null'], pattern })
    } else if (typeof type === 'string') replaceProperty(schema, name, { ...property, type: [type, 'null'] })
  }
}

function replaceProperty(schema: Schema, name: string, property: Schema): void {
  const properties = schema['properties'] as Record<string, Schema>
  properties[name] = property
}
