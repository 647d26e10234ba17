import { describe, expect, it } from 'vitest'
import { documentSchemas, type RecipientDocument } from '../../../src/configuration/document-schemas.ts'
import { readShape } from '../../../src/configuration/document-shape.ts'
import { checkRead } from '../../../src/configuration/load-configuration.ts'
import { recipientOf } from '../../../src/configuration/model-of.ts'
import { decodeRecipient, documentOf, encodeRecipient } from '../../../src/configuration/stored-form.ts'
import { namedDocument, readYaml } from '../../../src/configuration/yaml-documents.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

const shop = {
  kind: 'system',
  id: 'shop',
  type: 'magento2',
  address: 'https://shop.example',
  secrets: { bearer: 'env:WALDSTREAM_SECRET_SHOP__TOKEN' },
}
const hook = {
  kind: 'recipient',
  id: 'vendor',
  webhook: 'https://hooks.example/x',
  secrets: { signing: 'env:WALDSTREAM_SECRET_VENDOR__SIGNING' },
}
const ops = { kind: 'recipient', id: 'ops', email: ['ops@example.com'] }

async function checked(documents: readonly object[], environment: Record<string, string> = { SMTP_HOST: 'mail' }) {
  const read = readYaml('all.yaml', documents.map((one) => JSON.stringify(one)).join('\n---\n'))
  const { mistakes, warnings, configuration } = await checkRead(read, environment, systemTypes)
  const texts = (found: typeof mistakes) => found.map(({ field, message }) => `${field} ${message}`)
  return { mistakes: texts(mistakes), warnings: texts(warnings), recipients: configuration.recipients }
}

describe('a recipient', () => {
  it('is notified by e-mail or by a webhook, of all or of some', async () => {
    const { mistakes, warnings, recipients } = await checked([
      shop,
      hook,
      { ...ops, systems: ['shop'], causes: ['late'] },
    ])
    expect([mistakes, warnings]).toEqual([[], []])
    expect(recipients).toMatchObject([
      { id: 'vendor', email: null, connections: null, systems: null, causes: null, remindHours: 24 },
      { id: 'ops', webhook: null, systems: ['shop'], causes: ['late'] },
    ])
  })

  it.each([
    ['both ways', { ...hook, email: ['a@example.com'] }, 'email must be given, or webhook: exactly one'],
    ['no way', { kind: 'recipient', id: 'ops' }, 'email must be given, or webhook: exactly one'],
    ['a webhook without a key', { ...hook, secrets: undefined }, 'secrets is missing: webhooks are signed'],
    ['a key for e-mails', { ...ops, secrets: hook.secrets }, 'secrets is only for a webhook'],
    ['the id of a system', { ...ops, id: 'shop' }, 'id shop is the id of a system'],
    ['an unknown connection', { ...ops, connections: ['c'] }, 'connections[0] is not a configured connection'],
    ['an unknown system', { ...ops, systems: ['c'] }, 'systems[0] is not a configured system'],
    ['an unknown cause', { ...ops, causes: ['broken'] }, 'causes[0] must be one of: late, failed, paused'],
    ['no address', { ...ops, email: ['nobody'] }, 'email[0] must be an e-mail address'],
    ['several in one text', { ...ops, email: ['a@b.c,d@e.f'] }, 'email[0] must be an e-mail address'],
    ['a key itself', { ...hook, secrets: { signing: 'whsec_abc' } }, 'secrets.signing must be a reference'],
    [
      "another's secret",
      { ...hook, secrets: { signing: 'env:WALDSTREAM_SECRET_SHOP__TOKEN' } },
      'is not allowed for vendor',
    ],
    [
      'a setting of ours',
      { ...hook, secrets: { signing: 'env:SMTP_PASSWORD' } },
      "is one of this program's own settings",
    ],
    ['an unknown field', { ...ops, webhok: 'x' }, 'webhok is not known'],
  ])('with %s is refused', async (_what, document, expected) => {
    const { mistakes } = await checked([shop, document])
    expect(mistakes.join('\n')).toContain(expected)
  })

  it('that this environment can not reach is warned of', async () => {
    const { warnings } = await checked([{ ...hook, webhook: 'http://10.0.0.7/x' }, ops], {})
    expect(warnings.join('\n')).toContain('webhook 10.0.0.7 is an address of a private network')
    expect(warnings.join('\n')).toContain('webhook 10.0.0.7 would get secrets over unencrypted http')
    expect(warnings.join('\n')).toContain('email can not get e-mails here: no mail server is set')
  })

  it('is shown as it was stored, so that it can be sent back', () => {
    const document: RecipientDocument = {
      kind: 'recipient',
      id: 'vendor',
      webhook: 'https://hooks.example/x',
      secrets: { signing: 'env:A' },
      connections: ['a'],
      systems: ['erp'],
      causes: ['late', 'failed'],
      remindHours: 4,
      enabled: false,
    }
    for (const one of [document, { kind: 'recipient' as const, id: 'ops', email: ['a@b.c'] }]) {
      const model = recipientOf(one)
      const stored = encodeRecipient(model)
      expect(decodeRecipient(stored)).toEqual(model)
      const shown = documentOf('recipient', stored)
      expect(readShape(documentSchemas.recipient, namedDocument('recipient', shown)).mistakes).toEqual([])
      expect(shown).toEqual(one)
    }
  })
})
