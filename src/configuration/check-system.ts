import { Cron } from 'croner'
import { declarationOf } from '../events/entities.ts'
import { MOST_MISTAKES } from '../platform/collect-mistakes.ts'
import { retainedEntities } from '../platform/persons/retention.ts'
import { checkTime, checkZone } from './check-times.ts'
import type { ReadDocument, SystemDocument } from './document-schemas.ts'
import { isFolderValue } from './folder-values.ts'
import { readId } from './read-id.ts'
import { readSettings, type SettingProblem, unknownSettings } from './setting.ts'
import type { Shaped } from './shaped-documents.ts'
import { HEADER_SECRET, readableEntities, type SystemType, type SystemTypes, WEBHOOK_SECRET } from './system-type.ts'
import { nearName, unknownName } from './unknown-name.ts'
import type { FieldPath, Mistake, YamlDocument } from './yaml-documents.ts'

/** Checks a system against the definition of its type. */
export function checkSystem({ value, yaml }: Shaped<'system'>, systemTypes: SystemTypes): Mistake[] {
  const type = systemTypes.get(value.type)
  const always = checkZone(yaml, ['zone'], value.zone)
  if (type === undefined) {
    const known = [...systemTypes.keys()]
    const reads = (value.reads ?? []).slice(0, MOST_MISTAKES).flatMap((read, index) => checkTimes(yaml, read, index))
    return [...always, ...reads, yaml.mistake(['type'], `${unknownName(value.type, known)}`)]
  }
  return [
    ...always,
    ...checkAddress(type, value, yaml),
    ...checkSecrets(type, value, yaml),
    ...settingMistakes(type.settingProblems(value.settings ?? {}, knownAddress(value)), ['settings'], yaml),
    ...checkReads(type, value, yaml),
    ...checkRetention(type, value, yaml),
  ]
}

/** Stops at the hundredth mistake: finding out that a schedule never comes takes long. */
function checkReads(type: SystemType, system: SystemDocument, yaml: YamlDocument): Mistake[] {
  const mistakes: Mistake[] = []
  const firsts = new Map<string, number>()
  for (const [index, read] of (system.reads ?? []).entries()) {
    const id = readId(system.id, read)
    const first = firsts.get(id) ?? index
    firsts.set(id, first)
    mistakes.push(...checkRead(type, system, yaml, { read, index, first }))
    if (mistakes.length >= MOST_MISTAKES) break
  }
  return mistakes
}

function settingMistakes(problems: readonly SettingProblem[], path: FieldPath, yaml: YamlDocument): Mistake[] {
  return problems.map(({ name, problem }) => yaml.mistake([...path, name], problem))
}

function knownAddress({ address }: SystemDocument): string | null {
  return isFolderValue(address) ? null : address
}

function checkAddress(type: SystemType, { address, settings = {} }: SystemDocument, yaml: YamlDocument): Mistake[] {
  if (isFolderValue(address)) return []
  const path = settings['path']
  const place = typeof path === 'string' && URL.canParse(path, address) ? new URL(path, address).href : address
  const problem = type.addressProblem(place)
  return problem === null ? [] : [yaml.mistake(['address'], problem)]
}

function checkSecrets(
  { type, secrets: sets }: SystemType,
  { secrets = {} }: SystemDocument,
  yaml: YamlDocument,
): Mistake[] {
  const ways = sets.ways.map((way) => Object.keys(way))
  const optional = Object.keys(sets.optional ?? {})
  const besides = [...optional, ...(sets.headers === true ? ['header.<Name>'] : [])]
  const choice =
    ways.map((names) => names.join(', ') || 'none').join('; or ') +
    (besides.length === 0 ? '' : `; besides ${besides.join(', ')}`)
  const all = [...ways.flat(), ...optional]
  const isFree = (name: string) =>
    name === WEBHOOK_SECRET || optional.includes(name) || (sets.headers === true && HEADER_SECRET.test(name))
  const given = Object.keys(secrets).filter((name) => !isFree(name))
  const unknown = given.filter((name) => !ways.flat().includes(name))
  const complete = ways.some((names) => names.every((name) => given.includes(name)))
  // A mistyped name counts as the nearest known one.
  const meant = [...given, ...unknown.flatMap((name) => nearName(name, all) ?? [])]
  const isElse = unknown.length > 0 && !meant.some((name) => ways.flat().includes(name))
  const missing = complete || isElse ? [] : nearestWay(ways, meant).filter((name) => !meant.includes(name))
  return [
    ...unknown.map((name) => {
      const near = nearName(name, all)
      const guess = near === undefined ? '' : ` did you mean ${near}?`
      return yaml.mistake(['secrets', name], `is not known for ${type};${guess} its secrets are: ${choice}`)
    }),
    ...missing.map((name) => yaml.mistake(['secrets', name], `is missing; the secrets of ${type} are: ${choice}`)),
  ]
}

