import { resolve } from 'node:path'
import { toStreamError } from '../errors.ts'
import { readFileWithin } from './file-within.ts'
import { secretRulesOf } from './secret-rules.ts'

/** A text that stands for another one: only files of a folder may have it, in an address or a pattern. */
const STANDS_FOR = /^(?:env:([A-Za-z_][A-Za-z0-9_]*)|file:(.+))$/

export function isFolderValue(text: string): boolean {
  return /^(env|file):/.test(text)
}

/** The text behind `env:NAME` or `file:PATH`, or what is wrong with it; `unset`: only a variable is missing. */
export type FolderValue = (
  text: string,
) => Promise<{ readonly value: string } | { readonly mistake: string; readonly unset?: true }>

/** Documents from elsewhere than a folder name nothing of this machine. */
export const noFolderValue: FolderValue = async () => {
  return { mistake: 'must be the value itself: references to this machine stand in secrets alone' }
}

/**
 * For files that `apply`, `validate` and their like read on the operator's own machine: variables that the operator lists
 * in CONFIG_ENV_NAMES, and files of the folder itself. The value is stored and shown: it is no secret.
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
