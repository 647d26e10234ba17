import { dirname, join } from 'node:path/posix'

/** A source file: its path from the project's root, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

interface Import {
  readonly from: string
  /** A path of the project for a relative import, else the name of the package. */
  readonly to: string
  readonly relative: boolean
  readonly typeOnly: boolean
  /** By `import()`, when it is needed. */
  readonly lazy: boolean
}

/**
 * Layer → layers it may import. A file directly in src/ is a layer of its own. `config` appears where its types may be
 * imported; who may call its reader is a rule of its own.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  events: ['errors'],
  errors: [],
  config: ['errors', 'path-fault', 'variables'],
  'path-fault': [],
  variables: [],
  platform: ['events', 'errors', 'config', 'path-fault'],
  model: ['events', 'platform', 'errors'],
  rules: ['model', 'events', 'platform', 'errors'],
  configuration: ['model', 'rules', 'events', 'platform', 'errors', 'config', 'variables', 'path-fault'],
  systems: ['model', 'rules', 'events', 'platform', 'errors', 'config'],
  control: ['model', 'configuration', 'events', 'platform', 'errors', 'config'],
  producers: ['model', 'configuration', 'rules', 'systems', 'control', 'events', 'platform', 'errors', 'config'],
  processors: ['model', 'configuration', 'rules', 'systems', 'control', 'events', 'platform', 'errors', 'config'],
  projections: ['model', 'configuration', 'rules', 'events', 'platform', 'errors', 'config'],
  operations: [
    'producers',
    'processors',
    'projections',
    'systems',
    'control',
    'configuration',
    'model',
    'rules',
    'events',
    'platform',
    'errors',
    'config',
  ],
  api: ['operations', 'events', 'platform', 'errors', 'config', 'path-fault'],
}

/** Layers whose types alone may be imported: the API serializes what operations return. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  api: ['projections', 'control', 'configuration', 'model'],
}

/** What others may know of the configuration: its model, and what it knows of a type of system. */
const MODEL = ['model', 'setting', 'system-type', 'unknown-name'].map((name) => `src/configuration/${name}.ts`)

/** The one file that names every room. */
const LIST = 'src/systems/systems.ts'

/** Import and re-export, with or without names, and `import()`. Ours are formatted by one tool: no other form occurs. */
const IMPORT =
  /^\s*(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

function importsOf({ path, text }: SourceFile): readonly Import[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const name = match[2] ?? match[3] ?? ''
    const relative = name.startsWith('.')
    const to = relative ? join(dirname(path), name) : name
    return { from: path, to, relative, typeOnly: match[1] !== undefined, lazy: match[3] !== undefined }
  })
}

/**
 * `src/events/topics.ts` → `events`, `src/errors.ts` → `errors`, `simulators/…` → `simulators`. The model of the
 * configuration is a layer of its own: rules and systems may know it, but not how documents are checked and stored.
 */
function layerOf(path: string): string {
  const [top = '', second = ''] = path.split('/')
  if (MODEL.includes(path)) return 'model'
  return top === 'src' ? second.replace(/\.ts$/, '') : top
}

const inSource = (path: string) => path.startsWith('src/')

function layerViolation({ from, to, relative, typeOnly }: Import): string | undefined {
  if (!relative) return undefined
  const [source, target] = [layerOf(from), layerOf(to)]
  if (inSource(from) && !inSource(to) && source !== 'cli') return `${from} imports ${to}: src stands alone`
  if (inSource(from) && target === 'simulators') return `${from} imports ${to}: simulators stand outside of src`
  if (source === 'simulators' && inSource(to)) return `${from} imports ${to}: simulators know nothing of src`
  if (!inSource(from) || source === target || source === 'cli') return undefined
  const allowed = ALLOWED[source]
  if (allowed === undefined) return `${from}: the layer ${source} is not in the table of layers`
  if (typeOnly && TYPES[source]?.includes(target) === true) return undefined
  return allowed.includes(target) ? undefined : `${from} imports ${to}: ${source} may not import ${target}`
}

/** `src/systems/netsuite/client.ts` → `netsuite`; undefined for what is no vendor's own. */
function roomOf(path: string): string | undefined {
  const [top, folder, room, ...file] = path.split('/')
  return top === 'src' && folder === 'systems' && file.length > 0 && room !== 'kit' ? room : undefined
}

/** What a vendor's files say, others get by its definition, which `systems.ts` lists; so rooms come and go whole. */
function roomViolation({ from, to, relative }: Import): string | undefined {
  if (!relative || !inSource(from)) return undefined
  const [own, room] = [roomOf(from), roomOf(to)]
  if (own !== undefined && to === LIST) return `${from} imports ${to}: a room knows no list of rooms`
  if (room === undefined || room === own || (from === LIST && to.endsWith('/system.ts'))) return undefined
  return `${from} imports ${to}: the room ${room} is closed; share it in src/systems/kit`
}

