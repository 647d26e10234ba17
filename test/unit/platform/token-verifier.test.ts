import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, it, onTestFinished } from 'vitest'
import { networkRulesOf } from '../../../src/platform/network-rules.ts'
import { createTokenVerifier } from '../../../src/platform/token-verifier.ts'
import { localNetwork, loopback } from '../../data/loopback.ts'

const AUDIENCE = 'waldstream'
const METADATA = '/.well-known/openid-configuration'
const JSON_ANSWER = { 'content-type': 'application/json' }
const pair = await generateKeyPair('RS256')
const clock = { now: () => Date.now() }

/** An issuer that answers an address as it is told to, and the others as it should. */
async function issuerWith(answers: Readonly<Record<string, RequestListener>> = {}, keysAt?: string) {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const own = answers[path]
    if (own !== undefined) return own(request, response)
    const right: Readonly<Record<string, unknown>> = {
      [METADATA]: { issuer, jwks_uri: keysAt ?? `${issuer}/jwks` },
      '/jwks': { keys: [await exportJWK(pair.publicKey)] },
    }
    response.writeHead(path in right ? 200 : 404, JSON_ANSWER).end(JSON.stringify(right[path] ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { issuer, asked }
}

async function tokenOf(issuer: string): Promise<string> {
  const token = new SignJWT({}).setProtectedHeader({ alg: 'RS256' }).setIssuer(issuer).setAudience(AUDIENCE)
  return await token.setSubject('somebody').setExpirationTime('5 minutes').sign(pair.privateKey)
}

async function verify(issuer: string, over: Partial<Parameters<typeof createTokenVerifier>[1]> = {}) {
  const check = createTokenVerifier({ issuer, audience: AUDIENCE }, { clock, network: localNetwork, ...over })
  return await check(await tokenOf(issuer))
}

const unavailable = (why: string) => ({ code: 'target_unavailable', message: expect.stringContaining(why) })

/** Writes until nobody reads any more. */
const endless: RequestListener = (_, response) => {
  response.writeHead(200, JSON_ANSWER)
  const write = () => {
    while (!response.destroyed && response.write(' '.repeat(64 * 1024)));
  }
  response.on('drain', write)
  write()
}

const redirectTo =
  (location: string): RequestListener =>
  (_, response) =>
    void response.writeHead(302, { location }).end()

it('reads the keys of an issuer once', async () => {
  const { issuer, asked } = await issuerWith()
  const check = createTokenVerifier({ issuer, audience: AUDIENCE }, { clock, network: localNetwork })
  for (const _ of [1, 2]) expect(await check(await tokenOf(issuer))).toMatchObject({ claims: { sub: 'somebody' } })
  expect(asked).toEqual([METADATA, '/jwks'])
})

it('asks an issuer of a private network only where the operator allows it', async () => {
  const { issuer, asked } = await issuerWith()
  const refused = verify(issuer, { network: networkRulesOf({}) })
  await expect(refused).rejects.toMatchObject(unavailable('ALLOWED_PRIVATE_NETWORKS'))
  const named = issuer.replace('127.0.0.1', 'localhost')
  await expect(verify(named, { network: networkRulesOf({}) })).rejects.toMatchObject(unavailable('private network'))
  expect(asked).toEqual([])
  const ofIssuer = { ALLOWED_PRIVATE_NETWORKS: issuer.replace('http://', '') }
  expect(await verify(issuer, { network: networkRulesOf(ofIssuer) })).toMatchObject({ claims: { sub: 'somebody' } })
})

it('asks for no keys in a private network that the issuer names', async () => {
  const elsewhere = await issuerWith()
  const { issuer } = await issuerWith({}, `${elsewhere.issuer}/jwks`)
  const network = networkRulesOf({ ALLOWED_PRIVATE_NETWORKS: issuer.replace('http://', '') })
  await expect(verify(issuer, { network })).rejects.toMatchObject(unavailable('private network'))
  expect(elsewhere.asked).toEqual([])
})

it.each([METADATA, '/jwks'])('follows no redirect of %s', async (path) => {
  const elsewhere = await issuerWith()
  const { issuer } = await issuerWith({ [path]: redirectTo(`${elsewhere.issuer}${path}`) })
  await expect(verify(issuer)).rejects.toMatchObject({ code: 'target_unavailable' })
  expect(elsewhere.asked).toEqual([])
})

it.each([METADATA, '/jwks'])('reads no more of %s than there can be', async (path) => {
  const { issuer } = await issuerWith({ [path]: endless })
  await expect(verify(issuer)).rejects.toMatchObject(unavailable('more than 1048576 bytes'))
})

it.each([METADATA, '/jwks'])('does not wait for %s for ever', async (path) => {
  const halves: RequestListener = (_, response) => void response.writeHead(200, JSON_ANSWER).write('{')
  const silent: RequestListener = () => undefined
  for (const hostile of [halves, silent]) {
    const { issuer } = await issuerWith({ [path]: hostile })
    const asked = verify(issuer, { answersWithinMs: 200 })
    await expect(asked).rejects.toMatchObject(unavailable('gave no complete answer in 200 ms'))
  }
})

it.each(['[]', 'null', '{"issuer":1}', '<html>'])('takes %s for no metadata', async (text) => {
  const { issuer } = await issuerWith({ [METADATA]: (_, response) => void response.end(text) })
  await expect(verify(issuer)).rejects.toMatchObject({ code: 'target_unavailable' })
})

it('asks again with the next token after it failed', async () => {
  let down = true
  const { issuer } = await issuerWith({
    '/jwks': async (_, response) => {
      if (down) response.writeHead(503).end()
      else response.end(JSON.stringify({ keys: [await exportJWK(pair.publicKey)] }))
    },
  })
  const network = networkRulesOf(loopback)
  const check = createTokenVerifier({ issuer, audience: AUDIENCE }, { clock, network })
  await expect(check(await tokenOf(issuer))).rejects.toMatchObject({ code: 'target_unavailable' })
  down = false
  expect(await check(await tokenOf(issuer))).toMatchObject({ claims: { sub: 'somebody' } })
})
