import type { WithWebhook } from './check-webhook.ts'
import { type FolderValue, isFolderValue } from './folder-values.ts'
import { IS_SYSTEM_ADDRESS } from './schema-parts.ts'
import { refusalOf, type SecretRules } from './secret-rules.ts'
import type { Shaped } from './shaped-documents.ts'
import type { Mistake } from './yaml-documents.ts'

/** Secrets that their owner may not use, with the way to allow them. Invalid references are found before. */
export function checkSecretReferences({ value, yaml }: Shaped<'system'> | WithWebhook, rules: SecretRules): Mistake[] {
  return Object.entries<string>({ ...value.secrets }).flatMap(([name, text]) => {
    const refusal = refusalOf(rules, value.id, text)
    return refusal === null ? [] : [yaml.mistake(['secrets', name], refusal)]
  })
}

/**
 * The system with its address resolved, if a file of a folder refers to one. A variable that is not set is not a
 * mistake: it need not be set where the configuration is checked.
 */
export async function withAddress(
  system: Shaped<'system'>,
  lookUp: FolderValue,
): Promise<{ readonly system: Shaped<'system'>; readonly mistakes: readonly Mistake[] }> {
  const { value, yaml } = system
  if (!isFolderValue(value.address)) return { system, mistakes: [] }
  const found = await lookUp(value.address)
  if ('mistake' in found && found.unset === true) return { system, mistakes: [] }
  if ('mistake' in found) return { system, mistakes: [yaml.mistake(['address'], found.mistake)] }
  if (!IS_SYSTEM_ADDRESS.test(found.value)) {
    return {
      system,
      mistakes: [yaml.mistake(['address'], `${value.address} does not refer to an address of a system`)],
    }
  }
  return { system: { ...system, value: { ...value, address: found.value } }, mistakes: [] }
}
