import { configFromEnvironment } from '../config.ts'
import { loadConfiguration } from '../configuration/load-configuration.ts'
import { upgradeReferences } from '../configuration/upgrade-references.ts'
import { type ApplyEffect, applyConfiguration, previewApply } from '../operations/apply-folder.ts'
import { systemTypes } from '../systems/systems.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { apply } from './commands/apply.ts'
import { noted } from './noted.ts'
import { onTables } from './open-operations.ts'
import { UsageError } from './usage-error.ts'

export async function applyCommand(values: Given<typeof apply>): Promise<void> {
  const { dir: folder } = values
  if (values.dryRun && values.overwrite) {
    throw new UsageError('--dry-run writes no documents: leave out --overwrite')
  }
  const { environment } = configFromEnvironment()
  const by = commandUser(values.by)
  if (values.dryRun) {
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

const BECAUSE: Readonly<Record<NonNullable<ApplyEffect['because']>, string>> = {
  mapping: 'its mapping',
  order: 'the order of a list',
}

/** Changes like a diff: stored values, then new values. */
function effectsText(effects: readonly ApplyEffect[]): string {
  const lines = effects
    .filter(({ outcome }) => outcome !== 'unchanged')
    .flatMap(({ kind, id, outcome, changes, because, changedSince }) => {
      const line = (sign: string, field: string, value: unknown) =>
        value === null ? [] : [`    ${sign} ${field}: ${JSON.stringify(value)}`]
      const who = changedSince === null ? '' : `, which ${changedSince.by} changed since a folder was last applied`
      const differences = outcome === 'new' ? [] : changes
      const why = because === null ? '' : ` (${BECAUSE[because]})`
      return [
        `${kind} ${id}: ${outcome}${why}${who}`,
        ...differences.flatMap(({ field, before, after }) => [...line('-', field, before), ...line('+', field, after)]),
      ]
    })
  const unchanged = effects.filter(({ outcome }) => outcome === 'unchanged').length
  return [...lines, `${unchanged} unchanged; nothing was written`].join('\n')
}
