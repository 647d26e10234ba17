import { StreamError } from '../../errors.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'

/** Converts an error response of Magento (4xx with a JSON body) to a StreamError and fills in its placeholders. */
export function magentoError(status: number, body: unknown): StreamError {
  const wire = wireOf(body)
  const text = textOfProblem(wire)
  const details = { status }
  if (/\b2fa\b|two-factor/i.test(text)) {
    const message =
      `Magento requires two-factor authentication for this administrator, which a program can't provide: ${text} ` +
      'Use the four secrets of an integration (System › Extensions › Integrations) instead of username and password'
    return new StreamError('credentials_refused', message, { details })
  }
  if (status === 401 || status === 403) return accessRefusedError(text, wire, details)
  if (status === 404) return new StreamError('not_found', `Magento answered 404: ${text}`, { details })
  if (status === 400 && /\boauth_\w+|\bnonce\b/i.test(text)) {
    const message = `Magento refused the OAuth signature: ${text} Check this machine's clock and the four secrets`
    return new StreamError('credentials_refused', message, { details })
  }
  if (/Maximum SearchCriteria pageSize/i.test(text)) {
    const message = `Magento answered ${status}: ${text}. Lower pageSize of the read to that limit (webapi/validation/maximum_page_size of the shop)`
    return new StreamError('configuration_invalid', message, { details, field: 'reads.pageSize' })
  }
  return new StreamError('target_rejected', `Magento answered ${status}: ${text}`, { details })
}

/**
 * The message and its list of errors, with their values filled in; or the message of a fatal error, which has another
 * form.
 */
function textOfProblem(wire: Wire): string {
  const fatal = wiresOf(wireOf(wire['messages'])['error']).map((error) => textOf(error['message']) ?? '')
  const message = expand(textOf(wire['message']) ?? fatal.join(' '), wire['parameters'])
  const errors = wiresOf(wire['errors']).map((error) => expand(textOf(error['message']) ?? '', error['parameters']))
  const text = [message, ...errors.filter((error) => !message.includes(error))].join(' ').trim()
  return text === '' ? 'no message' : text
}

/**
 * An administrator's expired token and a bearer token that the shop does not accept also look like a missing
 * permission.
 */
function accessRefusedError(text: string, body: Wire, details: { readonly status: number }): StreamError {
  const resources = textOf(wireOf(body['parameters'])['resources'])
  if (resources === null) {
    return new StreamError('credentials_refused', `Magento refused the credentials: ${text}`, { details })
  }
  const message = `Magento denied access to ${resources}: grant this resource to the integration or the administrator's role`
  return new StreamError('permission_missing', message, { details })
}

/** Magento sends `%fieldName` and `%1` unexpanded, with their values in a separate field. */
function expand(message: string, parameters: unknown): string {
  const values = Array.isArray(parameters)
    ? parameters.map((value, index) => [String(index + 1), value] as const)
    : Object.entries(wireOf(parameters))
  return values.reduce((text, [name, value]) => text.replaceAll(`%${name}`, textOf(value) ?? ''), message)
}
