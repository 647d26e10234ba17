import { toStreamError } from '../errors.ts'
import type { NetworkRules } from '../platform/network-rules.ts'
import type { WithWebhook } from './check-webhook.ts'
import type { Shaped } from './shaped-documents.ts'
import type { Mistake } from './yaml-documents.ts'

/** Warnings about a recipient that this environment does not allow or support. */
export function recipientWarnings(
  recipient: Shaped<'recipient'>,
  network: NetworkRules,
  { SMTP_HOST: mailServer }: Readonly<Record<string, string | undefined>>,
): readonly Mistake[] {
  if (recipient.value.email !== undefined && !mailServer?.trim()) {
    const message = 'can not get e-mails here: no mail server is set; have the operator set SMTP_HOST'
    return [recipient.yaml.mistake(['email'], message)]
  }
  return webhookWarnings(recipient, network)
}

/** What of the address of a webhook this environment does not allow. */
export function webhookWarnings({ value: { webhook }, yaml }: WithWebhook, network: NetworkRules): readonly Mistake[] {
  if (webhook === undefined || !URL.canParse(webhook)) return []
  return refusalsOf(new URL(webhook), network, true).map((message) => yaml.mistake(['webhook'], message))
}

/**
 * Warnings about a system's address that this environment does not allow; another one may, so they are not mistakes.
 */
export function networkWarnings({ value, yaml }: Shaped<'system'>, network: NetworkRules): readonly Mistake[] {
  const { address, secrets = {}, settings = {} } = value
  const warnings: Mistake[] = []
  if (settings['allowPrivateAddresses'] !== undefined) {
    const message =
      'has no effect any more; remove it, and have the operator list the network in ALLOWED_PRIVATE_NETWORKS'
    warnings.push(yaml.mistake(['settings', 'allowPrivateAddresses'], message))
  }
  if (!/^(https?|sftp|ftps?|imaps?):/.test(address) || !URL.canParse(address)) return warnings
  const url = new URL(address)
  const hasSecrets = Object.keys(secrets).length > 0
  return [...warnings, ...refusalsOf(url, network, hasSecrets).map((message) => yaml.mistake(['address'], message))]
}

/** Reasons why an address may not be called. */
function refusalsOf(url: URL, network: NetworkRules, hasSecrets: boolean): readonly string[] {
  const checks = [() => network.assertUrl(url), () => (hasSecrets ? network.assertSecret(url) : undefined)]
  return checks.flatMap((check) => {
    try {
      check()
      return []
    } catch (error) {
      return [toStreamError(error).message]
    }
  })
}
