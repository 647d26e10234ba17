import { expect, it } from 'vitest'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

interface Schema {
  readonly properties?: Readonly<Record<string, { readonly items?: Schema }>>
  readonly anyOf?: readonly Schema[]
}

interface Operation {
  readonly parameters?: readonly { readonly name: string }[]
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: Schema }>> }>>
}

/** Lists that are answered whole, and what bounds them. */
const whole: Readonly<Record<string, string>> = {
  '/v1/feeds/products/items/{sku}': 'sources of one SKU',
  '/v1/feeds/inventory/items/{sku}': 'sources of one SKU',
  '/v1/feeds/prices/items/{sku}': 'sources of one SKU',
  '/v1/feeds/images/items/{sku}': 'sources of one SKU',
  '/v1/pulls': 'readers of one SKU',
  '/v1/dead-letters/money': 'groups of the dead letters that are counted',
  '/v1/pauses': 'the configuration',
  '/v1/systems': 'the configuration',
  '/v1/connections': 'the configuration',
  '/v1/recipients': 'the configuration',
  '/v1/subscriptions': 'the configuration',
  '/v1/subscription-status': 'the configuration',
  '/v1/reads': 'the configuration',
  '/v1/replay-targets': 'the configuration',
  '/v1/system/processes': 'what runs',
  '/v1/system/consumers': 'the configuration',
  '/v1/system/topics': 'the configuration',
  '/v1/system/tables': 'the program',
  '/v1/orders/{source}/{number}/shares': 'links of one order',
  '/v1/keys': 'people and programs',
  '/v1/replays': 'its limit',
  '/v1/rebuilds': 'its limit',
}

const { json } = await apiFixture().get('/openapi.json')
const lists = Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(([path, { get }]) => {
  const content = get?.responses['200']?.content ?? {}
  const schema = content['application/json']?.schema
  const answers = [schema, ...(schema?.anyOf ?? [])]
  const isList = answers.some((one) => ['items', 'groups'].some((field) => one?.properties?.[field] !== undefined))
  const names = get?.parameters?.map(({ name }) => name) ?? []
  return isList || names.includes('cursor') ? [{ path, names, types: Object.keys(content) }] : []
})

it('has each list as CSV, and each in pages that something else does not bound', () => {
  expect(lists.length).toBeGreaterThan(25)
  expect(lists.filter(({ types }) => !types.includes('text/csv')).map(({ path }) => path)).toEqual([])
  const inPages = lists.filter(({ names }) => names.includes('cursor'))
  expect(inPages.filter(({ names }) => !names.includes('limit')).map(({ path }) => path)).toEqual([])
  const others = lists.filter((one) => !inPages.includes(one)).map(({ path }) => path)
  expect(others.toSorted()).toEqual(Object.keys(whole).toSorted())
})

type Answer = Awaited<ReturnType<ReturnType<typeof apiFixture>['app']['inject']>>

it('answers a list page by page as CSV, with names above', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const csv = { accept: 'text/csv' }
  await api.put('/v1/orders/shop-alder/k-alder/hold', { reason: '=1+1, "or" what?' })
  const texts: string[] = []
  let url: string | undefined = '/v1/order-holds?limit=1'
  while (url !== undefined) {
    const page: Answer = await api.app.inject({ url, headers: csv })
    expect([page.statusCode, page.headers['content-type'], page.headers['vary']]).toEqual([
      200,
      'text/csv; charset=utf-8',
      expect.stringContaining('accept'),
    ])
    texts.push(page.body)
    url = /^<(.+)>; rel="next"$/.exec(String(page.headers['link'] ?? ''))?.[1]
  }
  const names = 'source,number,connection,reason,by,since,until\r\n'
  expect(texts).toEqual([
    `${names}shop-birch,k-birch,birch,is it fraud?,ann,2026-01-31T07:30:00.000Z,\r\n`,
    `${names}shop-alder,k-alder,alder,"'=1+1, ""or"" what?",api,2026-01-31T08:00:00.000Z,\r\n`,
  ])
})

it('flattens what a row has within, and says what else it has as JSON', async () => {
  const api = await twoSellers(['alder'])
  const text = async (url: string, accept = 'text/csv') => await api.app.inject({ url, headers: { accept } })
  const { body } = await text('/v1/backend/alder/orders?payloads=places')
  expect(body.split('\r\n')[0]).toContain('answer.target_id,answer.code')
  expect((await text('/v1/dead-letters?group=true')).body).toContain('alder')
  expect((await text('/v1/dead-letters')).body).toContain('d-alder')
  expect((await text('/v1/reads')).body).toContain('shop-alder.orders.all')
  await api.idle()
  api.clock.time += 60_000
  await api.idle()
  const feed = await text('/v1/feeds/inventory?connection=alder')
  expect([feed.body.includes('s-alder'), feed.headers['link']]).toEqual([true, undefined])
  for (const accept of [
    '*/*',
    'application/json',
    'application/json, text/csv;q=0.5',
    'text/csv;q=0, */*',
    'text/html',
  ]) {
    expect((await text('/v1/reads', accept)).headers['content-type']).toContain('application/json')
  }
  const refused = await text('/v1/order-holds?limit=0')
  expect([refused.statusCode, refused.headers['content-type']]).toEqual([
    400,
    expect.stringContaining('application/problem+json'),
  ])
  const head = await api.app.inject({ method: 'HEAD', url: '/v1/reads', headers: { accept: 'text/csv' } })
  expect(head.statusCode).toBe(200)
})
