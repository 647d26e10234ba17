import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { systemCheck } from '../../../../src/operations/doctor/systems-check.ts'
import { fromAnswer } from '../../../../src/platform/http-errors.ts'
import { bigcommerceError, wholeJson } from '../../../../src/systems/bigcommerce/answers.ts'
import { webhookWarnings } from '../../../../src/systems/bigcommerce/check-webhooks.ts'
import { bigcommerceQuota } from '../../../../src/systems/bigcommerce/limits.ts'
import { clientSettings, settings as declared } from '../../../../src/systems/bigcommerce/settings.ts'
import { bigcommerce } from '../../../../src/systems/bigcommerce/system.ts'
import { fromBigCommerceTime, toBigCommerceTime } from '../../../../src/systems/bigcommerce/time.ts'
import { connectable } from '../../../worlds/settings.ts'
import { systemOf } from '../../../worlds/sources.ts'

const answer = (status: number, headers: Record<string, string> = {}, text = '', json: unknown = undefined) => ({
  status,
  headers: new Headers(headers),
  text,
  json,
})

describe('the quota', () => {
  it.each([
    ['plenty', 200, { 'X-Rate-Limit-Requests-Left': '100', 'X-Rate-Limit-Time-Reset-Ms': '900' }, undefined],
    ['the reserve', 200, { 'x-RATE-limit-requests-LEFT': '4', 'X-Rate-Limit-Time-Reset-Ms': '900' }, 900],
    ['nothing', 429, { 'X-Rate-Limit-Time-Reset-Ms': '900' }, 900],
    ['load of the platform', 429, {}, undefined],
    ['a time to come back', 503, { 'X-Retry-After': '2' }, 2000],
    ['both', 429, { 'X-Retry-After': '2', 'X-Rate-Limit-Time-Reset-Ms': '2500' }, 2500],
    ['nonsense', 429, { 'X-Rate-Limit-Time-Reset-Ms': 'soon' }, undefined],
  ] as const)('with %s left', (_, status, headers, wait) => {
    expect(bigcommerceQuota(answer(status, headers), 4, 0)).toBe(wait)
  })

  it('is what a refusal asks to wait for', () => {
    expect(fromAnswer('GET x', answer(429), 0, undefined, 900)).toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 900,
    })
    const both = fromAnswer('GET x', answer(429, { 'retry-after': '3' }), 0, undefined, 900)
    expect(both.retryAfterMs).toBe(3000)
  })
})

describe('a refusal', () => {
  it.each([
    [404, [{ status: 404, message: 'The requested resource was not found.' }], 'not_found', undefined],
    [422, { status: 422, title: 'Wrong', errors: { 'items.0.sku': 'not found' } }, 'target_rejected', 'items.0.sku'],
    [409, { status: 409, title: 'Duplicate', errors: { sku: 'duplicate' } }, 'target_rejected', 'sku'],
    [423, { status: 423, title: 'Locked' }, 'target_unavailable', undefined],
    [401, { status: 401, title: 'No token' }, 'credentials_refused', undefined],
    [403, { status: 403, title: 'No scope' }, 'permission_missing', undefined],
    [
      422,
      { code: 422, data: { errMsg: { poNumber: 'too long' } }, meta: { message: 'Parameter Error' } },
      'target_rejected',
      'poNumber',
    ],
  ])('%i %j is %s', (status, body, code, field) => {
    expect(bigcommerceError(status, body)).toMatchObject({ code, field, details: { status } })
  })

  it('of another form is left to the general rules', () => {
    expect(bigcommerceError(400, undefined)).toBeUndefined()
    expect(bigcommerceError(400, [])).toBeUndefined()
    expect(fromAnswer('PUT x', answer(507), 0).code).toBe('target_unavailable')
    expect(fromAnswer('PUT x', answer(503), 0).code).toBe('target_unavailable')
  })

  it('that is no whole JSON may pass', () => {
    expect(() => wholeJson('GET /v2/orders', answer(200, {}, '[{"id":1'))).toThrow(/not complete JSON/)
    expect(() => wholeJson('GET /v2/orders', answer(200))).toThrow(StreamError)
    const xml = answer(200, { 'content-type': 'application/xml' }, '<orders/>')
    expect(() => wholeJson('GET /v2/orders', xml)).toThrow(/application\/xml/)
    expect(wholeJson('GET /v2/orders', answer(204)).status).toBe(204)
    expect(wholeJson('DELETE /v3/x', answer(200)).status).toBe(200)
  })
})

