import Type, { type TSchema } from 'typebox'
import { REFERENCE, REFERENCE_FORMS } from './reference-form.ts'

/** Ids of systems and connections, and scopes of reads. Not the one of them that every object of JavaScript has. */
export const id = (what: string) =>
  Type.String({
    pattern: '^(?!constructor$)[a-z0-9-]{1,40}$',
    description: what,
    $comment: '1 to 40 of a-z, 0-9 and -, and not the word constructor',
  })

/**
 * Most entries of lists and maps in a document: far more than any real one has, and few enough that checking them does
 * not delay other requests. For reads and similar parts; rules; names and their values; SKUs (a row holds fewer).
 */
export const MOST_PARTS = 500
export const MOST_RULES = 1_000
export const MOST_NAMES = 10_000
export const MOST_SKUS = 100_000

/** An address of a system in documents: of a server, or of the system's own folder on this machine. */
export const SYSTEM_ADDRESS = '(https?|sftp|ftps?|imaps?|s3)://[^\\s]+|folder:///[^\\s]*'
export const IS_SYSTEM_ADDRESS = new RegExp(`^(?:${SYSTEM_ADDRESS})$`)

export const strict = { additionalProperties: false }
export const text = (description: string) => Type.String({ minLength: 1, description })
/** Texts by name. */
export const texts = (description: string) =>
  Type.Record(Type.String(), Type.String(), { maxProperties: MOST_NAMES, description })
/** YAML does not read 1 and true as text; both forms mean the same here. */
export const scalar = (description: string) =>
  Type.Union([Type.String(), Type.Number(), Type.Boolean()], {
    description,
    $comment: 'a text, a number, or true or false',
  })
export const secret = Type.String({
  pattern: REFERENCE,
  description: 'reference to the secret; in AWS aws-secret:NAME or aws-ssm:NAME',
  $comment: `a reference ${REFERENCE_FORMS}, never the value`,
})
export const enabled = (what: string) => Type.Optional(Type.Boolean({ description: `false: ${what}; true by default` }))
/** An id in another system, which YAML may read as a number. */
export const identifier = (description: string) =>
  Type.Union([Type.String({ minLength: 1 }), Type.Number()], { description, $comment: 'a text or a number' })

/** URL that webhooks are posted to; `description` says which webhooks. */
export const webhookAddress = (description: string) =>
  Type.String({
    maxLength: 2_000,
    pattern: '^https?://[^\\s]+$',
    description,
    $comment: 'an http(s) address',
  })
/** A list with at least one entry. */
export const filledList = <T extends TSchema>(item: T, most: number, description: string) =>
  Type.Array(item, { minItems: 1, maxItems: most, description })
/** An optional list of ids of connections or systems. `description`: of the list. */
export const idList = (kind: 'connection' | 'system', description: string) =>
  Type.Optional(filledList(id(`id of a ${kind}`), MOST_PARTS, description))
/** Keys that sign a webhook. */
export const signingSecrets = Type.Object(
  { signing: secret, previousSigning: Type.Optional(secret) },
  {
    ...strict,
    description: 'signing: the key that signs webhooks; previousSigning: the previous key, during a key rotation',
  },
)
