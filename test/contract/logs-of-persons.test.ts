import { pino } from 'pino'
import { afterAll, expect, it } from 'vitest'
import { NETSUITE_CREDENTIALS } from '../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../simulators/netsuite/start.ts'
import { SAP_B1_CREDENTIALS } from '../../simulators/sap-b1/credentials.ts'
import { startSapB1Simulator } from '../../simulators/sap-b1/start.ts'
import { createNetSuiteClient } from '../../src/systems/netsuite/client.ts'
import { createSapB1Client } from '../../src/systems/sap-b1/client.ts'
import { localNetwork } from '../data/loopback.ts'
import { catalogFile, governors, wallClock } from '../worlds/sources.ts'

const made = { dataFile: ':memory:', catalogFile, vendorPattern: /^WLD-/, seed: 3 }
const closing: (() => Promise<void>)[] = []
afterAll(async () => void (await Promise.all(closing.map((close) => close()))))

/** What a client writes into its log, at the finest level. */
function logOf() {
  const lines: string[] = []
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  return { deps: { clock: wallClock, governors, network: localNetwork, logger }, text: () => lines.join('') }
}

it('a customer’s external id is in no log and no error of NetSuite’s client', async () => {
  const simulator = await startNetSuiteSimulator(made)
  closing.push(() => simulator.close())
  const { deps, text } = logOf()
  const { account } = NETSUITE_CREDENTIALS
  const settings = { baseUrl: simulator.url, account, credentials: NETSUITE_CREDENTIALS, limits: { concurrency: 2 } }
  const client = createNetSuiteClient(settings, deps)
  await client.upsertByExternalId('customer', 'magento-77', { isPerson: true, firstName: 'Ada', lastName: 'Test' })
  await client.getByExternalId('customer', 'magento-77')
  const refused = client.upsertByExternalId('customer', 'magento-78', { nonsense: true })
  await expect(refused).rejects.toThrow(expect.objectContaining({ message: expect.not.stringContaining('magento-7') }))
  expect(text()).toContain('/record/v1/customer/…')
  expect(text()).not.toMatch(/magento-7/)
})

it('a customer’s code is in no log of SAP’s client', async () => {
  const simulator = await startSapB1Simulator({ ...made, zone: 'UTC' })
  closing.push(() => simulator.close())
  const { deps, text } = logOf()
  const settings = {
    baseUrl: simulator.url,
    version: 'v2',
    login: SAP_B1_CREDENTIALS,
    limits: { concurrency: 2 },
  } as const
  const client = createSapB1Client(settings, deps)
  await client.create('BusinessPartners', { CardCode: 'W1234567890ABCD', CardName: 'Ada', CardType: 'cCustomer' })
  expect(await client.get('BusinessPartners', 'W1234567890ABCD')).toMatchObject({ CardName: 'Ada' })
  expect(text()).toContain("/BusinessPartners('…')")
  expect(text()).not.toContain('W1234567890ABCD')
})
