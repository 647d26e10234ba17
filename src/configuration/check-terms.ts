import type { ConnectionDocument } from './document-schemas.ts'
import type { Shaped } from './shaped-documents.ts'
import type { SystemType } from './system-type.ts'
import type { Mistake } from './yaml-documents.ts'

/** Checks that the customer and the prices of a connection's orders are consistent. */
export function checkTerms({ value, yaml }: Shaped<'connection'>, vendor: SystemType | undefined): Mistake[] {
  const mistakes: Mistake[] = []
  const say = (field: string, message: string) => mistakes.push(yaml.mistake([field], message))
  const { billTo = 'consumer', customer, prices = 'shop', priceLevel } = value
  // An empty list counts as missing.
  const costs = typeof value.costs === 'object' && Object.keys(value.costs).length === 0 ? undefined : value.costs
  const terms = vendor?.orderTerms ?? null
  if (vendor !== undefined && terms === null && hasSpecialTerms(value)) {
    say(billTo === 'seller' ? 'billTo' : 'prices', `is not for vendors of type ${vendor.type}; remove it`)
    return mistakes
  }
  const what = terms === null ? "the vendor's id of the seller" : terms.customer.expected
  if (billTo === 'seller' && customer === undefined) {
    say('customer', `is missing: with billTo: seller it is the customer of all orders, ${what}`)
  }
  if (customer !== undefined && billTo !== 'seller') {
    say('customer', `is only for billTo: seller, but billTo is ${billTo}; remove one of them`)
  } else if (customer !== undefined && terms !== null && !terms.customer.pattern.test(String(customer))) {
    say('customer', `must be ${what}`)
  }
  mistakes.push(...checkLevel(prices, priceLevel, terms).map((message) => yaml.mistake(['priceLevel'], message)))
  if (prices === 'list' && costs === undefined) {
    say('costs', 'is missing: with prices: list it has the price of every SKU, or names a CSV file')
  }
  if (value.hold?.tell === true && value.hold.atMost !== undefined) {
    mistakes.push(yaml.mistake(['hold', 'tell'], 'excludes atMost: an order that waits is not taken back; remove one'))
  }
  if (prices !== 'list' && costs !== undefined) {
    say('costs', `is only for prices: list, but prices is ${prices}; remove one`)
  }
  return mistakes
}

function checkLevel(
  prices: string,
  priceLevel: string | number | undefined,
  terms: SystemType['orderTerms'],
): readonly string[] {
  if (priceLevel !== undefined && prices !== 'priceLevel') {
    return [`is only for prices: priceLevel, but prices is ${prices}; remove one of them`]
  }
  if (prices !== 'priceLevel' || terms === null) return []
  const level = terms.priceLevel
  if (level === null) {
    const why = "is not for this vendor: its orders get their prices from the customer's own price list; remove it"
    return priceLevel === undefined ? [] : [why]
  }
  if (priceLevel === undefined) return [`is missing: with prices: priceLevel it is ${level.expected}`]
  return level.pattern.test(String(priceLevel)) ? [] : [`must be ${level.expected}`]
}

/** Whether the connection uses terms that not every vendor supports. */
function hasSpecialTerms({ billTo, prices }: ConnectionDocument): boolean {
  return billTo === 'seller' || (prices !== undefined && prices !== 'shop')
}
