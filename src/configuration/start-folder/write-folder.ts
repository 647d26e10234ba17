import { isMap, isScalar, type Pair, Document as YamlFile } from 'yaml'
import { compilePattern } from '../../rules/pattern.ts'
import type { ReadDocument } from '../document-schemas.ts'
import { readId } from '../read-id.ts'
import type { ShopStart } from '../system-type.ts'
import { type NamedSecret, secretsOf } from './secret-names.ts'
import type { StartingPoint, StartingSystem } from './starting-point.ts'

export interface StartingFile {
  readonly name: string
  readonly text: string
}

/** Every five minutes. */
const SCHEDULE = '*/5 * * * *'
const SHOP_READS: readonly ReadDocument['entity'][] = ['orders']
const VENDOR_READS: readonly ReadDocument['entity'][] = ['products', 'inventory', 'prices', 'images', 'fulfilments']
/** A SKU of the vendor for the tests of the mapping. */
const EXAMPLE_SKU = 'VENDOR-1'

/** The files of a first configuration. They are valid as written; only the secrets are missing: they go into `.env`. */
export function startingFolder(point: StartingPoint): readonly StartingFile[] {
  const { shop, vendor } = point
  return [
    file('systems.yaml', [systemOf(shop, SHOP_READS, point), systemOf(vendor, VENDOR_READS, point)]),
    file('connections.yaml', [connectionOf(point)]),
    file('product-metadata.yaml', [metadataOf(point)]),
    file('mapping-tests.yaml', testsOf(point)),
    { name: '.env.example', text: environmentOf(point) },
    { name: '.gitignore', text: '# Secrets stay on this machine.\n.env\n' },
  ]
}

interface Written {
  /** Comment above the document; null: none. */
  readonly about: string | null
  readonly content: object
  /** Comments by field name. */
  readonly comments?: Readonly<Record<string, string>>
}

function systemOf(system: StartingSystem, wanted: readonly ReadDocument['entity'][], point: StartingPoint): Written {
  const { id, type, address, settings } = system
  const secrets = secretsOf(system, point.secretPrefix)
  const reads = readsOf(type, wanted).map((entity) => ({
    entity,
    schedule: SCHEDULE,
    ...(entity === 'orders' ? { startFrom: point.ordersFrom } : {}),
  }))
  return {
    about: `${type.title}. Every setting: docs/systems/${type.type}.md`,
    content: {
      kind: 'system',
      id,
      type: type.type,
      address,
      ...(secrets.length === 0 ? {} : { secrets: Object.fromEntries(secrets.map((one) => [one.name, one.reference])) }),
      ...(Object.keys(settings).length === 0 ? {} : { settings }),
      reads,
    },
    comments: {
      secrets: 'References to secrets, never the secrets themselves; .env.example lists the variables.',
      reads: 'What is read, and when. A schedule has five fields, or six with seconds.',
    },
  }
}

const readsOf = ({ reads }: StartingSystem['type'], wanted: readonly ReadDocument['entity'][]) =>
  wanted.filter((entity) => reads[entity] !== undefined)

function connectionOf({ connection, shop, vendor, skuPattern }: StartingPoint): Written {
  const idsOf = ({ id, type }: StartingSystem, wanted: readonly ReadDocument['entity'][]) =>
    readsOf(type, wanted).map((entity) => readId(id, { entity }))
  const push = shop.type.shopStart?.push ?? []
  const begin = shop.type.orderStates?.begin ?? null
  return {
    about: 'Connects the shop and the vendor. See docs/reference/orders.md and docs/how-to/shops.md',
    content: {
      kind: 'connection',
      id: connection,
      shop: shop.id,
      vendor: vendor.id,
      reads: [...idsOf(shop, SHOP_READS), ...idsOf(vendor, VENDOR_READS)],
      ownership: skuPattern === null ? { feed: true } : { skuPattern },
      ...(begin === null ? {} : { orderStates: begin }),
      fulfilments: { notifyCustomer: false },
      ...(push.length === 0 ? {} : { push }),
    },
    comments: {
      ownership:
        skuPattern === null
          ? 'The vendor owns order lines of SKUs in its products feed. Or use skuPattern, skus, attribute, manufacturer.'
          : 'The vendor owns order lines whose SKU matches.',
      orderStates: 'An order in one of these states goes to the vendor.',
      fulfilments: 'true: the shop notifies its customer of each shipment.',
      push: 'Waldstream writes these to the shop (docs/how-to/shops.md); the shop pulls the others (docs/how-to/feeds.md).',
    },
  }
}

