import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StreamError, toStreamError } from '../errors.ts'
import { pathFault } from '../path-fault.ts'
import type { CallLimits } from '../platform/governor/governor.ts'
import { networkRulesOf } from '../platform/network-rules.ts'
import { compilePattern } from '../rules/pattern.ts'
import { currencyWarnings } from './check-currencies.ts'
import { checkDocuments } from './check-documents.ts'
import { networkWarnings, recipientWarnings, webhookWarnings } from './check-network.ts'
import { type Claimant, checkClaims } from './check-ownership.ts'
import { checkSecretReferences, withAddress } from './check-references.ts'
import { costsOf } from './cost-list.ts'
import type { SystemDocument } from './document-schemas.ts'
import { isWithinFolder } from './file-within.ts'
import { type FolderValue, folderValues, isFolderValue, noFolderValue } from './folder-values.ts'
import type { MappingTestDocument } from './mapping-test-schema.ts'
import type { Configuration } from './model.ts'
import { connectionOf, productMetadataOf, recipientOf, subscriptionOf, systemOf } from './model-of.ts'
import { secretRulesOf } from './secret-rules.ts'
import { type ShapedDocuments, shapeDocuments } from './shaped-documents.ts'
import type { SystemTypes } from './system-type.ts'
import { nearName } from './unknown-name.ts'
import { expandVendors } from './vendor-templates/expand-vendors.ts'
import { type Mistake, mistakeText, readYaml, type YamlDocument } from './yaml-documents.ts'

/** Decides which references are allowed, and has the variables that files of a folder refer to. */
type Environment = Readonly<Record<string, string | undefined>>

/** A test and its place: `config/demo/tests.yaml:3`. */
export interface MappingTest {
  readonly document: MappingTestDocument
  readonly place: string
}

export interface CheckedConfiguration {
  /** The valid part; complete when there are no mistakes. */
  readonly configuration: Configuration
  readonly tests: readonly MappingTest[]
  readonly mistakes: readonly Mistake[]
  /** Valid parts that do not work in this environment. */
  readonly warnings: readonly Mistake[]
}

/**
 * Reads the YAML files of a folder. Addresses and patterns that name a variable or a file of the folder are resolved;
 * secrets stay references. Throws `configuration_invalid` with every mistake, one per line: file, line, field and fix.
 */
export async function loadConfiguration(
  folder: string,
  environment: Environment,
  systemTypes: SystemTypes,
): Promise<Configuration> {
  return (await loadForTests(folder, environment, systemTypes)).configuration
}

/** Like `loadConfiguration`, with the mapping tests of the folder. */
export async function loadForTests(
  folder: string,
  environment: Environment,
  systemTypes: SystemTypes,
): Promise<Pick<CheckedConfiguration, 'configuration' | 'tests'>> {
  const { mistakes, configuration, tests } = await checkConfiguration(folder, environment, systemTypes)
  if (mistakes.length === 0) return { configuration, tests }
  throw new StreamError('configuration_invalid', mistakes.map(mistakeText).join('\n'), {
    field: folder,
    details: { mistakes: mistakes.length },
  })
}

/** Like `loadConfiguration`, but returns the mistakes as a list. */
export async function checkConfiguration(
  folder: string,
  environment: Environment,
  systemTypes: SystemTypes,
): Promise<CheckedConfiguration> {
  return await checkRead(
    expandVendors(await readFolder(folder)),
    environment,
    systemTypes,
    folderValues(folder, environment),
  )
}

/**
 * Like `checkConfiguration`, for documents from any origin: without a folder, only secrets may refer to this machine.
 */
export async function checkRead(
  read: { readonly documents: YamlDocument[]; readonly mistakes: Mistake[] },
  environment: Environment,
  systemTypes: SystemTypes,
  lookUp: FolderValue = noFolderValue,
): Promise<CheckedConfiguration> {
  const rules = secretRulesOf(environment)
  const { documents: shaped, mistakes } = shapeDocuments(read, systemTypes)
  const addressed = await Promise.all(shaped.systems.map((system) => withAddress(system, lookUp)))
  const documents = { ...shaped, systems: addressed.map(({ system }) => system) }
  const wrong = [
    ...mistakes,
    ...addressed.flatMap((one) => one.mistakes),
    ...[...documents.systems, ...documents.recipients, ...documents.subscriptions].flatMap((one) =>
      checkSecretReferences(one, rules),
    ),
    ...withoutConsequences(checkDocuments(documents), mistakes),
  ]
  const claimants: Claimant[] = []
  for (const { value, yaml } of documents.connections) {
    const given = value.ownership.skuPattern
    const pattern = given === undefined ? undefined : await skuPatternOf(given, lookUp)
    const list = await costsOf(value.costs ?? {}, lookUp)
    if ('mistake' in list) wrong.push(yaml.mistake(['costs', ...list.path], list.mistake))
    if (typeof pattern === 'object') wrong.push(yaml.mistake(['ownership', 'skuPattern'], pattern.mistake))
    if (typeof pattern === 'object' || 'mistake' in list) continue
    const begin = beginningStates(value.shop, documents)
    claimants.push({ connection: connectionOf(value, pattern, begin, list.costs), yaml })
  }
  wrong.push(...checkClaims(claimants))
  const recipients = documents.recipients.map(({ value }) => recipientOf(value))
  const subscriptions = documents.subscriptions.map(({ value }) => subscriptionOf(value))
  const configuration: Configuration = {
    revision: 0,
    systems: documents.systems.map(({ value }) => systemOf(value, limitsOf(value, systemTypes))),
    connections: claimants.map(({ connection }) => connection),
    metadata: documents.metadata.map(({ value }) => productMetadataOf(value)),
    ...(recipients.length === 0 ? {} : { recipients }),
    ...(subscriptions.length === 0 ? {} : { subscriptions }),
  }
  const tests = documents.tests.map(({ value, yaml }) => ({ document: value, place: yaml.place }))
  const network = networkRulesOf(environment)
  const warnings = [
    ...documents.systems.flatMap((system) => [...networkWarnings(system, network), ...currencyWarnings(system)]),
    ...documents.recipients.flatMap((one) => recipientWarnings(one, network, environment)),
    ...documents.subscriptions.flatMap((one) => webhookWarnings(one, network)),
  ]
  return { configuration, tests, mistakes: inOrder(wrong), warnings: inOrder(warnings) }
}

