import { fieldsOf } from '../rules/event-fields.ts'
import { checkConnection } from './check-connection.ts'
import { checkRecipient } from './check-recipient.ts'
import { checkRules } from './check-rules.ts'
import { checkSubscription } from './check-subscription.ts'
import { checkSystem } from './check-system.ts'
import type { DocumentKind } from './document-schemas.ts'
import type { Shaped, ShapedDocuments } from './shaped-documents.ts'
import type { Mistake } from './yaml-documents.ts'

/** Runs all checks that a schema can't express. */
export function checkDocuments(documents: ShapedDocuments): Mistake[] {
  const { systems, connections, metadata, recipients, subscriptions, tests } = documents
  return [
    ...duplicates(systems, ({ id }) => id, 'id'),
    ...duplicates(connections, ({ id }) => id, 'id'),
    ...duplicates(metadata, ({ connection }) => connection, 'connection'),
    ...duplicates(recipients, ({ id }) => id, 'id'),
    ...duplicates(subscriptions, ({ id }) => id, 'id'),
    ...systems.flatMap((system) => checkSystem(system, documents.systemTypes)),
    ...connections.flatMap((connection) => checkConnection(connection, documents)),
    ...metadata.flatMap((one) => checkMetadata(one, documents)),
    ...recipients.flatMap((one) => checkRecipient(one, documents)),
    ...subscriptions.flatMap((one) => checkSubscription(one, documents)),
    ...tests.flatMap((test) => checkMappingTest(test, documents)),
  ]
}

/** Documents with the id of an earlier one. */
function duplicates<K extends DocumentKind>(
  documents: readonly Shaped<K>[],
  idOf: (value: Shaped<K>['value']) => string,
  field: string,
): Mistake[] {
  return documents.flatMap(({ kind, value, yaml }, index) => {
    const first = documents.slice(0, index).find((other) => idOf(other.value) === idOf(value))
    if (first === undefined) return []
    const message = `${idOf(value)} is given twice: the other is at ${first.yaml.placeOf([field])}; keep one ${kind} document`
    return [yaml.mistake([field], message)]
  })
}

function checkMetadata({ value, yaml }: Shaped<'product-metadata'>, documents: ShapedDocuments): Mistake[] {
  const mistakes: Mistake[] = []
  if (!documents.partial.has('connection') && !documents.connections.some((one) => one.value.id === value.connection)) {
    mistakes.push(yaml.mistake(['connection'], 'is not a configured connection; add it or correct the id'))
  }
  const known = value.destination?.attributes
  const attributeProblem = problemOfAttributes(value.connection, documents)
  const context = { path: ['attributes'], entity: 'products', known, attributeProblem } as const
  return [...mistakes, ...checkRules(value.attributes, yaml, context)]
}

/**
 * A problem counts only if every system has it whose products the connection reads: another one may have the attribute.
 */
function problemOfAttributes(id: string, { connections, systems, systemTypes }: ShapedDocuments) {
  const reads = connections.find(({ value }) => value.id === id)?.value.reads ?? []
  const sources = reads.map((read) => read.split('.')).filter(([, entity]) => entity === 'products')
  const types = sources.map(([system]) => {
    return systemTypes.get(systems.find(({ value }) => value.id === system)?.value.type ?? '')
  })
  if (types.length === 0) return undefined
  return (name: string): string | null => {
    const problems = types.map((type) => type?.attributeProblem(name) ?? null)
    return problems.every((problem) => problem !== null) ? (problems[0] ?? null) : null
  }
}

/** Checks the fields of a mapping test; `waldstream test` runs it. */
function checkMappingTest(
  { value, yaml }: Shaped<'mapping-test'>,
  { connections, partial }: ShapedDocuments,
): Mistake[] {
  const mistakes: Mistake[] = []
  if (!partial.has('connection') && !connections.some((one) => one.value.id === value.connection)) {
    mistakes.push(yaml.mistake(['connection'], 'is not a configured connection; add it or correct the id'))
  }
  const ends = [value.expect, value.expectIgnored, value.expectError].filter((end) => end !== undefined)
  if (ends.length !== 1) {
    mistakes.push(yaml.mistake(['expect'], 'must be given, or expectIgnored, or expectError: exactly one of the three'))
  }
  const known = fieldsOf(value.entity)
  for (const name of Object.keys(value.input).filter((field) => !known.includes(field))) {
    mistakes.push(yaml.mistake(['input', name], `is not a field of ${value.entity}; known are: ${known.join(', ')}`))
  }
  return mistakes
}
