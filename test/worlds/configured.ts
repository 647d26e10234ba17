import { checkRead } from '../../src/configuration/load-configuration.ts'
import type { Configuration } from '../../src/configuration/model.ts'
import { type Mistake, mistakeText, readYaml } from '../../src/configuration/yaml-documents.ts'
import { systemTypes as allTypes } from '../../src/systems/systems.ts'
import { anySecrets } from '../data/any-secrets.ts'

/** What `validate` says of these documents. */
export async function mistakesIn(documents: readonly object[], systemTypes = allTypes): Promise<readonly Mistake[]> {
  return (await check(documents, systemTypes)).mistakes
}

/** The configuration of these documents. Throws what `validate` says of them. */
export async function configurationOf(documents: readonly object[], systemTypes = allTypes): Promise<Configuration> {
  const { configuration, mistakes } = await check(documents, systemTypes)
  if (mistakes.length > 0) throw new Error(mistakes.map(mistakeText).join('\n'))
  return configuration
}

async function check(documents: readonly object[], systemTypes: typeof allTypes) {
  const read = readYaml('all.yaml', documents.map((document) => JSON.stringify(document)).join('\n---\n'))
  return await checkRead(read, anySecrets, systemTypes)
}
