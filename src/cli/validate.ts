import { processEnvironment } from '../config.ts'
import { checkConfiguration } from '../configuration/load-configuration.ts'
import { mistakeText } from '../configuration/yaml-documents.ts'
import { StreamError } from '../errors.ts'
import { systemTypes } from '../systems/systems.ts'
import type { Given } from './command.ts'
import type { validate } from './commands/validate.ts'

export async function validateCommand({ dir: folder, json }: Given<typeof validate>): Promise<void> {
  const { configuration, tests, mistakes, warnings } = await checkConfiguration(
    folder,
    processEnvironment(),
    systemTypes,
  )
  const { systems, connections } = configuration
  if (mistakes.length > 0) {
    if (json) console.log(JSON.stringify({ valid: false, mistakes, warnings }))
    throw new StreamError('configuration_invalid', mistakes.map(mistakeText).join('\n'), { field: folder })
  }
  if (!json) for (const warning of warnings) console.error(`warning: ${mistakeText(warning)}`)
  const summary = {
    valid: true,
    systems: systems.length,
    connections: connections.length,
    tests: tests.length,
    warnings,
  }
  console.log(
    json
      ? JSON.stringify(summary)
      : `${folder} is valid: ${summary.systems} systems, ${summary.connections} connections, ${summary.tests} mapping tests`,
  )
}
