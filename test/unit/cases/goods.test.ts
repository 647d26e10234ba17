import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseExact } from '../../../src/platform/json.ts'
import { type Wire, wireOf } from '../../../src/systems/kit/wire.ts'
import { attributeProblem } from '../../../src/systems/netsuite/settings.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { runOf } from './goods-runs.ts'

const FOLDER = new URL('../../cases/goods/', import.meta.url)
const caseOf = (name: string) => wireOf(parseExact(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')))

it.each([
  ['55-netsuite-description-4400', {}],
  ['56-netsuite-description-4400-required', { required: true }],
  ['57-netsuite-description-4400-default', { default: 'none' }],
])('%s: the product has its description, by a rule with %j', async (name, more) => {
  const row = caseOf(name)
  const rules = [{ attribute: 'description', from: 'attributes.description', ...more }]
  expect(String(row['description']).length).toBeGreaterThan(4000)
  expect(await runOf('netsuite.mapped', { row, rules })).toEqual({ description: row['description'] })
})

describe('numbers with more decimals than there is room for', () => {
  it('are rounded where they are weights, and noted', async () => {
    expect(await runOf('netsuite.product', { row: caseOf('60-netsuite-weight-9-decimals') })).toMatchObject({
      weight: '0.04535924',
      attributes: { waldstream_rounded: '{"weight":"0.045359237"}' },
    })
    expect(await runOf('bigcommerce.products', caseOf('63-bigcommerce-weight'))).toMatchObject([
      { weight: '0.45359237', attributes: { waldstream_rounded: '{"weight":"0.453592370001"}' } },
    ])
  })

  it('are cut off where they are stock', async () => {
    expect(await runOf('netsuite.stock', caseOf('62-netsuite-stock-third'))).toMatchObject({ total: '5.08333333' })
  })
})

/** A case that says itself how it is run, and what is right: fields of what it gives, or words of the refusal. */
interface Case {
  readonly why: string
  readonly run: string
  readonly input: Wire
  readonly right?: object
  readonly refused?: string
}

const told = readdirSync(FOLDER)
  .filter((name) => /^1\d\d-.*\.json$/.test(name))
  .map((name) => [name, caseOf(name.slice(0, -'.json'.length)) as unknown as Case] as const)

it.each(told)('%s', async (_name, { run, input, right, refused }) => {
  const made = runOf(run, input)
  if (refused === undefined) expect(await made).toMatchObject(right ?? {})
  else await expect(made).rejects.toThrow(new RegExp(refused))
})

it('sums what variants without a SKU of their own have at a location', async () => {
  const { read, unreadable } = wireOf(await runOf('bigcommerce.stock', caseOf('75-bigcommerce-variants-without-sku')))
  expect(read).toMatchObject({ P: { total: '7', locations: [{ location: '1', onHand: '7', available: '7' }] } })
  expect(unreadable).toEqual({})
})

it.each([[{}], [{ required: true }]])('tells that a path leads to a list, by a rule with %j', async (more) => {
  const { attributes, rule } = caseOf('79-list-attribute-from')
  const product = { id: 1, sku: 'A', name: 'n', price: 1, is_visible: true, variants: [], ...wireOf(attributes) }
  const told = runOf('bigcommerce.mapped', { product, rules: [{ ...wireOf(rule), ...more }] })
  await expect(told).rejects.toThrow(/attribute cats .*gives a list, not one value; .*\$join/)
})

it('puts a product into several categories and websites', async () => {
  const { category_ids, website_ids } = caseOf('80-magento-two-categories')
  const attributes = { category_ids: parseExact(String(category_ids)), website_ids: parseExact(String(website_ids)) }
  expect(await runOf('magento2.body', { attributes })).toMatchObject({
    product: {
      extension_attributes: {
        category_links: [
          { position: 0, category_id: '3' },
          { position: 1, category_id: '4' },
        ],
        website_ids: [1, 2],
      },
    },
  })
})

it('reads a column in camel case by its lower-case name, the only one that validate lets pass', async () => {
  const { answer, rule } = caseOf('70-netsuite-camel-case-column')
  const { from } = wireOf(rule)
  expect(attributeProblem(String(from).split('.')[1] ?? '')).toMatch(/write attributes\.storedisplayname$/)
  const rules = [{ ...wireOf(rule), from: 'attributes.storedisplayname' }]
  expect(await runOf('netsuite.mapped', { row: answer, rules })).toEqual({ name: 'Shop name' })
})

it('knows a SKU without the blanks around it', async () => {
  expect(await runOf('netsuite.product', { row: caseOf('94-sku-with-blanks') })).toMatchObject({ sku: 'A1' })
})

describe('a row that is asked for', () => {
  const api = apiFixture()
  const line = readFileSync(new URL('98-api-item-without-sku.txt', FOLDER), 'utf8').trim()
  const item = (sku: string) => line.replace('items/', `items/${sku}`).slice('GET '.length)

  it.each([
    ['without a SKU', '', 400, 'sku', /is empty; write it in the path/],
    ['by a point, which clients take out', '.', 400, 'sku', /cannot be used: clients remove them/],
    ['by more than 500 characters', 'x'.repeat(501), 400, 'sku', /more than 500 characters.*shorten it/],
    ['by far more', 'x'.repeat(5000), 414, 'path', /more than 500 characters, the maximum of ids and SKUs; shorten it/],
    ['by half an escape', '%E0%A4%A', 400, 'path', /"%A", which is not a valid escape; encode each part as UTF-8/],
    ['by a bare %', '100%', 400, 'path', /a % itself as %25/],
    ['by bytes that are no UTF-8', '%FF%FE', 400, 'path', /not valid UTF-8; encode each part/],
  ])('%s is told what is wrong', async (_what, sku, status, field, detail) => {
    const answer = await api.app.inject(item(sku))
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.json()).toMatchObject({
      status,
      field,
      code: 'request_invalid',
      detail: expect.stringMatching(detail),
    })
  })
})
