import { resolve } from 'node:path'
import { toStreamError } from '../errors.ts'
import { readFileWithin } from './file-within.ts'
import { secretRulesOf } from './secret-rules.ts'

/** A reference to a text: allowed only in files of a folder, for an address or a pattern. */
const STANDS_FOR = /^(?:env:([A-Za-z_][A-Za-z0-9_]*)|file:(.+))$/

export function isFolderValue(text: string): boolean {
  return /^(env|file):/.test(text)
}

/** The text behind `env:NAME` or `file:PATH`, or a mistake; `unset`: the variable is not set. */
export type FolderValue = (
  text: string,
) => Promise<{ readonly value: string } | { readonly mistake: string; readonly unset?: true }>

/** Documents that do not come from a folder can't refer to this machine. */
export const noFolderValue: FolderValue = async () => {
  return { mistake: 'must be the value itself: references to this machine are allowed only in secrets' }
}

/**
 * Resolves references in files that `apply`, `validate` and similar commands read on the operator's machine: to
 * variables listed in CONFIG_ENV_NAMES and to files of the folder itself. The value is stored and shown, so it must not
 * be a secret.
 */
export function folderValues(folder: string, environment: Readonly<Record<string, string | undefined>>): FolderValue {
  const rules = secretRulesOf(environment)
  return async (text) => {
    const [, name, path] = STANDS_FOR.exec(text) ?? []
    if (name !== undefined) {
      const way = `write the value itself, or have the operator add ${name} to CONFIG_ENV_NAMES`
      if (!rules.isConfigValue(name)) return { mistake: `${text} is not allowed here: ${way}` }
      const value = environment[name] ?? ''
      if (value !== '') return { value }
      return { mistake: `${text} is not set; set this environment variable`, unset: true }
    }
    if (path === undefined) return { mistake: 'must be env:NAME, or file:PATH of a file in this folder' }
    try {
      const value = (await readFileWithin(resolve(folder, path), folder, rules.ownFiles)).replace(/\r?\n$/, '')
      return value === '' ? { mistake: `${text} is empty; write the value into this file` } : { value }
    } catch (error) {
      return { mistake: `${text} can't be read (${toStreamError(error).message}); it must be a file in this folder` }
    }
  }
}
