import {
  choice,
  currencyCode,
  list,
  pairs,
  type SettingProblem,
  setting,
  text,
  type ValueKind,
  type ValuesOf,
  whole,
} from '../../configuration/setting.ts'
import { type ConnectableSystem, requireSecret } from '../kit/configured-system.ts'
import type { NetSuiteSettings } from './client.ts'
import { type TaxSetting, taxWays } from './taxes.ts'

/** How the order of a shipment is found: by a column of its line, or by a table of links. */
export const shipmentLinks = ['createdfrom', 'nexttransactionlink'] as const
export type ShipmentLink = (typeof shipmentLinks)[number]

/** The table and columns that hold the members of kits. */
export interface KitTable {
  readonly table: string
  readonly parent: string
  readonly member: string
  readonly quantity: string
}

/** Standard columns; an account lacks those of features that are off. */
const STANDARD_COLUMNS: readonly string[] = [
  'displayname',
  'description',
  'upccode',
  'manufacturer',
  'mpn',
  'weight',
  'weightunit',
  'matrixtype',
  'parent',
]

const NAME = /^[a-z][a-z0-9_]*$/
const USUAL_KIT_TABLE = 'itemmember,parentitem,item,quantity'

/** Names of SuiteQL, in any case. */
const sqlName: ValueKind<string> = {
  ...text({ pattern: /[A-Za-z][A-Za-z0-9_]*/ }),
  parse: (given) => (typeof given === 'string' && NAME.test(given.toLowerCase()) ? given.toLowerCase() : undefined),
}

const columns = list(sqlName, 'columns of item, such as displayname and custitem_color')
const internalId = text({ pattern: /-?\d+/, expected: 'an internal id, such as 3' })

const fieldId = text({ pattern: /[a-z]\w*/i, expected: 'the id of a field, such as custbody_close_reason' })

/** Null: costs are not read. */
const costColumn: ValueKind<string | null> = {
  expected: 'a column of item, such as cost or averagecost, or none',
  schema: sqlName.schema,
  parse: (given) => (given === 'none' ? null : sqlName.parse(given)),
}

/** Null: kits are not sold. */
const kitTable: ValueKind<KitTable | null> = {
  expected: `a table and its columns of kit, member and quantity, such as ${USUAL_KIT_TABLE}, or none`,
  schema: list(sqlName, '').schema,
  parse(given) {
    if (typeof given === 'string' && given.trim().toLowerCase() === 'none') return null
    const [table, parent, member, quantity, ...more] = list(sqlName, '').parse(given) ?? []
    if (table === undefined || parent === undefined || member === undefined || quantity === undefined) return undefined
    return more.length === 0 ? { table, parent, member, quantity } : undefined
  },
}

const usualKitTable: KitTable = { table: 'itemmember', parent: 'parentitem', member: 'item', quantity: 'quantity' }

export const settings = {
  account: setting(text({ pattern: /[A-Za-z0-9_-]+/, expected: 'an account id, such as 1234567 or 1234567_SB1' }), {
    required: true,
    description: 'account id as in Company Information',
  }),
  itemColumns: setting(columns, {
    default: STANDARD_COLUMNS,
    defaultText: 'see below',
    description: 'columns of item to read, for an account that lacks one of the standard ones',
  }),
  extraItemColumns: setting(columns, {
    default: [],
    description: 'more columns of item, by script id, for the product map',
  }),
  currency: setting(currencyCode, {
    description: "currency of the prices: the account's main one; orders in others are rejected, unless in currencies",
  }),
  currencies: setting(pairs(/[A-Z]{3}/, 'ISO 4217 codes to internal ids of currencies', 'EUR=4,GBP=2'), {
    default: new Map<string, string>(),
    defaultText: 'none',
    description: 'internal ids of the currencies of orders, in an account with several currencies',
  }),
  basePriceLevel: setting(text({ expected: 'the name of a price level' }), {
    default: 'Base Price',
    description: "name of the level that gives the product's price; all levels are in priceLevels",
  }),
  costColumn: setting(costColumn, {
    default: 'cost',
    description: "column of item with the vendor's cost, for the prices feed; none: costs are not read",
  }),
  subsidiary: setting(internalId, {
    description: 'internal id of the subsidiary of new customers; omit it in an account without subsidiaries',
  }),
  language: setting(text({ pattern: /[A-Za-z-]+/, expected: 'a language, such as en-US' }), {
    description: 'sent as Accept-Language, for an account that rejects other languages (INVALID_HEADER)',
  }),
  kitMembers: setting(kitTable, {
    default: usualKitTable,
    defaultText: USUAL_KIT_TABLE,
    description: 'table and columns of the members of kits; none: kits are not sold',
  }),
  serviceKitStock: setting(whole({ minimum: 0, maximum: 1_000_000 }), {
    default: 0,
    description: 'stock, at the location "services", of kits that have only services and items without stock',
  }),
  inactiveLocations: setting(choice(['closed', 'open']), {
    default: 'closed',
    description: 'closed: stock at an inactive location cannot be sold',
  }),
  webStoreLocations: setting(choice(['only', 'all']), {
    default: 'only',
    description: 'only: stock at a location that is not available in the web store cannot be sold',
  }),
  shipmentLink: setting(choice(shipmentLinks), {
    default: 'createdfrom',
    description: 'how the order of a shipment is found; nexttransactionlink if the role cannot see lines',
  }),
  customPriceLevel: setting(text({ pattern: /-?\d+|none/, expected: 'the id of a price level, or none' }), {
    default: '-1',
    description: 'id of the price level for custom prices; none: lines with a custom price have no level',
  }),
  discountItem: setting(internalId, {
    description: 'internal id of the discount item; without it, discounts are in the lines',
  }),
  taxes: setting(choice(taxWays), {
    default: 'taxTotal',
    description: 'how tax is sent: as taxTotal, as a line of taxItem, or not (computed by NetSuite, or none)',
  }),
  taxItem: setting(internalId, { description: 'internal id of the item of the tax line' }),
  reasonField: setting(fieldId, {
    description: 'field of the order with the reason for its closure or cancellation, for the shop; text or list',
  }),
  lineReasonField: setting(fieldId, {
    description: 'field of a line with the reason for its closure, for the shop',
  }),
}

