import {
  choice,
  currencyCode,
  list,
  pairs,
  type SettingProblem,
  setting,
  text,
  type ValuesOf,
  whole,
} from '../../configuration/setting.ts'
import { type ConnectableSystem, requireSecret, settingError } from '../kit/configured-system.ts'
import type { SapB1Settings } from './client.ts'
import { serviceLayerVersions } from './odata.ts'

const code = whole({ minimum: -1_000_000, maximum: 1_000_000 })
const property = text({ pattern: /[A-Za-z]\w*/, expected: 'the name of a property, such as U_CloseReason' })
const userField = text({ pattern: /U_\w+/, expected: 'the name of a user field, U_…' })

export const settings = {
  companyDb: setting(text({ expected: "the name of the company's database" }), {
    required: true,
    description: "name of the company's database",
  }),
  version: setting(choice(serviceLayerVersions), {
    default: 'v2',
    description: 'v1 (OData 3) for old servers, v2 (OData 4)',
  }),
  language: setting(code, { description: "SAP's number of the language of its messages; the user's by default" }),
  basePriceList: setting(code, {
    default: 1,
    description: "number of the price list that gives the product's price; all lists are in priceLevels, by number",
  }),
  currency: setting(currencyCode, {
    description: "the company's own currency, which costs are in; by default that of the base price list",
  }),
  costProperty: setting(choice(['MovingAveragePrice', 'AvgStdPrice', 'ProdStdCost', 'none']), {
    default: 'MovingAveragePrice',
    description: 'property of items with their cost, for the prices feed; none: costs are not read',
  }),
  extraItemFields: setting(list(text({ pattern: /\w+/ }), 'properties of items'), {
    default: [],
    description: 'more properties of items for the product map; U_… are always included',
  }),
  currencies: setting(pairs(/[A-Z]{3}/, "ISO 4217 codes to SAP's codes", 'USD=$,GBP=£'), {
    default: new Map<string, string>(),
    defaultText: 'none',
    description: "SAP's codes of currencies that differ from ISO 4217",
  }),
  customers: setting(choice(['fixed', 'lookup', 'create']), {
    description: "how an order's customer is found; by default fixed if cardCode is set, else create",
  }),
  cardCode: setting(text({ expected: 'the code of a customer' }), { description: 'customer code of all orders' }),
  customerGroup: setting(code, { description: 'number of the customer group of new customers' }),
  taxCode: setting(text({ expected: 'a tax code' }), { description: 'tax code of every line (TaxCode)' }),
  vatGroup: setting(text({ expected: 'a tax group' }), { description: 'tax group of every line (VatGroup)' }),
  taxExpenseCode: setting(code, { description: "number of the expense that holds the shop's tax" }),
  freightExpenseCode: setting(code, { description: 'number of the expense that holds freight' }),
  freightItemCode: setting(text({ expected: 'the code of an item' }), { description: 'item that holds freight' }),
  digestField: setting(userField, { default: 'U_WLD_Digest', description: 'user field of an order for its digest' }),
  lineField: setting(userField, { default: 'U_WLD_Line', description: "user field of a line for the shop's line id" }),
  reasonField: setting(property, {
    description: 'property of the order with the reason for its closure or cancellation, for the shop',
  }),
  lineReasonField: setting(property, {
    description: 'property of a line with the reason for its closure, for the shop',
  }),
  cancelDelivered: setting(choice(['ask', 'close', 'conflict']), {
    default: 'ask',
    description: 'what happens to the rest of a partly delivered order when the shop cancels it',
  }),
}

const itemGroups = setting(list(whole({ minimum: -1, maximum: 1_000_000 }), 'numbers of item groups'), {
  description: 'groups of items; all by default',
})

/** `filter` of reads of products. */
export const productFilter = { itemGroups }

/** `filter` of reads of prices. */
export const priceFilter = {
  itemGroups,
  customers: setting(list(text({ expected: 'a card code' }), 'card codes of customers'), {
    description: 'customers whose special prices are read, each as a price level; none by default',
  }),
}

/** `filter` of reads of stock. */
export const stockFilter = {
  itemGroups,
  warehouses: setting(list(text(), 'codes of warehouses'), {
    description: 'warehouses whose stock counts; all by default',
  }),
}

export type SapB1Values = ValuesOf<typeof settings>

