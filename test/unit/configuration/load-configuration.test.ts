import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkConfiguration, loadConfiguration } from '../../../src/configuration/load-configuration.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { anySecrets } from '../../data/any-secrets.ts'

const demo = new URL('../../../config/demo', import.meta.url).pathname
const environment = { ...anySecrets, DEMO_VENDOR_PATTERN: '^WLD-' }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waldstream-'))
})
afterEach(async () => await rm(folder, { recursive: true }))

const mistakesOf = async (text: string) => {
  await writeFile(join(folder, 'a.yaml'), text)
  const { mistakes } = await checkConfiguration(folder, environment, systemTypes)
  return mistakes.map(({ line, field, message }) => `${line} ${field} ${message}`)
}

const system = `kind: system
id: magento
type: magento2
address: https://shop.example
secrets: { bearer: env:TOKEN }
reads:
  - { entity: orders, startFrom: 2026-01-01T00:00:00Z }
---
kind: system
id: netsuite
type: netsuite
address: https://x.example
secrets: { consumerKey: env:A, consumerSecret: env:B, tokenId: env:C, tokenSecret: file:/run/secrets/d }
settings: { account: '1' }
reads:
  - { entity: products }
---
`
const connection = `kind: connection
id: c
shop: magento
vendor: netsuite
reads: [magento.orders.all]
ownership: { skuPattern: ^A }
`

describe('the demo', () => {
  it('is valid, with its pattern from the environment', async () => {
    const { systems, connections, metadata } = await loadConfiguration(demo, environment, systemTypes)
    expect(systems.map(({ id }) => id)).toEqual(['magento', 'netsuite', 'images'])
    expect(connections.map(({ id, ownership }) => [id, ownership])).toEqual([
      ['magento-netsuite', { skuPattern: '^WLD-' }],
    ])
    expect(systems.flatMap(({ reads }) => reads.map(({ id }) => id)).toSorted()).toEqual(
      connections[0]?.reads.toSorted(),
    )
    expect(metadata[0]?.attributes.find(({ attribute }) => attribute === 'status')?.lookup).toEqual({
      true: '1',
      false: '2',
    })
  })

  it('names the reference that is not set', async () => {
    await expect(loadConfiguration(demo, {}, systemTypes)).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringMatching(/connections\.yaml:\d+: ownership\.skuPattern env:DEMO_VENDOR_PATTERN is not set/),
    })
  })
})

describe('the defaults', () => {
  it('are filled in', async () => {
    await writeFile(join(folder, 'a.yml'), system + connection)
    const { systems, connections } = await loadConfiguration(folder, anySecrets, systemTypes)
    expect(systems[0]?.reads).toEqual([
      {
        id: 'magento.orders.all',
        system: 'magento',
        entity: 'orders',
        scope: 'all',
        schedule: null,
        zone: 'UTC',
        startFrom: '2026-01-01T00:00:00Z',
        pageSize: 100,
        settleSeconds: 5,
        overlapSeconds: 60,
        filter: {},
        sweep: { schedule: null, mostGone: 0.2 },
      },
    ])
    expect(connections[0]).toMatchObject({ orderStates: ['processing'], orderMap: { shipMethods: {}, location: null } })
  })
})

describe('the overlap of reads', () => {
  it('is the system’s, unless a read has its own', async () => {
    const own = system
      .replace('reads:\n', 'overlapSeconds: 300\nreads:\n')
      .replace('00Z }', '00Z }\n  - { entity: images, overlapSeconds: 20 }')
    await writeFile(join(folder, 'a.yml'), own + connection)
    const { systems } = await loadConfiguration(folder, anySecrets, systemTypes)
    expect(systems.map(({ reads }) => reads.map(({ overlapSeconds }) => overlapSeconds))).toEqual([[300, 20], [60]])
  })
})