/** `filter` of reads of products. */
export const productFilter = {
  itemTypes: setting(list(text({ pattern: /\w+/ }), 'item types'), {
    description: "item types, by NetSuite's codes",
    default: ['InvtPart', 'NonInvtPart', 'Assembly', 'Kit'],
  }),
}

/** `filter` of reads of prices. */
export const priceFilter = { itemTypes: productFilter.itemTypes }

/** `filter` of reads of stock. */
export const stockFilter = {
  locations: setting(list(text({ pattern: /\d+/ }), 'internal ids of locations'), {
    description: 'locations whose stock counts; all by default',
  }),
}

export type NetSuiteValues = ValuesOf<typeof settings>

/** SuiteQL returns lower-case column names, whatever the query has. */
export function attributeProblem(name: string): string | null {
  const lower = name.toLowerCase()
  return name === lower ? null : `columns of SuiteQL have lower-case names; write attributes.${lower}`
}

/** What the types of single settings do not check: the ids of currencies, and settings that contradict each other. */
export function settingProblems({ taxes, taxItem, currencies }: NetSuiteValues): readonly SettingProblem[] {
  const wrong = [...currencies].find(([, id]) => !/^\d+$/.test(id))
  if (wrong !== undefined) {
    return [
      {
        name: 'currencies',
        problem: `gives ${wrong[0]} the id "${wrong[1]}"; internal ids are whole numbers, such as 4`,
      },
    ]
  }
  if (taxes === 'item' && taxItem === null) {
    return [{ name: 'taxItem', problem: 'is missing: taxes: item needs it for the tax line' }]
  }
  if (taxes === 'item' || taxItem === null) return []
  return [{ name: 'taxItem', problem: `only applies to taxes: item, but taxes is ${taxes}; remove one of them` }]
}

export function taxSetting({ taxes, taxItem }: NetSuiteValues): TaxSetting {
  return taxes === 'item' ? { way: taxes, item: taxItem ?? '' } : { way: taxes }
}

const byCertificate = {
  clientId: 'client id of the integration (OAuth 2.0)',
  certificateId: 'id of its certificate',
  privateKey: 'private key of the certificate (PEM)',
}

export const secrets = {
  ways: [
    byCertificate,
    {
      consumerKey: 'consumer key of the integration (token-based authentication)',
      consumerSecret: 'its consumer secret',
      tokenId: 'id of an access token',
      tokenSecret: 'secret of the access token',
    },
  ],
}

/** Throws `configuration_invalid`, naming what is missing. */
export function clientSettings(system: ConnectableSystem<NetSuiteValues>): NetSuiteSettings {
  const { language, account } = system.settings
  const secret = (name: string) => requireSecret(system, name)
  const hasCertificate = Object.keys(byCertificate).some((name) => name in system.secrets)
  return {
    baseUrl: system.address,
    account,
    credentials: hasCertificate
      ? { clientId: secret('clientId'), certificateId: secret('certificateId'), privateKey: secret('privateKey') }
      : {
          consumerKey: secret('consumerKey'),
          consumerSecret: secret('consumerSecret'),
          token: secret('tokenId'),
          tokenSecret: secret('tokenSecret'),
        },
    limits: system.limits,
    ...(language === null ? {} : { language }),
  }
}
