import type { Shaped, ShapedDocuments } from './shaped-documents.ts'
import type { Mistake } from './yaml-documents.ts'

/** A document with a webhook URL and its own secrets. */
export type WithWebhook = Shaped<'recipient'> | Shaped<'subscription'>

/** Mistakes in the URL and secrets of a document. */
export function checkWebhook({ value: { webhook, secrets }, yaml }: WithWebhook): Mistake[] {
  const mistakes: Mistake[] = []
  if (webhook !== undefined && !URL.canParse(webhook)) mistakes.push(yaml.mistake(['webhook'], 'is no valid address'))
  if (webhook !== undefined && secrets === undefined) {
    const message =
      'is missing: webhooks are signed; give secrets.signing, a reference to a key that starts with whsec_'
    mistakes.push(yaml.mistake(['secrets'], message))
  }
  return mistakes
}

/** Variables and files of secrets are named after the id, so an id must have one owner. */
export function checkSecretsOwner(
  { value: { id }, yaml }: WithWebhook,
  { others, what }: { readonly others: readonly { readonly value: { readonly id: string } }[]; readonly what: string },
): Mistake[] {
  if (!others.some((other) => other.value.id === id)) return []
  return [yaml.mistake(['id'], `${id} is the id of a ${what}, whose secrets are named by it; choose another`)]
}

/** Lists of a document that name connections or systems. */
type Named = readonly (readonly [field: string, kind: 'connection' | 'system', ids: readonly string[] | undefined])[]

/** Reports connections and systems that are not configured. */
export function namedNowhere({ yaml }: WithWebhook, named: Named, documents: ShapedDocuments): Mistake[] {
  return named.flatMap(([field, kind, ids = []]) => {
    if (documents.partial.has(kind)) return []
    const known = new Set(documents[`${kind}s` as const].map((one) => one.value.id))
    return ids.flatMap((id, index) =>
      known.has(id) ? [] : [yaml.mistake([field, index], `is not a configured ${kind}; add it or correct the id`)],
    )
  })
}