function metadataOf({ connection, shop }: StartingPoint): Written {
  const { rules } = startOf(shop)
  return {
    about: "Maps the vendor's fields to the shop's attributes: docs/how-to/mapping.md",
    content: { kind: 'product-metadata', connection, attributes: rules },
  }
}

function testsOf(point: StartingPoint): readonly Written[] {
  const { connection, shop, skuPattern } = point
  const { example } = startOf(shop)
  const [state = 'processing'] = shop.type.orderStates?.begin ?? []
  const about =
    'Expected results of the mapping; run them with "waldstream test". Replace them with your own products and orders.'
  const of = { kind: 'mapping-test', connection }
  const input = { sku: EXAMPLE_SKU, name: 'Jacket', active: true, price: '52' }
  const isOwn = skuPattern === null || compilePattern(skuPattern).test(EXAMPLE_SKU)
  if (!isOwn) {
    const name = 'a product whose SKU does not match the pattern is ignored'
    return [{ about, content: { ...of, name, entity: 'products', input, expectIgnored: 'not_owned' } }]
  }
  const line = { lineId: '1', sku: EXAMPLE_SKU, quantityOrdered: '2', unitPrice: '52', rowTotal: '104' }
  const order = {
    ...of,
    name: "the vendor gets an order with only the vendor's lines",
    entity: 'orders',
    input: {
      orderNumber: '1001',
      state,
      currency: 'USD',
      customerEmail: 'jo@example.com',
      lines: [line, { lineId: '2', sku: 'OF-THE-SELLER', quantityOrdered: '1', unitPrice: '10', rowTotal: '10' }],
      subtotal: '114',
      grandTotal: '114',
    },
    ...(skuPattern === null ? { products: { [EXAMPLE_SKU]: example } } : {}),
    expect: { fields: {}, lines: [`1 ${EXAMPLE_SKU}`], grandTotal: '104' },
  }
  const product = { ...of, name: 'a product has the required attributes', entity: 'products', input, expect: example }
  return [
    { about, content: product },
    { about: null, content: order },
  ]
}

function startOf({ type }: StartingSystem): ShopStart {
  return type.shopStart ?? { rules: [], example: {}, push: [] }
}

function file(name: string, documents: readonly Written[]): StartingFile {
  return { name, text: documents.map(yamlOf).join('---\n') }
}

function yamlOf({ about, content, comments = {} }: Written): string {
  const yaml = new YamlFile(content)
  if (about !== null) yaml.commentBefore = ` ${about}`
  for (const pair of isMap(yaml.contents) ? yaml.contents.items : []) comment(pair, comments)
  return yaml.toString({ lineWidth: 120, singleQuote: false })
}

function comment({ key }: Pair, comments: Readonly<Record<string, string>>): void {
  if (!isScalar(key)) return
  const text = comments[String(key.value)]
  if (text !== undefined) key.commentBefore = ` ${text}`
}

function environmentOf({ shop, vendor, secretPrefix }: StartingPoint): string {
  const head = [
    '# Copy this file to .env, set the values, and load it in the shell that runs waldstream: set -a; . ./.env; set +a',
    '# Secrets may also be in files (file:/run/secrets/<system>.<name>) or in AWS: docs/how-to/secrets.md',
  ]
  const parts = [shop, vendor].flatMap((system) => [
    `\n# ${system.id}: ${system.type.title}`,
    ...secretsOf(system, secretPrefix).map(variableLine),
  ])
  return `${[...head, ...parts].join('\n')}\n`
}

/** The comment has its own line: `docker run --env-file` would take one behind the value as part of it. */
const variableLine = ({ variable, what }: NamedSecret) => `# ${what}\n${variable}=`
