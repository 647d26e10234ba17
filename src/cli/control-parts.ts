import { type ConfigurationStore, createConfigurationStore } from '../core/configuration-store.ts'
import { checkRead } from '../core/load-configuration.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'

/** What the API and the commands need to see and change what is configured. */
export function configurationPart(
  tables: Tables,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigurationStore {
  const check = (documents: Parameters<typeof checkRead>[0]['documents']) =>
    checkRead({ documents, mistakes: [] }, environment)
  return createConfigurationStore({ tables, check, settle: async () => undefined })
}
