import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import { canonicalJson } from '../../events/canonical-json.ts'
import { logicalTypeChanges } from './logical-type-changes.ts'
import type { RegistryClient } from './registry-client.ts'

/**
 * The id of a subject's schema; registers a new one. Throws `schema_incompatible`, naming the field and both meanings,
 * when a logical type, scale or precision differs from the subject's newest version: registries don't check that.
 */
export async function registerSchema(
  registry: RegistryClient,
  subject: string,
  schema: string,
  logger: Logger,
): Promise<number> {
  const latest = await registry.latest(subject)
  const known = latest !== undefined && sameJson(latest.schema, schema)
  if (latest !== undefined && !known) {
    const changes = logicalTypeChanges(latest.schema, schema)
    if (changes.length > 0) {
      const message = `the schema for ${subject} changes the meaning of its bytes: ${changes.join('; ')}; add a new field instead`
      throw new StreamError('schema_incompatible', message, { field: changes[0]?.split(':', 1)[0] ?? '' })
    }
  }
  // Also for a known schema: its compatibility may have been changed.
  const id = await registry.register(subject, schema)
  if (!known) logger.debug({ subject, id }, 'schema registered')
  return id
}

function sameJson(a: string, b: string): boolean {
  return canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b))
}
