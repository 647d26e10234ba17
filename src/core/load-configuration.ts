import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StreamError, toStreamError } from '../errors.ts'
import { checkDocuments, type Shaped, type ShapedDocuments } from './check-documents.ts'
import { checkShape } from './check-shape.ts'
import { type DocumentKind, documentSchemas } from './document-schemas.ts'
import type { Configuration, Connection } from './model.ts'
import { connectionOf, productMetadataOf, systemOf } from './model-of.ts'
import { createResolver, isReference, type ResolveReference } from './references.ts'
import { type Mistake, mistakeText, readYaml, type YamlDocument } from './yaml-documents.ts'

/** Where `env:` references of `ownership.skuPattern` are looked up. */
type Environment = Readonly<Record<string, string | undefined>>

export interface CheckedConfiguration {
  /** What is right of it; all of it when there is no mistake. */
  readonly configuration: Configuration
  readonly mistakes: readonly Mistake[]
}

/**
 * Reads the YAML files of a folder. References in `ownership.skuPattern` are resolved; those in addresses and secrets
 * stay references. Throws `configuration_invalid` with every mistake, one a line: file, line, field and the way out.
 */
export async function loadConfiguration(folder: string, environment: Environment): Promise<Configuration> {
  const { configuration, mistakes } = await checkConfiguration(folder, environment)
  if (mistakes.length === 0) return configuration
  throw new StreamError('configuration_invalid', mistakes.map(mistakeText).join('\n'), {
    field: folder,
    details: { mistakes: mistakes.length },
  })
}

/** As `loadConfiguration`, but gives the mistakes as a list. */
export async function checkConfiguration(folder: string, environment: Environment): Promise<CheckedConfiguration> {
  return await checkRead(await readFolder(folder), environment)
}

/** As `checkConfiguration`, of documents from wherever they come. */
export async function checkRead(
  read: { readonly documents: YamlDocument[]; readonly mistakes: Mistake[] },
  environment: Environment,
): Promise<CheckedConfiguration> {
  const resolve = createResolver(environment, (path) => readFile(path, 'utf8'))
  const { documents, mistakes } = shape(read)
  const wrong = [...mistakes, ...checkDocuments(documents)]
  const connections: Connection[] = []
  for (const { value, yaml } of documents.connections) {
    const pattern = await skuPatternOf(value.ownership.skuPattern, resolve)
    if (typeof pattern === 'string') connections.push(connectionOf(value, pattern))
    else wrong.push(yaml.mistake(['ownership', 'skuPattern'], pattern.mistake))
  }
  const configuration: Configuration = {
    revision: 0,
    systems: documents.systems.map(({ value }) => systemOf(value)),
    connections,
    metadata: documents.metadata.map(({ value }) => productMetadataOf(value)),
  }
  return { configuration, mistakes: wrong.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line) }
}

async function readFolder(folder: string): Promise<{ documents: YamlDocument[]; mistakes: Mistake[] }> {
  const names = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new StreamError('configuration_invalid', `${folder} can't be read (${toStreamError(cause).message})`, {
      field: folder,
      cause,
    })
  })
  const files = names.filter((name) => /\.ya?ml$/.test(name)).toSorted()
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

function shape(read: { documents: YamlDocument[]; mistakes: Mistake[] }): {
  documents: ShapedDocuments
  mistakes: Mistake[]
} {
  const mistakes = [...read.mistakes]
  const systems: Shaped<'system'>[] = []
  const connections: Shaped<'connection'>[] = []
  const metadata: Shaped<'product-metadata'>[] = []
  for (const yaml of read.documents) {
    const kind = kindOfDocument(yaml.value)
    const wrong =
      kind === undefined
        ? [yaml.mistake(['kind'], `must be one of: ${Object.keys(documentSchemas).join(', ')}`)]
        : checkShape(documentSchemas[kind], yaml)
    mistakes.push(...wrong)
    if (wrong.length > 0) continue
    const shaped = { kind, value: yaml.value, yaml } as Shaped<'system' | 'connection' | 'product-metadata'>
    if (shaped.kind === 'system') systems.push(shaped as Shaped<'system'>)
    else if (shaped.kind === 'connection') connections.push(shaped as Shaped<'connection'>)
    else metadata.push(shaped as Shaped<'product-metadata'>)
  }
  return { documents: { systems, connections, metadata, partial: mistakes.length > 0 }, mistakes }
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
    new RegExp(pattern)
    return pattern
  } catch (error) {
    return { mistake: `is no regular expression: ${toStreamError(error).message}` }
  }
}
