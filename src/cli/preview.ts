import { configFromEnvironment } from '../config.ts'
import { loadConfiguration } from '../configuration/load-configuration.ts'
import { mappedEntities } from '../configuration/model.ts'
import {
  type MappingPreview,
  type MappingSample,
  type MetadataPreview,
  previewConfiguration,
  type SampleRule,
} from '../operations/preview-mapping.ts'
import { systemTypes } from '../systems/systems.ts'
import { commandUser, readArguments, wholeOption } from './arguments.ts'
import { onPlatform } from './open-operations.ts'
import { UsageError } from './usage-error.ts'

const MOST = 10_000
/** Each is evaluated rule by rule, twice. */
const MOST_SKUS = 10

const USAGE = `waldstream preview <dir> --connection ID [--entity ${mappedEntities.join('|')}] [--last N | --sku SKU…] [--show-personal] [--json]

  Maps the last N events (100; at most ${MOST}) that the connection was given, with the configuration as it is applied and with
  that of the folder, and prints what would change, field by field. --sku, up to ten times, takes these products as they were
  read last instead, and prints also what each rule makes of them, what does not change among it. Nothing is applied. Values of orders are masked
  without --show-personal: they may say something of persons.`

const options = {
  connection: { type: 'string' },
  entity: { type: 'string', default: 'products' },
  last: { type: 'string' },
  sku: { type: 'string', multiple: true },
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
  const keys = skusOf(values.sku, entity, values.last)
  const last = wholeOption('last', values.last, { usual: 100, most: MOST }, USAGE)
  const after = await loadConfiguration(folder, configFromEnvironment().environment, systemTypes)
  const wanted = { connection: id, entity, last, keys, after }
  const by = commandUser(undefined, values['show-personal'])
  const preview = await onPlatform((operations) => previewConfiguration(operations, by, wanted))
  console.log(values.json ? JSON.stringify(preview) : previewText(preview, keys))
}

/** Null: those that were read last. */
function skusOf(
  skus: readonly string[] | undefined,
  entity: string,
  last: string | undefined,
): readonly string[] | null {
  if (skus === undefined) return null
  if (entity !== 'products') throw new UsageError('--sku takes products: leave --entity out', USAGE)
  if (last !== undefined) throw new UsageError('give --last or --sku, not both', USAGE)
  if (skus.length > MOST_SKUS) throw new UsageError(`--sku takes at most ${MOST_SKUS}`, USAGE)
  return skus
}

function previewText({ samples, ...preview }: MetadataPreview, skus: readonly string[] | null): string {
  if (samples === null) return textOf(preview)
  const missing = (skus ?? []).filter((sku) => !samples.some(({ key }) => key === sku))
  return [
    ...samples.map(sampleText),
    textOf(preview),
    ...missing.map((sku) => `${sku} was not read for this connection`),
  ].join('\n')
}

function sampleText({ source, key, before, after, rules }: MappingSample): string {
  return [
    `${source} ${key}: ${before === after ? after : `${before} → ${after}`}`,
    ...rules.map((rule) => `    ${rule.attribute}: ${outcomeText(rule)}`),
    '',
  ].join('\n')
}

function outcomeText({ before, after }: SampleRule): string {
  const [old, now] = [endText(before), endText(after)]
  return old === now ? now : `${old} → ${now}`
}

function endText(outcome: SampleRule['before']): string {
  if (outcome === null) return '(no rule)'
  return outcome.failure === null ? shown(outcome.value) : `failed: ${outcome.failure}`
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
