import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { baseString, type OAuthCredentials, percentEncode, signature } from '../../../../simulators/harness/oauth1.ts'
import { NETSUITE_CREDENTIALS } from '../../../../simulators/netsuite/credentials.ts'
import { type NetSuiteSimulatorOptions, startNetSuiteSimulator } from '../../../../simulators/netsuite/start.ts'

const catalog = `sku,product_type,name,description,price,weight,qty,additional_attributes
ACME-1,simple,"Hoodie, gray","<p>Warm</p>
<p>and dry</p>",52.10,1,100,"has_options=0,size=XS,color=Gray"
ACME-2,simple,Hoodie black,,19.99,,7,"size=S,color=Black"
ACME-3,simple,Bottle,Steel,5,0.4,2.5,
ACME-4,simple,Cap,,12.5,,0,color=Red
ACME,configurable,Hoodie,,,,0,
OTHER-1,simple,Not the vendor's,,1,,1,
`

/** A record or row as it came over the wire. */
export type Json = Record<string, unknown>

/** An answer: status, headers and the decoded body (undefined when empty). */
export interface Answer {
  status: number
  headers: Headers
  body: Json
}

/** A running account and a signed client of it. */
export interface TestAccount {
  url: string
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  query(q: string, params?: unknown[], page?: string): Promise<Answer>
  /** The rows of a query that must succeed, without their links. */
  rows(q: string, ...params: unknown[]): Promise<Json[]>
  control(method: string, path: string, body?: unknown): Promise<Answer>
  close(): Promise<void>
}

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'netsuite-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export async function startAccount(options: Partial<NetSuiteSimulatorOptions> = {}): Promise<TestAccount> {
  const catalogFile = join(temporaryFolder(), 'catalog.csv')
  writeFileSync(catalogFile, catalog)
  const defaults = { dataFile: ':memory:', catalogFile, vendorPattern: /^ACME/, seed: 7 }
  const { url, close } = await startNetSuiteSimulator({ ...defaults, ...options })
  let closed = false
  const closeOnce = async () => {
    if (closed) return
    closed = true
    await close()
  }
  cleanUps.push(closeOnce)
  const call: TestAccount['call'] = (method, path, body, headers) => {
    const target = `${url}/services/rest${path}`
    return send(method, target, body, { authorization: authorization(method, target), ...headers })
  }
  const query: TestAccount['query'] = (q, params = [], page = '') =>
    call('POST', `/query/v1/suiteql${page}`, { q, params }, { prefer: 'transient' })
  return {
    url,
    call,
    query,
    async rows(q, ...params) {
      const { status, body } = await query(q, params)
      if (status !== 200) throw new Error(JSON.stringify(body))
      return (body['items'] as Json[]).map(({ links: _links, ...row }) => row)
    },
    control: (method, path, body) => send(method, `${url}/_sim${path}`, body, {}),
    close: closeOnce,
  }
}

/** The OAuth 1.0a header of a call. */
export function authorization(
  method: string,
  url: string,
  credentials: OAuthCredentials & { account: string } = NETSUITE_CREDENTIALS,
): string {
  const parameters = new Map([
    ['oauth_consumer_key', credentials.consumerKey],
    ['oauth_token', credentials.token],
    ['oauth_nonce', randomBytes(12).toString('hex')],
    ['oauth_timestamp', String(Math.floor(Date.now() / 1000))],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_version', '1.0'],
  ])
  parameters.set('oauth_signature', signature(baseString(method, url, parameters), credentials))
  const quoted = [...parameters].map(([name, value]) => `${name}="${percentEncode(value)}"`)
  return `OAuth realm="${credentials.account}", ${quoted.join(', ')}`
}

/** The first entry of an error body's details. */
export function firstDetail({ body }: Answer): Json {
  return (body['o:errorDetails'] as Json[])[0] ?? {}
}

async function send(method: string, url: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const content =
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } }
  const response = await fetch(url, { method, headers, ...content })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Json }
}
