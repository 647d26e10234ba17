import { StreamError, toStreamError } from '../errors.ts'
import { readFileWithin } from './file-within.ts'
import { parseReference, REFERENCE_FORMS, type Reference } from './reference-form.ts'
import { type SecretRules, secretRulesOf } from './secret-rules.ts'

/**
 * The secret of a system behind a reference. Throws `configuration_invalid`, which names the reference and never the
 * value, for one that the system may not name or that leads nowhere.
 */
export type ResolveReference = (system: string, reference: string) => Promise<string>

/** Resolves references against this environment and the files of this machine, as far as its rules allow. */
export function createResolver(env: Readonly<Record<string, string | undefined>>): ResolveReference {
  const rules = secretRulesOf(env)
  return async (system, text) => {
    const reference = parseReference(text)
    if (reference === null) {
      const message = `a secret of ${system} is no reference; write ${REFERENCE_FORMS}, never the value`
      throw new StreamError('configuration_invalid', message, { field: 'secrets' })
    }
    const refusal = rules.refusal(system, reference)
    if (refusal !== null) throw invalid(text, refusal)
    const value = await lookUp(reference, text, { system, env, rules })
    if (value !== '') return value
    throw invalid(text, 'is empty; write the value into this file')
  }
}

interface Context {
  readonly system: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly rules: SecretRules
}

/** A file's last line break is not part of its value. */
async function lookUp(reference: Reference, text: string, { system, env, rules }: Context): Promise<string> {
  if (reference.form === 'env') {
    const value = env[reference.name]
    if (value !== undefined && value !== '') return value
    throw invalid(text, 'is not set; set this environment variable')
  }
  try {
    const within = rules.isListedFile(system, reference.path) ? null : rules.directory
    return (await readFileWithin(reference.path, within)).replace(/\r?\n$/, '')
  } catch (cause) {
    throw invalid(text, `can't be read (${toStreamError(cause).message}); mount or create this file`, cause)
  }
}

function invalid(reference: string, problem: string, cause?: unknown): StreamError {
  return new StreamError('configuration_invalid', `${reference} ${problem}`, { field: reference, cause })
}
