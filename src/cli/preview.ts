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
import { commandUser, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { preview } from './commands/preview.ts'
import { onPlatform } from './open-operations.ts'
import { withProgress } from './progress.ts'
import { stockText } from './stock-text.ts'
import { UsageError } from './usage-error.ts'

const MOST = 10_000
/** Maximum number of SKUs: each is evaluated rule by rule, twice. */
const MOST_SKUS = 10

export async function previewCommand(values: Given<typeof preview>): Promise<void> {
  const { dir: folder, connection: id } = values
  if (id === undefined) throw new UsageError('--connection is missing')
  const entity = mappedEntities.find((one) => one === (values.entity ?? 'products'))
  if (entity === undefined) throw new UsageError(`--entity must be one of ${mappedEntities.join(', ')}`)
  const keys = skusOf(values.sku, entity, values.last)
  const last = wholeOption('last', values.last, { usual: 100, most: MOST })
  const after = await loadConfiguration(folder, configFromEnvironment().environment, systemTypes)
  const wanted = { connection: id, entity, last, keys, after }
  const by = commandUser(undefined, values.showPersonal)
  const preview = await withProgress('mapping the last events', values.json, () =>
    onPlatform((operations) => previewConfiguration(operations, by, wanted)),
  )
  console.log(values.json ? JSON.stringify(preview) : previewText(preview, keys))
}

/** Null: the products read last. */
function skusOf(
  skus: readonly string[] | undefined,
  entity: string,
  last: string | undefined,
): readonly string[] | null {
  if (skus === undefined) return null
  if (entity !== 'products') throw new UsageError('--sku takes products: leave out --entity')
  if (last !== undefined) throw new UsageError('give --last or --sku, not both')
  if (skus.length > MOST_SKUS) throw new UsageError(`--sku takes at most ${MOST_SKUS}`)
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

function sampleText({ source, key, before, after, rules, stock }: MappingSample): string {
  return [
    `${source} ${key}: ${before === after ? after : `${before} → ${after}`}`,
    ...rules.map((rule) => `    ${rule.attribute}: ${outcomeText(rule)}`),
    ...(stock ?? []).map((of) => `    stock of ${of.source}: ${changeText(stockText(of.before), stockText(of.after))}`),
    '',
  ].join('\n')
}

function outcomeText({ before, after }: SampleRule): string {
  return changeText(endText(before), endText(after))
}

const changeText = (before: string, after: string): string => (before === after ? after : `${before} → ${after}`)

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
