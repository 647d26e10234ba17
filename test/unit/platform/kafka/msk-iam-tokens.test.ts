import { execFile } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { mskIamTokens } from '../../../../src/platform/kafka/msk-iam-tokens.ts'

/** AWS's example credentials, of its documentation. */
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const region = 'eu-central-1'
const NOW = Date.UTC(2026, 10, 30, 11, 22, 33, 444)

async function addressOf(more: { readonly sessionToken?: string } = {}, now = NOW): Promise<URL> {
  const login = { mechanism: 'aws-msk-iam', region, credentials: { ...credentials, ...more } } as const
  const token = await mskIamTokens(login, () => now)()
  expect(token).toMatch(/^[A-Za-z0-9_-]+$/)
  return new URL(Buffer.from(token, 'base64url').toString())
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const keyed = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
/** RFC 3986: everything but letters, digits and `-._~`. */
const encoded = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) => String.fromCharCode(byte))
    .map((one) =>
      /[A-Za-z0-9._~-]/.test(one) ? one : `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')

/**
 * The signature of a request with its parameters in the address, by the steps of AWS's published algorithm ("Create a
 * signed AWS API request"): canonical request, string to sign, derived key.
 */
function signatureOf({ host, searchParams }: URL, secret: string): string {
  const time = searchParams.get('X-Amz-Date') ?? ''
  const scope = [time.slice(0, 8), region, 'kafka-cluster', 'aws4_request']
  const query = [...searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature' && name !== 'User-Agent')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join('&')
  const request = ['GET', '/', query, `host:${host}`, '', 'host', hash('')].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), hash(request)].join('\n')
  const key = scope.reduce<string | Buffer>((derived, part) => keyed(derived, part), `AWS4${secret}`)
  return keyed(key, toSign).toString('hex')
}

it('a token is an address that asks to connect to the cluster, signed in advance for a quarter of an hour', async () => {
  const address = await addressOf()
  expect(`${address.origin}${address.pathname}`).toBe('https://kafka.eu-central-1.amazonaws.com/')
  const { 'X-Amz-Signature': signature, ...parameters } = Object.fromEntries(address.searchParams)
  expect(parameters).toEqual({
    Action: 'kafka-cluster:Connect',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20261130/eu-central-1/kafka-cluster/aws4_request',
    'X-Amz-Date': '20261130T112233Z',
    'X-Amz-Expires': '900',
    'X-Amz-SignedHeaders': 'host',
    'User-Agent': 'waldstream',
  })
  expect(signature).toBe(signatureOf(address, credentials.secretAccessKey))
})

it('temporary credentials sign their session token too, whatever characters it has', async () => {
  const sessionToken = "IQoJb3JpZ2luX2VjE+a/b==!'()* ä"
  const address = await addressOf({ sessionToken })
  expect(address.searchParams.get('X-Amz-Security-Token')).toBe(sessionToken)
  expect(address.searchParams.get('X-Amz-Signature')).toBe(signatureOf(address, credentials.secretAccessKey))
})

it('each call makes a token of its own time', async () => {
  let now = NOW
  const make = mskIamTokens({ mechanism: 'aws-msk-iam', region, credentials }, () => now)
  const first = await make()
  now += 600_000
  const second = new URL(Buffer.from(await make(), 'base64url').toString())
  expect(first).not.toBe(Buffer.from(second.href).toString('base64url'))
  expect(second.searchParams.get('X-Amz-Date')).toBe('20261130T113233Z')
})

const PROGRAM = fileURLToPath(new URL('msk-iam-program.ts', import.meta.url))

/** What the program prints where the SDK finds this profile, and no other credentials. */
async function printedWith(profile: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-msk-iam-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'config')
  await writeFile(file, profile)
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    AWS_CONFIG_FILE: file,
    AWS_SHARED_CREDENTIALS_FILE: file,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM], { env })
  expect(stderr).toBe('')
  return stdout.trim()
}

it('a token ends with the credentials of a role', async () => {
  const minutes = 7
  const role = {
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: 'session',
    Expiration: new Date(Date.now() + minutes * 60_000).toISOString(),
  }
  const printed = await printedWith(`[default]\ncredential_process = echo '${JSON.stringify(role)}'\n`)
  const address = new URL(Buffer.from(printed, 'base64url').toString())
  const seconds = Number(address.searchParams.get('X-Amz-Expires'))
  expect(Number.isInteger(seconds)).toBe(true)
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThanOrEqual(minutes * 60)
  expect(address.searchParams.get('X-Amz-Signature')).toBe(signatureOf(address, credentials.secretAccessKey))
})

it('without credentials, the error names the setting and the ways to give them', async () => {
  expect(JSON.parse(await printedWith(''))).toMatchObject({
    code: 'broker_unavailable',
    message:
      'KAFKA_SASL_MECHANISM=aws-msk-iam found no AWS credentials (CredentialsProviderError): give the process a role, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  })
})
