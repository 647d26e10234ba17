import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import { loadConfiguration } from '../../../src/configuration/load-configuration.ts'
import type { Configuration } from '../../../src/configuration/model.ts'
import { readConfiguration } from '../../../src/configuration/read-configuration.ts'
import {
  decodeConnection,
  decodeMetadata,
  decodeSystem,
  encodeConnection,
  encodeMetadata,
  encodeSystem,
} from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS, coreTables, PRODUCT_METADATA } from '../../../src/configuration/tables.ts'
import { upgradeReferences } from '../../../src/configuration/upgrade-references.ts'
import type { Item } from '../../../src/platform/dynamodb/tables.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { anySecrets } from '../../data/any-secrets.ts'
import { connectionWith, metadataWith, readWith, ruleWith, systemWith } from '../../data/configuration.ts'
import { memoryTables } from '../../memory/tables.ts'

const environment = { ...anySecrets, CONFIG_ENV_NAMES: 'SHOP_URL', SHOP_URL: 'https://shop.example' }
/** What an installation of the version before had in its tables after it applied `configuration.yaml`. */
const folder = fileURLToPath(new URL('./older-rows', import.meta.url))
const rows = JSON.parse(readFileSync(`${folder}/rows.json`, 'utf8')) as { table: string; item: Item }[]

let tables: ReturnType<typeof memoryTables>
beforeEach(async () => {
  tables = memoryTables(coreTables)
  for (const { table, item } of rows) await tables.put(table, item)
  // Its address was a reference.
  await upgradeReferences(tables, environment, '2026-11-28T18:00:00.000Z')
})

async function documentsIn(): Promise<readonly Item[]> {
  const items: Item[] = []
  for (const table of [CONNECTIONS, PRODUCT_METADATA]) {
    for await (const page of tables.scan(table)) items.push(...page.filter(({ kind }) => kind !== 'revision'))
  }
  return items
}

const bare = ({ systems, connections, metadata }: Configuration) => ({
  systems,
  metadata: metadata.toSorted((a, b) => (a.connection < b.connection ? -1 : 1)),
  connections: connections.map((one) => ({ ...one, revision: 0 })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
})

describe('rows of the version before', () => {
  it('are the models that their documents give now, with every default filled in', async () => {
    const loaded = await loadConfiguration(folder, environment, systemTypes)
    const read = await readConfiguration(tables)
    expect(bare(read)).toEqual(bare({ ...loaded, systems: loaded.systems.toSorted((a, b) => (a.id < b.id ? -1 : 1)) }))
    expect(read.connections.find(({ id }) => id === 'plain')).toMatchObject({
      ordersFrom: null,
      push: [],
      fulfilments: { notifyCustomer: false, carriers: {} },
      stock: null,
      deleteDrainedQueues: false,
      orderMap: { fields: [] },
    })
    expect(read.systems.flatMap(({ reads }) => reads.map(({ id, sweep }) => [id, sweep.mostGone]))).toContainEqual([
      'shop.orders.all',
      0.2,
    ])
  })

  it('are not changed when the same documents are applied again: digests and revisions stay', async () => {
    const before = await documentsIn()
    const { changed } = await applyConfiguration(tables, await loadConfiguration(folder, environment, systemTypes))
    expect(changed).toEqual([])
    expect(await documentsIn()).toEqual(before)
  })

  it('a change of one is a change of it alone', async () => {
    const loaded = await loadConfiguration(folder, environment, systemTypes)
    const connections = loaded.connections.map((one) =>
      one.id === 'written-out' ? { ...one, orderStates: null } : one,
    )
    const { changed } = await applyConfiguration(tables, { ...loaded, connections })
    expect(changed).toEqual(['connection written-out'])
  })

  it('one of a form that is not known is named by its field, without its value', () => {
    expect(() => decodeSystem({ ...systemWith('a', 'sqs'), zone: 7 })).toThrow(
      /a system is stored in a form .* at "zone"/,
    )
  })
})

it('what is decoded is what was encoded', () => {
  const read = readWith('a', 'products', { sweep: { schedule: '0 3 * * *', mostGone: 0.5 } })
  const system = systemWith('a', 'sqs', { reads: [read, readWith('a', 'images')] })
  const connection = connectionWith('a', { push: ['images'], orderMap: { fields: [ruleWith('x', { constant: '1' })] } })
  const metadata = metadataWith('a', ruleWith('name', { from: 'name', lookup: {}, schema: {} }))
  expect(decodeSystem(encodeSystem(system))).toEqual(system)
  expect(decodeConnection(encodeConnection(connection))).toEqual(connection)
  expect(decodeMetadata(encodeMetadata(metadata))).toEqual(metadata)
  expect(encodeConnection(connectionWith('a'))).toEqual({
    id: 'a',
    shop: 'magento',
    vendor: 'netsuite',
    reads: [],
    ownership: { skuPattern: '' },
    orderStates: ['processing'],
    orderMap: { shipMethods: {}, location: null },
    revision: 1,
  })
})
