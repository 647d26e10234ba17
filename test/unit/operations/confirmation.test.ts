import { expect, it } from 'vitest'
import { assertConfirmed } from '../../../src/operations/confirmation.ts'
import { everything } from '../../../src/operations/principal.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

/** What an operation of the API takes. */
interface Asked {
  readonly parameters?: unknown
  readonly requestBody?: unknown
}

it('says what would be affected and how to confirm, to each in their words', () => {
  const affected = { reads: 2, 'open dead letters': 0, rows: 7 }
  const by = (kind: 'api' | 'cli') => everything({ kind, name: null })
  expect(() => assertConfirmed(by('api'), 'this', affected, false)).toThrow(
    'confirm: this affects reads: 2, rows: 7; send it again with "confirm": true',
  )
  expect(() => assertConfirmed(by('cli'), 'this', affected, false)).toThrow('send it again with --yes')
  expect(() => assertConfirmed(by('api'), 'this', affected, true)).not.toThrow()
  expect(() => assertConfirmed(by('api'), 'this', { reads: 0 }, false)).not.toThrow()
})

it('a connection goes by its revision or by confirmation, and what it affects is counted', async () => {
  const { send, get } = await twoSellers(['alder', 'birch'])
  const asked = await send('DELETE', '/v1/connections/alder')
  expect([asked.status, asked.json.code]).toEqual([409, 'confirmation_needed'])
  expect(asked.json.detail).toContain('reads: 1, open dead letters: 1')
  expect((await get('/v1/connections/alder')).status).toBe(200)
  const { headers } = await get('/v1/connections/alder')
  const match = { 'if-match': String(headers['etag']) }
  expect((await send('DELETE', '/v1/connections/alder', undefined, match)).status).toBe(204)
  expect((await send('DELETE', '/v1/connections/birch?confirm=true')).status).toBe(204)
  expect((await send('DELETE', '/v1/connections/birch')).status).toBe(404)
})

it('many dead letters are discarded when it is confirmed how many they are', async () => {
  const { send, get } = await twoSellers(['alder', 'birch'])
  const discard = async (more: object) =>
    await send('POST', '/v1/dead-letters/discard', { all: true, reason: 'no', ...more })
  const asked = await discard({})
  expect([asked.status, asked.json.detail]).toEqual([
    409,
    'confirm: this affects open dead letters: 2; send it again with "confirm": true',
  ])
  expect((await get('/v1/dead-letters?state=open')).json.items).toHaveLength(2)
  expect((await discard({ dryRun: true })).json.done).toHaveLength(2)
  expect((await discard({ confirm: true })).json.done).toHaveLength(2)
  expect((await discard({})).json.done).toEqual([])
})

it('a single dead letter, the cut date and a rebuild ask as many do, and say what it is', async () => {
  const { send, get, post } = await twoSellers(['alder'])
  const detail = async (...args: Parameters<typeof send>) => {
    const { status, json } = await send(...args)
    expect([args[1], status, json.code]).toEqual([args[1], 409, 'confirmation_needed'])
    return json.detail
  }
  const letter = await detail('POST', '/v1/dead-letters/d-alder/discard', { reason: 'no' })
  expect(letter).toMatch(/^confirm: the discard of k-alder \(\w+, [\w-]+\) affects open dead letters: 1/)
  const path = '/v1/reads/shop-alder.orders.all/cut-date'
  const date = (day: string) => ({ cut_date: `2026-01-${day}T00:00:00Z`, reason: 'again' })
  expect(await detail('PUT', path, date('20'))).toContain('from none (revision 0) to 2026-01-20')
  expect((await send('PUT', path, { ...date('20'), revision: 0 })).json.revision).toBe(1)
  expect(await detail('PUT', path, date('18'))).toContain('reads: 1, hours that are read again: 48')
  expect(await detail('PUT', path, date('21'))).toContain('reads: 1, hours that are not read: 24')
  expect((await send('PUT', path, { ...date('18'), revision: 0 })).json.code).toBe('state_conflict')
  expect((await send('PUT', path, { ...date('18'), confirm: true })).json.revision).toBe(2)
  const { id } = (await post('/v1/rebuilds', { table: 'inventory' })).json
  expect(await detail('DELETE', `/v1/rebuilds/${id}`)).toContain(`the drop of rebuild ${id} affects rebuilds: 1`)
  expect((await get(`/v1/rebuilds/${id}`)).json.state).toBe('due')
})

it('every route that removes something, or does something at a vendor, takes a confirmation', async () => {
  const { get } = await twoSellers([])
  const { paths } = (await get('/openapi.json')).json
  const operations = Object.entries<Record<string, Asked>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { parameters, requestBody }]) =>
        [`${method} ${path}`, JSON.stringify([parameters, requestBody])] as const,
    ),
  )
  const confirmed = operations.filter(([, text]) => text.includes('"confirm"')).map(([route]) => route)
  const removing = operations
    .map(([route]) => route)
    .filter((route) => /^delete|discard|switch|undo|forget|cut-date|orders.*\/(cancel|resend)$/.test(route))
  expect(confirmed.toSorted()).toEqual(removing.toSorted())
  expect(removing.length).toBeGreaterThan(7)
})
