import kafkajs, { type AuthenticationProviderArgs, type Authenticator, type KafkaConfig } from 'kafkajs'
import type { MskIamConfig, SaslConfig } from '../../config.ts'
import { StreamError } from '../../errors.ts'
import { protocolType } from './kafkajs-errors.ts'

// Node can't import kafkajs' errors by name: the module creates its exports at run time.
const { KafkaJSConnectionError } = kafkajs

/** Signs in with tokens (SASL/OAUTHBEARER). */
interface TokenLogin {
  readonly mechanism: 'oauthbearer'
  /** Makes a token; it is asked for one at each sign-in of each connection. */
  token(): Promise<string>
}

/** How a client signs in to brokers. */
export type KafkaLogin = SaslConfig | TokenLogin

/** The login as kafkajs wants it. */
export function saslOf(login: KafkaLogin): NonNullable<KafkaConfig['sasl']> {
  if (login.mechanism === 'oauthbearer') return withTokens(login.token)
  if (login.mechanism === 'aws-msk-iam') return withTokens(mskIamToken(login))
  const { username, password } = login
  // A case for each: kafkajs' type has no mechanism that is one of several.
  if (login.mechanism === 'plain') return { mechanism: 'plain', username, password }
  if (login.mechanism === 'scram-sha-256') return { mechanism: 'scram-sha-256', username, password }
  return { mechanism: 'scram-sha-512', username, password }
}

/** Loads AWS's signer only when somebody signs in with it. */
function mskIamToken(login: MskIamConfig): () => Promise<string> {
  let tokens: Promise<() => Promise<string>> | undefined
  return async () => {
    tokens ??= import('./msk-iam-tokens.ts').then(({ mskIamTokens }) => mskIamTokens(login))
    return await (await tokens)()
  }
}

/**
 * kafkajs signs each connection in again ten seconds before its session ends, and its own provider would fail then
 * where the token is of another principal: in AWS, a role has another name after its credentials were renewed. The
 * broker ends such a connection. It is not an error: the next connection signs in as the new principal.
 */
function withTokens(token: () => Promise<string>) {
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ host, port, saslAuthenticate }: AuthenticationProviderArgs): Authenticator => ({
      authenticate: async () => {
        const request = { encode: bearerMessage(await token()) }
        try {
          // A refusal may be an answer of its own, which the broker ends only after the client has confirmed it.
          const objection = await saslAuthenticate({ request, response: text })
          if (objection) await saslAuthenticate({ request: { encode: () => withLength(CONFIRMED) } })
        } catch (error) {
          throw isRefusal(error) ? refused(error, `${host}:${port}`) : error
        }
      },
    }),
  }
}

function isRefusal(error: unknown): error is Error {
  return protocolType(error) === 'SASL_AUTHENTICATION_FAILED'
}

/** Kafka's answer to a connection that signs in again as somebody else. */
const OTHER_PRINCIPAL = 'Cannot change principals during re-authentication'

function refused(cause: Error, broker: string): Error {
  const { message: reason } = cause
  if (reason.includes(OTHER_PRINCIPAL)) {
    // kafkajs connects again after an error of this name, which its types do not have.
    return Object.assign(new KafkaJSConnectionError(reason, { broker }), { name: 'KafkaJSConnectionClosedError' })
  }
  const ways = 'AWS_REGION is the region of the cluster, the AWS role may kafka-cluster:Connect, and the clock is right'
  return new StreamError('broker_unavailable', `the broker refused the token (${reason}); check that ${ways}`, {
    cause,
  })
}

const CONFIRMED = '\u0001'

/** The client's message of RFC 7628. */
function bearerMessage(token: string): () => Buffer {
  return () => withLength(`n,,\u0001auth=Bearer ${token}\u0001\u0001`)
}

const LENGTH_BYTES = 4

function withLength(message: string): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeInt32BE(Buffer.byteLength(message))
  return Buffer.concat([length, Buffer.from(message)])
}

/** What a broker answers, after its length. */
const text = {
  decode: (answer: Buffer) => answer.subarray(LENGTH_BYTES),
  parse: (answer: Buffer) => answer.toString(),
}
