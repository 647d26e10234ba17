import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StreamError, toStreamError } from '../errors.ts'
import { compilePattern } from '../rules/pattern.ts'
import { checkDocuments, type Shaped, type ShapedDocuments } from './check-documents.ts'
import { type Claimant, checkClaims } from './check-ownership.ts'
import { checkShape } from './check-shape.ts'
import { type DocumentKind, documentSchemas } from './document-schemas.ts'
import type { MappingTestDocument } from './mapping-test-schema.ts'
import type { Configuration } from './model.ts'
import { connectionOf, productMetadataOf, systemOf } from './model-of.ts'
import { createResolver, isReference, type ResolveReference } from './references.ts'
import { salvage } from './salvage.ts'
import type { SystemTypes } from './system-type.ts'
import { type Mistake, mistakeText, readYaml, type YamlDocument } from './yaml-documents.ts'

/** Where `env:` references of `ownership.skuPattern` are looked up. */
type Environment = Readonly<Record<string, string | undefined>>

/** A test and where it stands: `config/demo/tests.yaml:3`. */
export interface MappingTest {
  readonly document: MappingTestDocument
  readonly place: string
}

export interface CheckedConfiguration {
  /** What is right of it; all of it when there is no mistake. */
  readonly configuration: Configuration
  readonly tests: readonly MappingTest[]
  readonly mistakes: readonly Mistake[]
}

/**
 * Reads the YAML files of a folder. References in `ownership.skuPattern` are resolved; those in addresses and secrets
 * stay references. Throws `configuration_invalid` with every mistake, one a line: file, line, field and the way out.
 */
export async function loadConfiguration(
  folder: string,
  environment: Environment,
  systemTypes: SystemTypes,
): Promise<Configuration> {
  return (await loadForTests(folder, environment, systemTypes)).configuration
}

/** As `loadConfiguration`, with the mapping tests of the folder. */
export async function loadForTests(
  folder: string,
  environment: Environment,
  systemTypes: SystemTypes,
): Promise<Pick<CheckedConfiguration, 'configuration' | 'tests'>> {
  const { mistakes, ...right } = await checkConfiguration(folder, environment, systemTypes)
  if (mistakes.length === 0) return right
  throw new StreamError('configuration_invalid', mistakes.map(mistakeText).join('\n'), {
    field: folder,
    details: { mistakes: mistakes.length },
  })
}

/** As `loadConfiguration`, but gives the mistakes as a list. */
export async function checkConfiguration(
  folder: string,
  environment: Environment,
  systemTypes: SystemTypes,
): Promise<CheckedConfiguration> {
  return await checkRead(await readFolder(folder), environment, systemTypes)
}

/** As `checkConfiguration`, of documents from wherever they come. */
export async function checkRead(
  read: { readonly documents: YamlDocument[]; readonly mistakes: Mistake[] },
  environment: Environment,
  systemTypes: SystemTypes,
): Promise<CheckedConfiguration> {
  const resolve = createResolver(environment, (path) => readFile(path, 'utf8'))
  const { documents, mistakes } = shape(read, systemTypes)
  const wrong = [...mistakes, ...withoutConsequences(checkDocuments(documents), mistakes)]
  const claimants: Claimant[] = []
  for (const { value, yaml } of documents.connections) {
    const given = value.ownership.skuPattern
    const pattern = given === undefined ? undefined : await skuPatternOf(given, resolve)
    if (typeof pattern === 'object') wrong.push(yaml.mistake(['ownership', 'skuPattern'], pattern.mistake))
    else claimants.push({ connection: connectionOf(value, pattern, beginningStates(value.shop, documents)), yaml })
  }
  wrong.push(...checkClaims(claimants))
  const configuration: Configuration = {
    revision: 0,
    systems: documents.systems.map(({ value }) => systemOf(value)),
    connections: claimants.map(({ connection }) => connection),
    metadata: documents.metadata.map(({ value }) => productMetadataOf(value)),
  }
  const tests = documents.tests.map(({ value, yaml }) => ({ document: value, place: yaml.place }))
  return { configuration, tests, mistakes: wrong.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line) }
}

/**
 * A value of the wrong shape was left out before the rest was checked: that it is missing then, or that what stands
 * beside it is not complete, is no other mistake.
 */