/** Sorts by place and removes duplicates: a mistake in a template occurs for each of its vendors. */
function inOrder(found: readonly Mistake[]): readonly Mistake[] {
  const single = [...new Map(found.map((one) => [mistakeText(one), one])).values()]
  return single.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
}

/**
 * Leaves out mistakes that follow from others: at a value of the wrong shape, which was replaced by an empty one, and
 * for a missing field next to an unknown name that was probably meant for it.
 */
function withoutConsequences(found: readonly Mistake[], misshapen: readonly Mistake[]): Mistake[] {
  return found.filter((one) => {
    const isAbsence = /^(is missing|must be given)/.test(one.message)
    return !misshapen.some((wrong) => {
      if (wrong.file !== one.file) return false
      if (wrong.line === one.line && isWithin(one.field, wrong.field)) return true
      return isAbsence && wrong.message.startsWith('is not known') && meansField(wrong.field, one.field)
    })
  })
}

function isWithin(field: string, outer: string): boolean {
  return field === outer || field.startsWith(`${outer}.`) || field.startsWith(`${outer}[`)
}

/** Fields that may replace a missing one: `from` is reported only when its alternatives are missing too. */
const INSTEAD: Readonly<Record<string, readonly string[]>> = { from: ['from', 'constant', 'expression'] }

function meansField(unknown: string, missing: string): boolean {
  const split = (field: string) => {
    const at = field.lastIndexOf('.') + 1
    return [field.slice(0, at), field.slice(at)] as const
  }
  const [[within, name], [around, wanted]] = [split(unknown), split(missing)]
  return within === around && nearName(name, INSTEAD[wanted] ?? [wanted]) !== undefined
}

/** Folders that are not part of a configuration: packages, and names that start with a dot. */
const OTHERS = /(^|[\\/])(node_modules|\.[^\\/]*)[\\/]/

async function readFolder(folder: string): Promise<{ documents: YamlDocument[]; mistakes: Mistake[] }> {
  const names = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new StreamError('configuration_invalid', `folder ${folder} ${pathFault(cause)}`, {
      field: folder,
      cause,
    })
  })
  const files = names.filter((name) => /\.ya?ml$/.test(name) && !OTHERS.test(name)).toSorted()
  if (files.length === 0) {
    throw new StreamError('configuration_invalid', `${folder} has no .yaml file; name the right folder`, {
      field: folder,
    })
  }
  const all = await Promise.all(files.map((name) => readFolderFile(folder, join(folder, name))))
  return { documents: all.flatMap(({ documents }) => documents), mistakes: all.flatMap(({ mistakes }) => mistakes) }
}

async function readFolderFile(folder: string, file: string): Promise<ReturnType<typeof readYaml>> {
  const wrong = (message: string) => ({ documents: [], mistakes: [{ file, line: 1, field: '', message }] })
  try {
    if (await isWithinFolder(file, folder)) return readYaml(file, await readFile(file, 'utf8'))
  } catch (error) {
    return wrong(pathFault(error))
  }
  return wrong('is a link to a file outside the folder, which is not followed; put the file itself there')
}

/** Default limits of the system's type; a document of an unknown type is already a mistake. */
function limitsOf({ type }: SystemDocument, systemTypes: SystemTypes): CallLimits {
  return systemTypes.get(type)?.limits ?? { concurrency: 1 }
}

/** The states in which orders of the shop's type start at the vendor. */
function beginningStates(shop: string, { systems, systemTypes }: ShapedDocuments): readonly string[] | null {
  const type = systems.find(({ value }) => value.id === shop)?.value.type
  return systemTypes.get(type ?? '')?.orderStates?.begin ?? null
}

async function skuPatternOf(given: string, lookUp: FolderValue): Promise<string | { mistake: string }> {
  const isNamed = isFolderValue(given)
  const found = isNamed ? await lookUp(given) : { value: given }
  if ('mistake' in found) return found
  try {
    compilePattern(found.value)
    return found.value
  } catch (error) {
    // Never repeats the content of a variable or file.
    return { mistake: isNamed ? `${given} does not refer to a regular expression` : toStreamError(error).message }
  }
}