describe('times', () => {
  it.each([
    ['Wed, 10 Jan 2018 21:05:30 +0000', '2018-01-10T21:05:30.000Z'],
    ['Wed, 10 Jan 2018 13:35:30 -0730', '2018-01-10T21:05:30.000Z'],
    ['2018-01-10T21:05:30+00:00', '2018-01-10T21:05:30.000Z'],
    ['2018-01-10T21:05:30Z', '2018-01-10T21:05:30.000Z'],
  ])('%s', (text, iso) => {
    expect(new Date(fromBigCommerceTime(text, 'f')).toISOString()).toBe(iso)
  })

  it.each(['2018-01-10', '2018-01-10T21:05:30', '2018-01-10 21:05:30', 'Wed, 10 Jan 2018', ''])('not "%s"', (text) => {
    expect(() => fromBigCommerceTime(text, 'date_modified')).toThrow(expect.objectContaining({ code: 'time_invalid' }))
  })

  it('are asked for in whole seconds', () => {
    expect(toBigCommerceTime(Date.UTC(2026, 2, 2, 18, 4, 11, 999))).toBe('2026-03-02T18:04:11Z')
  })
})

describe('settings', () => {
  const base = {
    id: 'bc',
    address: 'https://api.bigcommerce.com',
    secrets: { accessToken: 't' },
    limits: { concurrency: 3 },
  }
  it('have B2B Edition only where it is switched on, with a limit of its own', () => {
    const settings = { storeHash: 'h' }
    expect(clientSettings(connectable(declared, { ...base, settings })).b2b).toBeNull()
    expect(
      clientSettings(connectable(declared, { ...base, settings: { ...settings, b2b: 'true' } })).b2b,
    ).toMatchObject({
      baseUrl: 'https://api-b2b.bigcommerce.com',
      limits: { concurrency: 3, perMinute: 150 },
    })
  })

  it.each([
    [{}, 'settings.storeHash'],
    [{ storeHash: 'h', b2b: 'yes' }, 'settings.b2b'],
    [{ storeHash: 'h', b2b: 'true', b2bPerMinute: 'many' }, 'settings.b2bPerMinute'],
  ])('%j lack or have wrong %s', (settings, field) => {
    expect(bigcommerce.settingProblems(settings).map(({ name }) => `settings.${name}`)).toContain(field)
  })
})

describe('webhooks that BigCommerce switched off', () => {
  const hooks = {
    data: [
      { id: 1, scope: 'store/order/*', is_active: false },
      { id: 2, scope: 'x', is_active: true },
    ],
  }

  it('are told by doctor', async () => {
    const warnings = await webhookWarnings(async () => answer(200, {}, '{}', hooks))
    expect(warnings).toEqual([expect.stringContaining('webhook 1 (store/order/*) is switched off')])
    const system = systemOf({
      id: 'bc',
      type: 'bigcommerce',
      address: 'https://x.example.com',
      settings: { storeHash: 'h' },
      secrets: { accessToken: 'env:TOKEN' },
    })
    const check = systemCheck(system, { clients: { check: async () => ({ date: null, warnings }) }, now: () => 0 })
    const findings = await check.run(new AbortController().signal)
    expect(findings.map(({ level }) => level)).toContain('warn')
  })

  it('are nobody’s business who may not see them', async () => {
    const refuse = async () => {
      throw new StreamError('permission_missing', 'no')
    }
    expect(await webhookWarnings(refuse)).toEqual([])
    const fail = async () => {
      throw new StreamError('target_unavailable', 'down')
    }
    await expect(webhookWarnings(fail)).rejects.toThrow('down')
  })
})
