import { configFromEnvironment } from '../config.ts'
import { loadConfiguration } from '../configuration/load-configuration.ts'
import { upgradeReferences } from '../configuration/upgrade-references.ts'
import { applyConfiguration } from '../operations/configuration.ts'
import { systemTypes } from '../systems/systems.ts'
import { commandUser, readArguments } from './arguments.ts'
import { noted } from './noted.ts'
import { onTables } from './open-operations.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream apply <dir> [--by WHO] [--reason TEXT] [--json]

  Puts the systems, connections and product metadata of a folder into the tables. Running processes take them up; what
  changed is kept with who did it ("waldstream changes").`

export async function applyCommand(args: readonly string[]): Promise<void> {
  const options = {
    by: { type: 'string' },
    reason: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [folder, ...more] = positionals
  if (folder === undefined || more.length > 0) throw new UsageError('apply takes one folder', USAGE)
  const { environment } = configFromEnvironment()
  const by = commandUser(values.by)
  const { changed, unchanged } = await noted(by, { what: 'apply', target: null }, async () => {
    const configuration = await loadConfiguration(folder, environment, systemTypes)
    return await onTables(async (deps) => {
      const applied = await applyConfiguration(deps, by, { configuration, reason: values.reason ?? null })
      await upgradeReferences(deps.tables, environment, new Date(deps.clock.now()).toISOString(), true)
      return applied
    })
  })
  const text = changed.length === 0 ? 'nothing changed' : `changed: ${changed.join(', ')}`
  console.log(values.json ? JSON.stringify({ changed, unchanged }) : `${text} (${unchanged} unchanged)`)
}