function withoutConsequences(found: readonly Mistake[], misshapen: readonly Mistake[]): Mistake[] {
  const around = ({ file, field }: Mistake) => `${file}:${field.slice(0, Math.max(0, field.lastIndexOf('.')))}`
  const places = new Set(misshapen.map(({ file, line, field }) => `${file}:${line}:${field}`))
  const objects = new Set(misshapen.filter(({ field }) => field.includes('.')).map(around))
  return found.filter((one) => {
    const isAbsence = /^is (missing|to be given)/.test(one.message)
    return !places.has(`${one.file}:${one.line}:${one.field}`) && !(isAbsence && objects.has(around(one)))
  })
}

/** What lies beside a configuration and is none: packages, and folders that begin with a dot. */
const OTHERS = /(^|[\\/])(node_modules|\.[^\\/]*)[\\/]/

async function readFolder(folder: string): Promise<{ documents: YamlDocument[]; mistakes: Mistake[] }> {
  const names = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new StreamError('configuration_invalid', `${folder} can't be read (${toStreamError(cause).message})`, {
      field: folder,
      cause,
    })
  })
  const files = names.filter((name) => /\.ya?ml$/.test(name) && !OTHERS.test(name)).toSorted()
  if (files.length === 0) {
    throw new StreamError('configuration_invalid', `${folder} holds no .yaml file; name the folder that does`, {
      field: folder,
    })
  }
  const all = await Promise.all(
    files.map((name) => join(folder, name)).map(async (file) => readYaml(file, await readFile(file, 'utf8'))),
  )
  return { documents: all.flatMap(({ documents }) => documents), mistakes: all.flatMap(({ mistakes }) => mistakes) }
}

type AnyShaped = { readonly [K in DocumentKind]: Shaped<K> }[DocumentKind]

/** The states in which orders of the shop's type begin. */
function beginningStates(shop: string, { systems, systemTypes }: ShapedDocuments): readonly string[] | null {
  const type = systems.find(({ value }) => value.id === shop)?.value.type
  return systemTypes.get(type ?? '')?.orderStates?.begin ?? null
}

function shape(
  read: { documents: YamlDocument[]; mistakes: Mistake[] },
  systemTypes: SystemTypes,
): {
  documents: ShapedDocuments
  mistakes: Mistake[]
} {
  const mistakes = [...read.mistakes]
  const shaped: AnyShaped[] = []
  const partial = new Set<DocumentKind>()
  const all = Object.keys(documentSchemas) as DocumentKind[]
  if (mistakes.length > 0) for (const kind of all) partial.add(kind)
  for (const yaml of read.documents) {
    const kind = kindOfDocument(yaml.value)
    if (kind === undefined) {
      mistakes.push(yaml.mistake(['kind'], `must be one of: ${all.join(', ')}`))
      for (const one of all) partial.add(one)
      continue
    }
    const wrong = checkShape(documentSchemas[kind], yaml)
    mistakes.push(...wrong)
    const value = wrong.length === 0 ? yaml.value : salvage(documentSchemas[kind], yaml.value)
    if (value === undefined || wrong.some(({ field }) => field === 'id')) partial.add(kind)
    if (value !== undefined) shaped.push({ kind, value, yaml } as AnyShaped)
  }
  const of = <K extends DocumentKind>(kind: K) => shaped.filter((one) => one.kind === kind) as Shaped<K>[]
  const documents = { systems: of('system'), connections: of('connection'), metadata: of('product-metadata') }
  return { documents: { ...documents, tests: of('mapping-test'), partial, systemTypes }, mistakes }
}

function kindOfDocument(value: unknown): DocumentKind | undefined {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  return typeof kind === 'string' && Object.hasOwn(documentSchemas, kind) ? (kind as DocumentKind) : undefined
}

async function skuPatternOf(given: string, resolve: ResolveReference): Promise<string | { mistake: string }> {
  let pattern = given
  try {
    if (isReference(given)) pattern = await resolve(given)
  } catch (error) {
    return { mistake: toStreamError(error).message }
  }
  try {
    compilePattern(pattern)
    return pattern
  } catch (error) {
    return { mistake: toStreamError(error).message }
  }
}
