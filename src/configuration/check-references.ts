import { type FolderValue, isFolderValue } from './folder-values.ts'
import { refusalOf, type SecretRules } from './secret-rules.ts'
import type { Shaped } from './shaped-documents.ts'
import type { Mistake } from './yaml-documents.ts'

/** Each secret that its system or recipient may not name, with the way to allow it. What is no reference is a mistake of shape already. */
export function checkSecretReferences(
  { value, yaml }: Shaped<'system'> | Shaped<'recipient'>,
  rules: SecretRules,
): Mistake[] {
  return Object.entries<string>({ ...value.secrets }).flatMap(([name, text]) => {
    const refusal = refusalOf(rules, value.id, text)
    return refusal === null ? [] : [yaml.mistake(['secrets', name], refusal)]
  })
}

/**
 * The system with the address that it stands for, where a file of a folder names one. A variable that is not set is none of
 * the folder's mistakes: where the configuration is checked, it need not be.
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
  if (!/^https?:\/\/\S+$/.test(found.value)) {
    return { system, mistakes: [yaml.mistake(['address'], `${value.address} stands for no http(s) address`)] }
  }
  return { system: { ...system, value: { ...value, address: found.value } }, mistakes: [] }
}
