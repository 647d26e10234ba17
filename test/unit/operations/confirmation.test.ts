import { expect, it } from 'vitest'
import { assertConfirmed } from '../../../src/operations/confirmation.ts'
import { everything } from '../../../src/operations/principal.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

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
