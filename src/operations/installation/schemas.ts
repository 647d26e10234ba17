import type { RegistryClient } from '../../platform/registry/registry-client.ts'
import { allKinds, readSchema } from '../../platform/registry/schema-files.ts'
import { judgeSchema } from '../doctor/schemas-check.ts'
import type { Problem } from './problem.ts'

/** A schema of this release, compared with the registered one. */
export interface SchemaState {
  readonly subject: string
  /** In the registry; null: it is not registered yet. */
  readonly id: number | null
  readonly problems: readonly Problem[]
}

export async function readSchemas(
  registry: Pick<RegistryClient, 'latest' | 'compatibility' | 'accepts'>,
  topicPrefix: string,
): Promise<readonly SchemaState[]> {
  return await Promise.all(
    allKinds().map(async (kind) => {
      const { subject, id, findings } = await judgeSchema(registry, `${topicPrefix}${kind}-value`, readSchema(kind))
      const missing =
        id === null ? [{ message: 'is not registered', fix: 'the next start of a role registers it' }] : []
      return { subject, id, problems: [...missing, ...findings.map(({ what, fix }) => ({ message: what, fix }))] }
    }),
  )
}
