import { toStreamError } from '../errors.ts'
import type { NetworkRules } from '../platform/network-rules.ts'
import type { Shaped } from './shaped-documents.ts'
import type { Mistake } from './yaml-documents.ts'

/** What of a system's address this environment does not allow; another one may, so that it is no mistake of the document. */
export function networkWarnings({ value, yaml }: Shaped<'system'>, network: NetworkRules): readonly Mistake[] {
  const { address, secrets = {}, settings = {} } = value
  const warnings: Mistake[] = []
  if (settings['allowPrivateAddresses'] !== undefined) {
    const message =
      'has no effect any more; remove it, and have the operator list the network in ALLOWED_PRIVATE_NETWORKS'
    warnings.push(yaml.mistake(['settings', 'allowPrivateAddresses'], message))
  }
  if (!/^https?:/.test(address) || !URL.canParse(address)) return warnings
  const url = new URL(address)
  const hasSecrets = Object.keys(secrets).length > 0
  for (const check of [() => network.assertUrl(url), () => (hasSecrets ? network.assertSecret(url) : undefined)]) {
    try {
      check()
    } catch (error) {
      warnings.push(yaml.mistake(['address'], toStreamError(error).message))
    }
  }
  return warnings
}
