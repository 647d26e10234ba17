import type { ResolveReference } from '../configuration/references.ts'

const NAMES = ['signing', 'previousSigning'] as const

/** The keys that sign the webhooks of a document, the current key first. */
export async function webhookKeys(
  resolveSecret: ResolveReference,
  { id, secrets }: { readonly id: string; readonly secrets: Readonly<Record<string, string>> },
): Promise<readonly string[]> {
  const references = NAMES.flatMap((name) => secrets[name] ?? [])
  return await Promise.all(references.map((reference) => resolveSecret(id, reference)))
}
