import { describe, expect, it } from 'vitest'
import { documentSchemas, type SubscriptionDocument } from '../../../src/configuration/document-schemas.ts'
import { readShape } from '../../../src/configuration/document-shape.ts'
import { checkRead } from '../../../src/configuration/load-configuration.ts'
import { subscriptionOf } from '../../../src/configuration/model-of.ts'
import { decodeSubscription, documentOf, encodeSubscription } from '../../../src/configuration/stored-form.ts'
import { namedDocument, readYaml } from '../../../src/configuration/yaml-documents.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

const shop = {
  kind: 'system',
  id: 'shop',
  type: 'magento2',
  address: 'https://shop.example',
  secrets: { bearer: 'env:WALDSTREAM_SECRET_SHOP__TOKEN' },
}
const signing = 'env:WALDSTREAM_SECRET_SELLER__SIGNING'
const seller = { kind: 'subscription', id: 'seller', webhook: 'https://hooks.example/x', secrets: { signing } }
const ops = { kind: 'recipient', id: 'ops', email: ['ops@example.com'] }

async function checked(documents: readonly object[]) {
  const read = readYaml('all.yaml', documents.map((one) => JSON.stringify(one)).join('\n---\n'))
  const { mistakes, warnings, configuration } = await checkRead(read, { SMTP_HOST: 'mail' }, systemTypes)
  const texts = (found: typeof mistakes) => found.map(({ field, message }) => `${field} ${message}`)
  return { mistakes: texts(mistakes), warnings: texts(warnings), subscriptions: configuration.subscriptions }
}

describe('a subscription', () => {
  it('has all events or some, by a webhook or to be pulled', async () => {
    const pulled = { kind: 'subscription', id: 'pulled', events: ['stock.changed'] }
    const { mistakes, warnings, subscriptions } = await checked([shop, seller, pulled])
    expect([mistakes, warnings]).toEqual([[], []])
    expect(subscriptions).toEqual([
      { id: 'seller', webhook: seller.webhook, secrets: { signing }, connections: null, shops: null, events: null },
      { id: 'pulled', webhook: null, secrets: {}, connections: null, shops: null, events: ['stock.changed'] },
    ])
  })

  it.each([
    ['a webhook without a key', { ...seller, secrets: undefined }, 'secrets is missing: webhooks are signed'],
    ['a key for what is pulled', { ...seller, webhook: undefined }, 'secrets needs a webhook'],
    ['the id of a system', { ...seller, id: 'shop' }, 'id shop is the id of a system'],
    ['the id of a recipient', { ...seller, id: 'ops' }, 'id ops is the id of a recipient'],
    ['an unknown connection', { ...seller, connections: ['c'] }, 'connections[0] is not a configured connection'],
    ['an unknown shop', { ...seller, shops: ['c'] }, 'shops[0] is not a configured system'],
    ['a shop of no connection', { ...seller, shops: ['shop'] }, 'shops[0] shop is not the shop of a connection'],
    ['an unknown type', { ...seller, events: ['order.placed'] }, 'events[0] must be one of: order.accepted'],
    ['a key itself', { ...seller, secrets: { signing: 'whsec_abc' } }, 'secrets.signing must be a reference'],
    ["another's secret", { ...seller, secrets: { signing: 'env:WALDSTREAM_SECRET_SHOP__TOKEN' } }, 'is not allowed'],
  ])('with %s is refused', async (_what, document, expected) => {
    const { mistakes } = await checked([shop, ops, document])
    expect(mistakes.join('\n')).toContain(expected)
  })

  it('that this environment can not reach is warned of', async () => {
    const { warnings } = await checked([{ ...seller, webhook: 'http://10.0.0.7/x' }])
    expect(warnings.join('\n')).toContain('webhook 10.0.0.7 is an address of a private network')
  })

  it('is shown as it was stored, so that it can be sent back', () => {
    const document: SubscriptionDocument = {
      kind: 'subscription',
      id: 'seller',
      webhook: 'https://hooks.example/x',
      secrets: { signing, previousSigning: 'env:A' },
      connections: ['a'],
      shops: ['shop'],
      events: ['order.accepted', 'order.failed'],
      enabled: false,
    }
    for (const one of [document, { kind: 'subscription' as const, id: 'pulled' }]) {
      const model = subscriptionOf(one)
      const stored = encodeSubscription(model)
      expect(decodeSubscription(stored)).toEqual(model)
      const shown = documentOf('subscription', stored)
      expect(readShape(documentSchemas.subscription, namedDocument('subscription', shown)).mistakes).toEqual([])
      expect(shown).toEqual(one)
    }
  })
})
