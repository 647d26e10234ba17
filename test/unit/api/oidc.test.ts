import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createRemoteJWKSet, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issuerCheck } from '../../../src/operations/doctor/issuer-check.ts'
import { type NetworkRules, networkRulesOf } from '../../../src/platform/network-rules.ts'
import { localNetwork } from '../../data/loopback.ts'
import { twoSellers } from '../../worlds/two-sellers.ts'

const PROGRAM = fileURLToPath(new URL('../../worlds/oidc-issuer.mjs', import.meta.url))
const AUDIENCE = 'waldstream'
const claims = { scopes: 'scope', connections: 'waldstream_connections', systems: 'waldstream_systems', name: 'sub' }
const ALL = 'observe configure administer persons:read'

let issuer = ''
let end: () => void = () => undefined

beforeAll(async () => {
  const program = spawn(process.execPath, [PROGRAM], { stdio: ['ignore', 'pipe', 'ignore'] })
  end = () => void program.kill()
  const [line] = await once(createInterface(program.stdout), 'line')
  issuer = String(line)
}, 30_000)

afterAll(() => end())

/** An access token of a client, as the issuer gives it. */
async function tokenOf(client: string, scope: string, resource = AUDIENCE): Promise<string> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client,
      client_secret: `secret of ${client}`,
      resource: `https://${resource}`,
      scope,
    }),
  })
  const { access_token } = (await answer.json()) as { access_token: string }
  expect(answer.status).toBe(200)
  return access_token
}

