// Field limits of ERPs: "field phone contained more than the maximum number (32) of characters" (NetSuite), "Value too long in
// property Street" (SAP Business One): orders that a shop takes were refused because of somebody's address.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Address, VendorOrderRequested } from '../../src/events/generated/events.ts'
import { wireOf } from '../../src/systems/kit/wire.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { CALM, startCompany, type TestCompany } from '../worlds/sap-b1.ts'
import { netsuiteOf } from '../worlds/settings.ts'

const signal = new AbortController().signal
const connection = connectionOf('con', '^WLD-')

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

const long = (word: string, times = 40) => Array.from({ length: times }, () => word).join(' ')

/** Everything that a person can write, too long for everything. */
const ADDRESS: Address = {
  firstName: long('Ana', 20),
  lastName: long('Núñez😀', 20),
  company: long('Gesellschaft für Verpackung', 12),
  street: [long('Långgatan 1', 20), long('c/o 👨‍👩‍👧‍👦', 12), long('東京都', 20)],
  city: long('Llanfair', 20),
  region: long('Region', 20),
  regionCode: null,
  postalCode: long('12345', 10),
  countryCode: 'GB',
  phone: '+49 (0) 30 1234-5678-1234-5678 ext. 9012345678901234',
  email: null,
}

function eventOf(sku: string, customerEmail = `${'a'.repeat(260)}@example.com`): VendorOrderRequested {
  const order = orderOf([lineOf('11', sku)], { customerEmail, billingAddress: ADDRESS, shippingAddress: ADDRESS })
  return vendorOrder('con', '000000001', order)
}

describe('an order whose texts are too long for the fields of the ERP', () => {
  it('is taken by NetSuite, and says so', async () => {
    const [item] = await account.items()
    const sink = writeNetSuiteOrders(
      await account.client(),
      netsuiteOf(account.system().settings, account.system().zone),
    )
    const { outcome, note } = await sink.deliver(eventOf(String(item?.['itemId'])), connection, signal, CALM)
    expect(outcome).toBe('written')
    const [order] = await account.orders()
    expect(order?.['memo']).toContain('city: …')
    expect(wireOf(order?.['shippingAddress'])).toMatchObject({ addrPhone: '+490301234567812345678' })
    expect(note).toContain('shippingAddress.city (50)')
    expect(note).not.toContain('Llanfair')
  })

  it('is taken by SAP, and says so', async () => {
    const [item] = (await company.state('Items')).filter(({ Frozen }) => Frozen === 'tNO')
    const sink = await company.sink({ customers: 'create', cardCode: undefined })
    const { outcome, note } = await sink.deliver(eventOf(String(item?.['ItemCode'])), connection, signal, CALM)
    expect(outcome).toBe('written')
    const [order] = await company.state('Orders')
    expect(String(order?.['Comments']).length).toBeLessThanOrEqual(254)
    expect(note).toContain('ShipToCity (100)')
    expect(note).not.toContain('Llanfair')
  })
})