/** Packages that stand behind a port, and the folder of it. */
const PORTS: Readonly<Record<string, string>> = {
  kafkajs: 'src/platform/kafka',
  'prom-client': 'src/platform/metrics',
  '@opentelemetry': 'src/platform/tracing',
}

function packageViolation({ from, to, relative }: Import): string | undefined {
  const name = Object.keys(PORTS).find((known) => to === known || to.startsWith(`${known}/`))
  const folder = name === undefined ? undefined : PORTS[name]
  if (relative || folder === undefined || !inSource(from) || from.startsWith(`${folder}/`)) return undefined
  return `${from} imports ${name}: only ${folder} does`
}

/** Files that load what most processes do without. */
const LAZY: readonly string[] = ['src/platform/tracing/otel-tracer.ts']

function eagerViolation({ from, to, typeOnly, lazy }: Import): string | undefined {
  if (!LAZY.includes(to) || typeOnly || lazy || !inSource(from)) return undefined
  return `${from} imports ${to}: it is loaded by import() where it is needed`
}

/** Rows and records are reached through operations, which ask for a principal. */
function storeViolation({ from, to, relative }: Import): string | undefined {
  if (!relative || !from.startsWith('src/api/') || !/^src\/platform\/(dynamodb|kafka)\//.test(to)) return undefined
  return `${from} imports ${to}: the API reaches tables and topics by operations alone`
}

/** The reader of the environment is for the roots; the others are given what it read. */
function readerViolation({ from, to, typeOnly }: Import): string | undefined {
  if (to !== 'src/config.ts' || typeOnly || !inSource(from) || layerOf(from) === 'cli') return undefined
  return `${from} imports more than types of src/config.ts: only src/cli does`
}

function environmentViolation({ path, text }: SourceFile): string | undefined {
  if (!inSource(path) || path === 'src/config.ts' || !/\bprocess\s*\.\s*env\b|\bprocess\[/.test(text)) return undefined
  return `${path} reads process.env: only src/config.ts does`
}

/** Cycles between layers, each once, beginning with the name that sorts first. */
function findCycles(imports: readonly Import[]): readonly string[] {
  const edges = new Map<string, Set<string>>()
  for (const { from, to, relative } of imports) {
    if (!relative || !inSource(from) || !inSource(to) || layerOf(from) === layerOf(to)) continue
    edges.set(layerOf(from), (edges.get(layerOf(from)) ?? new Set()).add(layerOf(to)))
  }
  const cycles: string[] = []
  const walk = (path: readonly string[]) => {
    const [first = ''] = path
    for (const next of edges.get(path.at(-1) ?? '') ?? []) {
      if (next === first) cycles.push(`cycle: ${[...path, first].join(' → ')}`)
      else if (next > first && !path.includes(next)) walk([...path, next])
    }
  }
  for (const layer of edges.keys()) walk([layer])
  return cycles.toSorted()
}

/** All breaches of the dependency rule in these files, in words; none when they keep it. */
export function findViolations(files: readonly SourceFile[]): readonly string[] {
  const imports = files.flatMap(importsOf)
  const found = [
    ...imports.map(layerViolation),
    ...imports.map(roomViolation),
    ...imports.map(packageViolation),
    ...imports.map(eagerViolation),
    ...imports.map(storeViolation),
    ...imports.map(readerViolation),
    ...files.map(environmentViolation),
  ]
  return [...found.filter((violation) => violation !== undefined), ...findCycles(imports)]
}

/**
 * Vendors that are named outside of their rooms: by type (`sap-b1`), in an identifier (`createSapB1Client`) or by title.
 * Comments may name one to explain.
 */
export function findVendorNames(
  files: readonly SourceFile[],
  vendors: Iterable<{ readonly type: string; readonly title: string }>,
): readonly string[] {
  const named = [...vendors].filter(({ type }) => type !== PLAIN_WORD)
  const forms = named.flatMap(({ type, title }) => [title, type.replace(/^(\w+?)\d+$/, '$1').replaceAll('-', '-?')])
  const any = new RegExp(forms.join('|'), 'i')
  return files.flatMap(({ path, text }) => {
    if (!inSource(path) || path.startsWith('src/systems/')) return []
    const found = any.exec(codeOf(text))
    return found === null ? [] : [`${path} names ${found[0]}`]
  })
}

/** The type of vendors without an API is no vendor's name. */
const PLAIN_WORD = 'files'

/** Waldstream has a feed of images of its own. */
const OWN_FEED = /\bimageFeed\b/g

function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/ .*$/gm, '')
    .replace(IMPORT, '')
    .replace(OWN_FEED, '')
}

/** How many imports between files of the project were found: zero means that nothing was checked. */
export function countRelativeImports(files: readonly SourceFile[]): number {
  return files.flatMap(importsOf).filter(({ relative }) => relative).length
}
