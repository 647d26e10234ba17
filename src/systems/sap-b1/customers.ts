import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { digest } from '../../events/identity.ts'
import { personName } from '../kit/address-name.ts'
import { createFieldTexts, type Shortened } from '../kit/field-limits.ts'
import { lineText } from '../kit/fit-text.ts'
import { applyCustomerFields } from '../kit/order-fields.ts'
import { requireText, type Wire, withoutNulls } from '../kit/wire.ts'
import type { SapB1Client } from './client.ts'
import { partnerLimits } from './field-limits.ts'
import { quoted } from './odata.ts'
import { ownCustomerFields } from './order-fields.ts'
import type { CustomerWay } from './order-settings.ts'

/**
 * The code of an order's customer, found in the configured way. The code of a customer that Waldstream creates is a
 * digest of the shop's customer id, or for a guest of the e-mail address (without one, of the order): the same person
 * is created only once, and no code contains the address. Throws `target_rejected` if there is no customer and none may
 * be created.
 */
export async function cardCodeOf(
  client: Pick<SapB1Client, 'find' | 'get' | 'create'>,
  way: CustomerWay,
  event: VendorOrderRequested,
  signal: AbortSignal,
): Promise<string> {
  if (way.way === 'fixed') return way.cardCode
  if (way.way === 'lookup' && event.data.customerEmail !== '') {
    const byEmail = await findByEmail(client, event.data.customerEmail, signal)
    if (byEmail !== null) return byEmail
  }
  const cardCode = ownCardCode(event)
  if ((await client.get('BusinessPartners', cardCode, signal)) !== null) return cardCode
  if (way.way === 'create') {
    await createCustomer(client, cardCode, way.group, event, signal)
    return cardCode
  }
  const message =
    `order ${event.key}: SAP has no customer with its e-mail address, and none with the code ${cardCode}; ` +
    'create one, or set settings.customers to create'
  throw new StreamError('target_rejected', message, { field: 'customerEmail' })
}

/** At most 15 characters, SAP's limit for codes. */
function ownCardCode({ source, key, data }: VendorOrderRequested): string {
  const guest = data.customerEmail === '' ? `order ${key}` : data.customerEmail.toLowerCase()
  const customer = data.customerId ?? guest
  return `W${digest(source, customer).slice(0, 14).toUpperCase()}`
}

async function findByEmail(
  client: Pick<SapB1Client, 'find'>,
  email: string,
  signal: AbortSignal,
): Promise<string | null> {
  const filter = `EmailAddress eq ${quoted(email)} and CardType eq 'cCustomer'`
  const query = { filter, select: ['CardCode'], orderBy: ['CardCode'], pageSize: 1 }
  const [first] = (await client.find('BusinessPartners', query, signal)).rows
  return first === undefined ? null : requireText(first, 'CardCode')
}

/** Another worker may have created the customer meanwhile: a rejection is ignored if it exists. */
async function createCustomer(
  client: Pick<SapB1Client, 'get' | 'create'>,
  cardCode: string,
  group: number | null,
  event: VendorOrderRequested,
  signal: AbortSignal,
): Promise<void> {
  const body = applyCustomerFields(partnerBody(cardCode, group, event), event.fields, ownCustomerFields)
  try {
    await client.create('BusinessPartners', body, signal)
  } catch (error) {
    const isRefusal = error instanceof StreamError && error.code === 'target_rejected'
    if (!isRefusal || (await client.get('BusinessPartners', cardCode, signal)) === null) throw error
  }
}

/** No addresses: each order has its own. `##`: its orders may be in any currency. */
function partnerBody(cardCode: string, group: number | null, event: VendorOrderRequested): Wire {
  const { CardName = cardCode, ...texts } = partnerTexts(event).fields
  return {
    CardCode: cardCode,
    CardName,
    CardType: 'cCustomer',
    Currency: '##',
    ...texts,
    ...(group === null ? {} : { GroupCode: group }),
  }
}

/** Name, e-mail address and telephone number of a customer to create, and which of them were too long. */
export function partnerTexts({ data }: VendorOrderRequested): {
  readonly fields: Wire
  readonly shortened: readonly Shortened[]
} {
  const { company, phone } = data.billingAddress
  const texts = createFieldTexts(partnerLimits)
  const name = lineText(company)
  const fields = withoutNulls({
    CardName: texts.line('CardName', name === null ? 'name' : 'company', name ?? personName(data.billingAddress)),
    EmailAddress: texts.email('EmailAddress', data.customerEmail),
    Phone1: texts.phone('Phone1', phone),
  })
  return { fields, shortened: texts.shortened }
}
