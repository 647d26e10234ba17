import { checkSecretsOwner, checkWebhook, namedNowhere } from './check-webhook.ts'
import type { Shaped, ShapedDocuments } from './shaped-documents.ts'
import type { FieldPath, Mistake } from './yaml-documents.ts'

/** Checks a recipient against the other documents. */
export function checkRecipient(recipient: Shaped<'recipient'>, documents: ShapedDocuments): Mistake[] {
  const { value, yaml } = recipient
  const { email, webhook, secrets, connections, systems } = value
  const mistakes: Mistake[] = []
  const say = (path: FieldPath, message: string) => mistakes.push(yaml.mistake(path, message))
  if ((email === undefined) === (webhook === undefined)) {
    say(['email'], 'must be given, or webhook: exactly one of the two; write a recipient for each')
  }
  if (email !== undefined && secrets !== undefined)
    say(['secrets'], 'is only for a webhook, since e-mails are not signed; remove it')
  return [
    ...mistakes,
    ...checkWebhook(recipient),
    ...checkSecretsOwner(recipient, { others: documents.systems, what: 'system' }),
    ...namedNowhere(
      recipient,
      [
        ['connections', 'connection', connections],
        ['systems', 'system', systems],
      ],
      documents,
    ),
  ]
}
