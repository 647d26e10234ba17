import { configFromEnvironment } from '../config.ts'
import { loadConfiguration } from '../configuration/load-configuration.ts'
import { mappedEntities } from '../configuration/model.ts'
import { type MappingPreview, previewConfiguration } from '../operations/preview-mapping.ts'
import { systemTypes } from '../systems/systems.ts'
import { commandUser, readArguments, UsageError } from './arguments.ts'
import { onPlatform } from './open-operations.ts'

const MOST = 10_000

const USAGE = `waldstream preview <dir> --connection ID [--entity ${mappedEntities.join('|')}] [--last N] [--show-personal] [--json]

  Maps the last N events (100; at most ${MOST}) that the connection was given, with the configuration as it is applied and with
  that of the folder, and prints what would change, field by field. Nothing is applied. Values of orders are masked
  without --show-personal: they may say something of persons.`

const options = {
  connection: { type: 'string' },
  entity: { type: 'string', default: 'products' },
  last: { type: 'string', default: '100' },
  'show-personal': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export async function previewCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [folder, ...more] = positionals
  if (folder === undefined || more.length > 0) throw new UsageError('preview takes one folder', USAGE)
  const { connection: id } = values
  if (id === undefined) throw new UsageError('--connection is missing: name the connection', USAGE)
  const entity = mappedEntities.find((one) => one === values.entity)
  if (entity === undefined) throw new UsageError(`--entity must be one of ${mappedEntities.join(', ')}`, USAGE)
  const last = lastOf(values.last)
  const after = await loadConfiguration(folder, configFromEnvironment().environment, systemTypes)
  const wanted = { connection: id, entity, last, after }
  const by = commandUser(undefined, values['show-personal'])
  const preview = await onPlatform((operations) => previewConfiguration(operations, by, wanted))
  console.log(values.json ? JSON.stringify(preview) : textOf(preview))
}

function lastOf(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= MOST) return number
  throw new UsageError(`--last must be a whole number from 1 to ${MOST}, not "${text}"`, USAGE)
}

function textOf({ counts, fields, entities }: MappingPreview): string {
  const of = entities.flatMap(({ source, key, before, after, changes }) => [
    `${source} ${key}${before === after ? '' : `: ${before} → ${after}`}`,
    ...changes.map((change) => `    ${change.field}: ${shown(change.before)} → ${shown(change.after)}`),
  ])
  const perField = Object.entries(fields).map(([field, count]) => `${field} ${count}`)
  return [
    ...of,
    `${counts.entities} entities of ${counts.events} events: ${counts.changed} change, ${counts.unchanged} do not`,
    `errors: ${counts.errors_appearing} would appear, ${counts.errors_disappearing} would disappear`,
    ...(perField.length === 0 ? [] : [`fields that change: ${perField.join(', ')}`]),
  ].join('\n')
}

const shown = (value: unknown): string => (value === null ? '(none)' : JSON.stringify(value))
