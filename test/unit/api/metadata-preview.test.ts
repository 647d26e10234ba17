import { expect, it } from 'vitest'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import type { Configuration } from '../../../src/configuration/model.ts'
import type { SourceEntity } from '../../../src/rules/map-entity.ts'
import { metadataWith, ruleWith } from '../../data/configuration.ts'
import { connectionOf, productChanged } from '../../data/processor-events.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'

const read = readOf('netsuite', 'products', 100)
const configuration: Configuration = {
  revision: 0,
  systems: [uncheckedSystem({ id: 'netsuite', type: 'netsuite', address: 'https://system.example', reads: [read] })],
  connections: [connectionOf('a', '.', { reads: [read.id], vendor: 'netsuite' })],
  metadata: [metadataWith('a', ruleWith('name', { from: 'name', required: true }))],
}

async function fixture() {
  const asked: unknown[] = []
  const { source, key, deleted, data } = productChanged({ sku: 'A-1' })
  const api = apiFixture({
    recentEvents: async ({ reads }, entity, last): Promise<readonly SourceEntity[]> => {
      asked.push({ reads, entity, last })
      return [{ entity: 'products', source, key, deleted, data }]
    },
  })
  await applyConfiguration(api.tables, configuration)
  const preview = (id: string, body: Readonly<Record<string, unknown>>) =>
    api.post(`/v1/connections/${id}/metadata/preview`, body)
  return { ...api, asked, preview }
}

it('tells what changed metadata would change, and changes nothing', async () => {
  const { preview, asked } = await fixture()
  const attributes = [{ attribute: 'name', expression: '$uppercase(name)' }]
  const { status, json } = await preview('a', { attributes, last: 7 })
  expect([status, json]).toMatchObject([
    200,
    {
      counts: { events: 1, entities: 1, changed: 1, errors_appearing: 0 },
      fields: { name: 1 },
      entities: [{ key: 'A-1', changes: [{ field: 'name', before: 'Jacket', after: 'JACKET' }] }],
    },
  ])
  expect(asked).toEqual([{ reads: [read.id], entity: 'products', last: 7 }])
  const same = await preview('a', { attributes: [{ attribute: 'name', from: 'name', required: true }] })
  expect(same.json.counts).toMatchObject({ changed: 0, unchanged: 1 })
})

it('names every mistake of the metadata at once', async () => {
  const { preview, asked } = await fixture()
  const attributes = [
    { attribute: 'name', from: 'nmae' },
    { attribute: 'price', expression: '$now()', type: 'decimal' },
    { attribute: 'colour', constant: 'red' },
  ]
  const { status, json } = await preview('a', { attributes, destination: { attributes: ['name', 'price'] } })
  expect([status, json.code, json.field]).toEqual([400, 'request_invalid', 'attributes[0].from'])
  expect(json.detail.split('\n')).toEqual([
    expect.stringMatching(/^body: attributes\[0\].from reads nmae, which is not known; did you mean name\?/),
    expect.stringMatching(/^body: attributes\[1\].expression uses \$now/),
    expect.stringMatching(
      /^body: attributes\[2\].attribute is not known; known are: name, price; correct it, or add it to destination/,
    ),
  ])
  expect(asked).toEqual([])
})

it.each([
  ['a connection that is not there', 'b', { attributes: [{ attribute: 'x', from: 'name' }] }, 404, 'id'],
  ['no rules', 'a', {}, 400, 'attributes'],
  ['an unknown field', 'a', { attributes: [{ attribute: 'x', frm: 'name' }] }, 400, 'frm'],
  ['too many events', 'a', { attributes: [{ attribute: 'x', from: 'name' }], last: 1001 }, 400, 'last'],
])('refuses %s', async (_what, id, body, expected, field) => {
  const { preview } = await fixture()
  const { status, json } = await preview(id, body)
  expect([status, json.field]).toEqual([expected, field])
})