describe('what is swept, and from when a connection takes orders', () => {
  it('is taken from the documents', async () => {
    const swept = system.replace('entity: products', 'entity: products, sweep: { schedule: "0 3 * * *" }')
    await writeFile(join(folder, 'a.yml'), `${swept}${connection}ordersFrom: 2026-06-01T00:00:00Z\n`)
    const { systems, connections } = await loadConfiguration(folder, anySecrets, systemTypes)
    const sweeps = systems.flatMap(({ reads }) => reads.map(({ sweep }) => sweep))
    expect(sweeps).toContainEqual({ schedule: '0 3 * * *', mostGone: 0.2 })
    expect(connections[0]?.ordersFrom).toBe('2026-06-01T00:00:00Z')
  })
})

const queues = `kind: system
id: pushed
type: sqs
address: https://sqs.eu-central-1.amazonaws.com
settings: { region: eu-central-1, ordersQueue: orders }
reads:
  - { entity: orders }
  - { entity: products, filter: { queue: products } }
---
`

describe('a filter', () => {
  it('takes lists, numbers and booleans, which mean the same as their text', async () => {
    const text = system.replace(
      'entity: orders,',
      'entity: orders, filter: { store_id: [1, 2], status: [a, b], is_virtual: true, website: 3, name: "x,y" },',
    )
    await writeFile(join(folder, 'a.yml'), text + connection)
    const { systems } = await loadConfiguration(folder, anySecrets, systemTypes)
    expect(systems[0]?.reads[0]?.filter).toEqual({
      store_id: '1,2',
      status: 'a,b',
      is_virtual: 'true',
      website: '3',
      name: 'x,y',
    })
  })
})

describe('queues', () => {
  it('are read whole, so that orders need no start, and by the role of the machine without secrets', async () => {
    expect(await mistakesOf(queues)).toEqual([])
  })
})

