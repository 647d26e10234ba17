import type { Tables } from '../platform/dynamodb/tables.ts'
import type { Configuration } from './model.ts'
import { readConfiguration, readRevision } from './read-configuration.ts'

/** The configuration that was read last, by tables. */
const known = new WeakMap<Tables, Configuration>()

/**
 * The stored configuration, for requests that come often: one read tells whether it changed, and only then the documents
 * are read. Like every process that follows the revision, a caller sees a change once its revision is raised.
 */
export async function currentConfiguration(tables: Tables): Promise<Configuration> {
  const last = known.get(tables)
  if (last !== undefined && last.revision > 0 && (await readRevision(tables)) === last.revision) return last
  const configuration = await readConfiguration(tables)
  known.set(tables, configuration)
  return configuration
}
