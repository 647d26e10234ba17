import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Sink } from '../../src/systems/kit/sink.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from './netsuite-account.ts'
import { startCompany, type TestCompany } from './sap-b1.ts'
import { netsuiteOf } from './settings.ts'

/** A NetSuite account and a company of SAP Business One for the tests of a file, as new before each of them. */
export interface BothErps {
  readonly account: NetSuiteAccount
  readonly company: TestCompany
  /** SKUs of items that may be ordered. */
  netsuiteSku(): Promise<string>
  sapSku(): Promise<string>
  netsuiteSink(): Promise<Sink<'vendor-orders'>>
}

export function bothErps(): BothErps {
  let account: NetSuiteAccount
  let company: TestCompany
  beforeAll(async () => {
    account = await startNetSuiteAccount()
    company = await startCompany()
  })
  afterAll(async () => {
    await account.close()
    await company.close()
  })
  beforeEach(async () => {
    await account.control('POST', 'reset')
    await company.send('POST', '/reset')
  })
  return {
    get account() {
      return account
    },
    get company() {
      return company
    },
    netsuiteSku: async () => String((await account.items())[0]?.['itemId']),
    sapSku: async () => String((await company.state('Items')).find(({ Frozen }) => Frozen === 'tNO')?.['ItemCode']),
    async netsuiteSink() {
      const { settings, zone } = account.system()
      return writeNetSuiteOrders(await account.client(), netsuiteOf(settings, zone))
    },
  }
}
