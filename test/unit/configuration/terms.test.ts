import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkConfiguration, checkRead } from '../../../src/configuration/load-configuration.ts'
import { mistakeText, readYaml } from '../../../src/configuration/yaml-documents.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'terms-'))
})
afterEach(async () => await rm(folder, { recursive: true }))

const systems = (type: string, settings: string) => `
kind: system
id: shop
type: magento2
address: https://shop.example
secrets: { bearer: env:WALDSTREAM_SECRET_SHOP__TOKEN }
---
kind: system
id: erp
type: ${type}
address: https://erp.example
settings: { ${settings} }
secrets: ${type === 'netsuite' ? '{ consumerKey: env:WALDSTREAM_SECRET_ERP__A, consumerSecret: env:WALDSTREAM_SECRET_ERP__B, tokenId: env:WALDSTREAM_SECRET_ERP__C, tokenSecret: env:WALDSTREAM_SECRET_ERP__D }' : '{ username: env:WALDSTREAM_SECRET_ERP__A, password: env:WALDSTREAM_SECRET_ERP__B }'}
---
kind: connection
id: con
shop: shop
vendor: erp
reads: []
ownership: { skuPattern: ^A- }
`

async function check(terms: string, type: 'netsuite' | 'sap-b1' = 'netsuite', files: Record<string, string> = {}) {
  const settings = type === 'netsuite' ? 'account: "1"' : 'companyDb: X'
  await writeFile(join(folder, 'all.yaml'), systems(type, settings) + terms)
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const { configuration, mistakes } = await checkConfiguration(folder, {}, systemTypes)
  const said = mistakes.map((mistake) => mistakeText(mistake).replace(/^.*all\.yaml:\d+: /, ''))
  return { connection: configuration.connections[0], said, lines: mistakes.map(({ line }) => line) }
}

describe('whose order it is, and at what price', () => {
  it('is the customer’s, at the shop’s prices, where nothing is said', async () => {
    const { connection, said } = await check('')
    expect(said).toEqual([])
    expect(connection).toMatchObject({ billTo: 'consumer', customer: null, prices: 'shop', costs: {}, shipping: null })
  })

  it('may be the seller’s, at the prices of a list, given by SKU or as a CSV file beside the document', async () => {
    const terms = 'billTo: seller\ncustomer: 4711\nprices: list\n'
    const inline = await check(`${terms}costs: { A-1: 12.5, A-2: "0.125" }\n`)
    expect(inline.said).toEqual([])
    expect(inline.connection).toMatchObject({ customer: '4711', costs: { 'A-1': '12.5', 'A-2': '0.125' } })
    const csv = '\uFEFFSKU;price\r\nA-1;12.5\r\n"A;""2";0.125\r\n\r\n'
    const file = await check(`${terms}costs: costs.csv\n`, 'netsuite', { 'costs.csv': csv })
    expect(file.said).toEqual([])
    expect(file.connection).toMatchObject({ costs: { 'A-1': '12.5', 'A;"2': '0.125' } })
  })

  it.each([
    ['billTo: seller', /^customer is missing: with billTo: seller .*an internal id, such as 4711/],
    ['customer: "5"', /^customer is only for billTo: seller, but billTo is consumer/],
    ['billTo: seller\ncustomer: C20000', /^customer must be an internal id/],
    ['prices: priceLevel', /^priceLevel is missing: .*an internal id of a price level/],
    ['prices: priceLevel\npriceLevel: Wholesale', /^priceLevel must be an internal id of a price level/],
    ['priceLevel: 5', /^priceLevel is only for prices: priceLevel, but prices is shop/],
    ['prices: list', /^costs is missing: with prices: list/],
    ['prices: list\ncosts: {}', /^costs is missing/],
    ['costs: { A-1: 5 }', /^costs is only for prices: list, but prices is shop/],
    ['prices: list\ncosts: { A-1: cheap }', /^costs\.A-1 has "cheap" for A-1; a price is a decimal number/],
    ['prices: list\ncosts: { A-1: -1 }', /^costs\.A-1 has -1 for A-1; a price is not below 0/],
    ['prices: list\ncosts: { " A-1": 1 }', /^costs\. A-1 has the SKU " A-1"/],
    ['prices: list\ncosts: none.csv', /^costs names none\.csv: .*can't be read/],
    ['prices: list\ncosts: ../costs.csv', /^costs names \.\.\/costs\.csv: .*it must be a file in this folder/],
    ['prices: list\ncosts: /etc/passwd', /^costs names "\/etc\/passwd"; name a CSV file of the/],
    ['prices: list\ncosts: a/../../costs.csv', /it must be a file in this folder/],
    ['prices: dear', /^prices must be one of/],
    ['hold: { atMost: 4, tell: true }', /^hold\.tell excludes atMost/],
    ['shipping: maybe', /^shipping must be one of/],
  ])('is refused with the fix: %s', async (terms, message) => {
    const { said, lines } = await check(`${terms}\n`)
    expect(said).toEqual([expect.stringMatching(message)])
    expect(lines[0]).toBeGreaterThan(14)
  })

  it.each([
    ['A-1', /line 1 is not a SKU and price/],
    ['A-1,1\nA-1,2', /has A-1 twice/],
    ['SKU,price', /which has no price/],
    ['SKU,price\nA-1,n/a', /"n\/a" for A-1/],
  ])('is refused in a file, too: %s', async (csv, message) => {
    const { said } = await check('prices: list\ncosts: costs.csv\n', 'netsuite', { 'costs.csv': csv })
    expect(said).toEqual([expect.stringMatching(message)])
  })

  it('is no file where there is no folder, as over the API', async () => {
    const terms = 'billTo: seller\ncustomer: 4711\nprices: list\ncosts: costs.csv\n'
    const read = readYaml('sent', systems('netsuite', 'account: "1"') + terms)
    const { mistakes } = await checkRead(read, {}, systemTypes)
    const inCosts = mistakes.filter(({ field }) => field === 'costs').map(({ message }) => message)
    expect(inCosts).toEqual(['names a file, but there is no folder here; give the costs by SKU'])
  })

  it('is for SAP a card code, and the price list of that customer', async () => {
    const right = await check('billTo: seller\ncustomer: C20000\nprices: priceLevel\n', 'sap-b1')
    expect(right.said).toEqual([])
    const level = await check('prices: priceLevel\npriceLevel: 2\n', 'sap-b1')
    expect(level.said).toEqual([expect.stringContaining("the customer's own price list; remove it")])
    const long = await check('billTo: seller\ncustomer: C200000000000000\n', 'sap-b1')
    expect(long.said).toEqual([expect.stringContaining('a card code of at most 15 characters')])
  })
})