describe('mistakes', () => {
  it.each([
    ['an id', system.replace('id: magento', 'id: Magento'), /^2 id .*1 to 40 of a-z/],
    ['an id that objects have', system.replace('id: magento', 'id: constructor'), /^2 id .*not the word constructor/],
    [
      'a sweep of orders',
      system.replace('entity: orders', 'entity: orders, sweep: { schedule: "0 3 * * *" }'),
      /sweep is not for orders, which are never deleted/,
    ],
    [
      'a sweep of a queue',
      queues.replace('entity: products', 'entity: products, sweep: {}'),
      /^8 reads\[1\]\.sweep is not for sqs: a queue does not list what its shop has/,
    ],
    [
      'a time without zone',
      `${system}${connection}ordersFrom: 2026-06-01\n`,
      /ordersFrom must be a time with its zone/,
    ],
    [
      'a type',
      system.replace('magento2', 'magento3'),
      /^3 type is not known; did you mean magento2\? known are: magento2, netsuite, sap-b1, bigcommerce, sqs, image-feed, files/,
    ],
    ['an address', system.replace('https://shop.example', 'ftp://x'), /^4 address .*http/],
    [
      'an unknown key',
      system.replace('address', 'zonne: UTC\naddress'),
      /^4 zonne is not known; did you mean zone\? known are: .*address/,
    ],
    [
      'an unknown key within',
      system.replace('entity: products', 'entity: products, size: 3'),
      /^16 reads\[0\]\.size is not/,
    ],
    ['a secret of another type', system.replace('bearer', 'tokenId'), /^5 secrets\.tokenId is not known for magento2/],
    ['a secret that is missing', system.replace('consumerKey: env:A, ', ''), /^13 secrets\.consumerKey is missing/],
    [
      'a setting that is missing',
      system.replace("account: '1'", "currency: 'USD'"),
      /^14 settings\.account is missing/,
    ],
    [
      'orders without a start',
      system.replace(', startFrom: 2026-01-01T00:00:00Z', ''),
      /^7 reads\[0\]\.startFrom is missing/,
    ],
    [
      'a start without zone',
      system.replace('00:00:00Z', '00:00:00'),
      /^7 reads\[0\]\.startFrom must be a time with its zone/,
    ],
    [
      'a schedule',
      system.replace('entity: products', 'entity: products, schedule: daily'),
      /^16 reads\[0\]\.schedule is not a cron/,
    ],
    ['a zone', system.replace('settings: {', 'zone: Mars/Olympus\nsettings: {'), /^14 zone is not an IANA time zone/],
    [
      'an entity the type has not',
      system.replace('entity: products', 'entity: images'),
      /^16 reads\[0\]\.entity can't be read/,
    ],
    [
      'a read twice',
      system.replace('- { entity: products }', '- { entity: products }\n  - { entity: products }'),
      /^17 reads\[1\]\.scope makes/,
    ],
    [
      'an unknown shop',
      system + connection.replace('shop: magento', 'shop: magneto'),
      /^20 shop is not a configured system/,
    ],
    [
      'an unknown read',
      system + connection.replace('orders.all', 'orders.eu'),
      /^22 reads\[0\] is not a configured read/,
    ],
    ['a pattern', system + connection.replace('^A', "'['"), /^23 ownership\.skuPattern is not a regular expression/],
    [
      'products without metadata',
      system + connection.replace('magento.orders', 'netsuite.products'),
      /^22 reads has products, but/,
    ],
    ['no YAML', 'a: [', /^1 .*is not valid YAML/],
    ['an unknown kind', 'kind: sytem\n', /^1 kind must be one of: system, connection, product-metadata/],
  ])('%s: line, field and way out are named', async (_what, text, expected) => {
    const mistakes = await mistakesOf(text)
    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toMatch(expected)
  })

  it('are all told at once, by file and line', async () => {
    await writeFile(
      join(folder, 'a.yaml'),
      system.replace('id: magento', 'id: Magento').replace('ey: env:A', 'ey: literal'),
    )
    await writeFile(join(folder, 'b.yaml'), `${connection}unknown: 1\n`)
    await expect(loadConfiguration(folder, anySecrets, systemTypes)).rejects.toThrow(
      /a.yaml:2: id .*\n.*a.yaml:13: secrets.consumerKey .*\n.*b.yaml:7: unknown/,
    )
  })

  it('of secrets that are headers are none, where the type takes them', async () => {
    const feed = (secrets: string, type = 'image-feed') =>
      mistakesOf(`kind: system\nid: f\ntype: ${type}\naddress: https://x.example\nsecrets: { ${secrets} }\n`)
    expect(await feed('header.X-Api-Key: env:A, username: env:B, password: env:C')).toEqual([])
    expect(await feed('header.Host: env:A')).toEqual([expect.stringMatching(/header.Host is not known for image-feed/)])
    expect(await feed('header.X Y: env:A')).toHaveLength(1)
    expect(await feed('bearer: env:B, header.X-Key: env:A', 'magento2')).toEqual([
      expect.stringMatching(/header.X-Key is not known for magento2/),
    ])
  })

  it('never repeat a secret that was written down', async () => {
    const text = system.replace('bearer: env:TOKEN', 'bearer: hunter2')
    const mistakes = await mistakesOf(text)
    expect(mistakes).toEqual(['5 secrets.bearer must be a reference env:NAME or file:/path, never the value'])
  })

  it('of one read are told at once, also where its entity is wrong', async () => {
    const read =
      '{ entity: order, settleSeconds: "60", schedule: daily, startFrom: 2026-01-01, pageSize: 0, filtr: {} }'
    const mistakes = await mistakesOf(system.replace('{ entity: products }', `${read}\n  - { scope: x, zone: Mars }`))
    expect(mistakes).toEqual([
      expect.stringMatching(/^16 reads\[0\]\.entity must be one of: orders, products/),
      '16 reads[0].settleSeconds must be a whole number from 0 to 3600, without quotes',
      '16 reads[0].pageSize must be a whole number from 1 to 1000',
      expect.stringMatching(/^16 reads\[0\]\.filtr is not known; did you mean filter\?/),
      expect.stringMatching(/^16 reads\[0\]\.startFrom must be a time with its zone/),
      expect.stringMatching(/^16 reads\[0\]\.schedule is not a cron expression/),
      expect.stringMatching(/^17 reads\[1\]\.entity is missing; it must be one of: orders/),
      expect.stringMatching(/^17 reads\[1\]\.zone is not an IANA time zone/),
    ])
  })

  it('orders without a start are told of beside another mistake of the read', async () => {
    const mistakes = await mistakesOf(system.replace('startFrom: 2026-01-01T00:00:00Z', 'pageSize: "5"'))
    expect(mistakes).toEqual([
      '7 reads[0].pageSize must be a whole number from 1 to 1000, without quotes',
      expect.stringMatching(/^7 reads\[0\]\.startFrom is missing/),
    ])
  })

  it('every secret that is missing is named, of the way that was begun', async () => {
    const mistakes = await mistakesOf(system.replace(', tokenId: env:C, tokenSecret: file:/run/secrets/d', ''))
    expect(mistakes).toEqual([
      expect.stringMatching(/^13 secrets\.tokenId is missing/),
      expect.stringMatching(/^13 secrets\.tokenSecret is missing/),
    ])
    expect(await mistakesOf(system.replace('consumerKey: env:A, consumerSecret: env:B, tokenId', 'tokenIdd'))).toEqual([
      expect.stringMatching(/secrets\.tokenIdd is not known for netsuite; did you mean tokenId\?/),
      expect.stringMatching(/secrets\.consumerKey is missing/),
      expect.stringMatching(/secrets\.consumerSecret is missing/),
    ])
  })

  it('what is there twice is named with both places', async () => {
    await writeFile(join(folder, 'b.yaml'), `${connection}---\n${connection}`)
    const mistakes = await mistakesOf(system)
    expect(mistakes).toEqual([
      expect.stringContaining(`id c is given twice: the other is at ${join(folder, 'b.yaml')}:2`),
    ])
  })

  it('of rules are found', async () => {
    const rules = `---
kind: product-metadata
connection: c
attributes:
  - { attribute: a }
  - { attribute: b, constant: x, type: decimal }
  - { attribute: b, from: name, default: 1.5, type: integer }
`
    const mistakes = await mistakesOf(system + connection + rules)
    expect(mistakes).toEqual([
      expect.stringMatching(/^28 attributes\[0\]\.from must be given, or constant/),
      expect.stringMatching(/^29 attributes\[1\]\.constant is not of type decimal/),
      expect.stringMatching(/^30 attributes\[2\]\.attribute is given twice/),
      expect.stringMatching(/^30 attributes\[2\]\.default is not of type integer/),
    ])
  })
})

