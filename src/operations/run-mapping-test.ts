import type { MappingTest } from '../configuration/load-configuration.ts'
import type { MappingTestDocument } from '../configuration/mapping-test-schema.ts'
import type { Configuration, Connection } from '../configuration/model.ts'
import { toStreamError } from '../errors.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import { fromPlainData } from '../platform/registry/from-plain-data.ts'
import { type MappedOutcome, mapEntity, type SourceEntity } from '../rules/map-entity.ts'
import type { FindProducts } from '../rules/ownership.ts'

/** A difference between the expected and the actual result; null: the field is missing. */
export interface Difference {
  readonly field: string
  readonly expected: unknown
  readonly actual: unknown
}

export interface MappingTestResult {
  readonly name: string
  /** File and line. */
  readonly place: string
  readonly passed: boolean
  readonly differences: readonly Difference[]
}

/** Runs one test with the configuration. Pure: fields and products that the test does not name do not exist. */
export async function runMappingTest(
  { document, place }: MappingTest,
  configuration: Configuration,
): Promise<MappingTestResult> {
  const differences = differencesOf(document, await outcomeOf(document, configuration))
  return { name: document.name, place, passed: differences.length === 0, differences }
}

async function outcomeOf(test: MappingTestDocument, configuration: Configuration): Promise<MappedOutcome> {
  const connection = configuration.connections.find(({ id }) => id === test.connection)
  if (connection === undefined) throw new Error(`connection ${test.connection} was checked to be there`)
  try {
    return await mapEntity(entityOf(test, connection), connection, configuration, { products: productsOf(test) })
  } catch (error) {
    return { status: 'failed', error: toStreamError(error) }
  }
}

function entityOf(test: MappingTestDocument, { shop, vendor }: Connection): SourceEntity {
  const { deleted = false } = test
  if (test.entity === 'orders') {
    const data = fromPlainData('orders', test.input)
    return { entity: 'orders', source: test.source ?? shop, key: data.orderNumber, deleted, data }
  }
  const data = fromPlainData('products', test.input)
  return { entity: 'products', source: test.source ?? vendor, key: data.sku, deleted, data }
}

const productsOf =
  ({ products = {} }: MappingTestDocument): FindProducts =>
  async (_connection, skus) =>
    new Map(skus.flatMap((sku) => (products[sku] === undefined ? [] : [[sku, products[sku]] as const])))

function differencesOf(test: MappingTestDocument, outcome: MappedOutcome): Difference[] {
  const { expect, expectIgnored, expectError } = test
  const wanted = expect !== undefined ? 'mapped' : expectIgnored !== undefined ? 'ignored' : 'failed'
  if (outcome.status !== wanted) return [{ field: 'outcome', expected: wanted, actual: outcomeText(outcome) }]
  if (outcome.status === 'mapped') return compare(expect ?? {}, outcome.fields)
  if (outcome.status === 'ignored') return compare({ code: expectIgnored }, { code: outcome.code })
  const { code, message, field } = outcome.error
  const actual = { attribute: field, code, message }
  return Object.entries(expectError ?? {}).flatMap(([name, expected]) => {
    const found = String(actual[name as keyof typeof actual])
    const holds = name === 'message' ? found.includes(expected) : found === expected
    return holds ? [] : [{ field: `error.${name}`, expected, actual: found }]
  })
}

function outcomeText(outcome: MappedOutcome): string {
  if (outcome.status === 'failed') return `failed: ${outcome.error.code}: ${outcome.error.message}`
  return outcome.status === 'ignored' ? `ignored: ${outcome.code}: ${outcome.message}` : 'mapped'
}

type Fields = Readonly<Record<string, unknown>>

/** Fields that differ, sorted by name. */
function compare(expected: Fields, actual: Fields): Difference[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].toSorted()
  return names
    .filter((name) => canonicalJson(expected[name]) !== canonicalJson(actual[name]))
    .map((field) => ({ field, expected: expected[field] ?? null, actual: actual[field] ?? null }))
}
