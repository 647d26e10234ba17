import { processEnvironment } from '../config.ts'
import { checkConfiguration } from '../configuration/load-configuration.ts'
import { mistakeText } from '../configuration/yaml-documents.ts'
import { StreamError } from '../errors.ts'
import { systemTypes } from '../systems/systems.ts'
import { readArguments } from './arguments.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream validate <dir> [--json]

  Checks every YAML file of the folder and names every mistake with file, line and way out.`

export async function validateCommand(args: readonly string[]): Promise<void> {
  const options = {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [folder, ...more] = positionals
  if (folder === undefined || more.length > 0) throw new UsageError('validate takes one folder', USAGE)
  const { configuration, tests, mistakes, warnings } = await checkConfiguration(
    folder,
    processEnvironment(),
    systemTypes,
  )
  const { systems, connections } = configuration
  if (mistakes.length > 0) {
    if (values.json) console.log(JSON.stringify({ valid: false, mistakes, warnings }))
    throw new StreamError('configuration_invalid', mistakes.map(mistakeText).join('\n'), { field: folder })
  }
  if (!values.json) for (const warning of warnings) console.error(`warning: ${mistakeText(warning)}`)
  const summary = {
    valid: true,
    systems: systems.length,
    connections: connections.length,
    tests: tests.length,
    warnings,
  }
  console.log(
    values.json
      ? JSON.stringify(summary)
      : `${folder} is valid: ${summary.systems} systems, ${summary.connections} connections, ${summary.tests} mapping tests`,
  )
}
