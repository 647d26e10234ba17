import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SignatureV4 } from '@smithy/signature-v4'
import type { MskIamConfig } from '../../config.ts'
import { StreamError } from '../../errors.ts'

/** A broker ends a session with its token, so this is also how long a connection lasts until it signs in again. */
const LIFETIME_SECONDS = 900
const SERVICE = 'kafka-cluster'

/**
 * Makes the tokens that Amazon MSK accepts: a request for `kafka-cluster:Connect` as an address that is signed in
 * advance, in base64url. Each call makes a new one, offline; credentials are the SDK's to find and renew, as they are
 * for DynamoDB. A token ends with the credentials that signed it.
 */
export function mskIamTokens({ region, credentials }: MskIamConfig, now: () => number = Date.now) {
  const { config } = new DynamoDBClient({ region, ...(credentials === null ? {} : { credentials }) })
  const { sha256 } = config
  const hostname = `kafka.${region}.amazonaws.com`
  const request = {
    method: 'GET',
    protocol: 'https:',
    hostname,
    path: '/',
    headers: { host: hostname },
    query: { Action: `${SERVICE}:Connect` },
  }
  return async (): Promise<string> => {
    const identity = await config.credentials().catch((error: unknown) => {
      throw credentialsMissingError(error)
    })
    const signer = new SignatureV4({ service: SERVICE, region, credentials: identity, sha256, applyChecksum: false })
    const leftMs = identity.expiration === undefined ? Number.POSITIVE_INFINITY : identity.expiration.getTime() - now()
    const { query = {} } = await signer.presign(request, {
      expiresIn: Math.min(LIFETIME_SECONDS, Math.floor(leftMs / 1000)),
      signingDate: new Date(now()),
    })
    // AWS's own signers also name themselves after signing.
    const named = { ...query, 'User-Agent': 'waldstream' }
    const pairs = Object.entries(named).map(([name, value]) => `${escaped(name)}=${escaped(String(value))}`)
    return Buffer.from(`https://${hostname}/?${pairs.join('&')}`).toString('base64url')
  }
}

/** Percent-encoded as AWS signs it: RFC 3986. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Only the name of the SDK's error: services repeat what they were sent. */
function credentialsMissingError(cause: unknown): StreamError {
  const name = cause instanceof Error ? cause.name : 'unknown'
  const ways = 'give the process a role, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
  return new StreamError(
    'broker_unavailable',
    `KAFKA_SASL_MECHANISM=aws-msk-iam found no AWS credentials (${name}): ${ways}`,
    { cause },
  )
}