async function world(over: { issuer?: string; network?: NetworkRules } = {}) {
  const lines: Record<string, unknown>[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const oidc = { issuer: over.issuer ?? issuer, audience: AUDIENCE, claims }
  const api = await twoSellers(['alder', 'birch'], { oidc, logger, network: over.network ?? localNetwork })
  // The issuer's clock is the machine's.
  api.clock.time = Date.now()
  const get = async (path: string, token: string) => await api.get(path, { authorization: `Bearer ${token}` })
  return { ...api, get, lines }
}

const parts = (token: string) => token.split('.') as [string, string, string]
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decoded = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>

describe('a token of the issuer', () => {
  it('may do what its scopes say within what its claims reach, and is known by its subject', async () => {
    const { get, send } = await world()
    const token = await tokenOf('alder', 'observe configure operate')
    expect((await get('/v1/connections', token)).json.items.map(({ id }: { id: string }) => id)).toEqual(['alder'])
    expect((await get('/v1/systems', token)).json.items.map(({ id }: { id: string }) => id)).toEqual(['shop-alder'])
    expect((await get('/v1/tasks/t-alder', token)).status).toBe(200)
    expect((await get('/v1/tasks/t-birch', token)).status).toBe(404)
    expect((await get('/v1/keys', token)).status).toBe(403)
    const headers = { authorization: `Bearer ${token}`, 'x-actor': 'the boss' }
    const request = await send('POST', '/v1/sync-requests', { read: 'shop-alder.orders.all' }, headers)
    expect([request.status, request.json.requested_by]).toEqual([202, 'alder'])
  })

  it('administers where it reaches everything, and reaches nothing where it says nothing', async () => {
    const { get } = await world()
    const everyone = await tokenOf('everyone', ALL)
    expect((await get('/v1/keys', everyone)).status).toBe(200)
    expect((await get('/v1/dead-letters/d-birch', everyone)).json.masked).toBe(false)
    const stranger = await tokenOf('stranger', ALL)
    expect((await get('/v1/connections', stranger)).json.items).toEqual([])
    expect((await get('/v1/keys', stranger)).status).toBe(403)
    expect((await get('/v1/keys', await tokenOf('alder', ALL))).status).toBe(403)
  })
})

describe('a token is refused', () => {
  const forged: readonly [string, string, (token: string) => Promise<string>][] = [
    ['for another audience', 'ERR_JWT_CLAIM_VALIDATION_FAILED', () => tokenOf('everyone', ALL, 'another-program')],
    [
      'with a claim that was changed',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      async (token) => {
        const [header, payload, signature] = parts(token)
        return [header, encoded({ ...decoded(payload), scope: 'administer' }), signature].join('.')
      },
    ],
    [
      'without a signature',
      'ERR_JOSE_ALG_NOT_ALLOWED',
      async (token) => [encoded({ ...decoded(parts(token)[0]), alg: 'none' }), parts(token)[1], ''].join('.'),
    ],
    [
      'signed with the public key as a shared secret',
      'ERR_JOSE_ALG_NOT_ALLOWED',
      async (token) => {
        const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`))
        const header = decoded(parts(token)[0])
        const secret = new TextEncoder().encode(
          await exportSPKI(await keys({ alg: 'RS256', kid: String(header['kid']) })),
        )
        return await new SignJWT(decoded(parts(token)[1])).setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret)
      },
    ],
    [
      'signed with a key of somebody else',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      async (token) => {
        const { privateKey } = await generateKeyPair('RS256')
        const header = { ...decoded(parts(token)[0]), alg: 'RS256' }
        return await new SignJWT(decoded(parts(token)[1])).setProtectedHeader(header).sign(privateKey)
      },
    ],
    [
      'with a key of its own in its header',
      'ERR_JWKS_NO_MATCHING_KEY',
      async (token) => {
        const { privateKey } = await generateKeyPair('RS256')
        const header = { alg: 'RS256', kid: 'mine', jku: 'http://127.0.0.1:1/jwks' }
        return await new SignJWT(decoded(parts(token)[1])).setProtectedHeader(header).sign(privateKey)
      },
    ],
  ]
  it.each(forged)('%s', async (_, code, forge) => {
    const { get, lines } = await world()
    const good = await tokenOf('everyone', ALL)
    expect((await get('/v1/tasks', good)).status).toBe(200)
    const answer = await get('/v1/tasks', await forge(good))
    expect([answer.status, answer.json.code]).toEqual([401, 'unauthorized'])
    expect(lines.map(({ reason }) => reason)).toEqual([`token: ${code}`])
    expect(JSON.stringify(lines)).not.toContain(parts(good)[1].slice(0, 40))
  })

  it('that has expired, with half a minute for clocks that differ', async () => {
    const { get, clock, lines } = await world()
    const token = await tokenOf('everyone', ALL)
    clock.time = Number(decoded(parts(token)[1])['exp']) * 1000 + 29_000
    expect((await get('/v1/tasks', token)).status).toBe(200)
    clock.time += 2_000
    expect((await get('/v1/tasks', token)).status).toBe(401)
    expect(lines).toMatchObject([{ reason: 'token: ERR_JWT_EXPIRED' }])
  })
})

it('keys go on where the issuer does not answer; its tokens are answered 503 until it does', async () => {
  const { get, operations } = await world({ issuer: 'http://127.0.0.1:1' })
  const wanted = { name: 'n', scopes: ['observe'], connections: null, systems: null, expires_at: null, created_by: 'a' }
  const { text } = await operations.keys.create(wanted)
  expect((await get('/v1/tasks', text)).status).toBe(200)
  const answer = await get('/v1/tasks', await tokenOf('everyone', ALL))
  expect([answer.status, answer.json.code]).toEqual([503, 'target_unavailable'])
})

it('metadata of another issuer are not believed, and no API with an issuer is open', async () => {
  const { get, app } = await world({ issuer: issuer.replace('127.0.0.1', 'localhost') })
  expect((await get('/v1/tasks', await tokenOf('everyone', ALL))).status).toBe(503)
  expect((await app.inject({ url: '/v1/tasks' })).statusCode).toBe(401)
})

describe('an issuer in a private network', () => {
  it('is asked only where the operator lists it; keys go on without', async () => {
    const token = await tokenOf('everyone', ALL)
    const closed = await world({ network: networkRulesOf({}) })
    const refused = await closed.get('/v1/tasks', token)
    expect([refused.status, refused.json.code]).toEqual([503, 'target_unavailable'])
    expect(JSON.stringify(closed.lines)).toContain('ALLOWED_PRIVATE_NETWORKS')
    const listed = networkRulesOf({ ALLOWED_PRIVATE_NETWORKS: issuer.replace('http://', '') })
    const open = await world({ network: listed })
    expect((await open.get('/v1/tasks', token)).status).toBe(200)
  })

  it('is named by doctor, with the fix', async () => {
    const check = async (network: NetworkRules) => await issuerCheck(issuer, network).run(new AbortController().signal)
    expect(await check(localNetwork)).toMatchObject([{ level: 'ok', name: 'issuer' }])
    await expect(check(networkRulesOf({}))).rejects.toThrow(/ALLOWED_PRIVATE_NETWORKS/)
  })
})