export const secrets = {
  ways: [{ username: 'user of the Service Layer', password: "the user's password" }],
  optional: { ca: "certificate (PEM) that the server's is checked against" },
}

/** Settings that are valid each by itself, but contradict each other. */
export function settingProblems(values: SapB1Values): readonly SettingProblem[] {
  const { freightExpenseCode, freightItemCode, taxCode, vatGroup, taxExpenseCode, customers, cardCode } = values
  const problems: SettingProblem[] = []
  if (freightExpenseCode !== null && freightItemCode !== null) {
    problems.push({ name: 'freightItemCode', problem: 'cannot be combined with freightExpenseCode; remove one' })
  }
  const taxes = Object.entries({ taxCode, vatGroup, taxExpenseCode }).filter(([, value]) => value !== null)
  const [, second] = taxes
  if (second !== undefined) {
    const problem = `cannot be combined with ${taxes[0]?.[0]}; keep only one of taxCode, vatGroup and taxExpenseCode`
    problems.push({ name: second[0], problem })
  }
  if (customers === 'fixed' && cardCode === null) {
    problems.push({ name: 'cardCode', problem: 'is missing: customers: fixed needs it for the customer of all orders' })
  }
  return problems
}

export function addressProblem(address: string): string | null {
  return /\/b1s(\/|$)/.test(address) ? 'must end before /b1s, for example https://sap.example.com:50000' : null
}

/** Throws `configuration_invalid`, naming what is missing. */
export function clientSettings(system: ConnectableSystem<SapB1Values>): SapB1Settings {
  const { language, version, companyDb } = system.settings
  const problem = addressProblem(system.address)
  if (problem !== null) throw settingError(system, 'sap-b1', 'address', problem)
  return {
    baseUrl: system.address,
    version,
    login: {
      companyDb,
      username: requireSecret(system, 'username'),
      password: requireSecret(system, 'password'),
      ...(language === null ? {} : { language: String(language) }),
    },
    ...(system.secrets['ca'] === undefined ? {} : { ca: system.secrets['ca'] }),
    limits: system.limits,
  }
}

/** How products are read from a company. */
export interface ItemSettings {
  /** Number of the price list that gives the product's price. */
  readonly basePriceList: string
  /** Properties of items that become attributes, in addition to the standard ones and user fields (`U_…`). */
  readonly extraFields: readonly string[]
  /** SAP's code of a currency → ISO 4217. */
  readonly currencies: ReadonlyMap<string, string>
}

export function itemSettings({ basePriceList, extraItemFields, currencies }: SapB1Values): ItemSettings {
  return {
    basePriceList: String(basePriceList),
    extraFields: extraItemFields,
    currencies: new Map([...currencies].map(([iso, sapCode]) => [sapCode, iso])),
  }
}

/** Names of the fields that orders are marked with. */
export interface MarkFields {
  /** Of the order: digest of its content. */
  readonly digest: string
  /** Of a line: the shop's line id. */
  readonly line: string
}

/** Prefix of the digest of an order that Waldstream canceled or is about to; without it, the vendor canceled. */
export const CANCELED_MARK = 'canceled '
/** Suffix of the digest if the shop also took back delivered pieces. */
const REFUSED = ' refused'

/** The mark of an order that Waldstream cancels or closes. */
export function canceledMark({ contentDigest }: { contentDigest: string }, isRefused: boolean): string {
  return CANCELED_MARK + contentDigest + (isRefused ? REFUSED : '')
}

/** The content digest of a mark, without the parts that a cancellation adds. */
export function contentOfMark(mark: string | null): string | null {
  return mark?.replace(CANCELED_MARK, '').replace(REFUSED, '') ?? null
}

/** Whether the shop took back delivered pieces. */
export const isRefused = (mark: string | null): boolean => mark?.endsWith(REFUSED) === true

/** Prefix of the digest of an order on hold. */
export const HELD_MARK = 'held '

/** The mark of an order with this content. */
export function contentMark({ contentDigest, held }: { contentDigest: string; held: boolean }): string {
  return held ? HELD_MARK + contentDigest : contentDigest
}

/** Properties with the reason why something is not delivered; null: the company has none. */
export interface ReasonFields {
  readonly order: string | null
  readonly line: string | null
}

export function markFields({ digestField, lineField }: SapB1Values): MarkFields {
  return { digest: digestField, line: lineField }
}
