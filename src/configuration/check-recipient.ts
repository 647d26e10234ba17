import type { Shaped, ShapedDocuments } from './shaped-documents.ts'
import type { FieldPath, Mistake } from './yaml-documents.ts'

/** Checks a recipient against the other documents. */
export function checkRecipient(recipient: Shaped<'recipient'>, documents: ShapedDocuments): Mistake[] {
  const { value, yaml } = recipient
  const { id, email, webhook, secrets } = value
  const mistakes: Mistake[] = []
  const say = (path: FieldPath, message: string) => mistakes.push(yaml.mistake(path, message))
  if ((email === undefined) === (webhook === undefined)) {
    say(['email'], 'must be given, or webhook: exactly one of the two; write a recipient for each')
  }
  if (webhook !== undefined && !URL.canParse(webhook)) say(['webhook'], 'is not a valid address')
  if (webhook !== undefined && secrets === undefined) {
    say(
      ['secrets'],
      'is missing: webhooks are signed; give secrets.signing, a reference to a key that starts with whsec_',
    )
  }
  if (email !== undefined && secrets !== undefined)
    say(['secrets'], 'is only for a webhook, since e-mails are not signed; remove it')
  // The names of secrets start with the id, so an id must have one owner.
  if (documents.systems.some((system) => system.value.id === id)) {
    say(['id'], `${id} is the id of a system, which its secrets are named by; choose another id`)
  }
  return [...mistakes, ...unknownTargets(recipient, documents)]
}

/** Finds connections and systems that are not configured. */
function unknownTargets({ value, yaml }: Shaped<'recipient'>, documents: ShapedDocuments): Mistake[] {
  return (['connection', 'system'] as const).flatMap((kind) => {
    if (documents.partial.has(kind)) return []
    const field = `${kind}s` as const
    const known = new Set(documents[field].map((one) => one.value.id))
    return (value[field] ?? []).flatMap((id, index) =>
      known.has(id) ? [] : [yaml.mistake([field, index], `is not a configured ${kind}; add it or correct the id`)],
    )
  })
}
