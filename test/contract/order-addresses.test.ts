// Addresses that a shop takes, and ERPs refused: regions that are none of their states ("No matching records found"), and texts
// longer than their fields: "field phone contained more than the maximum number (32) of characters" (NetSuite), "Value too
// long in property Street" (SAP Business One).
import { describe, expect, it } from 'vitest'
import type { Address, VendorOrderRequested } from '../../src/events/generated/events.ts'
import { type Wire, wireOf } from '../../src/systems/kit/wire.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { bothErps } from '../worlds/both-erps.ts'
import { CALM } from '../worlds/sap-b1.ts'

const signal = new AbortController().signal
const connection = connectionOf('con', '^WLD-')

const erps = bothErps()

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
  namePrefix: null,
  middleName: null,
  nameSuffix: null,
  vatNumber: null,
}

function eventOf(sku: string, address = ADDRESS, key = '000000001'): VendorOrderRequested {
  const customerEmail = `${'a'.repeat(260)}@example.com`
  const order = orderOf([lineOf('11', sku)], { customerEmail, billingAddress: address, shippingAddress: address })
  return vendorOrder('con', key, order)
}

const sapSink = async () => await erps.company.sink({ customers: 'create', cardCode: undefined })

describe('an order whose texts are too long for the fields of the ERP', () => {
  it('is taken by NetSuite, and says so', async () => {
    const event = eventOf(await erps.netsuiteSku())
    const { outcome, note } = await (await erps.netsuiteSink()).deliver(event, connection, signal, CALM)
    expect(outcome).toBe('written')
    const [order] = await erps.account.orders()
    expect(order?.['memo']).toContain('city: …')
    expect(wireOf(order?.['shippingAddress'])).toMatchObject({ addrPhone: '+490301234567812345678' })
    expect(note).toContain('shippingAddress.city (50)')
    expect(note).not.toContain('Llanfair')
  })

  it('is taken by SAP, and says so', async () => {
    const event = eventOf(await erps.sapSku())
    const { outcome, note } = await (await sapSink()).deliver(event, connection, signal, CALM)
    expect(outcome).toBe('written')
    const [order] = await erps.company.state('Orders')
    expect(String(order?.['Comments']).length).toBeLessThanOrEqual(254)
    expect(note).toContain('ShipToCity (100)')
    expect(note).not.toContain('Llanfair')
  })
})

const nowhere: Address = {
  firstName: 'Ada',
  lastName: null,
  company: null,
  street: ['1 High Street'],
  city: 'Canterbury',
  region: null,
  regionCode: null,
  postalCode: null,
  countryCode: null,
  phone: null,
  email: null,
  namePrefix: null,
  middleName: null,
  nameSuffix: null,
  vatNumber: null,
}

/** Country, region and code as shops have them; what NetSuite and SAP have in the end. */
const REGIONS: readonly (readonly [string | null, string | null, string | null, Wire, Wire])[] = [
  ['US', 'Texas', null, { state: 'TX' }, { ShipToState: 'TX' }],
  ['US', 'Armed Forces Europe', 'AE', { state: 'AE' }, { ShipToState: 'AE' }],
  ['US', 'Atlantis', null, { addr2: 'Atlantis' }, { ShipToCounty: 'Atlantis' }],
  ['CA', 'Québec', 'QC', { state: 'QC' }, { ShipToState: 'QC' }],
  ['GB', 'Kent', 'Kent', { state: 'Kent' }, { ShipToCounty: 'Kent' }],
  ['PL', 'mazowieckie', 'PL-14', { state: 'mazowieckie' }, { ShipToState: 'MZ' }],
  ['PL', 'Łódzkie', 'PL-10', { state: 'Łódzkie' }, { ShipToCounty: 'Łódzkie' }],
  ['DE', 'Niedersachsen', 'NDS', { state: 'Niedersachsen' }, { ShipToState: 'NI' }],
  ['MX', null, 'CMX', { state: 'Ciudad de México' }, { ShipToState: 'DF' }],
  ['FR', null, null, { city: 'Canterbury' }, { ShipToCity: 'Canterbury' }],
  [null, 'Texas', 'TX', { state: 'Texas' }, { ShipToCounty: 'Texas' }],
]

describe('an order to a region', () => {
  it('has the state of the ERP, or else its name in the address, and is written', async () => {
    const [toNetSuite, toSap] = [await erps.netsuiteSink(), await sapSink()]
    const [netsuiteSku, sapSku] = [await erps.netsuiteSku(), await erps.sapSku()]
    for (const [index, [countryCode, region, regionCode]] of REGIONS.entries()) {
      const address = { ...nowhere, countryCode, region, regionCode }
      await toNetSuite.deliver(eventOf(netsuiteSku, address, `1${index}`), connection, signal, CALM)
      await toSap.deliver(eventOf(sapSku, address, `1${index}`), connection, signal, CALM)
    }
    const addressesOf = (orders: readonly Wire[], key: string, field: string) =>
      new Map(orders.map((order) => [order[key], wireOf(order[field])]))
    const atNetSuite = addressesOf(await erps.account.orders(), 'externalId', 'shippingAddress')
    const atSap = addressesOf(await erps.company.state('Orders'), 'NumAtCard', 'AddressExtension')
    for (const [index, [, , , netsuite, sap]] of REGIONS.entries()) {
      expect(atNetSuite.get(`con-1${index}`)).toMatchObject(netsuite)
      expect(atSap.get(`con-1${index}`)).toMatchObject(sap)
      const isState = 'ShipToState' in sap
      expect(atSap.get(`con-1${index}`)).not.toHaveProperty(isState ? 'ShipToCounty' : 'ShipToState')
    }
  })
})