/** The way to sign in with the largest share of given secrets; the first one without any. */
function nearestWay(ways: readonly (readonly string[])[], given: readonly string[]): readonly string[] {
  const share = (names: readonly string[]) => names.filter((name) => given.includes(name)).length
  return ways.toSorted((a, b) => share(b) - share(a))[0] ?? []
}

function checkRetention(type: SystemType, { retention = {} }: SystemDocument, yaml: YamlDocument): Mistake[] {
  const readable: readonly string[] = readableEntities(type)
  const given = Object.keys(retention).filter((entity) => !readable.includes(entity))
  const has = retainedEntities.filter((entity) => readable.includes(entity)).join(', ') || 'nothing'
  const message = `can't be read from systems of type ${type.type}; entities with personal data that can: ${has}`
  return given.map((entity) => yaml.mistake(['retention', entity], message))
}

function checkRead(
  type: SystemType,
  system: SystemDocument,
  yaml: YamlDocument,
  { read, index, first }: { readonly read: ReadDocument; readonly index: number; readonly first: number },
): Mistake[] {
  const at = (field: string) => ['reads', index, field]
  const mistakes = [...checkTimes(yaml, read, index), ...checkFilter(type, yaml, read, at('filter'))]
  const say = (field: string, message: string) => mistakes.push(yaml.mistake(at(field), message))
  const readable = readableEntities(type)
  if (!readable.includes(read.entity)) {
    say('entity', `can't be read from systems of type ${system.type}; they have: ${readable.join(', ') || 'nothing'}`)
  }
  if (first < index) {
    say(
      'scope',
      `makes ${readId(system.id, read)} twice: the other is at ${yaml.placeOf(['reads', first])}; give one of them another scope`,
    )
  }
  if (read.entity === 'orders' && read.startFrom === undefined && !type.isQueue) {
    say('startFrom', 'is missing: reading orders needs the time to start from, for example 2026-01-01T00:00:00Z')
  }
  if (read.sweep !== undefined && !('universal' in declarationOf(read.entity))) {
    say('sweep', `is not for ${read.entity}, which are never deleted; remove it`)
  } else if (read.sweep !== undefined && type.isQueue) {
    say('sweep', `is not for ${system.type}: a queue does not list what its shop has; remove it`)
  }
  return mistakes
}

/** Checks a read's times and schedules, for any type of system. */
function checkTimes(yaml: YamlDocument, read: ReadDocument, index: number): Mistake[] {
  const at = (...field: readonly string[]) => ['reads', index, ...field]
  const mistakes = [...checkZone(yaml, at('zone'), read.zone), ...checkTime(yaml, at('startFrom'), read.startFrom)]
  const noCron = 'is not a cron expression; write five fields, or six with seconds, for example'
  if (read.schedule !== undefined && !isCron(read.schedule)) {
    mistakes.push(yaml.mistake(at('schedule'), `${noCron} "*/10 * * * * *"`))
  }
  if (read.sweep?.schedule !== undefined && !isCron(read.sweep.schedule)) {
    mistakes.push(yaml.mistake(at('sweep', 'schedule'), `${noCron} "0 3 * * *"`))
  }
  return mistakes
}

function checkFilter({ reads }: SystemType, yaml: YamlDocument, read: ReadDocument, path: FieldPath): Mistake[] {
  const filter = reads[read.entity]?.filter
  if (filter === undefined || filter === null) return []
  const given = read.filter ?? {}
  const result = readSettings(filter, given)
  return settingMistakes([...unknownSettings(filter, given), ...(result.ok ? [] : result.problems)], path, yaml)
}

function isCron(text: string): boolean {
  try {
    return new Cron(text, { paused: true, timezone: 'UTC' }).nextRun() !== null
  } catch {
    return false
  }
}
