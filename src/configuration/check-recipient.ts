import type { Shaped, ShapedDocuments } from './shaped-documents.ts'
import type { FieldPath, Mistake } from './yaml-documents.ts'

/** What a recipient's document says that can't be. */
export function checkRecipient(recipient: Shaped<'recipient'>, documents: ShapedDocuments): Mistake[] {
  const { value, yaml } = recipient
  const { id, email, webhook, secrets } = value
  const mistakes: Mistake[] = []
  const say = (path: FieldPath, message: string) => mistakes.push(yaml.mistake(path, message))
  if ((email === undefined) === (webhook === undefined)) {
    say(['email'], 'is to be given, or webhook, but exactly one of the two; write a recipient for each')
  }
  if (webhook !== undefined && !URL.canParse(webhook)) say(['webhook'], 'is no valid address')
  if (webhook !== undefined && secrets === undefined) {
    say(
      ['secrets'],
      'is missing; a webhook is signed: give secrets.signing, a reference to a key that begins with whsec_',
    )
  }
  if (email !== undefined && secrets !== undefined)
    say(['secrets'], 'is for a webhook; an e-mail is not signed: remove it')
  // Variables and files of secrets are named by the id: one id, one owner.
  if (documents.systems.some((system) => system.value.id === id)) {
    say(['id'], `${id} is the id of a system, whose secrets are named by it; choose another`)
  }
  return [...mistakes, ...namedNowhere(recipient, documents)]
}

/** Connections and systems that are not configured. */
function namedNowhere({ value, yaml }: Shaped<'recipient'>, documents: ShapedDocuments): Mistake[] {
  return (['connection', 'system'] as const).flatMap((kind) => {
    if (documents.partial.has(kind)) return []
    const field = `${kind}s` as const
    const known = new Set(documents[field].map((one) => one.value.id))
    return (value[field] ?? []).flatMap((id, index) =>
      known.has(id)
        ? []
        : [yaml.mistake([field, index], `names no ${kind} that is configured; add it or correct the id`)],
    )
  })
}
