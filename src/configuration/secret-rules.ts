import { isAbsolute, normalize, sep } from 'node:path'
import { propertyOf, type VariableName } from '../variables.ts'
import { isOwnVariable } from './own-variables.ts'
import { parseReference, type Reference } from './reference-form.ts'
import { variablePart } from './variable-part.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Which secrets a system may use: its own, by the prefix of their names, and those that the operator lists. Each name
 * belongs to one system: ids contain neither `_` nor `.`, and the last `__` of a variable, or the first `.` or `/` of a
 * file, ends the id.
 */
export interface SecretRules {
  /** Prefix of variables that are secrets: SECRET_ENV_PREFIX. */
  readonly environmentPrefix: string
  /** Folder of secret files; the target of a link must also be in it, unless the link itself is listed. */
  readonly directory: string
  /** Why this system may not use the reference, with the way to allow it; null: it may. Never reads values. */
  refusal(system: string, reference: Reference): string | null
  /** Files that no system may use, also not through a link. */
  readonly ownFiles: readonly string[]
  /** Whether the file itself is listed, in any folder. */
  isListedFile(system: string, path: string): boolean
  /** Whether configuration files may use this variable for an address or a pattern. */
  isConfigValue(name: string): boolean
}

/** Places of the machine itself, which can't be listed. */
const OWN_PLACES =
  /^\/(proc|sys|dev|boot|root)(\/|$)|^\/etc\/(shadow|gshadow|sudoers|ssh)|\/\.(ssh|aws|kube|docker|env|git)(\/|$)/
/** Files with which platforms identify the process (Kubernetes, EKS, AKS, GKE, service meshes). */
const OF_PLATFORMS =
  /\/serviceaccount(\/|$)|\/secrets\/(kubernetes\.io|([a-z.]+\.)?amazonaws\.com|azure\/tokens|tokens|istio|workload-spiffe-[^/]*)(\/|$)/

/** Whether no system may use the file, given its path or the target of a link. */
export function isOwnFile(path: string): boolean {
  return OWN_PLACES.test(path) || OF_PLATFORMS.test(path)
}

/**
 * Files in the program's own variables, such as `API_TOKEN_FILE`. Certificates are not secret: systems may use them.
 */
function ownFilesOf(environment: Environment): readonly string[] {
  return Object.entries(environment).flatMap(([name, value = '']) => {
    const isFile = isOwnVariable(name) && !name.startsWith('SECRET_') && !/CERT(S|_FILE)$/.test(name)
    return isFile && isAbsolute(value) ? [normalize(value)] : []
  })
}

