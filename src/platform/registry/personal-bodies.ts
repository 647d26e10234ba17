import { parseExact } from '../json.ts'
import { MASK } from './personal-fields.ts'
import type { Mask } from './personal-texts.ts'

/**
 * Names of fields with personal data in outside systems. Regions and countries decide taxes and routing, and messages
 * explain refusals: in both, only known personal values are masked.
 */
const PERSONAL =
  /name|mail|phone|tele|mobile|cellular|fax|street|city|town|post(al)?_?code|zip|addr|company(?!db)|customer|contact|person|recipient|buyer|gift|(^|_)ip($|_)|forwarded|birth|dob|gender|vat_?(no|num|id|reg)|tax_?(id|vat)|federaltax|attention|prefix|suffix|owner|payer|card_?(code|num|last)|cc_|(ship|bill|pay)_?to|additional_information|entityid|iban|account_?(num|no)/i
/** In bodies that we send, these contain our own marks and the buyer's notes, whose text is known. */
const FREE_TEXTS = /note|comment|memo|remark/i
const OF_PLACES = /(country|state|region|province)(_?(code|id))?$/i
/** Names of things and amounts, which are not personal. */
const OF_THINGS =
  /^(item|product|method|carrier|currency|tax|rate|status|store|website|channel|field|file)_?name$|(amount|total|price|balance|invoiced|refunded|qty)$/i
const NAMED_BY_SKU = ['sku', 'itemCode', 'ItemCode', 'product_id']

/** An e-mail address, also in URL-encoded form. */
const EMAIL = /[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g

/** Who wrote the body: answers may contain persons that are not in the event. */
type BodyOf = 'us' | 'them'

/**
 * Masks personal data in the body of a call: values known from the event, and values under names of personal fields.
 * JSON stays JSON; numbers that are not personal stay unchanged.
 */
export function withoutPersons(body: string, mask: Mask, writtenBy: BodyOf): string {
  const isPersonal = (name: string) => PERSONAL.test(name) || (writtenBy === 'them' && FREE_TEXTS.test(name))
  return maskedText(body, { mask, isPersonal })
}

interface Masks {
  readonly mask: Mask
  readonly isPersonal: (name: string) => boolean
}

/** Texts may contain JSON themselves. */
function maskedText(text: string, masks: Masks): string {
  const json = /^\s*[{[]/.test(text) ? jsonOf(text) : undefined
  return json === undefined ? plainText(text, masks) : JSON.stringify(masked(json, masks))
}

function masked(value: unknown, masks: Masks, of: 'person' | 'thing' = 'thing'): unknown {
  if (Array.isArray(value)) return value.map((one) => masked(one, masks, of))
  if (typeof value !== 'object' || value === null) return of === 'person' ? personalLeaf(value) : leaf(value, masks)
  const isThing = NAMED_BY_SKU.some((name) => Object.hasOwn(value, name))
  const entries = Object.entries(value).map(([name, one]) => {
    if (OF_PLACES.test(name)) return [name, masked(one, masks)]
    const isOfThing = OF_THINGS.test(name) || (isThing && name === 'name')
    const isOfPerson = of === 'person' || (masks.isPersonal(name) && !isOfThing)
    return [plainText(name, masks), masked(one, masks, isOfPerson ? 'person' : 'thing')]
  })
  return Object.fromEntries(entries)
}

/** Keeps empty values: many refusals are about them. */
function personalLeaf(value: unknown): unknown {
  return value === null || value === '' || typeof value === 'boolean' ? value : MASK
}

function leaf(value: unknown, masks: Masks): unknown {
  if (typeof value === 'string') return maskedText(value, masks)
  if (typeof value !== 'number') return value
  const text = String(value)
  return masks.mask(text) === text ? value : MASK
}

function plainText(text: string, { mask }: Masks): string {
  return mask(text).replace(EMAIL, MASK)
}

function jsonOf(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return undefined
  }
}
