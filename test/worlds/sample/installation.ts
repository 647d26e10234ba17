import type { Configuration } from '../../../src/configuration/model.ts'
import { connectionWith, metadataWith, readWith, ruleWith, systemWith } from '../../data/configuration.ts'

const settled = { schedule: '*/5 * * * *', startFrom: '2026-01-01T00:00:00Z' } as const
const shops = ['outdoor', 'bikes']
const vendors = ['nordwand', 'trailworks']

const secretsOf = (system: string, names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => {
      const words = name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
      return [name, `env:WALDSTREAM_SECRET_${`${system}__${words}`.toUpperCase()}`]
    }),
  )

const readsOf = (shop: string, vendor: string) => [
  `${shop}.orders.all`,
  ...['products', 'inventory', 'fulfilments'].map((entity) => `${vendor}.${entity}.all`),
]

/** Two shops, two vendors, and three pairs of them. */
export const sampleConfiguration: Configuration = {
  revision: 0,
  systems: [
    ...shops.map((id, index) =>
      systemWith(id, index === 0 ? 'magento2' : 'bigcommerce', {
        secrets: secretsOf(
          id,
          index === 0 ? ['consumerKey', 'consumerSecret', 'accessToken', 'accessTokenSecret'] : ['accessToken'],
        ),
        settings: index === 0 ? {} : { storeHash: 'x7bikes', currency: 'EUR' },
        reads: [readWith(id, 'orders', settled)],
      }),
    ),
    ...vendors.map((id, index) =>
      systemWith(id, index === 0 ? 'netsuite' : 'sap-b1', {
        secrets: secretsOf(
          id,
          index === 0 ? ['consumerKey', 'consumerSecret', 'tokenId', 'tokenSecret'] : ['username', 'password'],
        ),
        settings:
          index === 0 ? { account: 'NW4711', currency: 'EUR' } : { companyDb: 'TRAILWORKS', currencies: 'EUR=€' },
        reads: [
          readWith(id, 'products', settled),
          readWith(id, 'inventory', settled),
          readWith(id, 'fulfilments', settled),
        ],
      }),
    ),
  ],
  connections: [
    connectionWith('outdoor-nordwand', {
      shop: 'outdoor',
      vendor: 'nordwand',
      reads: readsOf('outdoor', 'nordwand'),
      ownership: { skuPattern: '^NW-' },
    }),
    connectionWith('outdoor-trailworks', {
      shop: 'outdoor',
      vendor: 'trailworks',
      reads: readsOf('outdoor', 'trailworks'),
      ownership: { skuPattern: '^TW-' },
    }),
    connectionWith('bikes-nordwand', {
      shop: 'bikes',
      vendor: 'nordwand',
      reads: readsOf('bikes', 'nordwand'),
      ownership: { skuPattern: '^NW-' },
    }),
  ],
  metadata: [
    metadataWith(
      'outdoor-nordwand',
      ruleWith('name', { from: 'name', required: true }),
      ruleWith('price', { from: 'price', type: 'decimal', required: true }),
      ruleWith('status', { from: 'active', type: 'integer', lookup: { true: '1', false: '2' } }),
      ruleWith('weight', { from: 'weight', type: 'decimal', default: '1' }),
      ruleWith('color', { from: 'attributes.custitem_color', lookup: { Slate: 'Slate grey', Moss: 'Moss green' } }),
      ruleWith('manufacturer', { from: 'manufacturer' }),
    ),
    metadataWith(
      'outdoor-trailworks',
      ruleWith('name', { from: 'name', required: true }),
      ruleWith('price', { from: 'price', type: 'decimal', required: true }),
    ),
  ],
}