describe('an attribute of the source', () => {
  const read = connection.replace('magento.orders.all', 'magento.orders.all, netsuite.products.all')
  const metadata = (rule: string) =>
    `${system}${read}---\nkind: product-metadata\nconnection: c\nattributes:\n  - { attribute: name, ${rule} }\n`

  it.each([
    ['from: attributes.storeDisplayName', 'from', 'storeDisplayName'],
    ['expression: $uppercase(attributes.storeDisplayName)', 'expression', 'storeDisplayName'],
    ['expression: "[attributes.custitem_a, attributes.custitem_Color][0]"', 'expression', 'custitem_Color'],
  ])('in %s is refused where the system has lower-case names alone', async (rule, field, name) => {
    const lower = name.toLowerCase()
    expect(await mistakesOf(metadata(rule))).toEqual([
      `28 attributes[0].${field} reads attributes.${name}: columns of SuiteQL have lower-case names; write attributes.${lower}`,
    ])
  })

  it('is taken as it is where it can be called so', async () => {
    expect(await mistakesOf(metadata('from: attributes.storedisplayname'))).toEqual([])
    const fromShop = metadata('from: attributes.Color').replace('netsuite.products.all', 'magento.products.all')
    const reads = fromShop.replace('  - { entity: orders,', '  - { entity: products }\n  - { entity: orders,')
    expect(await mistakesOf(reads)).toEqual([])
  })
})
