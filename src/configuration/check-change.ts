import { StreamError } from '../errors.ts'
import type { StoredKind } from './document-schemas.ts'
import type { CheckedConfiguration } from './load-configuration.ts'
import type { Configuration } from './model.ts'
import { type Mistake, namedDocument, type YamlDocument } from './yaml-documents.ts'

/** Runs all checks of `validate` on a set of documents. */
export type CheckChange = (documents: YamlDocument[]) => Promise<CheckedConfiguration>

interface Named {
  readonly kind: StoredKind
  readonly id: string
  readonly document: unknown
}

const nameOf = ({ kind, id }: Pick<Named, 'kind' | 'id'>): string => `${kind} ${id}`

/**
 * The configuration to apply when one document is added or replaced. Throws `request_invalid` with every new mistake; a
 * mistake in another document names that document, for example a read that it would lose.
 */
export async function checkPut(
  check: CheckChange,
  stored: readonly Named[],
  kind: StoredKind,
  id: string,
  body: unknown,
): Promise<Configuration> {
  const wanted: Named = { kind, id, document: withId(kind, id, body) }
  const others = stored.filter((one) => nameOf(one) !== nameOf(wanted))
  const before = await check(others.map(toDocument))
  const after = await check([...others, wanted].map(toDocument))
  const old = new Set(before.mistakes.map(textOf))
  // Metadata come before their connection, which is not complete without them.
  const mayBe = ({ file, field }: Mistake) =>
    kind === 'product-metadata' && file === nameOf(wanted) && field === 'connection'
  refuse(
    after.mistakes.filter((mistake) => !old.has(textOf(mistake)) && !mayBe(mistake)),
    nameOf(wanted),
  )
  return affected(after.configuration, kind, id)
}

/** Throws `not_found`, and `state_conflict` that names the documents which need this one. */
export async function checkRemove(
  check: CheckChange,
  stored: readonly Named[],
  kind: StoredKind,
  id: string,
): Promise<void> {
  const gone = stored.filter(
    (one) => one.id === id && (one.kind === kind || (kind === 'connection' && one.kind === 'product-metadata')),
  )
  if (!gone.some((one) => one.kind === kind))
    throw new StreamError('not_found', `id: ${kind} "${id}" does not exist`, { field: 'id' })
  const before = await check(stored.map(toDocument))
  const after = await check(stored.filter((one) => !gone.includes(one)).map(toDocument))
  const old = new Set(before.mistakes.map(textOf))
  const needed = after.mistakes.filter((mistake) => !old.has(textOf(mistake)))
  if (needed.length === 0) return
  const message = `${kind} ${id} is needed: ${needed.map(textOf).join('; ')}; change or remove those first`
  throw new StreamError('state_conflict', message, { field: 'id', mistakes: needed.map(toFieldMistake('')) })
}

function toDocument(named: Named): YamlDocument {
  return namedDocument(nameOf(named), named.document)
}

/** Adds kind and id from the address; if the body repeats them, they must be the same. */
function withId(kind: StoredKind, id: string, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new StreamError('request_invalid', `the body must be a ${kind} document, as JSON`)
  }
  const name = kind === 'product-metadata' ? 'connection' : 'id'
  const given = body as Readonly<Record<string, unknown>>
  const wrong = Object.entries({ kind, [name]: id }).filter(
    ([field, value]) => field in given && given[field] !== value,
  )
  refuse(
    wrong.map(([field, value]) => ({ file: '', line: 0, field, message: `must be "${value}", as in the address` })),
    '',
  )
  return { ...given, kind, [name]: id }
}

function refuse(mistakes: readonly Mistake[], own: string): void {
  const listed = mistakes.map(toFieldMistake(own))
  const [first] = listed
  if (first === undefined) return
  const text = listed.map(({ field, message }) => `${field === '' ? 'the document' : field} ${message}`).join('; ')
  throw new StreamError('request_invalid', text, { field: first.field, mistakes: listed })
}

const toFieldMistake =
  (own: string) =>
  ({ file, field, message }: Mistake) => {
    return { field: file === own || file === '' ? field : `${file}: ${field}`, message }
  }

function textOf({ file, field, message }: Mistake): string {
  return `${file}: ${field} ${message}`
}

/** The document and the rows that depend on it: a connection's revision grows with its metadata. */
function affected(configuration: Configuration, kind: StoredKind, id: string): Configuration {
  const { revision, systems, connections, metadata, recipients = [], subscriptions = [] } = configuration
  if (kind === 'recipient') {
    const own = recipients.filter((one) => one.id === id)
    return { revision, systems: [], connections: [], metadata: [], recipients: own }
  }
  if (kind === 'subscription') {
    const own = subscriptions.filter((one) => one.id === id)
    return { revision, systems: [], connections: [], metadata: [], subscriptions: own }
  }
  if (kind === 'system')
    return { revision, systems: systems.filter((one) => one.id === id), connections: [], metadata: [] }
  return {
    revision,
    systems: [],
    connections: connections.filter((one) => one.id === id),
    metadata: metadata.filter(({ connection }) => connection === id),
  }
}