export function secretRulesOf(environment: Environment): SecretRules {
  const given = (name: VariableName) => environment[name]?.trim() || String(propertyOf(name).default ?? '')
  const prefix = given('SECRET_ENV_PREFIX')
  const directory = normalize(given('SECRET_DIR')).replace(/\/$/, '')
  const names = listOf(given('SECRET_ENV_NAMES'))
  const ownFiles = ownFilesOf(environment)
  // By default the demo works. Only for ids without dashes, since with dashes a name could belong to several systems.
  const isDemo = (system: string, name: string) =>
    given('SECRET_ENV_NAMES') === '' && !system.includes('-') && name.startsWith(`DEMO_${variablePart(system)}_`)
  const files = listOf(given('SECRET_FILES'))
  const awsPrefix = given('SECRET_AWS_PREFIX')
  const awsNames = listOf(given('SECRET_AWS_NAMES'))
  const values = given('CONFIG_ENV_NAMES')
    .split(',')
    .map((name) => nameGlob(name.trim()))

  const environmentRefusal = (system: string, name: string): string | null => {
    if (isOwnVariable(name)) return "is one of this program's own settings, which no system may use"
    if (systemOfVariable(name, prefix) === system || isListed(names, system, name) || isDemo(system, name)) return null
    const own = `${prefix}${variablePart(system)}__${lastPart(name)}`
    return `is not allowed for ${system}: name the variable ${own}, or have the operator add ${system}=${name} to SECRET_ENV_NAMES`
  }
  const fileRefusal = (system: string, path: string): string | null => {
    if (!isAbsolute(path) || normalize(path) !== path || path.includes('\0')) {
      return 'must be an absolute path without "." and ".." in it'
    }
    if (isOwnFile(path)) return "is one of the machine's own files, which no system may use"
    if (ownFiles.includes(path)) return "is one of this program's own files, which no system may use"
    if (isListed(files, system, path)) return null
    const inside = path.startsWith(directory + sep) ? path.slice(directory.length + 1) : null
    if (inside?.split(/[./]/, 1)[0] === system) return null
    const own = `${directory}/${system}.${lastFile(path)}`
    return `is not allowed for ${system}: put the file at ${own}, or have the operator add ${system}=${path} to SECRET_FILES`
  }
  const awsRefusal = (system: string, name: string): string | null => {
    if (isListed(awsNames, system, name)) return null
    const isOwn = awsPrefix !== '' && name.replace(/^\//, '').startsWith(`${awsPrefix.replace(/^\//, '')}${system}/`)
    if (isOwn) return null
    const way = `have the operator add ${system}=${name} to SECRET_AWS_NAMES`
    if (awsPrefix === '') return `is not allowed for ${system}: ${way}, or set SECRET_AWS_PREFIX`
    return `is not allowed for ${system}: start its name with ${awsPrefix}${system}/, or ${way}`
  }
  return {
    environmentPrefix: prefix,
    directory,
    ownFiles,
    refusal(system, reference) {
      if (reference.form === 'env') return environmentRefusal(system, reference.name)
      return reference.form === 'file' ? fileRefusal(system, reference.path) : awsRefusal(system, reference.name)
    },
    isListedFile: (system, path) => isListed(files, system, path),
    isConfigValue: (name) => !isOwnVariable(name) && !name.startsWith(prefix) && values.some((one) => one.test(name)),
  }
}

/** Message of `validate` for a secret that its system may not use; null: it may, or the text is not a reference. */
export function refusalOf(rules: SecretRules, system: string, text: string): string | null {
  const reference = parseReference(text)
  const refusal = reference === null ? null : rules.refusal(system, reference)
  return refusal === null ? null : `${text} ${refusal}`
}

interface Listed {
  /** `*`: any. */
  readonly system: string
  readonly name: RegExp
}

/** `acme-shop=NAME,*=OTHER_*`: a star matches any part of a name, or any system. */
function listOf(text: string): readonly Listed[] {
  return text.split(',').flatMap((entry) => {
    const at = entry.indexOf('=')
    if (at < 1) return []
    return [{ system: entry.slice(0, at).trim(), name: nameGlob(entry.slice(at + 1).trim()) }]
  })
}

function nameGlob(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^,]*')}$`)
}

function isListed(list: readonly Listed[], system: string, name: string): boolean {
  return list.some((one) => (one.system === '*' || one.system === system) && one.name.test(name))
}

/** The system of a variable by its name: `<prefix>ACME_SHOP__TOKEN` belongs to acme-shop; null: none. */
function systemOfVariable(name: string, prefix: string): string | null {
  if (!name.startsWith(prefix)) return null
  const match = /^(.+)__[A-Z0-9]+(?:_[A-Z0-9]+)*$/.exec(name.slice(prefix.length))
  return match?.[1] === undefined || !/^[A-Z0-9_]+$/.test(match[1]) ? null : match[1].toLowerCase().replaceAll('_', '-')
}

/** The end of a name that describes the secret: `TOKEN_ID` of `NETSUITE_TOKEN_ID`. */
function lastPart(name: string): string {
  return name.toUpperCase().split('_').filter(Boolean).slice(-2).join('_') || 'TOKEN'
}

function lastFile(path: string): string {
  return path.split('/').at(-1) || 'token'
}
