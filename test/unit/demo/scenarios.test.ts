import { expect, it, onTestFinished } from 'vitest'
import { demoScenarios } from '../../../demo/scenarios.ts'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import { loadConfiguration } from '../../../src/configuration/load-configuration.ts'
import type { ProductMetadata } from '../../../src/configuration/model.ts'
import { readConfiguration } from '../../../src/configuration/read-configuration.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiTestTables } from '../../worlds/api-fixture.ts'
import { catalogFile } from '../../worlds/sources.ts'

const simulated = { url: 'http://127.0.0.1:9', credentials: {} }
const environment = {
  DEMO_MAGENTO_URL: simulated.url,
  DEMO_NETSUITE_URL: simulated.url,
  DEMO_IMAGES_URL: simulated.url,
  DEMO_VENDOR_PATTERN: '^WLD-',
}

async function world() {
  const netsuite = await startNetSuiteSimulator({ dataFile: ':memory:', catalogFile, vendorPattern: /^WLD-/, seed: 1 })
  onTestFinished(() => netsuite.close())
  const tables = memoryTables(apiTestTables)
  const folder = new URL('../../../config/demo', import.meta.url).pathname
  const configuration = await loadConfiguration(folder, environment, systemTypes)
  await applyConfiguration(tables, configuration)
  const demo = demoScenarios({
    simulators: { magento: simulated, images: simulated, netsuite: { ...simulated, url: netsuite.url } },
    tables,
    configuration,
    vendorPattern: '^WLD-',
  })
  const mapping = async () => {
    const [metadata] = (await readConfiguration(tables)).metadata
    if (metadata === undefined) throw new Error('the demo has no mapping')
    return metadata
  }
  const write = (metadata: ProductMetadata) =>
    applyConfiguration(tables, { revision: 0, systems: [], connections: [], metadata: [metadata] })
  const isBroken = async () => (await demo.list()).find(({ id }) => id === 'bad_mapping')?.broken
  return { demo, mapping, write, isBroken }
}

const priceOf = ({ attributes }: ProductMetadata) => attributes.find(({ attribute }) => attribute === 'price')?.from

it('a mapping that is put back keeps what else was changed meanwhile', async () => {
  const { demo, mapping, write, isBroken } = await world()
  expect(await demo.set('bad_mapping', true)).toMatchObject({ broken: true })
  const wrong = await mapping()
  expect(priceOf(wrong)).toBe('attributes.custitem_price')
  const without = wrong.attributes.filter(({ attribute }) => attribute !== 'barcode')
  await write({ ...wrong, attributes: without })
  expect(await isBroken()).toBe(true)
  expect(await demo.set('bad_mapping', false)).toMatchObject({ broken: false })
  const now = await mapping()
  expect(priceOf(now)).toBe('price')
  expect(now.attributes).toHaveLength(without.length)
})

it('a mapping that was corrected on the page is repaired, and can be broken again', async () => {
  const { demo, mapping, write, isBroken } = await world()
  const right = await mapping()
  await demo.set('bad_mapping', true)
  await write(right)
  expect(await isBroken()).toBe(false)
  expect(await demo.set('bad_mapping', true)).toMatchObject({ broken: true })
  expect(priceOf(await mapping())).toBe('attributes.custitem_price')
  await demo.repairAll()
  expect(await mapping()).toMatchObject({ attributes: right.attributes })
})

it('says what there is to break, and refuses what there is not', async () => {
  const { demo } = await world()
  expect((await demo.list()).map(({ id, broken }) => [id, broken])).toEqual([
    ['erp_down', false],
    ['unknown_sku', false],
    ['wrong_credentials', false],
    ['bad_mapping', false],
    ['slow_vendor', false],
    ['poison_order', false],
  ])
  await expect(demo.set('earthquake', true)).rejects.toMatchObject({ code: 'not_found' })
})
