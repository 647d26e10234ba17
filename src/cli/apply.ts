import { configFromEnvironment } from '../config.ts'
import { loadConfiguration } from '../configuration/load-configuration.ts'
import { upgradeReferences } from '../configuration/upgrade-references.ts'
import { type ApplyEffect, applyConfiguration, previewApply } from '../operations/apply-folder.ts'
import { systemTypes } from '../systems/systems.ts'
import { commandUser, readArguments } from './arguments.ts'
import { noted } from './noted.ts'
import { onTables } from './open-operations.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream apply <dir> [--dry-run | --overwrite] [--by WHO] [--reason TEXT] [--json]

  Puts the systems, connections and product metadata of a folder into the tables. Running processes take them up; what
  changed is kept with who did it ("waldstream changes").
  --dry-run    shows what would change, field by field, and writes nothing
  --overwrite  also where a document was changed otherwise (API, page) since a folder was applied last: that is undone`

export async function applyCommand(args: readonly string[]): Promise<void> {
  const options = {
    by: { type: 'string' },
    reason: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    overwrite: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [folder, ...more] = positionals
  if (folder === undefined || more.length > 0) throw new UsageError('apply takes one folder', USAGE)
  if (values['dry-run'] && values.overwrite) {
    throw new UsageError('--dry-run writes nothing: leave out --overwrite', USAGE)
  }
  const { environment } = configFromEnvironment()
  const by = commandUser(values.by)
  if (values['dry-run']) {
    const configuration = await loadConfiguration(folder, environment, systemTypes)
    const effects = await onTables((deps) => previewApply(deps, by, configuration))
    return console.log(values.json ? JSON.stringify({ effects }) : effectsText(effects))
  }
  const { changed, unchanged } = await noted(by, { what: 'apply', target: null }, async () => {
    const configuration = await loadConfiguration(folder, environment, systemTypes)
    return await onTables(async (deps) => {
      const changedSince = values.overwrite ? 'overwrite' : 'refuse'
      const wanted = { configuration, reason: values.reason ?? null, changedSince } as const
      const applied = await applyConfiguration(deps, by, wanted)
      await upgradeReferences(deps.tables, environment, new Date(deps.clock.now()).toISOString(), true)
      return applied
    })
  })
  const text = changed.length === 0 ? 'nothing changed' : `changed: ${changed.join(', ')}`
  console.log(values.json ? JSON.stringify({ changed, unchanged }) : `${text} (${unchanged} unchanged)`)
}

/** As a diff has it: what is there, then what would be. */
function effectsText(effects: readonly ApplyEffect[]): string {
  const lines = effects
    .filter(({ outcome }) => outcome !== 'unchanged')
    .flatMap(({ kind, id, outcome, changes, changedSince }) => {
      const line = (sign: string, field: string, value: unknown) =>
        value === null ? [] : [`    ${sign} ${field}: ${JSON.stringify(value)}`]
      const who = changedSince === null ? '' : `, which ${changedSince.by} changed since a folder was applied last`
      const differences = outcome === 'new' ? [] : changes
      return [
        `${kind} ${id}: ${outcome}${who}`,
        ...differences.flatMap(({ field, before, after }) => [...line('-', field, before), ...line('+', field, after)]),
      ]
    })
  const unchanged = effects.filter(({ outcome }) => outcome === 'unchanged').length
  return [...lines, `${unchanged} unchanged; nothing was written`].join('\n')
}
