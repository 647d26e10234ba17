import { StreamError } from '../../errors.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'

/** A refusal of Magento (4xx with its JSON body) as our error; its placeholders are filled in. */
export function magentoError(status: number, body: unknown): StreamError {
  const wire = wireOf(body)
  const text = textOfProblem(wire)
  const details = { status }
  if (/\b2fa\b|two-factor/i.test(text)) {
    const message =
      `Magento asks the administrator for a second factor, which no program has: ${text} ` +
      'Use the four secrets of an integration (System › Extensions › Integrations) instead of username and password'
    return new StreamError('credentials_refused', message, { details })
  }
  if (status === 401 || status === 403) return accessRefusedError(text, wire, details)
  if (status === 404) return new StreamError('not_found', `Magento answered 404: ${text}`, { details })
  if (status === 400 && /\boauth_\w+|\bnonce\b/i.test(text)) {
    const message = `Magento refused the signature of the call: ${text} Check this machine's clock and the four secrets`
    return new StreamError('credentials_refused', message, { details })
  }
  if (/Maximum SearchCriteria pageSize/i.test(text)) {
    const message = `Magento answered ${status}: ${text}. Set pageSize of the read to at most that (webapi/validation/maximum_page_size of the shop)`
    return new StreamError('configuration_invalid', message, { details, field: 'reads.pageSize' })
  }
  return new StreamError('target_rejected', `Magento answered ${status}: ${text}`, { details })
}

/** The message with its values filled in, and those of a list of errors; or what a fatal error's other form says. */
function textOfProblem(wire: Wire): string {
  const fatal = wiresOf(wireOf(wire['messages'])['error']).map((error) => textOf(error['message']) ?? '')
  const message = expand(textOf(wire['message']) ?? fatal.join(' '), wire['parameters'])
  const errors = wiresOf(wire['errors']).map((error) => expand(textOf(error['message']) ?? '', error['parameters']))
  const text = [message, ...errors.filter((error) => !message.includes(error))].join(' ').trim()
  return text === '' ? 'no message' : text
}

/** Also an administrator's token that has ended, and a bearer token the shop does not take, look like a missing permission. */
function accessRefusedError(text: string, body: Wire, details: { readonly status: number }): StreamError {
  const resources = textOf(wireOf(body['parameters'])['resources'])
  if (resources === null) {
    return new StreamError('credentials_refused', `Magento refused the credentials: ${text}`, { details })
  }
  const message = `Magento refused access to ${resources}: give the integration, or the administrator's role, this resource`
  return new StreamError('permission_missing', message, { details })
}

/** Magento sends `%fieldName` and `%1` unexpanded, with their values beside. */
function expand(message: string, parameters: unknown): string {
  const values = Array.isArray(parameters)
    ? parameters.map((value, index) => [String(index + 1), value] as const)
    : Object.entries(wireOf(parameters))
  return values.reduce((text, [name, value]) => text.replaceAll(`%${name}`, textOf(value) ?? ''), message)
}
