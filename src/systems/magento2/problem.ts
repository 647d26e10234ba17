import { StreamError } from '../../errors.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../wire.ts'

/** A refusal of Magento (4xx with its JSON body) as our error; its placeholders are filled in. */
export function magentoProblem(status: number, body: unknown): StreamError {
  const wire = wireOf(body)
  const message = expand(textOf(wire['message']) ?? 'no message', wire['parameters'])
  const errors = wiresOf(wire['errors']).map((error) => expand(textOf(error['message']) ?? '', error['parameters']))
  const text = [message, ...errors.filter((error) => !message.includes(error))].join(' ')
  const details = { status }
  if (status === 401 || status === 403) return refused(text, wire, details)
  if (status === 404) return new StreamError('not_found', `Magento answered 404: ${text}`, { details })
  return new StreamError('target_rejected', `Magento answered ${status}: ${text}`, { details })
}

/**
 * The same 401 stands for a missing permission and for an integration's token sent as Bearer while the shop does not
 * allow that: the message names both.
 */
function refused(text: string, body: Wire, details: { readonly status: number }): StreamError {
  const resources = textOf(wireOf(body['parameters'])['resources'])
  if (resources === null) {
    return new StreamError('credentials_refused', `Magento refused the credentials: ${text}`, { details })
  }
  const message =
    `Magento refused access to ${resources}: give the integration this resource; with a bearer token, also check ` +
    'that the shop allows integration tokens as bearer (oauth/consumer/enable_integration_as_bearer), or use the four OAuth secrets'
  return new StreamError('permission_missing', message, { details })
}

/** Magento sends `%fieldName` and `%1` unexpanded, with their values beside. */
function expand(message: string, parameters: unknown): string {
  const values = Array.isArray(parameters)
    ? parameters.map((value, index) => [String(index + 1), value] as const)
    : Object.entries(wireOf(parameters))
  return values.reduce((text, [name, value]) => text.replaceAll(`%${name}`, textOf(value) ?? ''), message)
}
