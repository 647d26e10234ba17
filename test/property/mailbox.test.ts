import fc from 'fast-check'
import { expect, it } from 'vitest'
import { composeMail } from '../../src/platform/mail-posting.ts'
import { orderContent } from '../../src/systems/mailbox/order-content.ts'
import { mailTexts } from '../../src/systems/mailbox/order-mail.ts'
import { settings as declared } from '../../src/systems/mailbox/settings.ts'
import { lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { headerOf } from '../worlds/mailbox-world.ts'
import { valuesOf } from '../worlds/settings.ts'

const LINK = 'https://waldstream.example/share/wss_x'
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    'a\r\nBcc: x@evil.example',
    '<script>alert(1)</script>',
    '"><img src=x>',
    '\u2028Subject: x',
    'Zoë\n\n',
  ),
)
const texts = fc.record({
  number: hostile,
  name: hostile,
  sku: hostile,
  city: hostile,
  method: hostile,
  field: hostile,
})

function mailOf({
  number,
  name,
  sku,
  city,
  method,
  field,
}: Record<'number' | 'name' | 'sku' | 'city' | 'method' | 'field', string>) {
  const order = orderOf([lineOf('1', sku, { name })], { orderNumber: number, shippingMethod: method })
  const { shippingAddress } = order
  const data = { ...order, shippingAddress: shippingAddress && { ...shippingAddress, city, firstName: name } }
  const event = { ...vendorOrder('acme', '1', data), fields: { [`f${field}`]: JSON.stringify(field) } }
  const content = orderContent(event)
  const wording = valuesOf(declared, { seller: 'Maple' })
  return mailTexts({ kind: 'new', content, before: null, isCopy: false, link: LINK }, wording)
}

it('no text of an order makes a header, a line of another kind, or markup', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (given) => {
      const { subject, text, html } = mailOf(given)
      expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
      expect(text).not.toMatch(/\r/)
      const message = await composeMail({ from: 'a@b.example', to: ['c@d.example'], subject, text, html })
      const raw = message.toString()
      expect(headerOf({ to: [], raw }, 'Bcc')).toBeNull()
      expect(raw.split('\r\n\r\n')[0]?.match(/^subject:/gim)).toHaveLength(1)
      expect(html).not.toMatch(/<(script|img)/i)
      // Each line is one that the mail has, or one of the order's.
      expect(text.split('\n').filter((line) => line.startsWith('Bcc:'))).toEqual([])
      // The link is the only address, unless the order's texts have one.
      expect(html.match(/href="([^"]*)"/g)).toEqual([`href="${LINK}"`])
    }),
    { numRuns: 150 },
  )
})
